//! Functions that IEEE 754 leaves to libraries, as fixed sequences of its single operations.
//!
//! Nothing is fused, nothing is looked up, nothing depends on the machine: only `+ - * /` and the
//! square root, comparisons, and integer operations on the bits of a number. Numbers below the
//! least normal one are kept. Each function states its largest error, which
//! `tests/graphs/accuracy.rs` measures against double precision; `docs/function.md` repeats each to
//! the last bit.

pub(super) mod erf;
pub(super) mod exponential;
pub(super) mod logarithm;
pub(super) mod power;
pub(super) mod tanh;

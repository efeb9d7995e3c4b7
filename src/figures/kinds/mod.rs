//! One kind of figure a file: what it needs, and how it is drawn.

pub(super) mod attainment;
pub(super) mod bits;
pub(super) mod bounds;
pub(super) mod classical;
pub(super) mod coverage;
pub(super) mod edges;
pub(super) mod frontier;
pub(super) mod label_noise;
pub(super) mod randomisation;
pub(super) mod signs;
pub(super) mod slack;

//! The quantities that bounds are functions of, each a type that holds only what it may hold.

pub mod bits_and_nats;
pub mod probability;
pub mod risk;
pub mod rounding;

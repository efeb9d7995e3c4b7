//! The quantities that bounds are functions of, each a type that holds only what it may hold.

pub mod probability;
pub mod risk;
pub mod rounding;
pub mod units;

//! Draws of perceptrons with weights in {-1, +1}, which remember coin flips or learn from a
//! teacher.

mod learner;
mod sample;
mod sent;
mod solutions;

pub(super) use learner::SignsTable;
pub(super) use solutions::SolutionsTable;

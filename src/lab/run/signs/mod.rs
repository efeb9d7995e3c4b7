//! Draws of perceptrons and committees with weights in {-1, +1} or {-1, 0, +1}, which remember coin
//! flips or learn from a teacher.

mod committee;
mod learner;
mod method;
mod perceptron;
mod sample;
mod sent;
mod solutions;
mod ternary;

pub(super) use committee::CommitteeTable;
pub(super) use perceptron::SignsTable;
pub(super) use solutions::SolutionsTable;
pub(super) use ternary::TernaryTable;

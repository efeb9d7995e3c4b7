//! Photographs in folders, decoded when they are needed.

mod decoding;
mod examples;
mod flat_labels;
mod folder;
mod framing;
mod jpeg;
mod layouts;
mod left_out;
mod listing;
mod parquet;
mod pixel_cache;
mod reading;
mod recognition;
mod scaling;

pub use examples::Photographs;
pub use folder::{ImageFolder, Photograph};
pub use framing::Framing;
pub(super) use layouts::KAGGLE;
pub(super) use parquet::read_parquet;
pub use pixel_cache::PixelCache;

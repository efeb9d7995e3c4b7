//! Photographs in folders, decoded when they are needed.

mod decoding;
mod examples;
mod flat_labels;
mod folder;
mod framing;
mod layouts;
mod pixel_cache;
mod scaling;

pub use examples::Photographs;
pub use folder::{ImageFolder, Photograph};
pub use framing::Framing;
pub use pixel_cache::PixelCache;

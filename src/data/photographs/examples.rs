//! Photographs in folders as examples of a network.

use super::folder::ImageFolder;
use super::framing::Framing;
use super::pixel_cache::PixelCache;
use crate::evaluate::{Batch, Examples};
use crate::shape::ImageSize;

/// Photographs, decoded when they are needed and framed as a network reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photographs {
    folder: ImageFolder,
    framing: Framing,
    cache: Option<PixelCache>,
}

impl Photographs {
    /// The photographs of a folder, framed so; decoded ones are kept in the cache, if there is one.
    pub fn new(folder: ImageFolder, framing: Framing, cache: Option<PixelCache>) -> Self {
        Self {
            folder,
            framing,
            cache,
        }
    }

    /// Where they are.
    pub fn folder(&self) -> &ImageFolder {
        &self.folder
    }
}

impl Examples for Photographs {
    fn shape(&self) -> ImageSize {
        self.framing.size()
    }

    fn classes(&self) -> usize {
        self.folder.classes().len()
    }

    fn len(&self) -> usize {
        self.folder.len()
    }

    fn batch(&self, indices: &[usize]) -> Batch<'_> {
        self.folder
            .batch(indices, self.framing, self.cache.as_ref())
    }

    fn is_decoded(&self) -> bool {
        false
    }

    fn state(&self) -> String {
        let (listing, files) = (self.folder.listing_sha256(), self.folder.state_sha256());
        format!("{listing}\n{files}\n{:?}\n", self.framing)
    }
}

//! `--cache`: where decoded photographs are kept.

use std::path::Path;

use super::failure::Failure;
use nonvacuous::data::{Found, PixelCache};

/// The cache in that folder, if one is named; images in memory have no use for it.
pub(super) fn pixel_cache(
    found: &Found,
    folder: Option<&Path>,
) -> Result<Option<PixelCache>, Failure> {
    match (folder, found) {
        (Some(folder), Found::Images(data)) => Err(Failure::misuse(format!(
            "--cache {} has no use with the images of {}, which are in memory: it is for \
             photographs",
            folder.display(),
            data.name
        ))),
        (folder, Found::Photographs(_)) => Ok(folder.map(PixelCache::open).transpose()?),
        (None, Found::Images(_)) => Ok(None),
    }
}

//! How photographs become what a network reads: as they are if they have its size, else framed.

use super::decoding::decoded;
use super::examples::Photographs;
use super::folder::{ImageFolder, Photograph};
use super::framing::{is_grey, Framing};
use super::pixel_cache::PixelCache;
use crate::data::dataset::{DataSet, LabelledImages};
use crate::data::error::DataError;
use crate::data::formats::file::{in_file, LIMIT};
use crate::shape::ImageSize;

/// Images of one size are small up to this length of their sides.
const SMALL: u32 = 64;

impl DataSet<ImageFolder> {
    /// The photographs as a network reads them that reads images of this size: as they are, if all
    /// of them have that size, those that are held out too; else framed ([`Framing::usual`]).
    ///
    /// Only the sizes that the files name decide, which are facts about the data.
    ///
    /// # Errors
    /// [`DataError::Framing`] if a network of this input does not read photographs.
    pub fn read_at(
        self,
        input: ImageSize,
        cache: Option<&PixelCache>,
    ) -> Result<DataSet<Photographs>, DataError> {
        let framing = if self.has_size(input) {
            Framing::whole(input)?
        } else {
            Framing::usual(input)?
        };
        let read = |folder| Photographs::new(folder, framing, cache.cloned());
        Ok(DataSet {
            name: self.name,
            remarks: self.remarks,
            train: read(self.train),
            test: self.test.map(read),
        })
    }

    /// Whether all photographs have the size that a network reads; what cannot be read has none.
    fn has_size(&self, input: ImageSize) -> bool {
        let size = (input.width, input.height);
        let mut sizes = self.photographs().filter_map(Photograph::dimensions);
        let is_size = |(width, height): (u32, u32)| (width as usize, height as usize) == size;
        matches!(input.channels, 1 | 3) && sizes.all(is_size)
    }

    /// The width and height of all photographs, if they are small and of one size.
    pub fn small_size(&self) -> Option<(u32, u32)> {
        let mut sizes = self.photographs().filter_map(Photograph::dimensions);
        let size = sizes.next()?;
        (size.0.max(size.1) <= SMALL && sizes.all(|other| other == size)).then_some(size)
    }

    fn photographs(&self) -> impl Iterator<Item = &Photograph> {
        let test = self.test.iter().flat_map(ImageFolder::photographs);
        self.train.photographs().iter().chain(test)
    }

    /// All photographs, decoded into memory as they are: in one channel if all are grey.
    ///
    /// # Errors
    /// If they are not of one size, too many for memory, of more than 256 classes, or if one of
    /// them cannot be read or has no class.
    pub fn in_memory(&self) -> Result<DataSet, DataError> {
        let mut size = None;
        let train = Planes::of(&self.train, &mut size)?;
        let test = self.test.as_ref().map(|test| Planes::of(test, &mut size));
        let test = test.transpose()?;
        let is_grey = train.is_grey && test.as_ref().is_none_or(|test| test.is_grey);
        let classes = self.train.classes().len();
        Ok(DataSet {
            name: self.name.clone(),
            remarks: self.remarks.clone(),
            train: train.labelled(classes, is_grey)?,
            test: test
                .map(|test| test.labelled(classes, is_grey))
                .transpose()?,
        })
    }
}

/// Decoded images of one size, in three channels.
struct Planes {
    size: ImageSize,
    pixels: Vec<u8>,
    labels: Vec<u8>,
    is_grey: bool,
}

impl Planes {
    /// `size` is that of the images before, if there are some.
    fn of(folder: &ImageFolder, size: &mut Option<ImageSize>) -> Result<Self, DataError> {
        let classes = folder.classes().len();
        let mut pixels = Vec::new();
        let mut labels = Vec::new();
        let mut all_grey = true;
        for photograph in folder.photographs() {
            let about = |error| in_file(photograph.path(), error);
            let class = photograph.class();
            let class = class.map_err(|reason| about(DataError::Unusable(reason.to_string())))?;
            labels.push(u8::try_from(class).map_err(|_| DataError::ManyClasses { classes })?);
            let file = photograph.read()?;
            let image = decoded(&file).map_err(about)?;
            let found = ImageSize {
                channels: 3,
                height: image.height() as usize,
                width: image.width() as usize,
            };
            let size = *size.get_or_insert(found);
            let framing = Framing::whole(size)?;
            pixels.extend(framing.of(&image).map_err(about)?);
            if pixels.len() as u64 > LIMIT {
                return Err(DataError::TooLong { limit: LIMIT });
            }
            all_grey &= is_grey(&image);
        }
        Ok(Self {
            size: size.ok_or(DataError::Empty)?,
            pixels,
            labels,
            is_grey: all_grey,
        })
    }

    fn labelled(self, classes: usize, is_grey: bool) -> Result<LabelledImages, DataError> {
        let Self {
            mut size,
            mut pixels,
            labels,
            ..
        } = self;
        if is_grey {
            let plane = size.width * size.height;
            let red = pixels.chunks(3 * plane).flat_map(|image| &image[..plane]);
            pixels = red.copied().collect();
            size.channels = 1;
        }
        LabelledImages::new(size, 256, classes, pixels, labels)
    }
}

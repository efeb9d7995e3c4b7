//! A finished picture, as SVG and as PNG.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use super::lettering::FONT_FILE;
use super::style::{PNG_SCALE, UNITS};
use crate::figures::error::FigureError;

/// A finished picture. The same data give the same bytes, whatever fonts a machine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    svg: String,
}

/// The one font there is.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(FONT_FILE.to_vec());
    fonts.set_sans_serif_family("DejaVu Sans");
    Arc::new(fonts)
});

impl Picture {
    /// From an SVG in units of the canvas; `size` is that in pixels.
    pub(super) fn from_units(svg: &str, (width, height): (u32, u32)) -> Self {
        let before = format!(
            "<svg width=\"{}\" height=\"{}\"",
            width * UNITS,
            height * UNITS
        );
        Self {
            svg: svg.replacen(
                &before,
                &format!("<svg width=\"{width}\" height=\"{height}\""),
                1,
            ),
        }
    }

    /// An XML document.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// A PNG file of 4 pixels for each of the SVG's.
    ///
    /// # Errors
    /// [`FigureError::Drawing`] if the SVG cannot be drawn.
    pub fn png(&self) -> Result<Vec<u8>, FigureError> {
        let failed = |reason: String| FigureError::Drawing(reason);
        let options = Options {
            fontdb: FONTS.clone(),
            ..Options::default()
        };
        let tree =
            Tree::from_str(&self.svg, &options).map_err(|error| failed(error.to_string()))?;
        let size = tree.size();
        let pixels = |length: f32| (length * PNG_SCALE).round() as u32;
        let mut canvas = Pixmap::new(pixels(size.width()), pixels(size.height()))
            .ok_or_else(|| failed(format!("a picture of {} x {}", size.width(), size.height())))?;
        resvg::render(
            &tree,
            Transform::from_scale(PNG_SCALE, PNG_SCALE),
            &mut canvas.as_mut(),
        );
        canvas
            .encode_png()
            .map_err(|error| failed(error.to_string()))
    }
}

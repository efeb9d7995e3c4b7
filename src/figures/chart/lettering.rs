//! The font of all text, and how wide a text is in it.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::style::{text_width, TEXT};

/// DejaVu Sans.
pub(super) const FONT_FILE: &[u8] = include_bytes!("../../../data/fonts/DejaVuSans.ttf");

/// The width of a text from the pen's first place to its last, in units: the advances of its
/// letters.
pub(super) fn width_of(text: &str) -> i32 {
    let about = text_width(text.chars().count());
    let Ok(font) = FontRef::new(FONT_FILE) else {
        return about;
    };
    let metrics = font.glyph_metrics(Size::new(TEXT as f32), LocationRef::default());
    let letters = font.charmap();
    let advance = |letter| metrics.advance_width(letters.map(letter)?);
    let advances = text.chars().map(advance);
    advances
        .sum::<Option<f32>>()
        .map_or(about, |width| width.ceil() as i32)
}

//! How every picture looks: sizes, colours and strokes, in one place.
//!
//! A picture is 3.3 inches wide, a column of a paper, on an opaque card that stands on light and on
//! dark pages. Colours are those of Okabe and Ito (2008), made darker until each is readable as
//! text on the card (a contrast of 4.5 or more), so that a curve and its label share one.

use plotters::style::RGBColor;

/// Units of the canvas for each CSS pixel: the backend's coordinates are whole numbers.
pub(super) const UNITS: u32 = 10;

/// Width in units: 330 pixels, which are 3.3 inches at 100 pixels an inch.
pub(super) const WIDTH: i32 = 3300;

/// Pixels of a PNG for each CSS pixel.
pub(super) const PNG_SCALE: f32 = 4.0;

/// Height of text in units: 7 points.
pub(super) const TEXT: i32 = 98;

/// What is between a label and what it is about.
pub(super) const GAP: i32 = 45;

/// The font that is embedded, and those of the same metrics or nearly so where a browser does not
/// have it.
pub(super) const FONT: &str = "DejaVu Sans, Verdana, sans-serif";

/// Space above the chart, where the vertical axis has its title.
pub(super) const TOP: i32 = 280;

/// Space below the chart, where the horizontal axis has its ticks and its title.
pub(super) const BOTTOM: i32 = 400;

/// Mean width of a letter, as a part of the height of text.
const LETTER: f64 = 0.6;

/// Width of the stroke of a curve, of a thin one, and of an axis.
pub(super) const CURVE: u32 = 18;
/// Width of the stroke of what is behind.
pub(super) const THIN: u32 = 9;

/// The card.
pub(super) const CARD: RGBColor = RGBColor(253, 253, 251);
/// Text and axes.
pub const INK: RGBColor = RGBColor(34, 34, 34);
/// What is less important.
pub const MUTED: RGBColor = RGBColor(98, 98, 98);
/// Lines of the grid.
pub(super) const GRID: RGBColor = RGBColor(226, 226, 222);
/// Curves behind the others.
pub const PALE: RGBColor = RGBColor(176, 176, 172);
/// Blue.
pub const BLUE: RGBColor = RGBColor(0, 104, 166);
/// Vermilion.
pub const VERMILION: RGBColor = RGBColor(186, 74, 0);
/// Bluish green.
pub const GREEN: RGBColor = RGBColor(0, 122, 88);
/// Reddish purple.
pub const PURPLE: RGBColor = RGBColor(160, 66, 120);
/// Orange, which is brown when it is dark.
pub const BROWN: RGBColor = RGBColor(138, 98, 0);

/// The colours of curves, in their order.
pub const COLOURS: [RGBColor; 5] = [BLUE, VERMILION, GREEN, PURPLE, BROWN];

/// About how wide a text of so many letters is, in units.
pub(super) fn text_width(letters: usize) -> i32 {
    (letters as f64 * LETTER * f64::from(TEXT)) as i32
}

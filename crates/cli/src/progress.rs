//! Progress bars: on a terminal, or as lines for a program that draws its own.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

/// Whether bars are lines.
static AS_LINES: AtomicBool = AtomicBool::new(false);

/// Before each of these lines, so that they are told from messages.
const MARK: &str = "progress ";

/// Lines a second at most.
const HERTZ: u8 = 4;

/// From now on bars are lines on standard error, `progress POSITION/LENGTH MESSAGE`.
pub(super) fn show_as_lines() {
    AS_LINES.store(true, Ordering::Relaxed);
}

/// A bar of that length and form.
pub(super) fn progress_bar(length: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let template = if AS_LINES.load(Ordering::Relaxed) {
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(Lines), HERTZ);
        bar.set_draw_target(target);
        "{pos}/{len} {prefix} {msg}"
    } else {
        template
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A terminal that writes one line after the other.
#[derive(Debug)]
struct Lines;

impl TermLike for Lines {
    fn width(&self) -> u16 {
        u16::MAX
    }

    fn move_cursor_up(&self, _lines: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _lines: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _columns: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _columns: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> std::io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> std::io::Result<()> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        writeln!(std::io::stderr(), "{MARK}{text}")
    }

    fn clear_line(&self) -> std::io::Result<()> {
        Ok(())
    }

    fn flush(&self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

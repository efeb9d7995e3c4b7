//! Bits sent for each bit of the limit, of any experiments.

use std::path::{Path, PathBuf};

use crate::figures::chart::axis::Axis;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Dot, Plot, Side, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{COLOURS, INK};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "slack",
    shows: "Bits sent for each bit of the limit n kl/ln 2: the means of each configuration, with \
            the confidence limits of their ratio.",
    files: "NAME.summary.csv...",
    columns: &["limit_kl_bits", "slack", "slack_lower", "slack_upper"],
    suits: |_| true,
    draw,
};

/// A configuration: its limit in bits, and the bits for each bit of it with confidence limits.
struct Ratio {
    limit: f64,
    slack: f64,
    lower: f64,
    upper: f64,
}

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [first, ..] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let mut experiments = Vec::new();
    for path in files {
        experiments.push((name(path), ratios(path)?));
    }
    let all = || experiments.iter().flat_map(|(_, ratios)| ratios);
    if all().next().is_none() {
        let reason = "no configuration has a limit above 0, so that nothing can be divided by it";
        return Err(FigureError::Values {
            path: first.clone(),
            reason: reason.to_string(),
        });
    }
    let limits = || all().map(|ratio| ratio.limit);
    let least = limits().fold(f64::INFINITY, f64::min);
    let most = limits().fold(0.0, f64::max);
    let lowest = all().map(|ratio| ratio.slack).fold(1.0, f64::min);
    let highest = all().map(|ratio| ratio.slack).fold(1.0, f64::max);
    let x = Axis::logarithmic("limit n kl/ln 2, in bits", least / 1.5, most * 1.5);
    let (from, to) = (0.4 * lowest, 3.0 * highest);
    let y = Axis::logarithmic("bits sent for each bit of the limit", from, to);
    let letters = experiments.iter().map(|(name, _)| name.chars().count());
    let mut plot = Plot::new(x, y, letters.max().unwrap_or(0).min(20) as u32);
    plot.line([(least / 1.5, 1.0), (most * 1.5, 1.0)], Stroke::Thin(INK));
    plot.label((least / 1.5, 0.7), "no code below", INK, Side::Right);
    for ((name, ratios), colour) in experiments.iter().zip(COLOURS.into_iter().cycle()) {
        for ratio in ratios {
            let interval = [ratio.lower.max(from), ratio.upper.min(to)];
            plot.line(
                interval.map(|slack| (ratio.limit, slack)),
                Stroke::Thin(colour),
            );
            plot.point((ratio.limit, ratio.slack), Dot::Small(colour));
        }
        if let Some(last) = ratios.last() {
            plot.end_label(last.slack, name, colour);
        }
    }
    render(&plot)
}

/// The configurations whose limit is above 0, by their limits.
fn ratios(path: &Path) -> Result<Vec<Ratio>, FigureError> {
    let table = DEFINITION.table(path)?;
    let lower = table.numbers("slack_lower")?.into_iter();
    let intervals = lower.zip(table.numbers("slack_upper")?);
    let mut ratios = Vec::new();
    for ((limit, slack), (lower, upper)) in places(&table)?.into_iter().zip(intervals) {
        if limit > 0.0 && slack.is_finite() {
            ratios.push(Ratio {
                limit,
                slack,
                lower,
                upper,
            });
        }
    }
    ratios.sort_by(|one, other| one.limit.total_cmp(&other.limit));
    Ok(ratios)
}

/// The limit of each configuration, and the bits for each bit of it.
pub(super) fn places(table: &Table) -> Result<Vec<(f64, f64)>, FigureError> {
    let limits = table.numbers("limit_kl_bits")?.into_iter();
    Ok(limits.zip(table.numbers("slack")?).collect())
}

/// An experiment's name: that of its file without its endings.
fn name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    let stem = stem.to_string_lossy();
    stem.trim_end_matches(".summary").to_string()
}

//! Bits against training error, with the curves on which bounds are equal.

use std::path::{Path, PathBuf};

use crate::bounds::{kl, occam_binomial, Bits, EmpiricalRisk, FailureProbability, Probability};
use crate::certificate::{percent_up, Claim, DESIGN_BITS};
use crate::figures::certificates::certificate;
use crate::figures::chart::axis::Axis;
use crate::figures::chart::number::percent;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Dot, Plot, Side, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, INK, MUTED, PALE, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "frontier",
    shows: "Bits of the file against its training error, and the bounds that they prove: every \
            file on a curve proves the bound beside it; nearer to the lower left is better.",
    files: "TRIALS.csv [CERTIFICATE.json ...]",
    columns: &["n", "delta", "errors", "bits"],
    suits: |table| table.shared("n").is_ok() && table.shared("delta").is_ok(),
    draw,
};

/// Bounds whose curves are drawn, where there is space.
const LEVELS: [f64; 9] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9];

/// Compressed networks of one training set, and what they prove with one confidence.
struct Frontier {
    examples: u64,
    delta: f64,
    /// What is charged beside the bits of a file.
    charged: f64,
    /// Training error and bits of each.
    tried: Vec<(f64, f64)>,
    /// That which is pointed out, and what is said about it.
    best: (f64, f64),
    best_text: String,
    /// Further certificates about the same data, and what is said about each.
    further: Vec<((f64, f64), String)>,
    /// What others have published about the same data.
    published: Vec<Published>,
}

/// A bound of others.
struct Published {
    work: String,
    bound: f64,
    /// Training error and bits, where they are known.
    place: Option<(f64, f64)>,
}

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let frontier = match files {
        [trials] => without_certificate(&DEFINITION.table(trials)?)?,
        [trials, claim, further @ ..] => {
            with_certificates(&DEFINITION.table(trials)?, claim, further)?
        }
        _ => return Err(DEFINITION.other_files(files)),
    };
    chart(&frontier)
}

/// All trials, and the one with the least bound.
fn without_certificate(table: &Table) -> Result<Frontier, FigureError> {
    table.shared("n")?;
    table.shared("delta")?;
    let examples = table.counts("n")?.first().copied().unwrap_or_default();
    let delta = table.numbers("delta")?.first().copied().unwrap_or_default();
    let charged = DESIGN_BITS as f64;
    let (errors, bits) = (table.counts("errors")?, table.numbers("bits")?);
    let mut best = ((0.0, 0.0), f64::INFINITY);
    let mut tried = Vec::new();
    for (errors, bits) in errors.into_iter().zip(bits) {
        let risk = EmpiricalRisk::new(errors, examples)?;
        let delta = FailureProbability::new(delta)?;
        let bound = occam_binomial(risk, Bits::new(bits + charged)?, delta);
        let place = (errors as f64 / examples as f64, bits);
        tried.push(place);
        if bound < best.1 {
            best = (place, bound);
        }
    }
    let (best, bound) = best;
    Ok(Frontier {
        examples,
        delta,
        charged,
        tried,
        best,
        best_text: format!("least bound: {}", percent_up(bound)),
        further: Vec::new(),
        published: Vec::new(),
    })
}

/// The trials with the first certificate's training set and confidence, and all certificates.
fn with_certificates(
    table: &Table,
    path: &Path,
    further: &[PathBuf],
) -> Result<Frontier, FigureError> {
    let claim = certificate(path)?;
    let n = claim.n as f64;
    let (examples, deltas) = (table.counts("n")?, table.numbers("delta")?);
    let (errors, bits) = (table.counts("errors")?, table.numbers("bits")?);
    let mut tried = Vec::new();
    for (row, place) in errors.into_iter().zip(bits).enumerate() {
        let is_same = examples.get(row) == Some(&claim.n) && deltas.get(row) == Some(&claim.delta);
        if is_same {
            tried.push((place.0 as f64 / n, place.1));
        }
    }
    let charged = claim.description_length() - claim.bits;
    let further = further.iter().map(|path| further_certificate(path, &claim));
    Ok(Frontier {
        examples: claim.n,
        delta: claim.delta,
        charged: charged as f64,
        tried,
        best: (claim.k as f64 / n, claim.bits as f64),
        best_text: format!("certified: {}", percent_up(claim.bounds.occam_binomial)),
        further: further.collect::<Result<_, _>>()?,
        published: published(&claim.training_set.name)?,
    })
}

/// Where a further certificate about the same data lies, and what is said about it. What it is
/// charged more than the first counts as bits of its file, so that the curves hold for it.
fn further_certificate(path: &Path, first: &Claim) -> Result<((f64, f64), String), FigureError> {
    let claim = certificate(path)?;
    let is_same = claim.training_set.sha256 == first.training_set.sha256;
    if !is_same || claim.delta != first.delta || claim.n != first.n {
        return Err(FigureError::OtherData(path.to_path_buf()));
    }
    let charged = first.description_length() - first.bits;
    let bits = claim.description_length().saturating_sub(charged);
    let bound = percent_up(claim.bounds.occam_binomial);
    let text = match &claim.base {
        Some(_) => format!("relative to a base: {bound}"),
        None => format!("certified: {bound}"),
    };
    Ok(((claim.k as f64 / claim.n as f64, bits as f64), text))
}

fn chart(frontier: &Frontier) -> Result<Picture, FigureError> {
    let Frontier {
        published, best, ..
    } = frontier;
    let known = published.iter().filter_map(|one| one.place);
    let further = frontier.further.iter().map(|(place, _)| *place);
    // Beside each of these stands a text.
    let told: Vec<(f64, f64)> = known.chain(further).chain([*best]).collect();
    let all: Vec<(f64, f64)> = frontier.tried.iter().chain(&told).copied().collect();
    let largest = |values: &dyn Fn(&(f64, f64)) -> f64| all.iter().map(values).fold(0.0, f64::max);
    // All training errors are 0: an axis is needed all the same.
    let error = match 1.3 * largest(&|place| place.0) {
        0.0 => 0.1,
        error => error,
    };
    // So high that the curves of others can be seen.
    let mut bits = 4.0 * largest(&|place| place.1);
    for one in published.iter().filter(|one| one.place.is_none()) {
        let curve = frontier.iso_bound(one.bound, error)?;
        bits = curve
            .iter()
            .rfind(|(x, _)| *x <= error / 3.0)
            .map_or(bits, |(_, y)| bits.max(1.5 * y));
    }
    let fewest = all.iter().map(|place| place.1);
    let least = 0.35 * fewest.fold(f64::INFINITY, f64::min);
    let x = Axis::linear("training error", 0.0, error).written(percent);
    let y = Axis::logarithmic("bits of the file", least, bits);
    let mut plot = Plot::new(x, y, 0);

    let is_near = |level: f64| {
        published
            .iter()
            .any(|one| one.place.is_none() && (one.bound / level).ln().abs() < 0.15)
    };
    let mut labelled: Vec<(f64, f64)> = Vec::new();
    for bound in LEVELS.into_iter().filter(|&level| !is_near(level)) {
        let points = frontier.iso_bound(bound, error)?;
        // What it is called stands near neither another curve's name nor a point and its text.
        let is_free = |place: &(f64, f64)| {
            let is_near = |other: &(f64, f64), width: f64, height: f64| {
                (place.0 - other.0).abs() < width * error && (place.1 / other.1).ln().abs() < height
            };
            let height = 0.13 * (bits / least).ln();
            !labelled.iter().any(|other| is_near(other, 0.09, 0.15))
                && !told.iter().any(|other| is_near(other, 0.2, height))
        };
        let places = [0.92, 0.7, 0.5, 0.3].into_iter();
        let mut places = places.filter_map(|part| along(&points, least, bits, part * error));
        let place = places.find(is_free);
        plot.line(points, Stroke::Thin(PALE));
        if let Some(place) = place {
            plot.label(place, &percent(bound), MUTED, Side::Middle);
            labelled.push(place);
        }
    }
    // Curves that are near each other are named at different places.
    let mut named: Option<f64> = None;
    for one in published.iter().filter(|one| one.place.is_none()) {
        let points = frontier.iso_bound(one.bound, error)?;
        let left = along(&points, least, bits, 0.4 * error);
        let is_near = |(_, y): (f64, f64)| named.is_some_and(|name| (y / name).ln().abs() < 0.6);
        let (place, name) = match left {
            Some(left) if is_near(left) => (along(&points, least, bits, 0.75 * error), None),
            left => (left, left.map(|(_, y)| y)),
        };
        named = name;
        plot.line(points, Stroke::Dashed(VERMILION));
        if let Some(place) = place {
            plot.label(place, &one.text(), VERMILION, Side::Middle);
        }
    }
    for one in published {
        if let Some(place) = one.place {
            // Those of two neighbours do not meet.
            let is_left = place.0 < 0.5 * error;
            let side = if is_left { Side::Below } else { Side::Above };
            plot.label(place, &one.text(), VERMILION, side);
            plot.point(place, Dot::Open(VERMILION));
        }
    }
    // Near the left edge a text below would cover the axis; near the right one, what the curves are
    // called, unless the texts of others are above.
    let mut others = published.iter().filter_map(|one| one.place);
    let side = if best.0 < 0.25 * error {
        Side::Right
    } else if best.0 < 0.7 * error || others.any(|(_, bits)| (bits / best.1).ln().abs() < 0.25) {
        Side::Below
    } else {
        Side::Above
    };
    plot.label(*best, &frontier.best_text, INK, side);
    for place in frontier.tried.iter().filter(|place| *place != best) {
        plot.point(*place, Dot::Small(BLUE));
    }
    plot.point(*best, Dot::Large(INK));
    for (place, text) in &frontier.further {
        let is_left = place.0 < 0.5 * error;
        plot.label(
            *place,
            text,
            INK,
            if is_left { Side::Right } else { Side::Below },
        );
        plot.point(*place, Dot::Large(BLUE));
    }
    render(&plot)
}

/// The last point of a curve that is well within the chart and not right of `right`.
fn along(points: &[(f64, f64)], least: f64, most: f64, right: f64) -> Option<(f64, f64)> {
    let (low, high) = (least * 1.3, most / 1.02);
    points
        .iter()
        .copied()
        .rfind(|(x, y)| *x <= right && (low..high).contains(y))
}

impl Frontier {
    /// `(e, |h|)` with `kl(e||bound) = ((|h| + c) ln 2 + ln(1/delta))/n`, where `c` is what is
    /// charged beside the file: the form of Occam's bound that has one; the exact tail is a little
    /// better.
    fn iso_bound(&self, bound: f64, largest: f64) -> Result<Vec<(f64, f64)>, FigureError> {
        const POINTS: u32 = 200;
        let confidence = -FailureProbability::new(self.delta)?.get().ln();
        let end = bound.min(largest);
        let point = |place: u32| {
            let error = end * f64::from(place) / f64::from(POINTS);
            let kl = kl(Probability::new(error)?, Probability::new(bound)?);
            let nats = self.examples as f64 * kl - confidence;
            Ok((error, nats / std::f64::consts::LN_2 - self.charged))
        };
        (0..=POINTS).map(point).collect()
    }
}

impl Published {
    fn text(&self) -> String {
        format!("{}: {}", self.work, percent(self.bound))
    }
}

/// What others have published about a data set.
fn published(data: &str) -> Result<Vec<Published>, FigureError> {
    let path = Path::new("data/published.csv");
    let text = include_bytes!("../../../data/published.csv");
    let table = Table::parse(path, text)?.only("data", data)?;
    let (errors, bits) = (table.numbers("training_error")?, table.numbers("bits")?);
    let places = errors
        .into_iter()
        .zip(bits)
        .map(|place| (place.0.is_finite() && place.1.is_finite()).then_some(place));
    let works = table.texts("work")?.into_iter();
    Ok(works
        .zip(table.numbers("bound")?)
        .zip(places)
        .map(|((work, bound), place)| Published { work, bound, place })
        .collect())
}

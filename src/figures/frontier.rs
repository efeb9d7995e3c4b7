//! Bits against training error, with the curves on which bounds are equal.

use std::path::Path;

use super::axis::{percent, Axis};
use super::certificates::certificate;
use super::picture::Picture;
use super::plot::{Dot, Plot, Side, Stroke};
use super::rows::Rows;
use super::style::{BLUE, INK, MUTED, PALE, VERMILION};
use crate::bounds::{kl, FailureProbability, Probability};
use crate::certificate::percent_up;
use crate::figures::FigureError;

/// The frontier of a certificate's folder.
pub(super) fn draw(folder: &Path) -> Result<Picture, FigureError> {
    let claim = certificate(&folder.join("certificate.json"))?;
    let trials = Rows::read(&folder.join("trials.csv"))?;
    let n = claim.n as f64;
    let tried: Vec<(f64, f64)> = trials
        .numbers("errors")?
        .into_iter()
        .map(|errors| errors / n)
        .zip(trials.numbers("bits")?)
        .collect();
    let own = (claim.k as f64 / n, claim.bits as f64);
    let published = published(&claim.training_set.name)?;

    let known = published.iter().filter_map(|one| one.place);
    let all: Vec<(f64, f64)> = tried.iter().copied().chain(known).chain([own]).collect();
    let largest = |values: &dyn Fn(&(f64, f64)) -> f64| all.iter().map(values).fold(0.0, f64::max);
    let error = 1.3 * largest(&|place| place.0);
    // So high that the curves of others can be seen.
    let mut bits = 4.0 * largest(&|place| place.1);
    for one in published.iter().filter(|one| one.place.is_none()) {
        let curve = iso_bound(one.bound, claim.n, claim.delta, error)?;
        bits = curve
            .iter()
            .rfind(|(x, _)| *x <= error / 3.0)
            .map_or(bits, |(_, y)| bits.max(1.5 * y));
    }
    let least = 0.35
        * all
            .iter()
            .map(|place| place.1)
            .fold(f64::INFINITY, f64::min);
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
        let points = iso_bound(bound, claim.n, claim.delta, error)?;
        let place = along(&points, least, bits, 0.92 * error);
        plot.line(points, Stroke::Thin(PALE));
        let is_free = |place: &(f64, f64)| {
            let near = |other: &(f64, f64)| {
                (place.0 - other.0).abs() < 0.09 * error && (place.1 / other.1).ln().abs() < 0.15
            };
            !labelled.iter().any(near)
        };
        if let Some(place) = place.filter(is_free) {
            plot.label(place, &percent(bound), MUTED, Side::Middle);
            labelled.push(place);
        }
    }
    for one in published.iter().filter(|one| one.place.is_none()) {
        let points = iso_bound(one.bound, claim.n, claim.delta, error)?;
        let place = along(&points, least, bits, 0.4 * error);
        plot.line(points, Stroke::Dashed(VERMILION));
        if let Some(place) = place {
            plot.label(
                place,
                &format!("{}: {}", one.work, percent(one.bound)),
                VERMILION,
                Side::Middle,
            );
        }
    }
    for one in &published {
        if let Some(place) = one.place {
            plot.label(
                place,
                &format!("{}: {}", one.work, percent(one.bound)),
                VERMILION,
                Side::Left,
            );
            plot.point(place, Dot::Open(VERMILION));
        }
    }
    plot.label(
        own,
        &format!("certified: {}", percent_up(claim.bounds.occam_binomial)),
        INK,
        Side::Below,
    );
    tried
        .iter()
        .filter(|place| **place != own)
        .for_each(|&place| plot.point(place, Dot::Small(BLUE)));
    plot.point(own, Dot::Large(INK));
    plot.picture()
}

/// The last point of a curve that is well within the chart and not right of `right`.
fn along(points: &[(f64, f64)], least: f64, most: f64, right: f64) -> Option<(f64, f64)> {
    let (low, high) = (least * 1.3, most / 1.15);
    points
        .iter()
        .copied()
        .rfind(|(x, y)| *x <= right && (low..high).contains(y))
}

/// Bounds whose curves are drawn, where there is space.
const LEVELS: [f64; 9] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9];

/// `(e, |h|)` with `kl(e||bound) = (|h| ln 2 + ln(1/delta))/n`, the form of Occam's bound that has
/// one: the exact tail is a little better.
fn iso_bound(
    bound: f64,
    examples: u64,
    delta: f64,
    largest: f64,
) -> Result<Vec<(f64, f64)>, FigureError> {
    const POINTS: u32 = 200;
    let confidence = -FailureProbability::new(delta)?.get().ln();
    let end = bound.min(largest);
    let point = |place: u32| {
        let error = end * f64::from(place) / f64::from(POINTS);
        let nats =
            examples as f64 * kl(Probability::new(error)?, Probability::new(bound)?) - confidence;
        Ok((error, nats / std::f64::consts::LN_2))
    };
    (0..=POINTS).map(point).collect()
}

/// A bound of others.
struct Published {
    work: String,
    bound: f64,
    /// Training error and bits, where they are known.
    place: Option<(f64, f64)>,
}

fn published(data: &str) -> Result<Vec<Published>, FigureError> {
    let path = Path::new("data/published.csv");
    let rows = Rows::parse(path, include_bytes!("../../data/published.csv"))?.only("data", data)?;
    let (errors, bits, bounds) = (
        rows.numbers("training_error")?,
        rows.numbers("bits")?,
        rows.numbers("bound")?,
    );
    let places = errors
        .into_iter()
        .zip(bits)
        .map(|place| (place.0.is_finite() && place.1.is_finite()).then_some(place));
    let works = rows.texts("work")?.into_iter();
    Ok(works
        .zip(bounds)
        .zip(places)
        .map(|((work, bound), place)| Published { work, bound, place })
        .collect())
}

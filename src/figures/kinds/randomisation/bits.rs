//! Bits against overfit, with the limit on the same axes.

use std::path::PathBuf;

use super::draws::{extent, groups, Draw, Group};
use crate::figures::chart::axis::Axis;
use crate::figures::chart::number::percent;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Dot, Plot, Side, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, INK, MUTED, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "randomisation-bits",
    shows:
        "Bits of the files that networks are sent in against how much they overfit, for parts of \
            the labels that were replaced at random; and the limit below which no code can be.",
    files: "RANDOMISATION.csv",
    columns: &[
        "randomised",
        "examples",
        "errors",
        "test_error",
        "bits",
        "delta",
    ],
    suits: |table| table.varies("randomised"),
    draw,
};

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let groups = groups(&DEFINITION.table(path)?, "randomised")?;
    let (least, most) = extent(&groups)?;
    let x = Axis::linear("overfit: true error less training error", 0.0, 1.0).written(percent);
    let y = Axis::logarithmic("bits; above: labels replaced at random", least, most);
    let mut plot = Plot::new(x, y, 10);
    let mean = |group: &Group| group.mean(Draw::overfit);
    plot.line(
        groups
            .iter()
            .map(|group| (mean(group), group.mean(|draw| draw.bits))),
        Stroke::Thin(BLUE),
    );
    let mut limits = Vec::new();
    for group in &groups {
        limits.push((mean(group), group.limit()?));
        group
            .draws
            .iter()
            .for_each(|draw| plot.point((draw.overfit(), draw.bits), Dot::Small(BLUE)));
        let (_, top) = group.spread(|draw| draw.bits);
        if group.value < 1.0 {
            plot.label((mean(group), top), &percent(group.value), INK, Side::Above);
        } else {
            let (_, rightmost) = group.spread(Draw::overfit);
            plot.label(
                (rightmost, group.mean(|draw| draw.bits)),
                "all",
                INK,
                Side::Right,
            );
        }
    }
    if let (Some(last), Some(&(_, limit))) = (groups.last(), limits.last()) {
        plot.end_label(last.mean(|draw| draw.bits), "file sent", BLUE);
        plot.end_label(limit, "limit", VERMILION);
    }
    if let (Some(first), Some(&(_, limit))) = (groups.first(), limits.first()) {
        let bits = first.mean(|draw| draw.bits);
        ratio(&mut plot, mean(first), bits, limit, limit, Side::Right);
    }
    if let (Some(last), Some(&(_, limit))) = (groups.last(), limits.last()) {
        let bits = last.mean(|draw| draw.bits);
        ratio(
            &mut plot,
            mean(last),
            bits,
            limit,
            (bits * limit).sqrt(),
            Side::Left,
        );
    }
    limits
        .iter()
        .for_each(|&place| plot.point(place, Dot::Small(VERMILION)));
    plot.line(limits, Stroke::Solid(VERMILION));
    render(&plot)
}

/// A line from the limit to the bits, and beside it, at a height, how many times the limit the bits
/// are.
fn ratio(plot: &mut Plot, x: f64, bits: f64, limit: f64, height: f64, side: Side) {
    plot.line([(x, limit * 1.15), (x, bits / 1.15)], Stroke::Thin(MUTED));
    plot.label(
        (x, height),
        &format!("{:.1} \u{d7} limit", bits / limit),
        INK,
        side,
    );
}

//! Training accuracy of pruned networks against the part of their weights that is left.

use std::path::PathBuf;

use crate::figures::chart::axis::Axis;
use crate::figures::chart::number::percent;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Dot, Plot, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{COLOURS, INK};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "randomisation-sparsity",
    shows: "Training accuracy of pruned networks against the part of their weights that is left, \
            for parts of the labels that were replaced at random.",
    files: "RANDOMISATION.csv",
    columns: &["randomised", "sparsity", "examples", "pruned_errors"],
    suits: |table| table.varies("sparsity"),
    draw,
};

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let rows = DEFINITION.table(path)?;
    let mut left: Vec<f64> = rows
        .numbers("sparsity")?
        .into_iter()
        .map(|sparsity| 1.0 - sparsity)
        .collect();
    left.sort_by(f64::total_cmp);
    left.dedup();
    let least = left.first().copied().unwrap_or(0.01);
    let x = Axis::logarithmic("weights that are left", 1.0, least / 1.1)
        .ticks_at(&left)
        .written(percent);
    let y = Axis::linear("training accuracy of the pruned network", 0.0, 1.0).written(percent);
    let mut plot = Plot::new(x, y, 13);
    for (place, randomised) in rows.distinct("randomised")?.iter().enumerate() {
        let own = rows.only("randomised", randomised)?;
        let colour = COLOURS.get(place % COLOURS.len()).copied().unwrap_or(INK);
        let mut points: Vec<(f64, f64, f64, f64)> = Vec::new();
        for pruned in own.distinct("sparsity")? {
            let draws = own.only("sparsity", &pruned)?;
            let pairs = draws
                .numbers("pruned_errors")?
                .into_iter()
                .zip(draws.numbers("examples")?);
            let accuracies: Vec<f64> = pairs
                .map(|(errors, examples)| 1.0 - errors / examples)
                .collect();
            let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
            let lower = accuracies.iter().copied().fold(f64::INFINITY, f64::min);
            let upper = accuracies.iter().copied().fold(0.0, f64::max);
            let left = 1.0
                - draws
                    .numbers("sparsity")?
                    .first()
                    .copied()
                    .unwrap_or_default();
            points.push((left, lower, mean, upper));
        }
        points.sort_by(|one, other| other.0.total_cmp(&one.0));
        let band: Vec<(f64, f64, f64)> = points
            .iter()
            .map(|&(x, lower, _, upper)| (x, lower, upper))
            .collect();
        plot.band(&band, colour);
        plot.line(
            points.iter().map(|&(x, _, mean, _)| (x, mean)),
            Stroke::Solid(colour),
        );
        points
            .iter()
            .for_each(|&(x, _, mean, _)| plot.point((x, mean), Dot::Small(colour)));
        if let Some(&(_, _, mean, _)) = points.last() {
            let share = randomised
                .parse::<f64>()
                .map_or(randomised.clone(), percent);
            plot.end_label(mean, &format!("{share} random"), colour);
        }
    }
    render(&plot)
}

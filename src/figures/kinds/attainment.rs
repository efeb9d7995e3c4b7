//! Bits sent for each bit of the limit: a random codebook, and trained networks.

use std::path::{Path, PathBuf};

use super::slack::places;
use crate::figures::chart::axis::Axis;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Dot, Plot, Side, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, GREEN, INK, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "attainment",
    shows:
        "Bits sent for each bit of the limit n kl/ln 2, by a learner with a random codebook, by \
            one that searches its codebook, and by trained networks.",
    files: "CODEBOOK.summary.csv SEARCHED.summary.csv [NETWORKS.summary.csv...]",
    columns: &["limit_kl_bits", "slack"],
    // The three roles cannot be told from the columns.
    suits: |_| false,
    draw,
};

/// The limit, in bits, below which the means of networks say nothing.
const LEAST_LIMIT: f64 = 10.0;

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [codebook, searched, networks @ ..] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let read = |path: &Path| places(&DEFINITION.table(path)?);
    let (codebook, searched) = (read(codebook)?, read(searched)?);
    let mut trained = Vec::new();
    for path in networks {
        let places = read(path)?.into_iter();
        trained.extend(places.filter(|place| place.0 >= LEAST_LIMIT));
    }

    // Wide enough for the published experiments, wider if other results need it.
    let all = [&codebook, &searched, &trained].into_iter().flatten();
    let most = all.fold((1e5, 500.0), |most: (f64, f64), place| {
        (most.0.max(place.0), most.1.max(place.1))
    });
    let x = Axis::logarithmic("limit n kl/ln 2, in bits", 1.0, most.0);
    let y = Axis::logarithmic("bits sent for each bit of the limit", 0.6, most.1);
    let mut plot = Plot::new(x, y, 0);
    plot.line([(1.0, 1.0), (most.0, 1.0)], Stroke::Thin(INK));
    plot.label((180.0, 220.0), "trained networks", VERMILION, Side::Right);
    plot.label((1900.0, 1.32), "random codebook", BLUE, Side::Right);
    plot.label((1.15, 3.3), "found by search", GREEN, Side::Right);
    plot.label((8e4, 0.78), "no code below", INK, Side::Left);
    for place in trained {
        plot.point(place, Dot::Small(VERMILION));
    }
    for place in codebook {
        plot.point(place, Dot::Small(BLUE));
    }
    for place in searched {
        plot.point(place, Dot::Open(GREEN));
    }
    render(&plot)
}

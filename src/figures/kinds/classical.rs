//! Classical capacity bounds beside the bits of a file, network by network.

use std::path::PathBuf;

use plotters::prelude::RGBColor;

use crate::figures::chart::axis::Axis;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{row_place, Dot, Plot, Side, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, BROWN, GREEN, INK, MUTED, PURPLE, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "classical",
    shows: "What classical capacity bounds and the bits of its file prove about each network, \
            beside its error on held-out examples.",
    files: "CLASSICAL.csv",
    columns: &["network", "bound", "value", "held_out_n", "held_out_errors"],
    suits: |_| true,
    draw,
};

/// A bound as the command calls it, what it is called here, and its colour.
type Named = (&'static str, &'static str, RGBColor);

const BOUNDS: [Named; 6] = [
    ("compression", "bits of the file", INK),
    ("parameter_counting", "32 bits a weight", BLUE),
    ("vc_dimension", "VC dimension", GREEN),
    ("spectral_margin", "spectral norms", VERMILION),
    ("pac_bayes_margin", "the same, PAC-Bayes", PURPLE),
    ("effective_parameters", "effective parameters", BROWN),
];

const HELD_OUT: (&str, RGBColor) = ("held-out error", INK);

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let table = DEFINITION.table(path)?;
    let networks = table.distinct("network")?;
    let points = points(&table, &networks)?;
    let held_out = held_out(&table, &networks)?;
    let values = points.iter().map(|point| point.2);
    let values: Vec<f64> = values.chain(held_out.iter().map(|point| point.1)).collect();
    let least = values.iter().copied().fold(1.0, f64::min);
    let most = values.iter().copied().fold(1.0, f64::max);
    let (from, to) = (10f64.powf(least.log10().floor()), 3.0 * most);

    // Names of colours stand in rows of their own, two columns of them.
    let mut names = networks.clone();
    let key_rows = (BOUNDS.len() + 1).div_ceil(2);
    names.extend(vec![String::new(); key_rows]);
    let place = |row: usize| row_place(row, names.len());

    let x = axis(from, to);
    let mut plot = Plot::of_rows(x, "right of the dashes a bound says nothing", &names, 0);
    let (top, bottom) = (names.len() as f64, key_rows as f64);
    plot.line([(1.0, bottom), (1.0, top)], Stroke::Dashed(MUTED));
    for (network, colour, value) in points {
        plot.point((value, place(network)), Dot::Large(colour));
    }
    for (network, error) in held_out {
        plot.point((error, place(network)), Dot::Open(HELD_OUT.1));
    }
    let key = BOUNDS.map(|(_, name, colour)| (name, colour, Dot::Large(colour)));
    let held_out = (HELD_OUT.0, HELD_OUT.1, Dot::Open(HELD_OUT.1));
    for (index, (name, colour, dot)) in [held_out].into_iter().chain(key).enumerate() {
        let column = [-0.3, 0.42][index / key_rows];
        let at = (
            from * (to / from).powf(column),
            place(networks.len() + index % key_rows),
        );
        plot.label(at, name, colour, Side::Right);
        plot.point(at, dot);
    }
    render(&plot)
}

/// A logarithmic axis with some five ticks at powers of ten, written as powers.
fn axis(from: f64, to: f64) -> Axis {
    let (first, last) = (from.log10().round() as i32, to.log10().floor() as i32);
    let step = ((last - first) / 5).max(1);
    let powers = (first..=last).filter(|power| power % step == 0);
    let ticks: Vec<f64> = powers.map(|power| 10f64.powi(power)).collect();
    Axis::logarithmic("error on new examples, at most", from, to)
        .ticks_at(&ticks)
        .written(power)
}

/// A power of ten: as a number if it is short.
fn power(value: f64) -> String {
    const DIGITS: [char; 10] = [
        '\u{2070}', '\u{b9}', '\u{b2}', '\u{b3}', '\u{2074}', '\u{2075}', '\u{2076}', '\u{2077}',
        '\u{2078}', '\u{2079}',
    ];
    match value.log10().round() as i32 {
        -2 => "1%".to_string(),
        0 => "1".to_string(),
        exponent => {
            let sign = if exponent < 0 { "\u{207b}" } else { "" };
            let digits = exponent.unsigned_abs().to_string();
            let raised = digits
                .chars()
                .filter_map(|digit| digit.to_digit(10))
                .filter_map(|digit| DIGITS.get(digit as usize));
            format!("10{sign}{}", raised.collect::<String>())
        }
    }
}

/// For each bound that is there its network, its colour and its value.
fn points(table: &Table, networks: &[String]) -> Result<Vec<(usize, RGBColor, f64)>, FigureError> {
    let mut points = Vec::new();
    // In the order of their names, so that what covers what is the same for all networks.
    for (bound, _, colour) in BOUNDS {
        let rows = table.only("bound", bound)?;
        for (name, value) in rows.texts("network")?.iter().zip(rows.numbers("value")?) {
            let network = networks.iter().position(|other| other == name);
            if let Some(network) = network.filter(|_| value.is_finite()) {
                points.push((network, colour, value));
            }
        }
    }
    if points.is_empty() {
        let accepted = BOUNDS.map(|(name, ..)| name).join(", ");
        return Err(table.wrong(&format!("no bound has a value; drawn are {accepted}")));
    }
    points.reverse();
    Ok(points)
}

/// The held-out error of each network that has one.
fn held_out(table: &Table, networks: &[String]) -> Result<Vec<(usize, f64)>, FigureError> {
    let mut errors = Vec::new();
    for (place, name) in networks.iter().enumerate() {
        let rows = table.only("network", name)?;
        let (n, k) = (
            rows.numbers("held_out_n")?,
            rows.numbers("held_out_errors")?,
        );
        if let (Some(n), Some(k)) = (n.first(), k.first()) {
            let rate = k / n;
            if rate.is_finite() && rate > 0.0 {
                errors.push((place, rate));
            }
        }
    }
    Ok(errors)
}

//! Where the bits of a model file go.

use std::path::PathBuf;

use crate::figures::certificates::model;
use crate::figures::chart::axis::Axis;
use crate::figures::chart::number::number;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{row_place, Plot, Side};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, GREEN, INK, MUTED, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "bits",
    shows: "Where the bits of a model file go: the values that weights share, which weights are \
            zero, and which value each other has, tensor by tensor.",
    files: "MODEL.nvc",
    columns: &[],
    suits: |_| false,
    draw,
};

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let (_, allocation) = model(path)?;
    let parts = [
        ("values", VERMILION),
        ("which are zero", BLUE),
        ("which value", GREEN),
    ];
    let mut rows: Vec<(String, Vec<f64>)> =
        vec![("layers".to_string(), vec![allocation.architecture])];
    for tensor in &allocation.tensors {
        rows.push((
            tensor.name.clone(),
            vec![tensor.codebook, tensor.mask, tensor.assignments],
        ));
    }
    rows.push((
        "rest".to_string(),
        vec![allocation.version + allocation.termination],
    ));

    let sum = |row: &(String, Vec<f64>)| row.1.iter().sum::<f64>();
    let most = rows.iter().map(sum).fold(0.0, f64::max);
    let names: Vec<String> = rows.iter().map(|(name, _)| name.clone()).collect();
    let x = Axis::linear("bits", 0.0, most);
    let title = format!("{} bits, tensor by tensor", number(allocation.total as f64));
    let mut plot = Plot::of_rows(x, &title, &names, 6);
    for (place, (_, bits)) in rows.iter().enumerate() {
        let middle = row_place(place, rows.len());
        let mut from = 0.0;
        for (place, part) in bits.iter().enumerate() {
            let colour = if bits.len() == 1 {
                MUTED
            } else {
                parts.get(place).map_or(MUTED, |part| part.1)
            };
            plot.bar([(from, middle - 0.3), (from + part, middle + 0.3)], colour);
            from += part;
        }
        plot.label((from, middle), &number(from.round()), INK, Side::Right);
    }
    plot.key(&parts);
    render(&plot)
}

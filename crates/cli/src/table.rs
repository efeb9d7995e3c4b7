//! Tables for people.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

/// Rows of cells in aligned columns: the first column to the left, the others, which are numbers,
/// to the right.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    table_with_texts(rows, &[0])
}

/// The same with these columns to the left, which are texts.
pub(super) fn table_with_texts(rows: &[Vec<String>], texts: &[usize]) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).add_rows(rows);
    for (place, column) in table.column_iter_mut().enumerate() {
        let alignment = if texts.contains(&place) {
            CellAlignment::Left
        } else {
            CellAlignment::Right
        };
        column.set_padding((0, 2));
        column.set_cell_alignment(alignment);
    }
    table.trim_fmt()
}

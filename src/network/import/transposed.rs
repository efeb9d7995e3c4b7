//! Dimensions with the output index last.

/// `[out, in, rows, columns]` becomes `[rows, columns, in, out]`, `[out, in]` becomes `[in, out]`.
pub(super) fn transposed(dimensions: &[usize]) -> Vec<usize> {
    match *dimensions {
        [out, input, rows, columns] => vec![rows, columns, input, out],
        [out, input] => vec![input, out],
        _ => dimensions.to_vec(),
    }
}

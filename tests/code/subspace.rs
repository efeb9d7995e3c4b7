//! Tensors as images of a few coordinates.

use nalgebra::{DMatrix, DVector};
use nonvacuous::code::{kronecker_factor, Subspace, TensorShape};

#[test]
fn kronecker_factors_are_orthonormal_and_span_what_a_qr_decomposition_does() {
    let [rows, columns] = [40, 12];
    let factor = DMatrix::from_columns(
        &kronecker_factor(5, 1, [rows, columns])
            .into_iter()
            .map(DVector::from_vec)
            .collect::<Vec<_>>(),
    );
    let identity = factor.transpose() * &factor;
    assert!((identity - DMatrix::identity(columns, columns)).amax() < 1e-12);
    // Fewer columns are the first of more; so each is in the span of the unorthogonalised ones,
    // which QR gives too.
    let first = DMatrix::from_columns(
        &kronecker_factor(5, 1, [rows, 3])
            .into_iter()
            .map(DVector::from_vec)
            .collect::<Vec<_>>(),
    );
    assert_eq!(first, factor.columns(0, 3).into_owned());
    let qr = factor.clone().qr().q();
    assert!((&qr * qr.transpose() - &factor * factor.transpose()).amax() < 1e-12);
}

#[test]
fn a_kronecker_product_is_the_product_of_its_factors() {
    let shape = TensorShape {
        name: "fc1.weight".to_string(),
        dimensions: vec![9, 21],
    };
    let subspace = Subspace::kronecker(3, 4).unwrap();
    let coordinates: Vec<f32> = (0..4 * 7).map(|index| (index as f32 * 0.7).sin()).collect();
    let matrix = |columns: &[Vec<f64>]| {
        DMatrix::from_fn(columns[0].len(), columns.len(), |i, j| columns[j][i])
    };
    let factors = subspace.factors(&shape, coordinates.len()).unwrap();
    let inner = DMatrix::from_row_iterator(4, 7, coordinates.iter().map(|&value| f64::from(value)));
    let expected = matrix(&factors.left) * inner * matrix(&factors.right).transpose();
    for (index, weight) in subspace
        .weights(&shape, &coordinates)
        .into_iter()
        .enumerate()
    {
        assert!((f64::from(weight) - expected[(index / 21, index % 21)]).abs() < 1e-6);
    }
    assert!(subspace.factors(&shape, 4 * 22).is_none() && subspace.factors(&shape, 27).is_none());
}

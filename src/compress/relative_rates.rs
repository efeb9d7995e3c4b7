//! Learning rates relative to the sizes of what is trained.

/// The root mean square of the numbers that are not zero, and not less than a thousandth, so that
/// what is zero can still move.
///
/// A network that was trained elsewhere has weights of any size: one rate in units of each tensor's
/// own size (You et al. 2020 scale each layer's step so) suits them all, where one absolute rate is
/// nothing to some and throws others about.
pub(super) fn relative_scale<'a>(values: impl IntoIterator<Item = &'a f32>) -> f64 {
    const LEAST: f64 = 1e-3;
    let kept = values.into_iter().filter(|&&value| value != 0.0);
    let (count, squares) = kept.fold((0u64, 0.0), |(count, squares), &value| {
        (count + 1, squares + f64::from(value).powi(2))
    });
    (squares / count.max(1) as f64).sqrt().max(LEAST)
}

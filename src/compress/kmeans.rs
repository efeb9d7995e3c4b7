//! k-means in one dimension.

/// Centres `c_1 < c_2 < …` of at most `clusters` clusters of `values`, a local minimum of
/// `sum_i min_j (x_i - c_j)^2` (Lloyd 1982).
///
/// In one dimension clusters are intervals, so on sorted values with prefix sums an iteration costs
/// `O(clusters log n)`. The first centres are the means of equally many values each. Values that are not finite are
/// ignored.
///
/// ```
/// use nonvacuous::compress::kmeans;
/// assert_eq!(kmeans(&[1.0, -2.0, 1.5, -2.5], 2), [-2.25, 1.25]);
/// ```
pub fn kmeans(values: &[f32], clusters: usize) -> Vec<f32> {
    let mut sorted: Vec<f32> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f32::total_cmp);
    let mut prefix = vec![0.0f64];
    let mut sum = 0.0;
    for &value in &sorted {
        sum += f64::from(value);
        prefix.push(sum);
    }
    // Boundaries 0 = b_0 <= b_1 <= … <= b_k = n; cluster j holds the values from b_j to b_(j + 1).
    let mut boundaries: Vec<usize> = (0..=clusters).map(|j| j * sorted.len() / clusters.max(1)).collect();
    loop {
        let centres: Vec<f64> = boundaries
            .windows(2)
            .filter(|pair| pair[0] < pair[1])
            .map(|pair| (prefix[pair[1]] - prefix[pair[0]]) / (pair[1] - pair[0]) as f64)
            .collect();
        let mut moved = vec![0];
        for pair in centres.windows(2) {
            let middle = (pair[0] + pair[1]) / 2.0;
            moved.push(sorted.partition_point(|&value| f64::from(value) < middle));
        }
        moved.push(sorted.len());
        if moved == boundaries || centres.is_empty() {
            let mut centres: Vec<f32> = centres.iter().map(|&centre| centre as f32).collect();
            centres.dedup();
            return centres;
        }
        boundaries = moved;
    }
}

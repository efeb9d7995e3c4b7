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

/// Distinct numbers beyond which [`optimal_kmeans`] replaces neighbours by their mean.
const MAX_POINTS: usize = 1 << 14;

/// The centres `c_1 < c_2 < …` of at most `clusters` clusters that minimise `sum_i min_j (x_i - c_j)^2`.
///
/// In one dimension the optimum is found by dynamic programming over intervals of the sorted values; the best boundary
/// moves with the last value, so each of the `clusters` rounds takes `O(n log n)` (Wu 1991; Grønlund et al. 2017). Of
/// more than `2^14` distinct values, neighbours are first merged in equal numbers, so that the result is optimal up to
/// that resolution. Values that are not finite are ignored.
///
/// ```
/// use nonvacuous::compress::optimal_kmeans;
/// assert_eq!(optimal_kmeans(&[1.0, 1.0, 1.0, 2.0, 10.0], 2), [1.25, 10.0]);
/// ```
pub fn optimal_kmeans(values: &[f32], clusters: usize) -> Vec<f32> {
    let points = Points::new(values);
    let n = points.len();
    if n == 0 || clusters == 0 {
        return Vec::new();
    }
    let mut costs: Vec<f64> = (0..=n).map(|end| points.cost(0, end)).collect();
    let mut firsts: Vec<Vec<usize>> = vec![vec![0; n + 1]];
    for _ in 1..clusters.min(n) {
        let mut next = vec![0.0; n + 1];
        let mut first = vec![0; n + 1];
        divide(&points, &costs, &mut next, &mut first, 0..n + 1, 0..n + 1);
        costs = next;
        firsts.push(first);
    }
    let mut centres = Vec::new();
    let mut end = n;
    for first in firsts.iter().rev() {
        let begin = first.get(end).copied().unwrap_or(0);
        if begin < end {
            centres.push(points.mean(begin, end) as f32);
        }
        end = begin;
    }
    centres.reverse();
    centres.dedup();
    centres
}

/// For each `end` in `ends`, the first point of the last cluster, which is in `begins`: the best for the middle end
/// splits the problem in two.
fn divide(
    points: &Points,
    costs: &[f64],
    next: &mut [f64],
    first: &mut [usize],
    ends: std::ops::Range<usize>,
    begins: std::ops::Range<usize>,
) {
    if ends.is_empty() {
        return;
    }
    let middle = (ends.start + ends.end) / 2;
    let mut best = (f64::INFINITY, begins.start);
    for (begin, before) in costs.iter().enumerate().take(begins.end.min(middle + 1)).skip(begins.start) {
        let cost = before + points.cost(begin, middle);
        if cost < best.0 {
            best = (cost, begin);
        }
    }
    (next[middle], first[middle]) = best;
    divide(points, costs, next, first, ends.start..middle, begins.start..best.1 + 1);
    divide(points, costs, next, first, middle + 1..ends.end, best.1..begins.end);
}

/// Sorted values with prefix sums of their counts, values and squares.
struct Points(Vec<[f64; 3]>);

impl Points {
    fn new(values: &[f32]) -> Self {
        let mut sorted: Vec<f32> = values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_by(f32::total_cmp);
        let mut groups: Vec<(f64, f64)> = Vec::new();
        for value in sorted.into_iter().map(f64::from) {
            match groups.last_mut() {
                Some((last, count)) if *last == value => *count += 1.0,
                _ => groups.push((value, 1.0)),
            }
        }
        let together = groups.len().div_ceil(MAX_POINTS).max(1);
        let mut prefix = vec![[0.0; 3]];
        let mut sums = [0.0; 3];
        for part in groups.chunks(together) {
            for (value, count) in part {
                sums[0] += count;
                sums[1] += count * value;
                sums[2] += count * value * value;
            }
            prefix.push(sums);
        }
        Self(prefix)
    }

    fn len(&self) -> usize {
        self.0.len() - 1
    }

    fn between(&self, begin: usize, end: usize) -> [f64; 3] {
        let (from, to) = (self.0[begin], self.0[end]);
        [to[0] - from[0], to[1] - from[1], to[2] - from[2]]
    }

    fn mean(&self, begin: usize, end: usize) -> f64 {
        let [count, sum, _] = self.between(begin, end);
        sum / count
    }

    /// Squared differences from the mean.
    fn cost(&self, begin: usize, end: usize) -> f64 {
        if begin >= end {
            return 0.0;
        }
        let [count, sum, squares] = self.between(begin, end);
        (squares - sum * sum / count).max(0.0)
    }
}

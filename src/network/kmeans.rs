//! k-means in one dimension.

use rayon::slice::ParallelSliceMut;

/// Centres `c_1 < c_2 < …` of at most `clusters` clusters of `values`, a local minimum of
/// `sum_i min_j (x_i - c_j)^2` (Lloyd 1982).
///
/// In one dimension clusters are intervals, so on sorted values with prefix sums an iteration costs
/// `O(clusters log n)`. The first centres are the means of equally many values each. Values that
/// are not finite are ignored.
///
/// ```
/// use nonvacuous::network::kmeans;
/// assert_eq!(kmeans(&[1.0, -2.0, 1.5, -2.5], 2), [-2.25, 1.25]);
/// ```
pub fn kmeans(values: &[f32], clusters: usize) -> Vec<f32> {
    let sorted = sorted(values);
    let boundaries = (0..=clusters)
        .map(|j| j * sorted.len() / clusters.max(1))
        .collect();
    lloyd(&sorted, boundaries)
}

/// The finite values, ascending.
fn sorted(values: &[f32]) -> Vec<f32> {
    let mut sorted: Vec<f32> = values
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    sorted.par_sort_unstable_by(f32::total_cmp);
    sorted
}

/// Where clusters with these ascending centres begin, and the end of the last.
fn boundaries(sorted: &[f32], centres: &[f64]) -> Vec<usize> {
    let mut boundaries = vec![0];
    for pair in centres.windows(2) {
        let middle = (pair[0] + pair[1]) / 2.0;
        boundaries.push(sorted.partition_point(|&value| f64::from(value) < middle));
    }
    boundaries.push(sorted.len());
    boundaries
}

/// Lloyd's iteration from boundaries `0 = b_0 <= b_1 <= … <= b_k = n` on; cluster `j` holds the
/// values from `b_j` to `b_(j + 1)`.
fn lloyd(sorted: &[f32], mut begun: Vec<usize>) -> Vec<f32> {
    let mut prefix = vec![0.0f64];
    let mut sum = 0.0;
    for &value in sorted {
        sum += f64::from(value);
        prefix.push(sum);
    }
    loop {
        let centres: Vec<f64> = begun
            .windows(2)
            .filter(|pair| pair[0] < pair[1])
            .map(|pair| (prefix[pair[1]] - prefix[pair[0]]) / (pair[1] - pair[0]) as f64)
            .collect();
        let moved = boundaries(sorted, &centres);
        if moved == begun || centres.is_empty() {
            let mut centres: Vec<f32> = centres.iter().map(|&centre| centre as f32).collect();
            centres.dedup();
            return centres;
        }
        begun = moved;
    }
}

/// Distinct numbers beyond which [`optimal_kmeans`] replaces neighbours by their mean.
const MAX_POINTS: usize = 1 << 14;

/// The centres `c_1 < c_2 < …` of at most `clusters` clusters that minimise
/// `sum_i min_j (x_i - c_j)^2`.
///
/// In one dimension the optimum is found by dynamic programming over intervals of the sorted
/// values; the best boundary moves with the last value, so each of the `clusters` rounds takes
/// `O(n log n)` (Wu 1991; Grønlund et al. 2017). Of more than `2^14` distinct values, neighbours
/// are first merged in equal numbers; what is optimal up to that resolution is then brought to a
/// local minimum as in [`kmeans`]. Values that are not finite are ignored.
///
/// ```
/// use nonvacuous::network::optimal_kmeans;
/// assert_eq!(optimal_kmeans(&[1.0, 1.0, 1.0, 2.0, 10.0], 2), [1.25, 10.0]);
/// ```
pub fn optimal_kmeans(values: &[f32], clusters: usize) -> Vec<f32> {
    let sorted = sorted(values);
    let points = Points::new(&sorted);
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
            centres.push(points.mean(begin, end));
        }
        end = begin;
    }
    centres.reverse();
    if points.are_merged {
        return lloyd(&sorted, boundaries(&sorted, &centres));
    }
    let mut centres: Vec<f32> = centres.into_iter().map(|centre| centre as f32).collect();
    centres.dedup();
    centres
}

/// For each `end` in `ends`, the first point of the last cluster, which is in `begins`: the best
/// for the middle end splits the problem in two.
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
    for (begin, before) in costs
        .iter()
        .enumerate()
        .take(begins.end.min(middle + 1))
        .skip(begins.start)
    {
        let cost = before + points.cost(begin, middle);
        if cost < best.0 {
            best = (cost, begin);
        }
    }
    (next[middle], first[middle]) = best;
    divide(
        points,
        costs,
        next,
        first,
        ends.start..middle,
        begins.start..best.1 + 1,
    );
    divide(
        points,
        costs,
        next,
        first,
        middle + 1..ends.end,
        best.1..begins.end,
    );
}

/// Values with prefix sums of their counts, values and squares.
struct Points {
    prefix: Vec<[f64; 3]>,
    /// Whether neighbours were merged.
    are_merged: bool,
}

impl Points {
    /// Of values in ascending order.
    fn new(sorted: &[f32]) -> Self {
        let mut groups: Vec<(f64, f64)> = Vec::new();
        for value in sorted.iter().copied().map(f64::from) {
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
        Self {
            prefix,
            are_merged: together > 1,
        }
    }

    fn len(&self) -> usize {
        self.prefix.len() - 1
    }

    fn between(&self, begin: usize, end: usize) -> [f64; 3] {
        let (from, to) = (self.prefix[begin], self.prefix[end]);
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

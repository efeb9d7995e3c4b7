//! What a weight's value costs: the differentiable code length of training.

/// What each level costs, in nats: pairs of level and cost in ascending order of levels.
///
/// Symbol `s` of a tensor costs `-ln((c_s + 1/2) / (c + r/2))`, where `c_s` of its `c` weights take
/// one of `r` levels now, and between two levels the cost is interpolated linearly, so that it has
/// a gradient: a weight goes to the cheaper level unless the data say otherwise
/// (entropy-constrained quantisation: Chou, Lookabaugh and Gray 1989; in training: Wiedemann,
/// Müller and Samek 2020).
///
/// ```
/// use nonvacuous::compress::LevelCosts;
/// // Three of four weights are zero, which is cheap.
/// let costs = LevelCosts::new(&[0.0, 1.0], &[0, 0, 0, 1]);
/// assert!(costs.at(0.0) < costs.at(1.0));
/// assert_eq!(costs.at(0.5), (costs.at(0.0) + costs.at(1.0)) / 2.0);
/// assert!(costs.derivative(0.5) > 0.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LevelCosts(Vec<(f32, f32)>);

impl LevelCosts {
    /// From how often each level is taken by weights of these symbols.
    #[must_use]
    pub fn new(levels: &[f32], symbols: &[u32]) -> Self {
        let mut counts = vec![0.5f32; levels.len()];
        for &symbol in symbols {
            counts[symbol as usize] += 1.0;
        }
        let total: f32 = counts.iter().sum();
        let costs = counts.iter().map(|count| (total / count).ln());
        let mut pairs: Vec<(f32, f32)> = levels.iter().copied().zip(costs).collect();
        pairs.sort_by(|first, second| first.0.total_cmp(&second.0));
        Self(pairs)
    }

    /// The cost of a value; beyond the outermost levels that of these.
    #[must_use]
    pub fn at(&self, value: f32) -> f32 {
        if let Some([low, high]) = self.around(value) {
            let part = (value - low.0) / (high.0 - low.0);
            return low.1 + part * (high.1 - low.1);
        }
        let distance = |pair: &&(f32, f32)| (pair.0 - value).abs();
        let nearest = self
            .0
            .iter()
            .min_by(|first, second| distance(first).total_cmp(&distance(second)));
        nearest.map_or(0.0, |&(_, cost)| cost)
    }

    /// The derivative of the cost; 0 at the levels and beyond the outermost.
    #[must_use]
    pub fn derivative(&self, value: f32) -> f32 {
        self.around(value)
            .map_or(0.0, |[low, high]| (high.1 - low.1) / (high.0 - low.0))
    }

    /// The levels between which a value is.
    fn around(&self, value: f32) -> Option<[(f32, f32); 2]> {
        let between = self
            .0
            .windows(2)
            .find(|pair| pair[0].0 < value && value < pair[1].0);
        between.map(|pair| [pair[0], pair[1]])
    }
}

/// The place of the level nearest to a value; of the first, if several are.
#[must_use]
pub fn nearest_level(levels: &[f32], value: f32) -> u32 {
    let distance = |&level: &f32| (level - value).abs();
    let pairs = levels.iter().map(distance).enumerate();
    let closest = pairs.min_by(|first, second| first.1.total_cmp(&second.1));
    closest.map_or(0, |(place, _)| place as u32)
}

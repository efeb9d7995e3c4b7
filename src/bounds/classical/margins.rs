//! Margins, and the one at which a bound is least.

/// The margins of a network on its training examples: by how much the logit of the true class
/// exceeds every other; negative or zero for an error. In the units of the logits.
#[derive(Debug, Clone, PartialEq)]
pub struct Margins {
    /// In ascending order.
    ascending: Vec<f64>,
}

/// A bound of the form `share of margins below gamma + complexity / gamma + constant`, at one
/// margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtMargin {
    /// `gamma`, in the units of the logits.
    pub margin: f64,
    /// The share of training examples whose margin is smaller.
    pub share_below: f64,
    /// The bound on the error. Above 1 it says nothing.
    pub value: f64,
}

impl Margins {
    /// From the margins in any order; what is not a number counts as an error.
    #[must_use]
    pub fn new(margins: impl IntoIterator<Item = f64>) -> Self {
        let numbers = margins.into_iter();
        let wrong = |margin: f64| {
            if margin.is_nan() {
                f64::NEG_INFINITY
            } else {
                margin
            }
        };
        let mut ascending: Vec<f64> = numbers.map(wrong).collect();
        ascending.sort_by(f64::total_cmp);
        Self { ascending }
    }

    /// Number of examples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ascending.len()
    }

    /// Whether there are no examples.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ascending.is_empty()
    }

    /// The margin at which `share below gamma + complexity / gamma + constant` is least, among
    /// those of the examples that are classified right, from the smallest to their median; nothing
    /// if no example is classified right.
    ///
    /// Beyond the median most examples would count as wrong, and the sum tends to `1 + constant`
    /// whatever the network: that says nothing, and would hide by how far the bound misses.
    #[must_use]
    pub fn least(&self, complexity: f64, constant: f64) -> Option<AtMargin> {
        let n = self.len() as f64;
        let wrong = self.ascending.partition_point(|&margin| margin <= 0.0);
        let right = self.ascending.len() - wrong;
        let candidates = self.ascending.iter().enumerate().skip(wrong);
        let at = candidates.take(right.div_ceil(2)).map(|(place, &margin)| {
            // Those that are equal count too, but at a margin smaller by nothing they do not.
            let share_below = place as f64 / n;
            AtMargin {
                margin,
                share_below,
                value: share_below + complexity / margin + constant,
            }
        });
        at.min_by(|one, other| one.value.total_cmp(&other.value))
    }
}

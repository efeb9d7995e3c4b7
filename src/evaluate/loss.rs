//! When an image counts as wrong.

/// An image counts as right only if its true class's logit exceeds others by more than this
/// fraction of the largest magnitude among the logits.
///
/// Single-precision noise is some `1e-6` of that magnitude. So what counts as right here is right
/// in any reasonable implementation of the same network, whatever its order of summation.
pub const MARGIN: f32 = 1.0 / 4096.0;

/// A loss of 0 or 1, from the logits and the true class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Right if the true class's logit exceeds every other by [`MARGIN`].
    Top1,
    /// Right if it exceeds all others but at most four by [`MARGIN`].
    Top5,
}

impl Loss {
    /// All losses.
    pub const ALL: [Self; 2] = [Self::Top1, Self::Top5];

    /// As in certificates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Top1 => "zero-one with margin",
            Self::Top5 => "top-5 with margin",
        }
    }

    /// How many other classes may be as good as the true one.
    fn allowed_rivals(self) -> usize {
        match self {
            Self::Top1 => 0,
            Self::Top5 => 4,
        }
    }

    /// Whether an image of class `label` with these logits is right. It is not if there is no such
    /// class, or the class's logit is not a number; a logit that is not a number is a rival.
    pub fn is_right(self, logits: &[f32], label: usize) -> bool {
        let magnitude = logits
            .iter()
            .fold(0.0f32, |largest, logit| largest.max(logit.abs()));
        let margin = MARGIN * magnitude;
        let Some(truth) = logits.get(label).filter(|truth| !truth.is_nan()) else {
            return false;
        };
        let exceeds = |logit: &f32| truth - logit > margin;
        let rivals = logits
            .iter()
            .enumerate()
            .filter(|&(class, logit)| class != label && !exceeds(logit));
        rivals.take(self.allowed_rivals() + 1).count() <= self.allowed_rivals()
    }
}

/// By how much the label's logit exceeds every other, relative to the largest magnitude.
pub(super) fn margin(logits: &[f32], label: usize) -> f32 {
    let magnitude = logits
        .iter()
        .fold(0.0f32, |largest, logit| largest.max(logit.abs()));
    let others = logits
        .iter()
        .enumerate()
        .filter(|&(class, _)| class != label);
    let largest = others.fold(f32::NEG_INFINITY, |largest, (_, &logit)| largest.max(logit));
    logits
        .get(label)
        .map_or(f32::NAN, |truth| (truth - largest) / magnitude)
}

#[cfg(test)]
mod tests {
    use super::Loss;

    #[test]
    fn a_top_5_error_is_one_with_five_rivals_within_the_margin_or_above() {
        let logits = [5.0, 4.0, 3.0, 2.0, 1.0, 0.9999, 0.0];
        let right = |loss: Loss| {
            (0..8)
                .map(|label| loss.is_right(&logits, label))
                .collect::<Vec<bool>>()
        };
        assert_eq!(
            right(Loss::Top1),
            [true, false, false, false, false, false, false, false]
        );
        // The fifth and the sixth are rivals of each other.
        assert_eq!(
            right(Loss::Top5),
            [true, true, true, true, false, false, false, false]
        );
        let broken = [5.0, f32::NAN, 3.0, f32::NAN, f32::NAN, f32::NAN, f32::NAN];
        assert!(!Loss::Top5.is_right(&broken, 0) && !Loss::Top5.is_right(&broken, 1));
    }
}

//! Theorems that are wrong on purpose: a check that does not notice is worth nothing.

/// A way in which a theorem is broken.
///
/// A mutation changes what is claimed, never how it is counted; each is a mistake that somebody
/// has made or could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mutation {
    /// The converse claims twice the bits.
    LimitDoubled,
    /// The learner that attains the limit is claimed to take half of it.
    LimitHalved,
    /// The right side of the chain of informations is in nats, the left in bits.
    NatsForBits,
    /// Huffman's code is claimed to take the entropy, without the bit more.
    PlusOneLeftOut,
    /// One-to-one codes are claimed to take the entropy, without the logarithms less.
    LogarithmsLeftOut,
    /// The length of a payload is known for nothing.
    LengthFree,
    /// Every code word is charged a bit less than it has.
    BitNotCharged,
    /// Code words are charged nothing.
    BitsIgnored,
    /// Upper bounds are computed as if they might always fail.
    DeltaIgnored,
    /// Upper bounds take half of the bits and half of `ln(1/delta)`: `4 n` in place of `2 n` in
    /// Hoeffding's, twice the divergence in Chernoff's inequality.
    BudgetHalved,
    /// `ln xi(n)` is left out.
    XiLeftOut,
    /// `ln(2 sqrt(n))` is left out.
    TwoSqrtLeftOut,
    /// `lambda/n` stands for `1 - exp(-lambda/n)` in Catoni's bound.
    CatoniLinearised,
    /// Every lambda of Catoni's grid has the whole of delta.
    PriceLeftOut,
    /// The ratio of Catoni's grid is taken for 1 where lambda is between two points of it.
    RatioLeftOut,
    /// The limit from Monte Carlo draws takes half of `ln(1/delta')`.
    MonteCarloBudgetHalved,
    /// The mean of Monte Carlo draws is taken for the expectation.
    EstimateTaken,
    /// Two steps that share delta take all of it each.
    DeltaNotSplit,
    /// The best of many subsamples is shown as if it had been the only one.
    TriesNotCharged,
    /// The examples that the prior was learnt on are counted as examples of the bound.
    PriorExamplesCounted,
    /// Orders of identical units are counted as different code words.
    IdenticalUnitsOrdered,
    /// The standard deviations of posterior and prior are exchanged.
    SigmaTauExchanged,
    /// An error more is counted than there was.
    ErrorAdded,
    /// Labels are expected to be without noise.
    NoiseIgnored,
    /// Every training set is taken to leave one perceptron of signs only.
    SolutionsNotCounted,
    /// The angle between two perceptrons of signs, as a part of 180 degrees, is taken for how often
    /// they differ, as it is for Gaussian inputs.
    AngleTaken,
    /// A sum of 0 of a perceptron with zeros is taken for right.
    ZeroSumRight,
    /// Two committees are taken for two perceptrons of all their signs.
    UnitsPooled,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 28] = [
        Self::LimitDoubled,
        Self::LimitHalved,
        Self::NatsForBits,
        Self::PlusOneLeftOut,
        Self::LogarithmsLeftOut,
        Self::LengthFree,
        Self::BitNotCharged,
        Self::BitsIgnored,
        Self::DeltaIgnored,
        Self::BudgetHalved,
        Self::XiLeftOut,
        Self::TwoSqrtLeftOut,
        Self::CatoniLinearised,
        Self::PriceLeftOut,
        Self::RatioLeftOut,
        Self::MonteCarloBudgetHalved,
        Self::EstimateTaken,
        Self::DeltaNotSplit,
        Self::TriesNotCharged,
        Self::PriorExamplesCounted,
        Self::IdenticalUnitsOrdered,
        Self::SigmaTauExchanged,
        Self::ErrorAdded,
        Self::NoiseIgnored,
        Self::SolutionsNotCounted,
        Self::AngleTaken,
        Self::ZeroSumRight,
        Self::UnitsPooled,
    ];

    /// Its key in tables and CSV.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LimitDoubled => "limit_doubled",
            Self::LimitHalved => "limit_halved",
            Self::NatsForBits => "nats_for_bits",
            Self::PlusOneLeftOut => "plus_one_left_out",
            Self::LogarithmsLeftOut => "logarithms_left_out",
            Self::LengthFree => "length_free",
            Self::BitNotCharged => "bit_not_charged",
            Self::BitsIgnored => "bits_ignored",
            Self::DeltaIgnored => "delta_ignored",
            Self::BudgetHalved => "budget_halved",
            Self::XiLeftOut => "xi_left_out",
            Self::TwoSqrtLeftOut => "two_sqrt_left_out",
            Self::CatoniLinearised => "catoni_linearised",
            Self::PriceLeftOut => "price_left_out",
            Self::RatioLeftOut => "ratio_left_out",
            Self::MonteCarloBudgetHalved => "monte_carlo_budget_halved",
            Self::EstimateTaken => "estimate_taken",
            Self::DeltaNotSplit => "delta_not_split",
            Self::TriesNotCharged => "tries_not_charged",
            Self::PriorExamplesCounted => "prior_examples_counted",
            Self::IdenticalUnitsOrdered => "identical_units_ordered",
            Self::SigmaTauExchanged => "sigma_tau_exchanged",
            Self::ErrorAdded => "error_added",
            Self::NoiseIgnored => "noise_ignored",
            Self::SolutionsNotCounted => "solutions_not_counted",
            Self::AngleTaken => "angle_taken",
            Self::ZeroSumRight => "zero_sum_right",
            Self::UnitsPooled => "units_pooled",
        }
    }
}

//! The theorems as they are claimed: right, or with one mutation.
//!
//! Whatever a theorem's claim depends on goes through here; what is counted against it does not.

use std::f64::consts::LN_2;

use super::mutation::Mutation;
use crate::bounds::{
    catoni, catoni_uniform, kl_inverse, limit_injective, ln_two_sqrt, ln_xi, monte_carlo_risk,
    monte_carlo_risk_of_pairs, Bits, Bound, BoundError, CatoniMinimum, EmpiricalRisk,
    FailureProbability, GaussianNoise, GibbsRisk, GridRatio, InverseTemperature, Nats, Premises,
    PriorSplit, Probability, SampleSize,
};

/// The theorems as they are, or with one mutation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Theory {
    mutation: Option<Mutation>,
}

impl Theory {
    /// With a mutation.
    #[must_use]
    pub fn broken(mutation: Mutation) -> Self {
        Self {
            mutation: Some(mutation),
        }
    }

    fn is(self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }

    /// What is right, or with this mutation what it has instead.
    fn unless(self, mutation: Mutation, right: f64, wrong: f64) -> f64 {
        if self.is(mutation) {
            wrong
        } else {
            right
        }
    }

    /// The number of bits that the converse claims.
    pub(super) fn limit(self, bits: Bits) -> f64 {
        match self.mutation {
            Some(Mutation::LimitDoubled) => 2.0 * bits.get(),
            Some(Mutation::LimitHalved) => bits.get() / 2.0,
            _ => bits.get(),
        }
    }

    /// The right side of an inequality between informations, in bits.
    pub(super) fn information(self, bits: f64) -> f64 {
        self.unless(Mutation::NatsForBits, bits, bits * LN_2)
    }

    /// What Huffman's code takes beyond the entropy, at most.
    pub(super) fn huffman_excess(self) -> f64 {
        self.unless(Mutation::PlusOneLeftOut, 1.0, 0.0)
    }

    /// The least expected length of a one-to-one code.
    pub(super) fn injective(self, entropy: Bits) -> f64 {
        if self.is(Mutation::LogarithmsLeftOut) {
            entropy.get()
        } else {
            limit_injective(entropy).get()
        }
    }

    /// What a payload's length costs, `-ln m`, in nats.
    pub(super) fn length_cost(self, nats: Nats) -> f64 {
        if self.is(Mutation::LengthFree) {
            0.0
        } else {
            (nats.get() - self.uncharged_bits() * LN_2).max(0.0)
        }
    }

    /// The expected length of a payload with what its length costs, or without.
    pub(super) fn with_length(self, with: f64, without: f64) -> f64 {
        if self.is(Mutation::LengthFree) {
            without
        } else {
            self.charged(with)
        }
    }

    fn uncharged_bits(self) -> f64 {
        f64::from(u8::from(self.is(Mutation::BitNotCharged)))
    }

    /// The number of bits that a code word of that length is charged.
    pub(super) fn charged(self, bits: f64) -> f64 {
        if self.is(Mutation::BitsIgnored) {
            0.0
        } else {
            (bits - self.uncharged_bits()).max(0.0)
        }
    }

    /// A divergence from a prior, with what is not charged of it left out.
    pub(super) fn divergence(self, nats: Nats) -> Result<Nats, BoundError> {
        Nats::new(match self.mutation {
            Some(Mutation::BitsIgnored) => 0.0,
            Some(Mutation::BitNotCharged) => (nats.get() - LN_2).max(0.0),
            _ => nats.get(),
        })
    }

    /// The failure probability that an upper bound is computed with.
    pub(super) fn delta(self, delta: FailureProbability) -> Result<FailureProbability, BoundError> {
        if self.is(Mutation::DeltaIgnored) {
            FailureProbability::new(1.0f64.next_down())
        } else {
            Ok(delta)
        }
    }

    /// The failure probability of a step that shares `all` with others: `own`.
    pub(super) fn share(
        self,
        own: FailureProbability,
        all: FailureProbability,
    ) -> Result<FailureProbability, BoundError> {
        self.delta(if self.is(Mutation::DeltaNotSplit) {
            all
        } else {
            own
        })
    }

    /// The failure probability of each of `2^bits` tries, of which the best is shown.
    pub(super) fn of_each_try(
        self,
        all: FailureProbability,
        bits: u32,
    ) -> Result<FailureProbability, BoundError> {
        if self.is(Mutation::TriesNotCharged) {
            return Ok(all);
        }
        self.delta(FailureProbability::new(
            all.get() * (-f64::from(bits)).exp2(),
        )?)
    }

    /// `n kl` or what is below it, as an upper bound has it against its budget.
    pub(super) fn against_budget(self, nats: f64) -> f64 {
        self.unless(Mutation::BudgetHalved, nats, 2.0 * nats)
    }

    /// A bound of the catalogue.
    pub(super) fn bound(
        self,
        bound: &Bound,
        premises: &Premises,
    ) -> Result<Option<f64>, BoundError> {
        let Premises {
            divergence, delta, ..
        } = *premises;
        let risk = premises.training_error.gibbs();
        let budget = divergence.plus(delta.nats());
        let n = risk.sample_size().get() as f64;
        Ok(match (self.mutation, bound.name) {
            (Some(Mutation::BudgetHalved), _) => bound.value(&Premises {
                divergence: Nats::new(divergence.get() / 2.0)?,
                delta: FailureProbability::new(delta.get().sqrt())?,
                ..*premises
            }),
            (Some(Mutation::XiLeftOut), "pac_bayes_kl_xi")
            | (Some(Mutation::TwoSqrtLeftOut), "pac_bayes_kl") => Some(kl_inverse(risk, budget)),
            (Some(Mutation::TwoSqrtLeftOut), "mcallester") => {
                Some(risk.rate() + (budget.get() / (2.0 * n)).sqrt())
            }
            (Some(Mutation::TwoSqrtLeftOut), "thiemann") => {
                Some(lambda_bound(risk.rate(), budget.get() / n))
            }
            (Some(Mutation::CatoniLinearised), "catoni_lambda_sqrt_n") => {
                let slope = premises.lambda.get() / n;
                let right = catoni(risk, divergence, delta, premises.lambda);
                Some(right * -(-slope).exp_m1() / slope)
            }
            (_, "catoni_uniform") => Some(
                self.catoni_uniform(risk, divergence, delta, premises.ratio)?
                    .bound,
            ),
            _ => bound.value(premises),
        })
    }

    /// `xi(n)`.
    pub(super) fn xi(self, n: SampleSize) -> f64 {
        if self.is(Mutation::XiLeftOut) {
            1.0
        } else {
            ln_xi(n).get().exp()
        }
    }

    /// `2 sqrt(n)`.
    pub(super) fn two_sqrt(self, n: SampleSize) -> f64 {
        if self.is(Mutation::TwoSqrtLeftOut) {
            1.0
        } else {
            ln_two_sqrt(n).get().exp()
        }
    }

    /// `1 - p (1 - exp(-slope))`, with `q = 1 - p`: what `exp(-slope)` to the power of a loss of
    /// mean `p` is on average, at most.
    pub(super) fn catoni_mean(self, p: f64, q: f64, slope: f64) -> f64 {
        if self.is(Mutation::CatoniLinearised) {
            1.0 - p * slope
        } else {
            q + p * (-slope).exp()
        }
    }

    /// What lambda costs on Catoni's grid, in nats.
    pub(super) fn catoni_price(self, ratio: GridRatio, lambda: InverseTemperature) -> f64 {
        if self.is(Mutation::PriceLeftOut) {
            0.0
        } else {
            ratio.price(lambda).get()
        }
    }

    /// Catoni's bound for all lambda at once.
    pub(super) fn catoni_uniform(
        self,
        risk: GibbsRisk,
        divergence: Nats,
        delta: FailureProbability,
        ratio: GridRatio,
    ) -> Result<CatoniMinimum, BoundError> {
        let mut minimum = catoni_uniform(risk, divergence, delta, ratio);
        let lambda = InverseTemperature::new(minimum.lambda)?;
        if self.is(Mutation::PriceLeftOut) {
            minimum.bound = catoni(risk, divergence, delta, lambda);
        }
        if self.is(Mutation::RatioLeftOut) {
            let priced = divergence.plus(ratio.price(lambda));
            minimum.bound = catoni(risk, priced, delta, lambda);
        }
        Ok(minimum)
    }

    /// The training error of a randomised predictor, from the mean of draws on all examples.
    pub(super) fn risk_of_means(
        self,
        mean: Probability,
        draws: SampleSize,
        examples: SampleSize,
        failure: FailureProbability,
    ) -> Result<GibbsRisk, BoundError> {
        if self.is(Mutation::EstimateTaken) {
            return Ok(GibbsRisk::new(mean, examples));
        }
        monte_carlo_risk(mean, draws, examples, self.of_monte_carlo(failure)?)
    }

    /// The training error of a randomised predictor, from draws with an example each.
    pub(super) fn risk_of_pairs(
        self,
        draws: EmpiricalRisk,
        examples: SampleSize,
        failure: FailureProbability,
    ) -> Result<GibbsRisk, BoundError> {
        if self.is(Mutation::EstimateTaken) {
            return Ok(GibbsRisk::new(Probability::new(draws.rate())?, examples));
        }
        monte_carlo_risk_of_pairs(draws, examples, self.of_monte_carlo(failure)?)
    }

    fn of_monte_carlo(self, failure: FailureProbability) -> Result<FailureProbability, BoundError> {
        if self.is(Mutation::MonteCarloBudgetHalved) {
            FailureProbability::new(failure.get().sqrt())
        } else {
            Ok(failure)
        }
    }

    /// The risk on the examples that the prior has not seen.
    pub(super) fn risk_after_split(
        self,
        split: PriorSplit,
        errors: u64,
    ) -> Result<EmpiricalRisk, BoundError> {
        if self.is(Mutation::PriorExamplesCounted) {
            EmpiricalRisk::new(
                errors,
                split.prior_examples() + split.bound_examples().get(),
            )
        } else {
            split.risk(errors)
        }
    }

    /// `ln u!`, less `ln u_i!` for groups of identical units.
    pub(super) fn symmetry_gain(self, all: Nats, identical: f64) -> f64 {
        let all = all.get();
        self.unless(Mutation::IdenticalUnitsOrdered, all - identical, all)
    }

    /// Noise of standard deviation `sigma` around codewords, with a prior of `tau`.
    pub(super) fn noise_around(
        self,
        codebook: &[f64],
        sigma: f64,
        tau: f64,
    ) -> Result<GaussianNoise, BoundError> {
        if self.is(Mutation::SigmaTauExchanged) {
            GaussianNoise::new(codebook, tau, sigma)
        } else {
            GaussianNoise::new(codebook, sigma, tau)
        }
    }

    /// A number of errors, less than the number of examples.
    pub(super) fn errors(self, errors: u64) -> u64 {
        errors + u64::from(self.is(Mutation::ErrorAdded))
    }

    /// The probability that a label is not that of its point.
    pub(super) fn label_noise(self, noise: f64) -> f64 {
        self.unless(Mutation::NoiseIgnored, noise, 0.0)
    }

    /// `I(S;W)` of a learner that draws one of the best perceptrons of signs, of entropy `N`.
    pub(super) fn of_solutions(self, information: f64, entropy: f64) -> f64 {
        self.unless(Mutation::SolutionsNotCounted, information, entropy)
    }

    /// How often two perceptrons of `N` signs differ, of which `d` are not the same.
    pub(super) fn disagreement(self, probability: f64, inputs: usize, differing: usize) -> f64 {
        if self.is(Mutation::AngleTaken) {
            let cosine = 1.0 - 2.0 * differing as f64 / inputs as f64;
            cosine.acos() / std::f64::consts::PI
        } else {
            probability
        }
    }

    /// How often a perceptron with zeros, whose sum is 0 so often, errs on the labels of one of
    /// signs.
    pub(super) fn error_with_zeros(self, probability: f64, zero: f64) -> f64 {
        self.unless(Mutation::ZeroSumRight, probability, probability - zero)
    }

    /// How often two committees differ; perceptrons of all their signs would so often as `pooled`.
    pub(super) fn of_committees(self, probability: f64, pooled: f64) -> f64 {
        self.unless(Mutation::UnitsPooled, probability, pooled)
    }
}

/// `e/(1 - lambda/2) + c/(lambda (1 - lambda/2))` at the best lambda (Thiemann et al. 2017):
/// `e + sqrt(2 e c + c^2) + c`.
fn lambda_bound(rate: f64, complexity: f64) -> f64 {
    rate + complexity + (complexity * (2.0 * rate + complexity)).sqrt()
}

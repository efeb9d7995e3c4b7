//! Everything that is checked, by name.

/// How a theorem is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckMethod {
    /// By enumeration or in closed form: no statistical doubt.
    Exact,
    /// From independent draws, with confidence limits.
    Sampled,
}

impl CheckMethod {
    /// As a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Sampled => "sampled",
        }
    }
}

/// A statement that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Theorem {
    /// Its key in JSON and CSV.
    pub name: &'static str,
    /// What it says.
    pub statement: &'static str,
    /// How it is checked.
    pub method: CheckMethod,
}

const fn exact(name: &'static str, statement: &'static str) -> Theorem {
    Theorem {
        name,
        statement,
        method: CheckMethod::Exact,
    }
}

const fn sampled(name: &'static str, statement: &'static str) -> Theorem {
    Theorem {
        name,
        statement,
        method: CheckMethod::Sampled,
    }
}

/// Everything that is checked, in the order of reports: the converse; how often each upper bound
/// fails; the lemma that each of their constants comes from; the learner that attains the limit,
/// and perceptrons of signs, which come near it; and what all this is computed with.
///
/// For each there is a [`Mutation`](super::mutation::Mutation) that breaks it.
pub const THEOREMS: &[Theorem] = &[
    exact("limit_examplewise", "n kl(eb||Lb) <= sum_i I(Z_i;W)"),
    exact("examplewise_information", "sum_i I(Z_i;W) <= I(S;W)"),
    exact("information_entropy", "I(S;W) <= H(W)"),
    exact("entropy_huffman", "H(W) <= E|Huffman|"),
    exact("huffman_entropy_plus_one", "E|Huffman| <= H(W) + 1"),
    exact("huffman_code", "E|Huffman| <= E|W| of any prefix code"),
    exact("limit_code", "n kl(eb||Lb) <= E|W|"),
    exact("limit_jensen_shannon", "2 n JS(eb, Lb) <= sum_i I(Z_i;W)"),
    exact("limit_pinsker", "2 n (Lb - eb)^2 <= sum_i I(Z_i;W)"),
    exact("max_test_error", "Lb <= kl_inv(eb, E|W|/n)"),
    exact(
        "limit_injective",
        "H - log2(H + 1) - log2 e <= E|W| one to one",
    ),
    exact("length_prior", "H <= E[|W| - log2 m(|W|)] one to one"),
    exact("occam_binomial", "Pr[fails for any code word] <= delta"),
    exact("occam_kl", "Pr[fails for any code word] <= delta"),
    exact("occam_hoeffding", "Pr[fails for any code word] <= delta"),
    exact("pac_bayes_kl_xi", "Pr[fails for any posterior] <= delta"),
    exact("pac_bayes_kl", "Pr[fails for any posterior] <= delta"),
    exact("mcallester", "Pr[fails for any posterior] <= delta"),
    exact("thiemann", "Pr[fails for any posterior] <= delta"),
    exact(
        "catoni_lambda_sqrt_n",
        "Pr[fails for any posterior] <= delta",
    ),
    exact("catoni_uniform", "Pr[fails for any posterior] <= delta"),
    exact("held_out", "Pr[fails] <= delta"),
    exact("subsample", "Pr[fails] <= delta"),
    exact("monte_carlo_pairs", "Pr[fails] <= delta"),
    exact("monte_carlo_means", "Pr[fails] <= delta"),
    exact("prior_split", "Pr[fails for any code word] <= delta"),
    exact(
        "subsample_split",
        "Pr[fails on a subsample] <= delta + delta'",
    ),
    exact(
        "subsample_tries",
        "Pr[any of 2^t subsamples misleads at delta' 2^-t] <= delta'",
    ),
    exact(
        "monte_carlo_split",
        "Pr[fails on draws of pairs] <= delta + delta'",
    ),
    exact(
        "chernoff",
        "n kl(k/n||p) <= -ln Pr[Bin(n, p) <= k] for k <= n p",
    ),
    exact("pinsker", "2 (p - q)^2 <= kl(q||p)"),
    exact("pinsker_refined", "(p - q)^2/(2 p) <= kl(q||p) for q <= p"),
    exact("maurer_moment", "E exp(n kl(e||L)) <= xi(n)"),
    exact("xi_two_sqrt", "xi(n) <= 2 sqrt(n)"),
    exact(
        "catoni_moment",
        "E exp(-lambda e) (1 - L (1 - exp(-lambda/n)))^-n <= 1",
    ),
    exact("catoni_grid", "sum_i exp(-price(alpha^i)) <= 1"),
    exact(
        "catoni_grid_points",
        "catoni at the grid point below lambda, at its part of delta, <= catoni_uniform",
    ),
    exact("length_prior_sum", "sum_j m(j) <= 1"),
    exact("symmetry_sum", "sum of u!/(u_1! u_2! ...) 2^-|w| <= 1"),
    exact(
        "noise_divergence",
        "KL(f||g_1 + ... + g_r) <= its bounds, by integration",
    ),
    exact(
        "codebook_limit",
        "n kl(eb||Lb) <= E|W| of the random codebook",
    ),
    exact(
        "codebook_attains",
        "E|W| <= n kl(eb||Lb) + O(log n) of the random codebook",
    ),
    exact(
        "signs_links",
        "n kl(eb||Lb) <= sum_i I(Z_i;W) <= I(S;W) <= N of the best perceptrons of signs",
    ),
    exact(
        "signs_information",
        "I(S;W) of the best perceptrons of signs is N - E log2 of their number",
    ),
    exact(
        "signs_difference",
        "two perceptrons of signs differ with probability Pr[|A| < |B|]",
    ),
    exact(
        "ternary_difference",
        "one with zeros errs with probability Pr[A = B] + 2 Pr[A > B, Z < -(A + B)]",
    ),
    exact(
        "committee_difference",
        "two committees of signs differ with probability sum_d Pr[D = d] Pr[|A_d| < |B_d|]",
    ),
    sampled(
        "codebook_within_a_thousandth",
        "mean |W| within 0.1% of the limit at n = 10,000",
    ),
    sampled(
        "codebook_drawn_as_expected",
        "mean |W| of drawn indices is E|W| to 6 deviations",
    ),
    sampled(
        "codebook_searched_as_expected",
        "mean log2 J and errors of real searches are as expected to 6 deviations",
    ),
    exact(
        "oracle_binomial_tail",
        "Pr[Bin(n, p) <= k] is that of statrs",
    ),
    exact(
        "oracle_hypergeometric",
        "the largest K with Pr[Hyp(n, K, s) <= k] >= delta is that of statrs",
    ),
    exact(
        "oracle_clopper_pearson",
        "held_out is the 1 - delta quantile of Beta(k + 1, n - k) of statrs",
    ),
    sampled(
        "index_sampler",
        "drawn indices are geometric: chi-square does not refute it",
    ),
    sampled(
        "label_noise_sampler",
        "points are uniform, labels noisy: chi-square does not refute it",
    ),
    sampled(
        "mean_limits_coverage",
        "how often a limit of a mean fails does not refute its probability",
    ),
    sampled(
        "networks_limit",
        "n kl(eb||Lb) <= E|W| of networks, at 95% limits",
    ),
    sampled(
        "networks_coverage",
        "how often a bound on networks fails does not refute delta",
    ),
];

//! The error of Stirling's formula.

/// `s(x) = ln x! - (x + 1/2) ln x + x - (1/2) ln(2 pi)` for whole `x >= 1` (Loader 2000), to an
/// absolute `1e-16`.
pub(in crate::bounds) fn stirling_error(x: f64) -> f64 {
    if x <= 16.0 {
        return SMALL[x as usize];
    }
    let inverse_square = 1.0 / (x * x);
    // The terms alternate and decrease: the first one left out, 1/(156 x^13), is less than 1e-17
    // for x > 16.
    BERNOULLI
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * inverse_square + coefficient)
        / x
}

/// `B_2j / (2j (2j - 1))` for `j = 1, ..., 6`.
const BERNOULLI: [f64; 6] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
];

/// `s(0)`, which is infinite and never asked for, then `s(1), ..., s(16)`, with mpmath to 20
/// digits.
const SMALL: [f64; 17] = [
    f64::INFINITY,
    0.081_061_466_795_327_26,
    0.041_340_695_955_409_29,
    0.027_677_925_684_998_34,
    0.020_790_672_103_765_093,
    0.016_644_691_189_821_193,
    0.013_876_128_823_070_748,
    0.011_896_709_945_891_77,
    0.010_411_265_261_972_096,
    0.009_255_462_182_712_733,
    0.008_330_563_433_362_87,
    0.007_573_675_487_951_841,
    0.006_942_840_107_209_53,
    0.006_408_994_188_004_207,
    0.005_951_370_112_758_848,
    0.005_554_733_551_962_801,
    0.005_207_655_919_609_64,
];

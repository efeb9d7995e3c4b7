//! Numbers that look random, from a seed.

/// A bijection of 64-bit numbers that looks random: the finaliser of SplitMix64 (Steele, Lea and
/// Flood 2014), after its increment.
pub(super) fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

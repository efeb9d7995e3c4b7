//! What is not worth less than anything else.

/// Those that no other beats in both bits and errors, by ascending bits; of equals, the first.
pub fn unbeaten<T>(mut all: Vec<T>, bits_and_errors: impl Fn(&T) -> (u64, u64)) -> Vec<T> {
    all.sort_by_key(&bits_and_errors);
    let mut fewest = u64::MAX;
    all.retain(|one| {
        let (_, errors) = bits_and_errors(one);
        let is_fewer = errors < fewest;
        fewest = fewest.min(errors);
        is_fewer
    });
    all
}

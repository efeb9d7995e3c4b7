//! A few examples of many.

/// `count` of `len` places, or all if there are fewer, at equal distances: of many classes, where
/// these follow each other.
pub fn spread(len: usize, count: usize) -> impl Iterator<Item = usize> {
    let count = count.min(len);
    (0..count).map(move |place| place * len / count)
}

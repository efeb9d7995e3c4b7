//! Layers that belong to the format: deskewing and oriented filters.

use nonvacuous::code::deskew::deskew;
use nonvacuous::code::{oriented, Architecture};
use nonvacuous::shape::ImageSize;

/// A bar of nine rows and two columns, whose top leans `lean` columns to the right for each row.
fn leaning_bar(lean: f32, down: usize) -> Vec<f32> {
    let mut image = vec![0.0; 400];
    for row in 0..9 {
        let x = 9.0 + lean * (4.0 - row as f32);
        let (left, part) = (x.floor() as usize, x - x.floor());
        let pixels = &mut image[(row + down) * 20 + left..][..3];
        pixels.copy_from_slice(&[1.0 - part, 1.0, part]);
    }
    image
}

#[test]
fn a_slanted_image_is_deskewed_and_centred() {
    let size = ImageSize {
        channels: 1,
        height: 20,
        width: 20,
    };
    let mut straight = leaning_bar(0.0, 3);
    deskew(&mut straight, size);
    for lean in [-0.7, -0.25, 0.5, 0.9] {
        let mut slanted = leaning_bar(lean, 6);
        deskew(&mut slanted, size);
        let difference = slanted
            .iter()
            .zip(&straight)
            .map(|(one, other)| (one - other).abs())
            .fold(0.0, f32::max);
        assert!(
            difference < 0.35,
            "lean {lean}: a pixel differs by {difference}"
        );
        let mass: f32 = slanted.iter().sum();
        assert!((mass - 18.0).abs() < 1e-3, "lean {lean}: mass {mass}");
    }
    let mut empty = vec![0.0; 400];
    deskew(&mut empty, size);
    assert_eq!(empty, vec![0.0; 400]);
    assert!(
        Architecture::parse("relu upright dense:10", size).is_err(),
        "only the image itself is deskewed"
    );
}

#[test]
fn oriented_filters_differ_and_answer_nothing_to_a_uniform_image() {
    let weights = oriented::weights(12, 1);
    let filters: Vec<&[f32]> = weights.chunks(oriented::SIZE * oriented::SIZE).collect();
    assert_eq!(filters.len(), 12);
    for (index, filter) in filters.iter().enumerate() {
        assert_eq!(filter.iter().sum::<f32>(), 0.0);
        assert!(filters[..index].iter().all(|other| other != filter));
    }
}

//! Maps of classes to outputs, and groups of examples.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use nonvacuous::causes::with_causes;
use nonvacuous::data::{parse_class_map, Groups};
use proptest::prelude::*;

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}

#[test]
fn a_class_is_named_by_its_name_or_number_and_names_come_first() {
    let animals = names(&["cat", "guinea pig", "dog"]);
    let text = "\u{feff}# of ImageNet\n\nguinea pig\t338\n2 207\n  cat  281  \n";
    let map = parse_class_map(text, &animals, 1000).unwrap();
    assert_eq!(map.output_of_class, [281, 338, 207]);
    // Class "1" is the first, whose number is 0.
    let map = parse_class_map("1 5\n2 6\n", &names(&["1", "2"]), 10).unwrap();
    assert_eq!(map.output_of_class, [5, 6]);
}

#[test]
fn what_a_map_lacks_or_has_too_much_is_an_error_with_its_line() {
    let animals = names(&["cat", "poodle"]);
    for (text, expected) in [
        ("cat 1", "no line for the classes \"poodle\""),
        ("cat 1\npoodle 2\ncat 3", "line 3: \"cat\" is there twice"),
        ("cat 1\n0 2", "line 2: \"cat\" is there twice"),
        (
            "cat 1\npoodel 2",
            "line 2: there is no class \"poodel\" (did you mean \"poodle\"?)",
        ),
        ("cat 1\n2 2", "line 2: there is no class \"2\""),
        ("cat 1\npoodle 1", "line 2: output 1 is there twice"),
        ("cat 1000", "output \"1000\": the network has 1000, from 0"),
        ("cat -1", "output \"-1\""),
        ("cat", "accepted is \"CLASS OUTPUT\""),
        ("", "no line for the classes \"cat\", \"poodle\""),
    ] {
        let error = with_causes(&parse_class_map(text, &animals, 1000).unwrap_err());
        assert!(
            error.contains(expected),
            "\"{expected}\" is not in: {error}"
        );
    }
}

#[test]
fn groups_are_read_in_order_or_by_name() {
    let paths = names(&["a/0.jpg", "a/1 2.jpg", "b/0.jpg"]);
    let groups = Groups::parse("b/0.jpg p9\na/0.jpg p7\na/1 2.jpg p9\n", 3, &paths).unwrap();
    assert_eq!((groups.of(), groups.count()), (&[1, 0, 0][..], 2));
    for (text, examples, paths, expected) in [
        ("p7\np8\n", 3, &[][..], "2 groups for 3 examples"),
        (
            "b/0.jpg p9\na/0.jpg p7\n",
            3,
            &paths,
            "no line for the example \"a/1 2.jpg\"",
        ),
        (
            "c.jpg p9\n",
            3,
            &paths,
            "line 1: there is no example \"c.jpg\"",
        ),
        (
            "b/0.jpg 1\n\nb/0.jpg 2\n",
            3,
            &paths,
            "line 3: \"b/0.jpg\" is there twice",
        ),
    ] {
        let error = with_causes(&Groups::parse(text, examples, paths).unwrap_err());
        assert!(
            error.contains(expected),
            "\"{expected}\" is not in: {error}"
        );
    }
}

proptest! {
    #[test]
    fn neither_a_map_nor_groups_panic(text in "[a-c0-3# \\t\\n]{0,40}", examples in 0usize..6) {
        let animals = names(&["a", "b", "1"]);
        if let Ok(map) = parse_class_map(&text, &animals, 3) {
            let outputs = map.output_of_class;
            prop_assert!(outputs.len() == 3 && outputs.iter().all(|&output| output < 3));
        }
        if let Ok(groups) = Groups::parse(&text, examples, &[]) {
            prop_assert_eq!(groups.of().len(), examples);
            prop_assert!(groups.of().iter().all(|&group| group < groups.count()));
        }
    }
}

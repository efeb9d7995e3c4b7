//! Data of fewer classes than a network has outputs: which output is which class.

use std::path::Path;

use super::error::DataError;
use super::formats::file::{in_file, read};
use crate::certificate::ClassMap;
use crate::nearest::nearest;

/// Reads a file of lines `CLASS OUTPUT`: a class of the data set by its name, or by its number from
/// 0, and an output of the network by its number from 0. A line that begins with `#` is a comment.
/// Every class must have one line, and no two the same output.
///
/// `classes` are the names of the classes, `outputs` is how many the network has.
///
/// # Errors
/// [`DataError::Line`] for a class or an output that there is not, and for one that is there twice;
/// [`DataError::Unmapped`] for classes without a line.
pub fn read_class_map(
    path: &Path,
    classes: &[String],
    outputs: usize,
) -> Result<ClassMap, DataError> {
    let bytes = read(path, &mut Vec::new())?;
    parse_class_map(&String::from_utf8_lossy(&bytes), classes, outputs)
        .map_err(|error| in_file(path, error))
}

/// The same, of a text.
///
/// ```
/// use nonvacuous::data::parse_class_map;
/// let classes = ["cat".to_string(), "dog".to_string()];
/// let map = parse_class_map("# as in ImageNet\ncat 281\ndog 207\n", &classes, 1000)?;
/// assert_eq!(map.output_of_class, [281, 207]);
/// assert!(parse_class_map("cat 281\n", &classes, 1000).is_err());
/// # Ok::<(), nonvacuous::data::DataError>(())
/// ```
///
/// # Errors
/// As [`read_class_map`].
pub fn parse_class_map(
    text: &str,
    classes: &[String],
    outputs: usize,
) -> Result<ClassMap, DataError> {
    let mut map = vec![None; classes.len()];
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |reason: String| DataError::Line {
            line: number + 1,
            reason,
        };
        let (class, output) = line
            .rsplit_once(char::is_whitespace)
            .ok_or_else(|| wrong(format!("{line:?}: accepted is \"CLASS OUTPUT\"")))?;
        let place = class_number(class.trim(), classes).map_err(wrong)?;
        let output = output
            .parse()
            .ok()
            .filter(|&output: &usize| output < outputs)
            .ok_or_else(|| {
                wrong(format!(
                    "output {output:?}: the network has {outputs}, from 0"
                ))
            })?;
        if map.contains(&Some(output)) {
            return Err(wrong(format!("output {output} is there twice")));
        }
        if map[place].replace(output).is_some() {
            return Err(wrong(format!("{:?} is there twice", classes[place])));
        }
    }
    let mut missing = Vec::new();
    for (class, output) in classes.iter().zip(&map) {
        if output.is_none() {
            missing.push(format!("{class:?}"));
        }
    }
    if !missing.is_empty() {
        let classes = missing.join(", ");
        return Err(DataError::Unmapped { classes });
    }
    Ok(ClassMap {
        outputs: outputs as u64,
        output_of_class: map
            .into_iter()
            .flatten()
            .map(|output| output as u64)
            .collect(),
    })
}

/// A class by its name, or by its number.
fn class_number(class: &str, classes: &[String]) -> Result<usize, String> {
    if let Some(place) = classes.iter().position(|name| name == class) {
        return Ok(place);
    }
    let number: Option<usize> = class.parse().ok();
    number
        .filter(|&number| number < classes.len())
        .ok_or_else(|| {
            let names = classes.iter().map(String::as_str);
            let nearest = nearest(class, names);
            let hint = nearest.map_or(String::new(), |name| format!(" (did you mean {name:?}?)"));
            format!("there is no class {class:?}{hint}")
        })
}

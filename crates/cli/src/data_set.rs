//! Data sets that were named on the command line, with what a person should know about them.

use std::path::Path;

use super::output::warn;
use nonvacuous::data::{DataError, DataSet, Found, Groups, SearchPath};

/// Finds a data set, and says on standard error what of it is no example.
pub(super) fn find(selector: &str, search: &SearchPath) -> Result<Found, DataError> {
    let found = nonvacuous::data::find(selector, search)?;
    say(found.remarks());
    Ok(found)
}

/// Loads images into memory, and says the same.
pub(super) fn load(selector: &str, search: &SearchPath) -> Result<DataSet, DataError> {
    let data = nonvacuous::data::load(selector, search)?;
    say(&data.remarks);
    Ok(data)
}

/// Prints what a person should know about how data were read.
pub(super) fn say(remarks: &[String]) {
    for remark in remarks {
        warn(&format!("nonvacuous: {remark}"));
    }
}

/// The group of each training example, as a file says.
pub(super) fn groups(path: Option<&Path>, found: &Found) -> Result<Option<Groups>, DataError> {
    let Some(path) = path else {
        return Ok(None);
    };
    let names = found.example_names();
    Groups::read(path, found.len(), &names).map(Some)
}

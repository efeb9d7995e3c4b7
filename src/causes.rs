//! What to say of an error: its own part, then its causes.

use std::error::Error;

/// The text of an error, followed by those of its causes, each after a colon.
///
/// The errors of this crate say only their own part; what caused them is their
/// [`source`](Error::source). Errors of other crates may have said their cause already: a text that
/// the message ends with is not said twice.
///
/// ```
/// use nonvacuous::causes::with_causes;
/// use nonvacuous::storage::whole_file;
/// let error = whole_file::read("/nowhere/model.nvc".as_ref()).unwrap_err();
/// assert_eq!(
///     with_causes(&error),
///     "cannot read /nowhere/model.nvc: No such file or directory (os error 2)"
/// );
/// ```
#[must_use]
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !message.ends_with(&text) {
            message = format!("{message}: {text}");
        }
        source = cause.source();
    }
    message
}

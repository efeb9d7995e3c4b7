//! What candle says of a failure.

use candle_core::Error;

/// candle's message, without the backtrace that it puts into its messages where `RUST_BACKTRACE` is
/// set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("candle: {message}")]
pub struct CandleError {
    message: String,
}

impl From<Error> for CandleError {
    fn from(error: Error) -> Self {
        Self {
            message: message(&error),
        }
    }
}

fn message(error: &Error) -> String {
    match error {
        Error::WithBacktrace { inner, .. } => message(inner),
        Error::WithPath { inner, path } => format!("{}: {}", path.display(), message(inner)),
        Error::Context { inner, context } => format!("{context}: {}", message(inner)),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::backtrace::Backtrace;
    use std::path::Path;

    use super::CandleError;
    use candle_core::Error;

    #[test]
    fn a_backtrace_is_not_part_of_the_message() {
        let with_backtrace = |inner: Error| Error::WithBacktrace {
            inner: Box::new(inner),
            backtrace: Box::new(Backtrace::force_capture()),
        };
        let cause = with_backtrace(Error::Msg("label 2, but 2 classes".to_string()));
        let error = with_backtrace(cause.with_path(Path::new("net.safetensors")));
        assert_eq!(
            CandleError::from(error).to_string(),
            "candle: net.safetensors: label 2, but 2 classes"
        );
    }
}

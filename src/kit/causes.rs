//! An error together with what caused it, as a log line tells it.

use std::error::Error;
use std::fmt;

/// Displays an error, then each of its sources that the one before has not told already.
pub struct Causes<'a>(pub &'a (dyn Error + 'a));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = self.0.to_string();
        f.write_str(&told)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            if !told.contains(&text) {
                write!(f, ": {text}")?;
            }
            (told, next) = (text, cause.source());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Layered {
        #[error("internal error")]
        Silent(#[source] Box<Layered>),
        #[error("database: {0}")]
        Telling(#[source] Box<Layered>),
        #[error("disk full")]
        Root,
    }

    #[test]
    fn each_cause_is_told_once() {
        let telling = || Box::new(Layered::Telling(Box::new(Layered::Root)));
        assert_eq!(Causes(&Layered::Silent(telling())).to_string(), "internal error: database: disk full");
        assert_eq!(Causes(telling().as_ref()).to_string(), "database: disk full");
        assert_eq!(Causes(&Layered::Silent(Box::new(Layered::Root))).to_string(), "internal error: disk full");
    }
}

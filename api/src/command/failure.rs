//! What a person reads when a command could not do its work.

use std::fmt;

/// What happened, and what to do next, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    what: String,
    next: String,
}

impl Failure {
    /// A message that says both already.
    pub(super) fn told(message: impl Into<String>) -> Self {
        Self {
            what: message.into(),
            next: String::new(),
        }
    }

    /// Both are sentences without their full stop.
    pub(super) fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            next: next.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.next.is_empty() {
            return f.write_str(&self.what);
        }
        write!(f, "{}. {}.", self.what, self.next)
    }
}

impl std::error::Error for Failure {}

impl From<storage::Error> for Failure {
    fn from(error: storage::Error) -> Self {
        use storage::Error;
        let next = match &error {
            Error::Unavailable(_) => {
                "Check that the database runs and that --database-url leads to it, then try again"
            }
            Error::Overloaded => "Another process keeps the database busy; try again in a moment",
            Error::Migrations(_) => {
                "Use the newest broadsheet on this database, or restore a backup made before it"
            }
            // It says itself what to use instead, and may begin with a name or a URL.
            Error::Unsupported(what) => return Self::told(format!("{what}.")),
            _ => "Nothing of this step was stored; if it happens again, please report it",
        };
        // What a database says may have line ends and tabs in it.
        let said = error.to_string();
        let what = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut letters = what.chars();
        let what = letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default();
        Self::new(what.trim_end_matches(['.', '?', ' ']), next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unsupported_says_itself_what_to_do() {
        let store = storage::Store::open(storage::Settings::new("sqlite::memory:"));
        let said = Failure::from(store.err().unwrap()).to_string();
        assert!(
            said.starts_with("sqlite::memory: names no file. Write sqlite://"),
            "{said}"
        );
        assert!(said.ends_with("an absolute path."), "{said}");
    }

    #[test]
    fn a_failure_is_one_line_of_two_sentences() {
        let failure = Failure::from(storage::Error::Overloaded);
        assert_eq!(
            failure.to_string(),
            "The database is busy; try again shortly. Another process keeps the database busy; \
             try again in a moment."
        );
    }
}

//! Where a value came from, and why it cannot be used.

use std::{fmt, path::PathBuf};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nowhere: the default.
    Default,
    /// A TOML file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A flag of the command.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => write!(f, "--{name}"),
        }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A name that is not in the table.
    #[error("{origin} is not a setting.{}", hint(suggestion.as_deref()))]
    Unknown {
        /// The name, and where it stands.
        origin: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// A value that does not fit.
    #[error("{key} (from {origin}) cannot be used: {detail}")]
    Invalid {
        /// The setting.
        key: &'static str,
        /// Where the value came from.
        origin: Source,
        /// What would fit.
        detail: String,
    },
    /// A variable that is not text.
    #[error("{name} is not UTF-8 text. Set it anew.")]
    NotText {
        /// The variable.
        name: String,
    },
    /// The file cannot be read.
    #[error(
        "The configuration file {} cannot be read: {cause}. Mend it, or name another with --config or BROADSHEET_CONFIG.", path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
}

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(
        || " `broadsheet check` lists the settings there are.".to_owned(),
        |meant| format!(" Did you mean {meant}?"),
    )
}

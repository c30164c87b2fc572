//! Roles as they are typed.

use clap::ValueEnum;
use domain::Role;

/// What somebody or something is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleName {
    /// Reads what the public reads
    Reader,
    /// Writes articles, and changes their own
    Author,
    /// Writes and publishes everything, and keeps sections, tags and authors
    Editor,
    /// Looks after comments
    Moderator,
    /// Everything
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Reader => Self::Reader,
            RoleName::Author => Self::Author,
            RoleName::Editor => Self::Editor,
            RoleName::Moderator => Self::Moderator,
            RoleName::Admin => Self::Admin,
        }
    }
}

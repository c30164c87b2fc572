//! Who does something.

use crate::id::ApiKeyId;
use crate::named::named;

named! {
    /// What a caller is trusted with. [`crate::access::allows`] says what each may do.
    pub enum Role {
        /// Reads and comments.
        Reader = "reader",
        /// Writes articles of their own.
        Author = "author",
        /// Writes and publishes everything.
        Editor = "editor",
        /// Looks after comments.
        Moderator = "moderator",
        /// Everything.
        Admin = "admin",
    }
}

named! {
    /// A part of the system that acts without a caller.
    pub enum SystemActor {
        /// `broadsheet import`.
        Import = "import",
        /// The demonstration newspaper.
        Demo = "demo",
        /// Any other command on the machine itself.
        Command = "command",
        /// Work the server does on its own.
        Background = "background",
    }
}

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A caller without credentials.
    Anonymous,
    /// A caller with an API key.
    ApiKey {
        /// Which key.
        id: ApiKeyId,
        /// What the key is trusted with.
        role: Role,
    },
    /// The system itself.
    System(SystemActor),
}

impl Actor {
    /// What the change log and `created_by` hold: `guest`, `api_key:key_…`, `system:import`.
    ///
    /// Stable: ownership of an article is decided by comparing it.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Anonymous => String::from("guest"),
            Self::ApiKey { id, .. } => format!("api_key:{id}"),
            Self::System(part) => format!("system:{part}"),
        }
    }

    /// The role, if the caller has one. The system has none; it is not asked.
    #[must_use]
    pub const fn role(&self) -> Option<Role> {
        match self {
            Self::ApiKey { role, .. } => Some(*role),
            Self::Anonymous | Self::System(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_stable() {
        assert_eq!(Actor::Anonymous.label(), "guest");
        let key = Actor::ApiKey {
            id: ApiKeyId::from_raw(1),
            role: Role::Editor,
        };
        assert_eq!(key.label(), "api_key:key_0000000000001");
        assert_eq!(Actor::System(SystemActor::Import).label(), "system:import");
        assert_eq!(Role::parse("editor"), Ok(Role::Editor));
        assert!(Role::parse("Editor").is_err());
    }
}

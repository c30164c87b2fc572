//! Who does something.

use std::sync::Arc;

use crate::access::Scopes;
use crate::id::{ApiKeyId, SectionId, SessionId, UserId};
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
    /// Somebody who signed in.
    User {
        /// Whose account it is.
        id: UserId,
        /// What they are trusted with.
        role: Role,
        /// The sign-in that this request belongs to.
        session: SessionId,
    },
    /// A program with an API key.
    ApiKey {
        /// Which key.
        id: ApiKeyId,
        /// The most the key is trusted with.
        role: Role,
        /// What of that it was made for; `None` is all of it.
        scopes: Option<Scopes>,
        /// The sections it may work in, with what is below them; empty for everywhere.
        sections: Arc<[SectionId]>,
    },
    /// The system itself.
    System(SystemActor),
}

impl Actor {
    /// What the change log and `created_by` hold: `guest`, `user:usr_…`, `api_key:key_…`,
    /// `system:import`.
    ///
    /// Stable: ownership of an article is decided by comparing it.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Anonymous => String::from("guest"),
            Self::User { id, .. } => format!("user:{id}"),
            Self::ApiKey { id, .. } => format!("api_key:{id}"),
            Self::System(part) => format!("system:{part}"),
        }
    }

    /// The role, if the caller has one. The system has none; it is not asked.
    #[must_use]
    pub const fn role(&self) -> Option<Role> {
        match self {
            Self::User { role, .. } | Self::ApiKey { role, .. } => Some(*role),
            Self::Anonymous | Self::System(_) => None,
        }
    }

    /// Whether the caller may work in some sections only.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        matches!(self, Self::ApiKey { sections, .. } if !sections.is_empty())
    }

    /// The account, if the caller signed in.
    #[must_use]
    pub const fn user(&self) -> Option<(UserId, SessionId)> {
        match self {
            Self::User { id, session, .. } => Some((*id, *session)),
            Self::Anonymous | Self::ApiKey { .. } | Self::System(_) => None,
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
            scopes: None,
            sections: Arc::default(),
        };
        assert_eq!(key.label(), "api_key:key_0000000000001");
        let user = Actor::User {
            id: UserId::from_raw(2),
            role: Role::Reader,
            session: SessionId::from_raw(3),
        };
        assert_eq!(user.label(), "user:usr_0000000000002");
        assert_eq!(Actor::System(SystemActor::Import).label(), "system:import");
        assert_eq!(Role::parse("editor"), Ok(Role::Editor));
        assert!(Role::parse("Editor").is_err());
    }

    #[test]
    fn a_key_and_a_user_of_one_number_are_two() {
        let label = |actor: Actor| actor.label();
        let user = label(Actor::User {
            id: UserId::from_raw(7),
            role: Role::Admin,
            session: SessionId::from_raw(7),
        });
        let key = label(Actor::ApiKey {
            id: ApiKeyId::from_raw(7),
            role: Role::Admin,
            scopes: None,
            sections: Arc::default(),
        });
        assert_ne!(user, key);
    }
}

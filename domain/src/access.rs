//! What each role may do: one table.

use crate::actor::{Actor, Role};
use crate::error::Denied;

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anybody may read it.
    Public,
    /// Anybody may write here, guests too; the article's comment policy is asked afterwards.
    Comment,
    /// The caller's role must allow the action.
    Staff(Action),
}

impl Access {
    /// The stable name: `public`, `comment`, or the action's.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Comment => "comment",
            Self::Staff(action) => action.as_str(),
        }
    }
}

crate::named::named! {
    /// Something that only staff does.
    pub enum Action {
        /// Read drafts, versions and everything else under `/manage`.
        ReadManage = "read_manage",
        /// Create an article, and change it ([`may_edit_article`] decides which).
        WriteArticle = "write_article",
        /// Make an article public.
        PublishArticle = "publish_article",
        /// Create and change sections.
        WriteSection = "write_section",
        /// Create and change tags.
        WriteTag = "write_tag",
        /// Create and change authors.
        WriteAuthor = "write_author",
    }
}

/// The table. Both matches are exhaustive: a new role or action does not compile before it has
/// its answer here.
#[must_use]
pub const fn allows(role: Role, action: Action) -> bool {
    match role {
        Role::Reader => false,
        Role::Moderator => matches!(action, Action::ReadManage),
        Role::Author => match action {
            Action::ReadManage | Action::WriteArticle => true,
            Action::PublishArticle
            | Action::WriteSection
            | Action::WriteTag
            | Action::WriteAuthor => false,
        },
        Role::Editor | Role::Admin => match action {
            Action::ReadManage
            | Action::WriteArticle
            | Action::PublishArticle
            | Action::WriteSection
            | Action::WriteTag
            | Action::WriteAuthor => true,
        },
    }
}

/// Whether this caller passes this route's rule.
///
/// # Errors
/// [`Denied::CredentialsNeeded`] for an anonymous caller, [`Denied::NotAllowed`] for a role that
/// may not.
pub fn may(actor: &Actor, access: Access) -> Result<(), Denied> {
    match access {
        Access::Public | Access::Comment => Ok(()),
        Access::Staff(action) => match actor {
            Actor::System(_) => Ok(()),
            Actor::Anonymous => Err(Denied::CredentialsNeeded),
            Actor::ApiKey { role, .. } if allows(*role, action) => Ok(()),
            Actor::ApiKey { .. } => Err(Denied::NotAllowed),
        },
    }
}

/// Whether this caller may change an article that `created_by` (an [`Actor::label`]) created:
/// authors only their own.
///
/// # Errors
/// As [`may`].
pub fn may_edit_article(actor: &Actor, created_by: &str) -> Result<(), Denied> {
    may(actor, Access::Staff(Action::WriteArticle))?;
    match actor.role() {
        Some(Role::Author) if actor.label() != created_by => Err(Denied::NotAllowed),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::SystemActor;
    use crate::id::ApiKeyId;

    fn key(raw: i64, role: Role) -> Actor {
        Actor::ApiKey {
            id: ApiKeyId::from_raw(raw),
            role,
        }
    }

    #[test]
    fn the_table_stands_as_written() {
        use Action::{PublishArticle, ReadManage, WriteArticle};
        for &action in Action::ALL {
            assert!(!allows(Role::Reader, action));
            assert!(allows(Role::Editor, action) && allows(Role::Admin, action));
            assert_eq!(allows(Role::Moderator, action), action == ReadManage);
            assert_eq!(
                allows(Role::Author, action),
                matches!(action, ReadManage | WriteArticle)
            );
            assert_eq!(
                may(&Actor::Anonymous, Access::Staff(action)),
                Err(Denied::CredentialsNeeded)
            );
            assert_eq!(
                may(&Actor::System(SystemActor::Demo), Access::Staff(action)),
                Ok(())
            );
        }
        assert_eq!(
            may(&key(1, Role::Author), Access::Staff(PublishArticle)),
            Err(Denied::NotAllowed)
        );
        for access in [Access::Public, Access::Comment] {
            assert_eq!(may(&Actor::Anonymous, access), Ok(()));
        }
    }

    #[test]
    fn authors_edit_their_own() {
        let own = key(1, Role::Author);
        assert_eq!(may_edit_article(&own, &own.label()), Ok(()));
        assert_eq!(
            may_edit_article(&own, "api_key:key_0000000000002"),
            Err(Denied::NotAllowed)
        );
        assert_eq!(
            may_edit_article(&key(2, Role::Editor), &own.label()),
            Ok(())
        );
        assert_eq!(
            may_edit_article(&key(2, Role::Moderator), &own.label()),
            Err(Denied::NotAllowed)
        );
        assert_eq!(
            may_edit_article(&Actor::Anonymous, "guest"),
            Err(Denied::CredentialsNeeded)
        );
    }
}

//! What each caller may do: one table.

use crate::actor::{Actor, Role};
use crate::error::{Denied, Invalid, InvalidCode};
use crate::id::SectionId;

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anybody may read it.
    Public,
    /// Anybody may write here, guests too; the article's comment policy is asked afterwards.
    Comment,
    /// Anybody may try: the body holds the credentials, and those in the headers do not count.
    Auth,
    /// Whoever has signed in; an API key is nobody's account.
    Account,
    /// The caller's role, and the scopes of an API key, must allow the action.
    Staff(Action),
}

impl Access {
    /// The stable name: `public`, `comment`, `auth`, `account`, or the action's.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Comment => "comment",
            Self::Auth => "auth",
            Self::Account => "account",
            Self::Staff(action) => action.as_str(),
        }
    }
}

crate::named::named! {
    /// Something that only staff does.
    pub enum Action {
        /// Read drafts, versions and everything else of the newspaper under `/manage`
        /// ([`may_read_article`] decides which articles).
        ReadManage = "read_manage",
        /// Create an article, and change it ([`may_edit_article`] decides which).
        WriteArticle = "write_article",
        /// Make an article public.
        PublishArticle = "publish_article",
        /// Undo a takedown.
        UndoTakedown = "undo_takedown",
        /// Give up an address that was once public.
        ReleaseAddress = "release_address",
        /// Create and change sections.
        WriteSection = "write_section",
        /// Create and change tags.
        WriteTag = "write_tag",
        /// Create and change authors.
        WriteAuthor = "write_author",
        /// Decide about comments.
        ModerateComments = "moderate_comments",
        /// Change what holds for the whole site.
        WriteSettings = "write_settings",
        /// Read the change log.
        ReadChanges = "read_changes",
        /// Read, invite, change and erase accounts.
        ManageUsers = "manage_users",
        /// Read, make and revoke API keys.
        ManageApiKeys = "manage_api_keys",
    }
}

crate::named::named! {
    /// What an API key can be made for. A key can never manage accounts or keys, nor change the
    /// settings of the site, whatever its role: there is no scope for that.
    pub enum Scope {
        /// [`Action::ReadManage`].
        ArticlesRead = "articles:read",
        /// [`Action::WriteArticle`].
        ArticlesWrite = "articles:write",
        /// [`Action::PublishArticle`], [`Action::UndoTakedown`], [`Action::ReleaseAddress`].
        Publish = "publish",
        /// [`Action::WriteSection`].
        SectionsWrite = "sections:write",
        /// [`Action::WriteTag`].
        TagsWrite = "tags:write",
        /// [`Action::WriteAuthor`].
        AuthorsWrite = "authors:write",
        /// [`Action::ModerateComments`].
        CommentsModerate = "comments:moderate",
        /// [`Action::ReadChanges`].
        ChangesRead = "changes:read",
    }
}

/// The scopes of one API key: a set with at least one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scopes(u16);

impl Scopes {
    /// The set of these.
    ///
    /// # Errors
    /// At `scopes`: `required` for none, `duplicate` for one given twice.
    pub fn new(scopes: &[Scope]) -> Result<Self, Invalid> {
        let mut set = 0_u16;
        for scope in scopes {
            if set & bit(*scope) != 0 {
                let detail = format!("names {scope} twice");
                return Err(Invalid::new("scopes", InvalidCode::Duplicate, detail));
            }
            set |= bit(*scope);
        }
        if set == 0 {
            let detail = "names at least one scope; leave it out for all the role has";
            return Err(Invalid::new("scopes", InvalidCode::Required, detail));
        }
        Ok(Self(set))
    }

    /// Whether this one is among them.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & bit(scope) != 0
    }

    /// Each of them, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .iter()
            .copied()
            .filter(move |scope| self.contains(*scope))
    }

    /// As OAuth writes them (RFC 6749 §3.3): names with a space between, as the database holds
    /// them too.
    #[must_use]
    pub fn to_text(self) -> String {
        let names: Vec<&str> = self.iter().map(Scope::as_str).collect();
        names.join(" ")
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    ///
    /// # Errors
    /// At `scopes`, as [`new`](Self::new), and `unknown_value`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let scopes: Result<Vec<Scope>, Invalid> = text.split(' ').map(Scope::parse).collect();
        Self::new(&scopes.map_err(|invalid| invalid.at("scopes"))?)
    }
}

const fn bit(scope: Scope) -> u16 {
    match scope {
        Scope::ArticlesRead => 1,
        Scope::ArticlesWrite => 1 << 1,
        Scope::Publish => 1 << 2,
        Scope::SectionsWrite => 1 << 3,
        Scope::TagsWrite => 1 << 4,
        Scope::AuthorsWrite => 1 << 5,
        Scope::CommentsModerate => 1 << 6,
        Scope::ChangesRead => 1 << 7,
    }
}

/// The table. Both matches are exhaustive: a new role or action does not compile before it has
/// its answer here.
#[must_use]
pub const fn allows(role: Role, action: Action) -> bool {
    match role {
        Role::Reader => false,
        Role::Moderator => matches!(action, Action::ReadManage | Action::ModerateComments),
        Role::Author => matches!(action, Action::ReadManage | Action::WriteArticle),
        Role::Editor => match action {
            Action::ReadManage
            | Action::WriteArticle
            | Action::PublishArticle
            | Action::WriteSection
            | Action::WriteTag
            | Action::WriteAuthor => true,
            Action::UndoTakedown
            | Action::ReleaseAddress
            | Action::ModerateComments
            | Action::WriteSettings
            | Action::ReadChanges
            | Action::ManageUsers
            | Action::ManageApiKeys => false,
        },
        Role::Admin => true,
    }
}

/// The scope an API key needs for an action; `None` for what only people do.
#[must_use]
pub const fn scope_for(action: Action) -> Option<Scope> {
    match action {
        Action::ReadManage => Some(Scope::ArticlesRead),
        Action::WriteArticle => Some(Scope::ArticlesWrite),
        Action::PublishArticle | Action::UndoTakedown | Action::ReleaseAddress => {
            Some(Scope::Publish)
        }
        Action::WriteSection => Some(Scope::SectionsWrite),
        Action::WriteTag => Some(Scope::TagsWrite),
        Action::WriteAuthor => Some(Scope::AuthorsWrite),
        Action::ModerateComments => Some(Scope::CommentsModerate),
        Action::ReadChanges => Some(Scope::ChangesRead),
        Action::WriteSettings | Action::ManageUsers | Action::ManageApiKeys => None,
    }
}

/// What a scope is for: the other way round.
pub(crate) const fn action_of(scope: Scope) -> Action {
    match scope {
        Scope::ArticlesRead => Action::ReadManage,
        Scope::ArticlesWrite => Action::WriteArticle,
        Scope::Publish => Action::PublishArticle,
        Scope::SectionsWrite => Action::WriteSection,
        Scope::TagsWrite => Action::WriteTag,
        Scope::AuthorsWrite => Action::WriteAuthor,
        Scope::CommentsModerate => Action::ModerateComments,
        Scope::ChangesRead => Action::ReadChanges,
    }
}

/// Whether a key that is limited to sections may do this at all: what is the whole site's is
/// not its business.
pub(crate) const fn within_sections(action: Action) -> bool {
    matches!(
        action,
        Action::ReadManage | Action::WriteArticle | Action::PublishArticle | Action::UndoTakedown
    )
}

/// Whether this caller passes this route's rule.
///
/// # Errors
/// [`Denied::CredentialsNeeded`] for an anonymous caller; for a known one, why they may not.
pub fn may(actor: &Actor, access: Access) -> Result<(), Denied> {
    match access {
        Access::Public | Access::Comment | Access::Auth => Ok(()),
        Access::Account => match actor {
            Actor::User { .. } => Ok(()),
            Actor::Anonymous => Err(Denied::CredentialsNeeded),
            Actor::ApiKey { .. } | Actor::System(_) => Err(Denied::OnlyPeople),
        },
        Access::Staff(action) => may_act(actor, action),
    }
}

fn may_act(actor: &Actor, action: Action) -> Result<(), Denied> {
    match actor {
        Actor::System(_) => Ok(()),
        Actor::Anonymous => Err(Denied::CredentialsNeeded),
        Actor::User { role, .. } if allows(*role, action) => Ok(()),
        Actor::ApiKey { role, .. } | Actor::User { role, .. } if !allows(*role, action) => {
            Err(Denied::NotAllowed)
        }
        Actor::User { .. } => Err(Denied::NotAllowed),
        Actor::ApiKey { scopes, .. } => match scope_for(action) {
            None => Err(Denied::OnlyPeople),
            Some(scope) if scopes.is_some_and(|scopes| !scopes.contains(scope)) => {
                Err(Denied::OutsideScopes)
            }
            Some(_) if actor.is_limited() && !within_sections(action) => {
                Err(Denied::OutsideSections)
            }
            Some(_) => Ok(()),
        },
    }
}

/// Whether this caller may work in a section. `path` is the section and those above it, in any
/// order.
///
/// # Errors
/// [`Denied::OutsideSections`] for a key that is limited to others.
pub fn may_work_in(actor: &Actor, path: &[SectionId]) -> Result<(), Denied> {
    match actor {
        Actor::ApiKey { sections, .. } if actor.is_limited() => {
            if path.iter().any(|section| sections.contains(section)) {
                Ok(())
            } else {
                Err(Denied::OutsideSections)
            }
        }
        _ => Ok(()),
    }
}

/// Whether this caller finds no articles among the working copies but those they created.
#[must_use]
pub fn sees_only_own(actor: &Actor) -> bool {
    actor.role() == Some(Role::Author)
}

/// Whether the working copy of an article is there for this caller: one that `created_by` (an
/// [`Actor::label`]) created and that stands in the section whose `path` this is. Authors find
/// only their own.
///
/// A key's scopes do not count here: whoever may only write finds what it is to change.
///
/// # Errors
/// [`Denied::CredentialsNeeded`] for an anonymous caller, [`Denied::NotAllowed`] for a role that
/// reads no working copies or not this one; and as [`may_work_in`].
pub fn may_read_article(actor: &Actor, created_by: &str, path: &[SectionId]) -> Result<(), Denied> {
    match actor.role() {
        _ if *actor == Actor::Anonymous => return Err(Denied::CredentialsNeeded),
        Some(role) if !allows(role, Action::ReadManage) => return Err(Denied::NotAllowed),
        _ => {}
    }
    may_work_in(actor, path)?;
    if sees_only_own(actor) && actor.label() != created_by {
        return Err(Denied::NotAllowed);
    }
    Ok(())
}

/// Whether this caller may change an article that `created_by` (an [`Actor::label`]) created and
/// that stands in the section whose `path` this is: authors only their own.
///
/// # Errors
/// As [`may`] and [`may_read_article`].
pub fn may_edit_article(actor: &Actor, created_by: &str, path: &[SectionId]) -> Result<(), Denied> {
    may_act(actor, Action::WriteArticle)?;
    may_read_article(actor, created_by, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::SystemActor;
    use crate::id::{ApiKeyId, SessionId, UserId};
    use std::sync::Arc;

    fn key(raw: i64, role: Role) -> Actor {
        limited(raw, role, None, &[])
    }

    fn limited(raw: i64, role: Role, scopes: Option<&[Scope]>, sections: &[i64]) -> Actor {
        Actor::ApiKey {
            id: ApiKeyId::from_raw(raw),
            role,
            scopes: scopes.map(|scopes| Scopes::new(scopes).unwrap()),
            sections: sections
                .iter()
                .map(|raw| SectionId::from_raw(*raw))
                .collect(),
        }
    }

    fn user(raw: i64, role: Role) -> Actor {
        Actor::User {
            id: UserId::from_raw(raw),
            role,
            session: SessionId::from_raw(raw),
        }
    }

    #[test]
    fn the_table_stands_as_written() {
        use Action::{
            ManageApiKeys, ManageUsers, ModerateComments, ReadChanges, ReadManage, ReleaseAddress,
            UndoTakedown, WriteArticle, WriteSettings,
        };
        for &action in Action::ALL {
            assert!(!allows(Role::Reader, action));
            assert!(allows(Role::Admin, action));
            assert_eq!(
                allows(Role::Editor, action),
                !matches!(
                    action,
                    UndoTakedown
                        | ReleaseAddress
                        | ModerateComments
                        | WriteSettings
                        | ReadChanges
                        | ManageUsers
                        | ManageApiKeys
                )
            );
            assert_eq!(
                allows(Role::Moderator, action),
                matches!(action, ReadManage | ModerateComments)
            );
            assert_eq!(
                allows(Role::Author, action),
                matches!(action, ReadManage | WriteArticle)
            );
            assert_eq!(
                may(&Actor::Anonymous, Access::Staff(action)),
                Err(Denied::CredentialsNeeded)
            );
            let demo = Actor::System(SystemActor::Demo);
            assert_eq!(may(&demo, Access::Staff(action)), Ok(()));
            for &role in Role::ALL {
                let allowed = may(&user(1, role), Access::Staff(action)).is_ok();
                assert_eq!(allowed, allows(role, action), "{role} {action}");
            }
        }
        for access in [Access::Public, Access::Comment, Access::Auth] {
            assert_eq!(may(&Actor::Anonymous, access), Ok(()));
        }
    }

    #[test]
    fn an_account_is_a_persons() {
        let asked = |actor: &Actor| may(actor, Access::Account);
        assert_eq!(asked(&user(1, Role::Reader)), Ok(()));
        assert_eq!(asked(&Actor::Anonymous), Err(Denied::CredentialsNeeded));
        assert_eq!(asked(&key(1, Role::Admin)), Err(Denied::OnlyPeople));
    }

    #[test]
    fn a_key_does_what_its_role_and_its_scopes_allow() {
        for &action in Action::ALL {
            let asked = |key: &Actor| may(key, Access::Staff(action));
            let only_people = matches!(
                action,
                Action::WriteSettings | Action::ManageUsers | Action::ManageApiKeys
            );
            let admin = asked(&key(1, Role::Admin));
            assert_eq!(admin == Err(Denied::OnlyPeople), only_people, "{action}");
            assert_eq!(admin.is_ok(), !only_people, "{action}");
            for &scope in Scope::ALL {
                let named = scope_for(action) == Some(scope);
                let one = asked(&limited(1, Role::Admin, Some(&[scope]), &[]));
                assert_eq!(one.is_ok(), named, "{scope} {action}");
                let reader = asked(&limited(1, Role::Reader, Some(&[scope]), &[]));
                assert_eq!(reader, Err(Denied::NotAllowed));
            }
        }
    }

    #[test]
    fn a_key_of_a_section_stays_there() {
        let desk = limited(1, Role::Editor, None, &[5]);
        let path = |raw: &[i64]| -> Vec<SectionId> {
            raw.iter().map(|raw| SectionId::from_raw(*raw)).collect()
        };
        assert_eq!(may_work_in(&desk, &path(&[9, 5, 1])), Ok(()));
        assert_eq!(
            may_work_in(&desk, &path(&[1])),
            Err(Denied::OutsideSections)
        );
        assert_eq!(
            may_edit_article(&desk, "guest", &path(&[4, 1])),
            Err(Denied::OutsideSections)
        );
        assert_eq!(
            may(&desk, Access::Staff(Action::WriteTag)),
            Err(Denied::OutsideSections)
        );
        assert_eq!(may(&desk, Access::Staff(Action::PublishArticle)), Ok(()));
    }

    #[test]
    fn authors_edit_their_own() {
        for own in [key(1, Role::Author), user(1, Role::Author)] {
            assert_eq!(may_edit_article(&own, &own.label(), &[]), Ok(()));
            assert_eq!(
                may_edit_article(&own, "api_key:key_0000000000002", &[]),
                Err(Denied::NotAllowed)
            );
            for (other, told) in [
                (key(2, Role::Editor), Ok(())),
                (user(2, Role::Admin), Ok(())),
                (user(2, Role::Moderator), Err(Denied::NotAllowed)),
                (Actor::Anonymous, Err(Denied::CredentialsNeeded)),
            ] {
                assert_eq!(may_edit_article(&other, &own.label(), &[]), told);
            }
        }
    }

    #[test]
    fn authors_find_their_own() {
        let writing = limited(1, Role::Author, Some(&[Scope::ArticlesWrite]), &[]);
        for own in [key(1, Role::Author), user(1, Role::Author), writing] {
            assert!(sees_only_own(&own));
            assert_eq!(may_read_article(&own, &own.label(), &[]), Ok(()));
            for foreign in ["api_key:key_0000000000002", "system:import", "guest", ""] {
                assert_eq!(
                    may_read_article(&own, foreign, &[]),
                    Err(Denied::NotAllowed)
                );
            }
            for (other, told) in [
                (key(2, Role::Editor), Ok(())),
                (user(2, Role::Admin), Ok(())),
                (user(2, Role::Moderator), Ok(())),
                (user(2, Role::Reader), Err(Denied::NotAllowed)),
                (Actor::System(SystemActor::Demo), Ok(())),
                (Actor::Anonymous, Err(Denied::CredentialsNeeded)),
            ] {
                assert!(!sees_only_own(&other));
                assert_eq!(may_read_article(&other, &own.label(), &[]), told);
            }
        }
        // A number that an account and a key share makes neither the other.
        assert_eq!(
            may_read_article(&user(1, Role::Author), &key(1, Role::Author).label(), &[]),
            Err(Denied::NotAllowed)
        );
        let desk = limited(1, Role::Author, None, &[5]);
        for (section, told) in [(5, Ok(())), (6, Err(Denied::OutsideSections))] {
            let path = [SectionId::from_raw(section)];
            assert_eq!(may_read_article(&desk, &desk.label(), &path), told);
        }
    }

    #[test]
    fn scopes_are_written_and_read_back() {
        for &scope in Scope::ALL {
            assert_eq!(scope_for(action_of(scope)), Some(scope));
            let one = Scopes::new(&[scope]).unwrap();
            assert_eq!(one.iter().collect::<Vec<_>>(), [scope]);
            assert_eq!(Scopes::parse(&one.to_text()), Ok(one));
        }
        let all = Scopes::new(Scope::ALL).unwrap();
        assert_eq!(all.iter().count(), Scope::ALL.len());
        assert_eq!(Scopes::parse(&all.to_text()), Ok(all));
        for bad in ["", "publish publish", "users:write", "publish,tags:write"] {
            assert!(Scopes::parse(bad).is_err(), "{bad}");
        }
        let _: Arc<[SectionId]> = Arc::default();
    }
}

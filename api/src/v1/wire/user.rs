//! Accounts and their sessions on the wire.

use domain::author::Author;
use domain::id::SessionId;
use domain::user::Email;
use openapi::me::{Me, Session};
use openapi::user::{ManagedUser, Role, UserStanding, UserStatus};
use storage::sessions;
use storage::users::User;

use super::{author, time};

/// An account as its owner sees it. `pending` is the address it is about to change to, `tied` the
/// author who writes with it.
pub(crate) fn me(user: User, pending: Option<&Email>, tied: Option<Author>) -> Me {
    Me {
        id: user.id.to_string(),
        email: user.email.to_string(),
        email_verified_at: time(user.email_verified_at),
        pending_email: pending.map(Email::to_string),
        name: user.name,
        role: role(user.role),
        author: tied.map(author::reference),
        created_at: user.created_at.to_string(),
        updated_at: user.updated_at.to_string(),
    }
}

/// An account as administrators see it.
pub(crate) fn managed(user: User) -> ManagedUser {
    ManagedUser {
        id: user.id.to_string(),
        email: user.email.to_string(),
        email_verified_at: time(user.email_verified_at),
        name: user.name,
        role: role(user.role),
        status: status(user.status),
        has_password: user.password_hash.is_some(),
        version: user.version,
        created_at: user.created_at.to_string(),
        updated_at: user.updated_at.to_string(),
    }
}

/// A sign-in, as the one who asks in `current` sees it.
pub(crate) fn session(session: sessions::Session, current: SessionId) -> Session {
    Session {
        current: session.id == current,
        id: session.id.to_string(),
        user_agent: session.user_agent,
        created_at: session.created_at.to_string(),
        last_used_at: session.last_used_at.to_string(),
        expires_at: session.expires_at.to_string(),
    }
}

/// A role, as the domain says it.
pub(crate) fn role(role: domain::Role) -> Role {
    match role {
        domain::Role::Reader => Role::Reader,
        domain::Role::Author => Role::Author,
        domain::Role::Editor => Role::Editor,
        domain::Role::Moderator => Role::Moderator,
        domain::Role::Admin => Role::Admin,
    }
}

/// A role, as a request says it.
pub(crate) fn asked_role(role: Role) -> domain::Role {
    match role {
        Role::Reader => domain::Role::Reader,
        Role::Author => domain::Role::Author,
        Role::Editor => domain::Role::Editor,
        Role::Moderator => domain::Role::Moderator,
        Role::Admin => domain::Role::Admin,
    }
}

fn status(status: domain::user::UserStatus) -> UserStatus {
    match status {
        domain::user::UserStatus::Active => UserStatus::Active,
        domain::user::UserStatus::Suspended => UserStatus::Suspended,
        domain::user::UserStatus::Erasing => UserStatus::Erasing,
    }
}

/// The status a list is asked for.
pub(crate) fn asked_status(status: UserStatus) -> domain::user::UserStatus {
    match status {
        UserStatus::Active => domain::user::UserStatus::Active,
        UserStatus::Suspended => domain::user::UserStatus::Suspended,
        UserStatus::Erasing => domain::user::UserStatus::Erasing,
    }
}

/// The status an administrator wants.
pub(crate) fn asked_standing(standing: UserStanding) -> domain::user::UserStatus {
    match standing {
        UserStanding::Active => domain::user::UserStatus::Active,
        UserStanding::Suspended => domain::user::UserStatus::Suspended,
    }
}

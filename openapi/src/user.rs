//! Accounts as administrators handle them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::patch::present;
use crate::schema::{Timestamp, UserId};

/// What an account or an API key is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "editor")]
pub enum Role {
    /// Reads and comments.
    Reader,
    /// Writes articles of their own.
    Author,
    /// Writes and publishes everything.
    Editor,
    /// Looks after comments.
    Moderator,
    /// Everything.
    Admin,
}

/// Whether an account is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "active")]
pub enum UserStatus {
    /// Its owner can sign in, once there is a password.
    Active,
    /// Closed for now: nobody can sign in to it.
    Suspended,
    /// Being erased; gone in a moment.
    Erasing,
}

/// What an account can be made to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStanding {
    /// Its owner can sign in.
    Active,
    /// Closed for now: all its sessions end, and nobody can sign in to it.
    Suspended,
}

/// An account as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManagedUser {
    /// The account's id.
    #[schema(value_type = UserId)]
    pub id: String,
    /// The address its owner signs in with.
    #[schema(format = Email, example = "ines@harbourpost.example")]
    pub email: String,
    /// When the address was shown to be its owner's; `null` when it was not.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub email_verified_at: Option<String>,
    /// What comments are signed with.
    #[schema(example = "Ines Halloran")]
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it is in use.
    pub status: UserStatus,
    /// Whether a password is set; without one nobody can sign in.
    pub has_password: bool,
    /// Grows by one with every change; the `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When the account was made.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// When the account was last changed.
    #[schema(value_type = Timestamp)]
    pub updated_at: String,
}

/// Somebody who is invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The address to sign in with; no other account may have it.
    #[schema(format = Email, max_length = 254, example = "ines@harbourpost.example")]
    pub email: String,
    /// What comments are signed with.
    #[schema(min_length = 1, max_length = 60, example = "Ines Halloran")]
    pub name: String,
    /// What the account may do.
    pub role: Role,
}

/// An account that was just made, and how its owner gets in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitedUser {
    /// The account.
    #[serde(flatten)]
    pub user: ManagedUser,
    /// To be handed to the owner, where the server sends no mail; `null` when it was sent. It is
    /// shown this once.
    #[schema(required = true)]
    pub invitation: Option<Invitation>,
}

impl std::fmt::Debug for InvitedUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The token opens the account.
        f.debug_struct("InvitedUser")
            .field("id", &self.user.id)
            .finish_non_exhaustive()
    }
}

/// What opens a new account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// A one-time code: `POST /auth/reset` takes it with the password to set.
    #[schema(example = "bst_y0M3o5lq2Zc8vT1n4wKxGd7uEhRbJsPa9fQiLtVmXkA")]
    pub token: String,
    /// Until when it is taken.
    #[schema(value_type = Timestamp)]
    pub expires_at: String,
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation").finish_non_exhaustive()
    }
}

/// What to change of an account; a field left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// What comments are signed with from now on.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 60)]
    pub name: Option<String>,
    /// What it may do.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Role, required = false)]
    pub role: Option<Role>,
    /// Whether it is in use.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = UserStanding, required = false)]
    pub status: Option<UserStanding>,
}

//! Getting an account, signing in and staying signed in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Shows a type by its name alone: what it holds opens accounts and belongs in no log.
macro_rules! hidden {
    ($($type:ident),+) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), "(hidden)"))
            }
        }
    )+};
}

hidden!(
    Registration,
    Login,
    Refresh,
    Logout,
    MailedToken,
    PasswordReset,
    Tokens,
    Address
);

/// An account to be made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The address to sign in with, in ASCII. Case does not count.
    #[schema(format = Email, max_length = 254, example = "ines@harbourpost.example")]
    pub email: String,
    /// 15 characters or more (the operator may ask for another number), and not one that
    /// is easily guessed. Every character counts, spaces too.
    #[schema(format = Password, min_length = 8, max_length = 256)]
    pub password: String,
    /// What comments are signed with.
    #[schema(min_length = 1, max_length = 60, example = "Ines Halloran")]
    pub name: String,
}

/// Who signs in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The address of the account.
    #[schema(format = Email, max_length = 254, example = "ines@harbourpost.example")]
    pub email: String,
    /// The password of the account.
    #[schema(format = Password)]
    pub password: String,
}

/// What carries a sign-in on (the members are named as in RFC 6749).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    /// Send it as `Authorization: Bearer …`. It is a JWT (RFC 9068); treat it as opaque.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// How many seconds the access token lasts.
    #[schema(minimum = 1, example = 600)]
    pub expires_in: i64,
    /// Good for one `POST /auth/refresh`. Keep it where no script of another origin can read it.
    pub refresh_token: String,
}

/// A refresh token to be exchanged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token that was answered last.
    #[schema(max_length = 512)]
    pub refresh_token: String,
}

/// Which session to end.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Logout {
    /// A refresh token of the session. Without it, that of the access token in `Authorization`
    /// ends.
    #[serde(default)]
    #[schema(max_length = 512)]
    pub refresh_token: Option<String>,
}

/// A token that came by mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailedToken {
    /// The code of the mail, which is also behind `#token=` in its link.
    #[schema(max_length = 512)]
    pub token: String,
}

/// An address that a mail is wanted for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MailRequest)]
pub struct Address {
    /// The address of the account.
    #[schema(format = Email, max_length = 254, example = "ines@harbourpost.example")]
    pub email: String,
}

/// A password to be set with a token that came by mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// The code of the mail, which is also behind `#token=` in its link.
    #[schema(max_length = 512)]
    pub token: String,
    /// The new password; the rules are those of `POST /auth/register`.
    #[schema(format = Password, min_length = 8, max_length = 256)]
    pub password: String,
}

/// What has been taken in. It depends on the server's settings alone and says nothing about the
/// address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Accepted {
    /// What to do next.
    pub next: NextStep,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// A mail is on its way to the address, if there is reason to send one.
    CheckMail,
    /// This server sends no mail: a new account can sign in at once.
    SignIn,
}

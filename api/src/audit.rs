//! What happened that somebody may ask about later: sign-ins, refusals, changes of rights, limits.
//!
//! Each is one structured event in the log, besides the line of its request and the entry in the
//! change log where something was stored. None holds a password, a token, an e-mail address or
//! anything a caller made up.

use domain::Actor;

use crate::extract::Origin;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// Somebody asked for an account; whether one was made is not said.
    Registered,
    /// Somebody signed in.
    SignedIn,
    /// A sign-in was refused.
    SignInRefused,
    /// Too many sign-ins failed; this one was not tried.
    SignInHeld,
    /// A refresh token was taken for its successor.
    Refreshed,
    /// A refresh token was refused.
    RefreshRefused,
    /// A refresh token came back that had been used: its session was ended.
    TokenReused,
    /// Sessions were ended by their owner.
    SignedOut,
    /// A mail with a link or a code was asked for.
    MailAsked,
    /// An address was verified.
    EmailVerified,
    /// An account was changed by its owner.
    AccountChanged,
    /// A password was set or changed.
    PasswordChanged,
    /// An account was erased.
    AccountErased,
    /// An account was made, or its role or status changed, by an administrator.
    UserManaged,
    /// An API key was made.
    KeyCreated,
    /// An API key was revoked.
    KeyRevoked,
    /// A link was made that shows an article to whoever has it.
    PreviewLinkMade,
    /// Such a link was revoked.
    PreviewLinkRevoked,
    /// Credentials were sent that are no good.
    CredentialsRefused,
    /// Somebody known asked for what they may not do.
    AccessDenied,
    /// A limit was hit.
    Limited,
}

impl Event {
    /// The stable name, for whoever searches the log.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SignInHeld => "sign_in_held",
            Self::Refreshed => "refreshed",
            Self::RefreshRefused => "refresh_refused",
            Self::TokenReused => "token_reused",
            Self::SignedOut => "signed_out",
            Self::MailAsked => "mail_asked",
            Self::EmailVerified => "email_verified",
            Self::AccountChanged => "account_changed",
            Self::PasswordChanged => "password_changed",
            Self::AccountErased => "account_erased",
            Self::UserManaged => "user_managed",
            Self::KeyCreated => "key_created",
            Self::KeyRevoked => "key_revoked",
            Self::PreviewLinkMade => "preview_link_made",
            Self::PreviewLinkRevoked => "preview_link_revoked",
            Self::CredentialsRefused => "credentials_refused",
            Self::AccessDenied => "access_denied",
            Self::Limited => "limited",
        }
    }
}

/// Writes an event. `actor` is whoever asked, as far as known; `about` names the account, session
/// or key it is about by its id, and what became of it in words of ours, or is empty.
pub(crate) fn record(event: Event, origin: &Origin, actor: &Actor, about: &str) {
    tracing::info!(
        target: "api::audit",
        event = event.as_str(),
        actor = actor.label(),
        about,
        client = origin.address.map(tracing::field::display),
        request = origin.request.as_str(),
        "audit"
    );
}

//! Accounts: who has one, and what they sign in with.

mod email;
mod password;

pub use email::Email;
pub use password::{MAX_PASSWORD, check_password, normal_password};

use crate::error::Invalid;
use crate::named::named;
use crate::text;

/// The longest name of an account, in characters.
pub const NAME_MAX: usize = 60;

named! {
    /// Whether an account is in use.
    pub enum UserStatus {
        /// Its owner can sign in.
        Active = "active",
        /// An administrator has closed it for now.
        Suspended = "suspended",
        /// It is being erased: nothing can be done with it any more.
        Erasing = "erasing",
    }
}

named! {
    /// What a token sent by mail opens.
    pub enum TokenPurpose {
        /// Shows that the address of a new account is its owner's.
        VerifyEmail = "verify_email",
        /// Shows the same of an address that shall take the place of the present one.
        ChangeEmail = "change_email",
        /// Sets a password: the first one, or a new one for one forgotten.
        SetPassword = "set_password",
    }
}

/// Checks the name that comments are signed with: one line of 1 to 60 characters.
///
/// # Errors
/// At `name`, as [`text::clean_line`].
pub fn parse_name(text: &str) -> Result<String, Invalid> {
    text::clean_line("name", text, 1, NAME_MAX)
}

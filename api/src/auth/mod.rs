//! Who somebody is: passwords and what is given for them, access tokens with the keys that sign
//! them and what ends them early, and the refresh tokens that carry a sign-in on.

mod caller;
mod identity;
mod keyring;
pub(crate) mod mailed;
mod password;
mod refresh;
mod revocations;
mod rotation;
pub(crate) mod sign_in;
mod token;

pub(crate) use caller::{Stranger, identify};
pub use identity::Identity;
pub use keyring::{fresh_signing_key, private_key};
pub(crate) use password::{Passwords, context_of, hash_blocking};
pub use refresh::{REFRESH_TOKEN_PREFIX, RefreshToken};
pub(crate) use revocations::TRUSTED;
pub use rotation::{ROTATION_LEAD_SECONDS, revoke_all, rotate};
use token::Unfit;

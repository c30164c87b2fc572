//! Who somebody is: passwords, and what is given for them.

mod password;

pub(crate) use password::{Passwords, Verified, context_of, hash_blocking};

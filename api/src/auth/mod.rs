//! Who somebody is: passwords, and what is given for them.

pub(crate) mod mailed;
mod password;

pub(crate) use password::{Passwords, context_of, hash_blocking};

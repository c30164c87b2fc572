//! Tokens that are sent by mail, or printed by a command, and open something once.

use std::io;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

use crate::ids::random_bytes;

/// What every such token begins with, so that scanners for leaked secrets can find one.
const PREFIX: &str = "bst_";
/// For how many seconds an address can be confirmed.
pub(crate) const CONFIRM_SECONDS: i64 = 24 * 60 * 60;
/// For how many seconds a password can be set by whoever asked for it without signing in.
pub(crate) const RESET_SECONDS: i64 = 30 * 60;
/// For how many seconds it can be set when an administrator asked for it.
pub(crate) const INVITE_SECONDS: i64 = 60 * 60;

/// A fresh token, and the hash that is stored of it.
pub(crate) fn fresh_token() -> io::Result<(String, String)> {
    let text = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&random_bytes::<32>()?));
    let hash = token_hash(&text);
    Ok((text, hash))
}

/// How a token is stored. It holds 256 random bits, so one fast hash is enough. White space
/// around it came with copying it from a mail.
pub(crate) fn token_hash(text: &str) -> String {
    HEXLOWER.encode(blake3::hash(text.trim().as_bytes()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_its_hash_and_no_two_are_alike() {
        let (text, hash) = fresh_token().unwrap();
        let (prefix, random) = text.split_at(4);
        assert_eq!((prefix, random.len()), ("bst_", 43));
        assert_eq!(token_hash(&format!(" {text}\n")), hash);
        assert_ne!(fresh_token().unwrap().0, text);
        assert!(!hash.contains(random));
    }
}

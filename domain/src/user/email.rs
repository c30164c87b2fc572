//! E-mail addresses that people sign in with.

use std::fmt;
use std::str::FromStr as _;

use email_address::EmailAddress;

use crate::error::{Invalid, InvalidCode};

/// The longest address, in bytes (RFC 5321 §4.5.3.1).
const MAX: usize = 254;

/// An address in the one form it is stored and compared in: ASCII, lower case.
///
/// Only ASCII, so that no two addresses look alike and are not: a domain with other letters has
/// an ASCII form (`xn--…`). Lower case as a whole: no provider of note tells `Ann@` from `ann@`,
/// and whoever owns the one must not meet an account of the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address as a person typed it; white space around it does not count.
    ///
    /// # Errors
    /// At `email`: `required`, `too_long` over 254 bytes, `bad_format`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let refuse = |code, detail: &str| Err(Invalid::new("email", code, detail));
        let text = text.trim();
        if text.is_empty() {
            return refuse(InvalidCode::Required, "an e-mail address is needed");
        }
        if text.len() > MAX {
            return refuse(InvalidCode::TooLong, "must have at most 254 bytes");
        }
        if !text.is_ascii() {
            let detail = "must be written in ASCII; a domain with other letters has a form that begins with xn--";
            return refuse(InvalidCode::BadFormat, detail);
        }
        // A quoted local part or an address in brackets is legal, and nobody's.
        let odd = text.contains(['"', '[', ' ', '(', ',', '<']);
        match EmailAddress::from_str(text) {
            Ok(address) if !odd && address.display_part().is_empty() => {
                Ok(Self(text.to_ascii_lowercase()))
            }
            _ => refuse(
                InvalidCode::BadFormat,
                "must be an e-mail address, such as name@example.org",
            ),
        }
    }

    /// The address as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address without what stands behind a `+` in its first half: who is reached by it. For
    /// counting alone, never for telling accounts apart.
    #[must_use]
    pub fn mailbox(&self) -> String {
        let (local, host) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let local = local.split('+').next().unwrap_or(local);
        format!("{local}@{host}")
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_have_one_form() {
        for (typed, stored) in [
            ("Ann@Example.ORG", "ann@example.org"),
            (" a@b.example ", "a@b.example"),
            ("o'neil+news@xn--fsq.example", "o'neil+news@xn--fsq.example"),
            ("root@localhost", "root@localhost"),
        ] {
            assert_eq!(Email::parse(typed).unwrap().as_str(), stored);
        }
        assert_eq!(
            Email::parse("a+x+y@b.example").unwrap().mailbox(),
            "a@b.example"
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let code = |text: &str| Email::parse(text).unwrap_err().code;
        assert_eq!(code("  "), InvalidCode::Required);
        let long = format!("a@{}.example", "b".repeat(255));
        assert_eq!(code(&long), InvalidCode::TooLong);
        for text in [
            "a",
            "a@",
            "@b.example",
            "a b@c.example",
            "a@b@c.example",
            "\"a b\"@c.example",
            "a@[127.0.0.1]",
            "Ann <a@b.example>",
            "a@b.example\r\nBcc: c@d.example",
            "а@b.example",
            "a@ｂ.example",
            "a@b.example,c@d.example",
        ] {
            assert_eq!(code(text), InvalidCode::BadFormat, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_again_changes_nothing(text in ".{0,40}@.{0,40}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                prop_assert!(!email.as_str().contains(|c: char| c.is_control() || c == ' '));
            }
        }
    }
}

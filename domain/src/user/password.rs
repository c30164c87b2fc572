//! What a password may be: the rules of NIST SP 800-63B-4 §3.1.1.

use unicode_normalization::UnicodeNormalization as _;

use crate::error::{Invalid, InvalidCode};

/// The longest password, in characters. NIST asks for 64 at least; every character counts.
pub const MAX_PASSWORD: usize = 256;
/// Below so many guesses, as a power of ten, a password falls to a list of common ones.
const TOO_FEW_GUESSES: f64 = 8.0;

/// A password as it is hashed: NFC, so that two keyboards type the same one. Nothing is trimmed
/// and nothing is cut off.
#[must_use]
pub fn normal_password(text: &str) -> String {
    text.nfc().collect()
}

/// Checks a new password: `min` to 256 characters (code points), and not one that is guessed from
/// lists of common passwords, words, names and keyboard patterns, or from `context`: what is
/// known of the account and the site. There are no rules of composition.
///
/// It takes some milliseconds of computing.
///
/// # Errors
/// At `password`: `too_short`, `too_long`, `too_common`.
pub fn check_password(text: &str, min: usize, context: &[&str]) -> Result<(), Invalid> {
    let refuse = |code, detail: String| Err(Invalid::new("password", code, detail));
    let length = text.chars().take(MAX_PASSWORD + 1).count();
    if length < min {
        let detail = format!(
            "must have at least {min} characters; a sentence of a few words is easy to keep in mind"
        );
        return refuse(InvalidCode::TooShort, detail);
    }
    if length > MAX_PASSWORD {
        let detail = format!("must have at most {MAX_PASSWORD} characters");
        return refuse(InvalidCode::TooLong, detail);
    }
    if zxcvbn::zxcvbn(text, context).guesses_log10() < TOO_FEW_GUESSES {
        let detail = "is among the first that would be guessed; choose another one, such as a few words that do not belong together";
        return refuse(InvalidCode::TooCommon, detail.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<InvalidCode> {
        let context = ["ines.halloran", "Harbour Post", "Ines Halloran"];
        check_password(text, 15, &context)
            .err()
            .map(|invalid| invalid.code)
    }

    #[test]
    fn length_is_counted_in_code_points() {
        assert_eq!(code("kettle wolf 7"), Some(InvalidCode::TooShort));
        assert_eq!(code("kettle wolf seventeen"), None);
        assert_eq!(code("渡轮最后一次离开港口的那天晚上雨"), None);
        let long: String = ('a'..='z').cycle().step_by(7).take(256).collect();
        assert_eq!(code(&long), None);
        assert_eq!(code(&format!("{long}x")), Some(InvalidCode::TooLong));
        assert_eq!(code("                    "), Some(InvalidCode::TooCommon));
    }

    #[test]
    fn what_everybody_would_guess_is_refused() {
        for text in [
            "passwordpassword",
            "123456789012345",
            "aaaaaaaaaaaaaaaaaaaa",
            "qwertyuiopasdfghjkl",
            "ines.halloranines.halloran",
            "Harbour PostHarbour Post",
            "iloveyouiloveyou",
        ] {
            assert_eq!(code(text), Some(InvalidCode::TooCommon), "{text}");
        }
    }

    #[test]
    fn hostile_text_is_judged_quickly_and_two_keyboards_agree() {
        for text in ["a1".repeat(128), "\u{301}".repeat(256), "👩‍👩‍👧".repeat(40)] {
            let _ = code(&text);
        }
        assert_eq!(normal_password("e\u{301}"), normal_password("é"));
        assert_ne!(normal_password(" a "), normal_password("a"));
    }
}

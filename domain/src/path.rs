//! Paths of the site, as they stand in links: `/world/europe/the-last-ferry`.

use crate::error::{Invalid, InvalidCode};
use crate::slug::Slug;

/// The longest path that is looked at, in bytes.
pub const PATH_MAX: usize = 1024;

/// What a path ends with, which is what it goes by: sections move, and links stay. `None` where
/// nothing of ours can be: `/`, or an end that is no slug. Upper case and further slashes, as
/// other systems and typing hands add them, do not matter.
///
/// # Errors
/// At `path`: `too_long` over 1024 bytes, `bad_format` without a `/` in front, `control_character`.
pub fn last_slug(path: &str) -> Result<Option<Slug>, Invalid> {
    if path.len() > PATH_MAX {
        let detail = format!("must have at most {PATH_MAX} bytes");
        return Err(Invalid::new("path", InvalidCode::TooLong, detail));
    }
    if !path.starts_with('/') {
        let detail = "must begin with a slash, such as /world/europe";
        return Err(Invalid::new("path", InvalidCode::BadFormat, detail));
    }
    if path.contains(char::is_control) {
        let detail = "must not hold control characters";
        return Err(Invalid::new("path", InvalidCode::ControlCharacter, detail));
    }
    let last = path.split('/').rfind(|segment| !segment.is_empty());
    Ok(last.and_then(|last| Slug::parse(&last.to_ascii_lowercase()).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_goes_by_its_end() {
        for (path, end) in [
            ("/world/europe", Some("europe")),
            ("/world//Europe/", Some("europe")),
            ("/nowhere/at/all/ferry-2", Some("ferry-2")),
            ("/", None),
            ("//", None),
            ("/world/no slug", None),
            ("/world/a?b=c", None),
            ("/world/..", None),
            ("/world/zürich", None),
        ] {
            let found = last_slug(path).unwrap();
            assert_eq!(found.as_ref().map(Slug::as_str), end, "{path}");
        }
        for (path, code) in [
            ("", InvalidCode::BadFormat),
            ("world", InvalidCode::BadFormat),
            ("/a\u{0}", InvalidCode::ControlCharacter),
        ] {
            assert_eq!(last_slug(path).unwrap_err().code, code, "{path:?}");
        }
        let long = format!("/{}", "a".repeat(PATH_MAX));
        assert_eq!(last_slug(&long).unwrap_err().code, InvalidCode::TooLong);
    }

    proptest! {
        #[test]
        fn any_text_is_a_path_or_none(text in ".{0,200}") {
            if let Ok(Some(slug)) = last_slug(&text) {
                prop_assert!(text.to_ascii_lowercase().contains(slug.as_str()));
            }
        }
    }
}

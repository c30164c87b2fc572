//! API keys: what programs call with. Which of them may do what is in [`crate::access`].

use crate::access::{Scope, Scopes, action_of, allows, within_sections};
use crate::actor::Role;
use crate::error::{Invalid, InvalidCode};
use crate::id::SectionId;
use crate::named::named;
use crate::text;
use crate::time::Timestamp;

/// The longest name, in characters.
pub const NAME_MAX: usize = 60;
/// The most sections a key can be limited to.
pub const SECTIONS_MAX: usize = 50;
/// The highest quota of its own that a key can have, in requests a minute.
pub const REQUESTS_MAX: u32 = 100_000;
/// The farthest end, in days from now.
pub const DAYS_MAX: u16 = 3650;

const SECONDS_PER_DAY: i64 = 86_400;

named! {
    /// What has become of a key.
    pub enum KeyStatus {
        /// It opens what it was made for.
        Valid = "valid",
        /// It ended by itself.
        Expired = "expired",
        /// Somebody ended it.
        Revoked = "revoked",
    }
}

impl KeyStatus {
    /// The status at `now` of a key with these ends.
    #[must_use]
    pub fn at(now: Timestamp, expires: Option<Timestamp>, revoked: Option<Timestamp>) -> Self {
        if revoked.is_some() {
            Self::Revoked
        } else if expires.is_some_and(|end| end <= now) {
            Self::Expired
        } else {
            Self::Valid
        }
    }
}

/// What people call a key.
///
/// # Errors
/// At `name`, as [`text::clean_line`].
pub fn parse_name(name: &str) -> Result<String, Invalid> {
    text::clean_line("name", name, 1, NAME_MAX)
}

/// The scopes of a key of `role`, which is `limited` to sections or not. What could never open
/// anything is refused now rather than when it is used.
///
/// # Errors
/// At `scopes`, as [`Scopes::new`]; at one of them: `out_of_range` if the role does not have it,
/// or if a limited key cannot.
pub fn check_scopes(asked: &[Scope], role: Role, limited: bool) -> Result<Scopes, Invalid> {
    let scopes = Scopes::new(asked)?;
    for (place, scope) in asked.iter().enumerate() {
        let action = action_of(*scope);
        let detail = if !allows(role, action) {
            format!(
                "{scope} opens nothing with this role; {role} has {}",
                had_by(role, limited)
            )
        } else if limited && !within_sections(action) {
            format!(
                "{scope} opens nothing for a key that is limited to sections; such a key has {}",
                had_by(role, limited)
            )
        } else {
            continue;
        };
        let field = format!("scopes/{place}");
        return Err(Invalid::new(field, InvalidCode::OutOfRange, detail));
    }
    Ok(scopes)
}

/// The scopes that make a difference with a role, for a message.
fn had_by(role: Role, limited: bool) -> String {
    let names: Vec<&str> = Scope::ALL
        .iter()
        .filter(|scope| allows(role, action_of(**scope)))
        .filter(|scope| !limited || within_sections(action_of(**scope)))
        .map(|scope| scope.as_str())
        .collect();
    if names.is_empty() {
        String::from("none")
    } else {
        names.join(", ")
    }
}

/// The sections a key is limited to; none of them for everywhere.
///
/// # Errors
/// `duplicate` at a section given twice, also when once by its slug and once by its id.
pub fn check_sections(sections: &[SectionId]) -> Result<(), Invalid> {
    for (place, section) in sections.iter().enumerate() {
        if sections.iter().take(place).any(|other| other == section) {
            let field = format!("sections/{place}");
            let detail = "names a section that is there already";
            return Err(Invalid::new(field, InvalidCode::Duplicate, detail));
        }
    }
    Ok(())
}

/// A quota of a key's own, in requests a minute.
///
/// # Errors
/// `out_of_range` at `requests_per_minute`.
pub fn check_quota(asked: i64) -> Result<u32, Invalid> {
    u32::try_from(asked)
        .ok()
        .filter(|quota| (1..=REQUESTS_MAX).contains(quota))
        .ok_or_else(|| {
            let detail = format!("must be between 1 and {REQUESTS_MAX}");
            Invalid::new("requests_per_minute", InvalidCode::OutOfRange, detail)
        })
}

/// When a key ends by itself.
///
/// # Errors
/// `out_of_range` at `expires_at` if that is not ahead, or too far.
pub fn check_end(now: Timestamp, end: Timestamp) -> Result<Timestamp, Invalid> {
    if now < end && end <= ends_after(now, DAYS_MAX) {
        Ok(end)
    } else {
        let detail = format!("must be ahead, by {DAYS_MAX} days at most");
        Err(Invalid::new("expires_at", InvalidCode::OutOfRange, detail))
    }
}

/// The end of a key that lasts so many days.
#[must_use]
pub fn ends_after(now: Timestamp, days: u16) -> Timestamp {
    now.plus_seconds(i64::from(days).saturating_mul(SECONDS_PER_DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_ahead_and_not_for_ever() {
        let now = Timestamp::from_millis(1_795_428_000_000);
        for good in [now.plus_millis(1), ends_after(now, DAYS_MAX)] {
            assert_eq!(check_end(now, good), Ok(good));
            assert_eq!(KeyStatus::at(now, Some(good), None), KeyStatus::Valid);
        }
        for bad in [now, Timestamp::MIN, Timestamp::MAX] {
            let refused = check_end(now, bad).unwrap_err();
            assert_eq!(refused.field, "expires_at");
        }
        assert_eq!(KeyStatus::at(now, None, None), KeyStatus::Valid);
        assert_eq!(KeyStatus::at(now, Some(now), None), KeyStatus::Expired);
        assert_eq!(KeyStatus::at(now, Some(now), Some(now)), KeyStatus::Revoked);
    }

    #[test]
    fn scopes_that_open_nothing_are_refused() {
        let asked = |scopes: &[Scope], role, limited| {
            check_scopes(scopes, role, limited)
                .map(|_| ())
                .map_err(|refused| (refused.field, refused.code))
        };
        let no = |place: usize| Err((format!("scopes/{place}"), InvalidCode::OutOfRange));
        let (read, publish, tags) = (Scope::ArticlesRead, Scope::Publish, Scope::TagsWrite);
        assert_eq!(asked(Scope::ALL, Role::Admin, false), Ok(()));
        assert_eq!(asked(&[read, publish], Role::Editor, true), Ok(()));
        assert_eq!(asked(&[read, publish], Role::Author, false), no(1));
        assert_eq!(asked(&[read], Role::Reader, false), no(0));
        assert_eq!(asked(&[read, tags], Role::Admin, true), no(1));
        let refused = check_scopes(&[publish], Role::Author, false).unwrap_err();
        assert!(
            refused.detail.ends_with("articles:read, articles:write"),
            "{refused}"
        );
        let none = check_scopes(&[read], Role::Reader, true).unwrap_err();
        assert!(none.detail.ends_with("has none"), "{none}");
    }

    #[test]
    fn sections_and_quotas_are_kept_or_refused() {
        let [one, two] = [1, 2].map(SectionId::from_raw);
        assert_eq!(check_sections(&[one, two]), Ok(()));
        let twice = check_sections(&[one, two, one]).unwrap_err();
        assert_eq!(twice.field, "sections/2");
        assert_eq!(check_quota(1), Ok(1));
        assert_eq!(check_quota(i64::from(REQUESTS_MAX)), Ok(REQUESTS_MAX));
        for bad in [0, -1, i64::from(REQUESTS_MAX) + 1, i64::MAX, i64::MIN] {
            assert!(check_quota(bad).is_err(), "{bad}");
        }
    }
}

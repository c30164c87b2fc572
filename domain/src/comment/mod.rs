//! Comments: who may write them, what they may hold, and how they hang together.

mod ban;
mod moderation;
mod notification;
mod policy;
mod rank;
mod report;
pub mod rules;
mod tally;
mod thread;
mod verdict;
mod vote;

pub use ban::{
    ADDRESS_BAN_DAYS, ADDRESS_KEY_DAYS, BanKind, TRACE_DAYS, address_key, address_keys, ban_until,
};
pub use moderation::{
    Decided, Decision, Desk, Handling, NOTE_MAX, Standing, decide, edited, need, parse_note,
};
pub use notification::NotificationKind;
pub use policy::{
    Above, CLOSES_AFTER_DAYS_MAX, Level, MAX_LINKS_MAX, MAX_WORDS_MAX, MIN_WORDS_MAX, Options,
    Policy, Premoderation, STANDS_AFTER_SECONDS, SiteLevel,
};
pub use rank::{Keys, Votes};
pub use report::{
    RECORD_SIZE, REPORT_NOTE_MAX, REPORT_THRESHOLD, Record, ReportEffect, ReportOutcome,
    ReportReason, parse_report_note, report_effect, report_weight,
};
pub use tally::{STATISTICS_DAYS_MAX, Tallied, day_of, start_of};
pub use thread::{Levels, ParentView, Placement, place};
pub use verdict::{Finding, Reason, Verdict};
pub use vote::{Vote, is_own};

use crate::actor::Role;
use crate::error::{Invalid, InvalidCode};
use crate::named::named;
use crate::text;

/// The longest comment, in characters.
pub const COMMENT_MAX_LENGTH: usize = 5000;
/// The longest name of a guest, in characters.
pub const AUTHOR_NAME_MAX: usize = 60;
/// The longest email address, in bytes (RFC 5321).
pub const AUTHOR_EMAIL_MAX: usize = 254;
/// How long an author may edit a comment, in seconds after it was posted.
pub const EDIT_SECONDS: i64 = 900;

named! {
    /// What an article or a section says about comments.
    pub enum CommentSetting {
        /// As the section above; at the top, as the site.
        Inherit = "inherit",
        /// Everybody may write.
        Open = "open",
        /// Only signed-in members may write.
        Members = "members",
        /// Nobody may write; what is there stays.
        Closed = "closed",
    }
}

named! {
    /// What holds in the end: a [`CommentSetting`] with nothing left to inherit.
    pub enum CommentState {
        /// Everybody may write.
        Open = "open",
        /// Only signed-in members may write.
        Members = "members",
        /// Nobody may write.
        Closed = "closed",
    }
}

named! {
    /// Where a comment stands in moderation.
    pub enum CommentStatus {
        /// Everybody sees it.
        Published = "published",
        /// It waits for a moderator.
        Held = "held",
        /// A moderator refused it.
        Rejected = "rejected",
        /// It is advertising.
        Spam = "spam",
        /// Its author or a moderator removed it; a tombstone stays while it has replies.
        Deleted = "deleted",
    }
}

named! {
    /// What kind of person wrote a comment.
    pub enum AuthorKind {
        /// Somebody without an account.
        Guest = "guest",
        /// Somebody with an account.
        Member = "member",
        /// Somebody who works here.
        Staff = "staff",
        /// An account that is gone.
        Deleted = "deleted",
    }
}

impl AuthorKind {
    /// What somebody with an account is, by what they are trusted with.
    #[must_use]
    pub const fn of(role: Role) -> Self {
        match role {
            Role::Reader => Self::Member,
            Role::Author | Role::Editor | Role::Moderator | Role::Admin => Self::Staff,
        }
    }
}

impl CommentSetting {
    /// The state this setting means by itself; `None` if it inherits.
    #[must_use]
    pub const fn own(self) -> Option<CommentState> {
        match self {
            Self::Inherit => None,
            Self::Open => Some(CommentState::Open),
            Self::Members => Some(CommentState::Members),
            Self::Closed => Some(CommentState::Closed),
        }
    }
}

/// Why somebody may not comment somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotAdmitted {
    /// Nobody may.
    Closed,
    /// Only members may.
    MembersOnly,
}

/// Whether somebody may comment where this holds.
///
/// # Errors
/// Why not.
pub const fn admit(state: CommentState, author: AuthorKind) -> Result<(), NotAdmitted> {
    match (state, author) {
        (CommentState::Closed, _) => Err(NotAdmitted::Closed),
        (CommentState::Members, AuthorKind::Guest | AuthorKind::Deleted) => {
            Err(NotAdmitted::MembersOnly)
        }
        (CommentState::Members | CommentState::Open, _) => Ok(()),
    }
}

/// Checks a guest's name: one line of 1 to 60 characters.
///
/// # Errors
/// At `author_name`, as [`text::clean_line`].
pub fn parse_author_name(text: &str) -> Result<String, Invalid> {
    text::clean_line("author_name", text, 1, AUTHOR_NAME_MAX)
}

/// Checks that an email address has the shape of one: something, one `@`, a host name with a
/// dot. Whether it exists only a mail to it can tell.
///
/// # Errors
/// At `author_email`: `required`, `too_long` over 254 bytes, `bad_format`.
pub fn parse_author_email(text: &str) -> Result<String, Invalid> {
    let field = "author_email";
    let address = text::clean_line(field, text, 1, AUTHOR_EMAIL_MAX)?;
    if address.len() > AUTHOR_EMAIL_MAX {
        let detail = format!("must have at most {AUTHOR_EMAIL_MAX} bytes");
        return Err(Invalid::new(field, InvalidCode::TooLong, detail));
    }
    let fits = address.rsplit_once('@').is_some_and(|(local, host)| {
        let local_fits = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|character| {
                character.is_alphanumeric()
                    || (character.is_ascii_graphic() && !"\"(),:;<>@[\\]".contains(character))
            });
        let host_fits = host.contains('.')
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label
                        .chars()
                        .all(|character| character.is_alphanumeric() || character == '-')
            });
        local_fits && host_fits
    });
    if fits {
        Ok(address)
    } else {
        let detail = "must be an email address, such as name@example.org";
        Err(Invalid::new(field, InvalidCode::BadFormat, detail))
    }
}

/// Checks the body of a comment: 1 to 5000 characters of comment Markdown.
///
/// # Errors
/// At `body`, as [`text::clean_text`].
pub fn parse_body(text: &str) -> Result<String, Invalid> {
    text::clean_text("body", text, 1, COMMENT_MAX_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_admitted_where_guests_are_not() {
        use CommentState::{Closed, Members, Open};
        let (guest, member) = (AuthorKind::Guest, AuthorKind::Member);
        assert_eq!(admit(Open, guest), Ok(()));
        assert_eq!(admit(Members, guest), Err(NotAdmitted::MembersOnly));
        assert_eq!(admit(Members, member), Ok(()));
        assert_eq!(admit(Closed, member), Err(NotAdmitted::Closed));
    }

    #[test]
    fn email_addresses_have_a_shape() {
        for text in [
            "a@example.org",
            "first.last+tag@sub.example.co.uk",
            "用户@例子.广告",
            "o'neil@e.org",
        ] {
            assert_eq!(parse_author_email(text).unwrap(), text);
        }
        for text in [
            "a",
            "@example.org",
            "a@",
            "a@b",
            "a b@example.org",
            "a@@example.org",
            ".a@example.org",
            "a..b@example.org",
            "a@-b.org",
            "a@b..org",
            "<a@example.org>",
            "a@example.org.",
        ] {
            assert_eq!(
                parse_author_email(text).unwrap_err().code,
                InvalidCode::BadFormat,
                "{text}"
            );
        }
        let long = format!("a@{}.org", "b".repeat(255));
        assert_eq!(
            parse_author_email(&long).unwrap_err().code,
            InvalidCode::TooLong
        );
    }

    #[test]
    fn comments_have_limits() {
        assert!(parse_body(&"字".repeat(COMMENT_MAX_LENGTH)).is_ok());
        assert_eq!(
            parse_body(&"a".repeat(5001)).unwrap_err().code,
            InvalidCode::TooLong
        );
        assert_eq!(parse_body(" \n ").unwrap_err().code, InvalidCode::Required);
        assert_eq!(
            parse_author_name("a\u{202e}b").unwrap_err().code,
            InvalidCode::ControlCharacter
        );
    }
}

//! What a rule may say.

use super::literal;
use crate::error::{Invalid, InvalidCode};
use crate::id::RuleId;
use crate::named::named;
use crate::text;

/// The longest pattern of a word rule, in characters.
pub const PATTERN_MAX: usize = 100;
/// The longest note to a rule, in characters.
pub const NOTE_MAX: usize = 500;
/// The most rules a site may have.
pub const RULES_MAX: usize = 10_000;
/// The most links a links rule may allow.
pub const LINKS_MAX: i64 = 100;
/// The longest time that a repetition is remembered, in seconds: 30 days.
pub const REPEAT_SECONDS_MAX: i64 = 30 * 86_400;
/// The longest time that an account counts as new, in seconds: a year.
pub const NEW_ACCOUNT_SECONDS_MAX: i64 = 365 * 86_400;
/// The most comments a flood rule may allow.
pub const FLOOD_COMMENTS_MAX: i64 = 100;
/// The longest time a flood rule may count over, in seconds: a day.
pub const FLOOD_SECONDS_MAX: i64 = 86_400;

named! {
    /// What a rule looks at.
    pub enum RuleKind {
        /// The words of a comment.
        Word = "word",
        /// How many links it has.
        Links = "links",
        /// Whether its author has said the same before.
        Repeat = "repeat",
        /// How old the account of its author is.
        NewAccount = "new_account",
        /// How many comments come from one author or address.
        Flood = "flood",
    }
}

named! {
    /// Where the pattern of a word rule is found.
    pub enum WordMatch {
        /// As a word of its own. In scripts without spaces between words: anywhere.
        Word = "word",
        /// Anywhere.
        Substring = "substring",
    }
}

named! {
    /// What becomes of a comment that a rule finds.
    pub enum RuleAction {
        /// A moderator looks at it first.
        Hold = "hold",
        /// It is refused.
        Reject = "reject",
        /// It is stored as spam.
        Spam = "spam",
    }
}

named! {
    /// Whose comments a flood rule counts.
    pub enum FloodPer {
        /// Those of an account.
        Author = "author",
        /// Those from a network address.
        Address = "address",
    }
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    /// A word or phrase is in the text, in the target of a link or in a guest's name.
    Word {
        /// The word or phrase, as written.
        pattern: String,
        /// Where it counts.
        matching: WordMatch,
        /// What then happens.
        action: RuleAction,
    },
    /// There are more links than this.
    Links {
        /// So many are no reason.
        more_than: i64,
        /// What then happens.
        action: RuleAction,
    },
    /// The author, or anybody at the same address, has posted the same text.
    Repeat {
        /// Not longer ago than this.
        within_seconds: i64,
        /// What then happens.
        action: RuleAction,
    },
    /// The account is younger than this.
    NewAccount {
        /// From this age on it is no reason.
        younger_than_seconds: i64,
        /// What then happens.
        action: RuleAction,
    },
    /// No more than so many comments in a time; the next one is refused until that has passed.
    Flood {
        /// So many.
        comments: i64,
        /// In this time.
        seconds: i64,
        /// Counted for each of these.
        per: FloodPer,
    },
}

impl Terms {
    /// What the rule looks at.
    #[must_use]
    pub const fn kind(&self) -> RuleKind {
        match self {
            Self::Word { .. } => RuleKind::Word,
            Self::Links { .. } => RuleKind::Links,
            Self::Repeat { .. } => RuleKind::Repeat,
            Self::NewAccount { .. } => RuleKind::NewAccount,
            Self::Flood { .. } => RuleKind::Flood,
        }
    }

    /// What becomes of a comment; none for floods, which are refused for a time.
    #[must_use]
    pub const fn action(&self) -> Option<RuleAction> {
        match self {
            Self::Word { action, .. }
            | Self::Links { action, .. }
            | Self::Repeat { action, .. }
            | Self::NewAccount { action, .. } => Some(*action),
            Self::Flood { .. } => None,
        }
    }
}

/// A rule as it stands in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The rule.
    pub id: RuleId,
    /// What it says.
    pub terms: Terms,
}

/// Checks the pattern of a word rule: one line of 1 to 100 characters, of which something can be
/// seen.
///
/// # Errors
/// At `pattern`, as [`text::clean_line`].
pub fn parse_pattern(pattern: &str) -> Result<String, Invalid> {
    let pattern = text::clean_line("pattern", pattern, 1, PATTERN_MAX)?;
    if literal::is_empty(&pattern) {
        let detail = "nothing of it can be looked for: it has no letter, figure or symbol";
        return Err(Invalid::new("pattern", InvalidCode::Required, detail));
    }
    Ok(pattern)
}

/// Checks a note: one line of up to 500 characters.
///
/// # Errors
/// At `note`, as [`text::clean_line`].
pub fn parse_note(note: &str) -> Result<String, Invalid> {
    text::clean_line("note", note, 1, NOTE_MAX)
}

/// Checks a number of a rule.
///
/// # Errors
/// At `field`: `out_of_range`.
pub fn parse_number(field: &str, number: i64, least: i64, most: i64) -> Result<i64, Invalid> {
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    let detail = format!("must be from {least} to {most}");
    Err(Invalid::new(field, InvalidCode::OutOfRange, detail))
}

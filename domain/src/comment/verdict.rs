//! What is decided about a text before anybody sees it or it counts.

use super::CommentStatus;
use crate::id::RuleId;
use crate::named::named;

named! {
    /// Why a comment is not published. Stable: clients and statistics go by it.
    pub enum Reason {
        /// Every comment waits for a moderator here.
        Premoderation = "premoderation",
        /// Every guest's comment waits for a moderator here.
        Guest = "guest",
        /// The author has no published comment yet.
        FirstComment = "first_comment",
        /// A word that a rule names.
        Word = "word",
        /// More links than a rule allows.
        Links = "links",
        /// The same text was posted a moment ago.
        Repeat = "repeat",
        /// The account is younger than a rule allows.
        NewAccount = "new_account",
        /// Readers reported it.
        Reported = "reported",
        /// A moderator decided so.
        Moderator = "moderator",
        /// Its author took it back.
        Author = "author",
        /// It was not published where it was imported from.
        Imported = "imported",
    }
}

/// What was found in a text, or known of its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Why it is not published.
    pub reason: Reason,
    /// The rule that says so.
    pub rule: Option<RuleId>,
    /// What the rule met: from where to where, in characters of the plain text.
    pub spans: Vec<(u32, u32)>,
}

impl Finding {
    /// A finding without a rule.
    #[must_use]
    pub const fn of(reason: Reason) -> Self {
        Self {
            reason,
            rule: None,
            spans: Vec::new(),
        }
    }
}

/// What becomes of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everybody sees it at once.
    Publish,
    /// It waits for a moderator.
    Hold(Finding),
    /// It is kept as spam; its author is told that it waits.
    Spam(Finding),
    /// It is not stored, and its author is told why.
    Reject(Finding),
}

impl Verdict {
    const fn severity(&self) -> u8 {
        match self {
            Self::Publish => 0,
            Self::Hold(_) => 1,
            Self::Spam(_) => 2,
            Self::Reject(_) => 3,
        }
    }

    /// The more severe of two; of equals the first.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        if other.severity() > self.severity() {
            other
        } else {
            self
        }
    }

    /// How it is stored, and why.
    ///
    /// # Errors
    /// What was found, when it is not to be stored at all.
    pub fn into_stored(self) -> Result<(CommentStatus, Option<Finding>), Finding> {
        match self {
            Self::Publish => Ok((CommentStatus::Published, None)),
            Self::Hold(finding) => Ok((CommentStatus::Held, Some(finding))),
            Self::Spam(finding) => Ok((CommentStatus::Spam, Some(finding))),
            Self::Reject(finding) => Err(finding),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_severe_verdict_holds_and_of_equals_the_first() {
        let of = Finding::of;
        let hold = Verdict::Hold(of(Reason::Word));
        let spam = Verdict::Spam(of(Reason::Links));
        let reject = Verdict::Reject(of(Reason::Word));
        assert_eq!(Verdict::Publish.worse(hold.clone()), hold);
        assert_eq!(spam.clone().worse(hold.clone()), spam);
        assert_eq!(hold.clone().worse(reject.clone()), reject);
        assert_eq!(hold.clone().worse(Verdict::Hold(of(Reason::Guest))), hold);
        assert_eq!(reject.into_stored(), Err(of(Reason::Word)));
        assert_eq!(
            spam.into_stored(),
            Ok((CommentStatus::Spam, Some(of(Reason::Links))))
        );
    }
}

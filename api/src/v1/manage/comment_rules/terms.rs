//! What a body says a rule is: each kind has members of its own, and none of the others.

use domain::comment::rules::{
    FLOOD_COMMENTS_MAX, FLOOD_SECONDS_MAX, FloodPer, LINKS_MAX, NEW_ACCOUNT_SECONDS_MAX,
    REPEAT_SECONDS_MAX, RuleAction, RuleKind, Terms, WordMatch, parse_number, parse_pattern,
};
use domain::{Invalid, InvalidCode};
use openapi::comment_rule::{CommentRulePatch, NewCommentRule};

use crate::v1::wire::comment_rule::{asked_action, asked_match, asked_per};
use crate::v1::write::{Noted, Wrong};

/// Every member that any kind has.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    pattern: Option<String>,
    matching: Option<WordMatch>,
    more_than: Option<i64>,
    within_seconds: Option<i64>,
    younger_than_seconds: Option<i64>,
    comments: Option<i64>,
    seconds: Option<i64>,
    per: Option<FloodPer>,
    action: Option<RuleAction>,
}

impl From<&NewCommentRule> for Given {
    fn from(new: &NewCommentRule) -> Self {
        Self {
            pattern: new.pattern.clone(),
            matching: new.matching.map(asked_match),
            more_than: new.more_than,
            within_seconds: new.within_seconds,
            younger_than_seconds: new.younger_than_seconds,
            comments: new.comments,
            seconds: new.seconds,
            per: new.per.map(asked_per),
            action: new.action.map(asked_action),
        }
    }
}

impl From<&CommentRulePatch> for Given {
    fn from(patch: &CommentRulePatch) -> Self {
        Self {
            pattern: patch.pattern.clone(),
            matching: patch.matching.map(asked_match),
            more_than: patch.more_than,
            within_seconds: patch.within_seconds,
            younger_than_seconds: patch.younger_than_seconds,
            comments: patch.comments,
            seconds: patch.seconds,
            per: patch.per.map(asked_per),
            action: patch.action.map(asked_action),
        }
    }
}

impl From<Terms> for Given {
    fn from(terms: Terms) -> Self {
        let given = Self {
            action: terms.action(),
            ..Self::default()
        };
        match terms {
            Terms::Word {
                pattern, matching, ..
            } => Self {
                pattern: Some(pattern),
                matching: Some(matching),
                ..given
            },
            Terms::Links { more_than, .. } => Self {
                more_than: Some(more_than),
                ..given
            },
            Terms::Repeat { within_seconds, .. } => Self {
                within_seconds: Some(within_seconds),
                ..given
            },
            Terms::NewAccount {
                younger_than_seconds,
                ..
            } => Self {
                younger_than_seconds: Some(younger_than_seconds),
                ..given
            },
            Terms::Flood {
                comments,
                seconds,
                per,
            } => Self {
                comments: Some(comments),
                seconds: Some(seconds),
                per: Some(per),
                ..given
            },
        }
    }
}

impl Given {
    /// These members, and where there are none those of `present`.
    pub(super) fn or(self, present: Self) -> Self {
        Self {
            pattern: self.pattern.or(present.pattern),
            matching: self.matching.or(present.matching),
            more_than: self.more_than.or(present.more_than),
            within_seconds: self.within_seconds.or(present.within_seconds),
            younger_than_seconds: self.younger_than_seconds.or(present.younger_than_seconds),
            comments: self.comments.or(present.comments),
            seconds: self.seconds.or(present.seconds),
            per: self.per.or(present.per),
            action: self.action.or(present.action),
        }
    }

    /// What a rule of this kind says by its members.
    pub(super) fn terms(self, kind: RuleKind, wrong: &mut Wrong) -> Result<Terms, Noted> {
        let foreign = self.check_foreign(kind, wrong);
        let action = match kind {
            RuleKind::Flood => Ok(RuleAction::Hold),
            _ => wrong.check(needed("action", self.action)),
        };
        let mut number = |field, value, least, most| {
            let value = needed(field, value);
            wrong.check(value.and_then(|value| parse_number(field, value, least, most)))
        };
        let terms = match kind {
            RuleKind::Word => {
                let pattern = needed("pattern", self.pattern);
                let pattern = wrong.check(pattern.and_then(|text| parse_pattern(&text)));
                Terms::Word {
                    pattern: pattern?,
                    matching: self.matching.unwrap_or(WordMatch::Word),
                    action: action?,
                }
            }
            RuleKind::Links => Terms::Links {
                more_than: number("more_than", self.more_than, 0, LINKS_MAX)?,
                action: action?,
            },
            RuleKind::Repeat => {
                let most = REPEAT_SECONDS_MAX;
                Terms::Repeat {
                    within_seconds: number("within_seconds", self.within_seconds, 1, most)?,
                    action: action?,
                }
            }
            RuleKind::NewAccount => {
                let (field, most) = ("younger_than_seconds", NEW_ACCOUNT_SECONDS_MAX);
                Terms::NewAccount {
                    younger_than_seconds: number(field, self.younger_than_seconds, 1, most)?,
                    action: action?,
                }
            }
            RuleKind::Flood => {
                let comments = number("comments", self.comments, 1, FLOOD_COMMENTS_MAX);
                let seconds = number("seconds", self.seconds, 1, FLOOD_SECONDS_MAX);
                let per = wrong.check(needed("per", self.per));
                Terms::Flood {
                    comments: comments?,
                    seconds: seconds?,
                    per: per?,
                }
            }
        };
        foreign.map(|()| terms)
    }

    /// Nothing that is given is ignored.
    fn check_foreign(&self, kind: RuleKind, wrong: &mut Wrong) -> Result<(), Noted> {
        let word = [RuleKind::Word].as_slice();
        let flood = [RuleKind::Flood].as_slice();
        let acting = [
            RuleKind::Word,
            RuleKind::Links,
            RuleKind::Repeat,
            RuleKind::NewAccount,
        ];
        let members = [
            ("pattern", self.pattern.is_some(), word),
            ("match", self.matching.is_some(), word),
            ("more_than", self.more_than.is_some(), &[RuleKind::Links]),
            (
                "within_seconds",
                self.within_seconds.is_some(),
                &[RuleKind::Repeat],
            ),
            (
                "younger_than_seconds",
                self.younger_than_seconds.is_some(),
                &[RuleKind::NewAccount],
            ),
            ("comments", self.comments.is_some(), flood),
            ("seconds", self.seconds.is_some(), flood),
            ("per", self.per.is_some(), flood),
            ("action", self.action.is_some(), &acting),
        ];
        let mut outcome = Ok(());
        for (field, given, kinds) in members {
            if given && !kinds.contains(&kind) {
                let detail = format!("a rule of the kind `{kind}` has none");
                let invalid = Invalid::new(field, InvalidCode::WrongState, detail);
                outcome = wrong.check(Err(invalid));
            }
        }
        outcome
    }
}

fn needed<T>(field: &str, value: Option<T>) -> Result<T, Invalid> {
    value.ok_or_else(|| Invalid::new(field, InvalidCode::Required, "a rule of this kind needs it"))
}

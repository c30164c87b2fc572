//! The rules a site judges comments by: words, links, repetition, the age of accounts, floods.
//!
//! All of them are applied before a comment is visible or counted. A new site has none.

mod fold;
mod literal;
mod terms;
mod trial;
mod units;
mod words;

use std::collections::BTreeMap;

pub use terms::{
    FLOOD_COMMENTS_MAX, FLOOD_SECONDS_MAX, FloodPer, LINKS_MAX, NEW_ACCOUNT_SECONDS_MAX, NOTE_MAX,
    PATTERN_MAX, REPEAT_SECONDS_MAX, RULES_MAX, Rule, RuleAction, RuleKind, Terms, WordMatch,
    parse_note, parse_number, parse_pattern,
};

pub use trial::{Past, Trial};

use super::{Finding, Reason, Verdict};
use crate::id::RuleId;
use crate::time::Timestamp;
use words::{Span, Words};

/// So many places are told of one finding.
const SPANS_MAX: usize = 100;

/// What two comments have in common that say the same: the folded letters of a text, whatever
/// stands between them; of a text without any, its symbols.
#[must_use]
pub fn gist(text: &str) -> String {
    words::gist(text)
}

/// A comment to be judged, as it would be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draft<'a> {
    /// Its plain text; spans count the characters of it.
    pub text: &'a str,
    /// Where its links lead, as [`links`](crate::text::links) finds them.
    pub links: &'a [String],
    /// The name a guest gave; none for accounts, whose names are not judged with each comment.
    pub guest_name: Option<&'a str>,
}

/// What has to be looked up before a comment can be judged. Nothing that no rule asks for is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// How old the account is.
    pub account_age: bool,
    /// Whether the same was said, at most so many seconds ago.
    pub repeat_within: Option<i64>,
    /// The times of so many latest comments of the author, at most so many seconds back.
    pub recent_by_author: Option<Recent>,
    /// The same of an address.
    pub recent_by_address: Option<Recent>,
}

impl Needs {
    /// How far back comments of an address matter, in seconds; 0 if they do not.
    #[must_use]
    pub fn seconds_by_address(&self) -> i64 {
        let recent = self.recent_by_address.map_or(0, |recent| recent.seconds);
        self.repeat_within.unwrap_or(0).max(recent)
    }

    /// How far back comments of an author matter, in seconds; 0 if they do not.
    #[must_use]
    pub fn seconds_by_author(&self) -> i64 {
        let recent = self.recent_by_author.map_or(0, |recent| recent.seconds);
        self.repeat_within.unwrap_or(0).max(recent)
    }
}

/// How far back comments are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recent {
    /// The most comments that matter.
    pub comments: i64,
    /// The longest time that matters, in seconds.
    pub seconds: i64,
}

/// What was looked up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// How old the account is, in seconds; none for guests.
    pub account_age: Option<i64>,
    /// How long ago the same was last said by the author or from the address, in seconds.
    pub same_said: Option<i64>,
}

/// A comment that is one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flood {
    /// The rule that says so.
    pub rule: RuleId,
    /// So many comments …
    pub comments: i64,
    /// … in so many seconds …
    pub seconds: i64,
    /// … may come from each of these.
    pub per: FloodPer,
    /// After so many seconds there is leave for the next.
    pub retry_after: i64,
}

/// Why rules could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the word rules cannot be searched for: {0}")]
pub struct Unreadable(String);

/// The rules of a site, made ready to judge by. Without any, as a new site is, everything is
/// published.
#[derive(Debug, Default)]
pub struct Rules {
    list: Vec<Rule>,
    words: Words,
    needs: Needs,
}

impl Rules {
    /// Reads rules. Of several that are as severe, the earlier one is named.
    ///
    /// # Errors
    /// When there are too many words for one automaton, far beyond [`RULES_MAX`].
    pub fn build(rules: Vec<Rule>) -> Result<Self, Unreadable> {
        let patterns = rules.iter().enumerate().filter_map(|(number, rule)| {
            let Terms::Word {
                pattern, matching, ..
            } = &rule.terms
            else {
                return None;
            };
            Some((number, pattern.as_str(), *matching))
        });
        let words = Words::build(patterns).map_err(|error| Unreadable(error.to_string()))?;
        let needs = needs(&rules);
        Ok(Self {
            list: rules,
            words,
            needs,
        })
    }

    /// What has to be looked up first.
    #[must_use]
    pub const fn needs(&self) -> Needs {
        self.needs
    }

    /// Judges a comment by all rules but those against floods: the most severe finding.
    #[must_use]
    pub fn judge(&self, draft: &Draft<'_>, facts: &Facts) -> Verdict {
        self.judge_text(draft).worse(self.judge_facts(facts))
    }

    /// Judges what a comment says: words and links. It takes time for each character, and asks
    /// nobody anything, so that it is done before a transaction begins.
    #[must_use]
    pub fn judge_text(&self, draft: &Draft<'_>) -> Verdict {
        let found = self.words(draft);
        let words = found.into_iter().filter_map(|(number, spans)| {
            let rule = self.list.get(number)?;
            Some(verdict(rule, Reason::Word, spans))
        });
        let links = i64::try_from(draft.links.len()).unwrap_or(i64::MAX);
        let counted = self.list.iter().filter_map(|rule| match rule.terms {
            Terms::Links { more_than, .. } if links > more_than => {
                Some(verdict(rule, Reason::Links, Vec::new()))
            }
            _ => None,
        });
        words.chain(counted).fold(Verdict::Publish, Verdict::worse)
    }

    /// Judges by what was looked up: repetition and the age of the account.
    #[must_use]
    pub fn judge_facts(&self, facts: &Facts) -> Verdict {
        let found = self.list.iter().filter_map(|rule| match rule.terms {
            Terms::Repeat { within_seconds, .. } => facts
                .same_said
                .filter(|ago| *ago <= within_seconds)
                .map(|_| verdict(rule, Reason::Repeat, Vec::new())),
            Terms::NewAccount {
                younger_than_seconds,
                ..
            } => facts
                .account_age
                .filter(|age| *age < younger_than_seconds)
                .map(|_| verdict(rule, Reason::NewAccount, Vec::new())),
            _ => None,
        });
        found.fold(Verdict::Publish, Verdict::worse)
    }

    /// Whether another comment would be one too many, by the times of the latest ones (latest
    /// first) of an author or an address. Of several rules, the one that takes longest.
    #[must_use]
    pub fn flood(&self, per: FloodPer, latest: &[Timestamp], now: Timestamp) -> Option<Flood> {
        let found = self.list.iter().filter_map(|rule| {
            let Terms::Flood {
                comments,
                seconds,
                per: of,
            } = rule.terms
            else {
                return None;
            };
            // The oldest of those that fill it up has to leave the time first.
            let fills = usize::try_from(comments).ok()?.checked_sub(1)?;
            let oldest = latest.get(fills).filter(|_| of == per)?;
            let left = oldest.plus_seconds(seconds).as_millis() - now.as_millis();
            (left > 0).then(|| Flood {
                rule: rule.id,
                comments,
                seconds,
                per,
                // Rounded up: nobody is told to come back too early.
                retry_after: left.saturating_add(999).div_euclid(1000).min(seconds),
            })
        });
        found.max_by_key(|flood| flood.retry_after)
    }

    /// The word rules that find something, by number, with where in the text: nowhere, if it was
    /// in the name or behind a link.
    fn words(&self, draft: &Draft<'_>) -> BTreeMap<usize, Vec<Span>> {
        let mut found: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
        self.words.find(draft.text, &mut |number, span| {
            let spans = found.entry(number).or_default();
            if spans.len() < SPANS_MAX && spans.last() != Some(&span) {
                spans.push(span);
            }
        });
        let beside = draft.links.iter().map(String::as_str);
        for text in beside.chain(draft.guest_name) {
            self.words.find(text, &mut |number, _| {
                found.entry(number).or_default();
            });
        }
        for spans in found.values_mut() {
            spans.sort_unstable();
            spans.dedup();
        }
        found
    }
}

fn verdict(rule: &Rule, reason: Reason, spans: Vec<Span>) -> Verdict {
    let finding = Finding {
        reason,
        rule: Some(rule.id),
        spans,
    };
    match rule.terms.action() {
        None => Verdict::Publish,
        Some(RuleAction::Hold) => Verdict::Hold(finding),
        Some(RuleAction::Spam) => Verdict::Spam(finding),
        Some(RuleAction::Reject) => Verdict::Reject(finding),
    }
}

fn needs(rules: &[Rule]) -> Needs {
    let mut needs = Needs::default();
    for rule in rules {
        match rule.terms {
            Terms::Word { .. } | Terms::Links { .. } => {}
            Terms::NewAccount { .. } => needs.account_age = true,
            Terms::Repeat { within_seconds, .. } => {
                needs.repeat_within = needs.repeat_within.max(Some(within_seconds));
            }
            Terms::Flood {
                comments,
                seconds,
                per,
            } => {
                let known = match per {
                    FloodPer::Author => &mut needs.recent_by_author,
                    FloodPer::Address => &mut needs.recent_by_address,
                };
                let before = known.unwrap_or(Recent { comments, seconds });
                *known = Some(Recent {
                    comments: before.comments.max(comments),
                    seconds: before.seconds.max(seconds),
                });
            }
        }
    }
    needs
}

#[cfg(test)]
mod tests;

//! What a rule would have found: it is shown the comments of the past, latest first.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, VecDeque};
use std::hash::{Hash as _, Hasher as _};

use super::words::Span;
use super::{Draft, Facts, Rule, Rules, Terms, Unreadable, gist};
use crate::comment::Verdict;
use crate::id::{CommentId, RuleId, UserId};
use crate::time::Timestamp;

/// A comment that was posted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past<'a> {
    /// The comment.
    pub id: CommentId,
    /// The account it is of; none for guests.
    pub author: Option<UserId>,
    /// Since when that account is there.
    pub author_since: Option<Timestamp>,
    /// What it says.
    pub draft: Draft<'a>,
}

/// One rule, and what it would have found so far.
#[derive(Debug)]
pub struct Trial {
    rules: Rules,
    terms: Terms,
    /// The earliest comment met that says the same, by author and a hash of it.
    said: HashMap<(UserId, u64), CommentId>,
    /// The earliest comments met of each author, the latest of them first.
    latest: HashMap<UserId, VecDeque<CommentId>>,
    hits: Vec<(CommentId, Vec<Span>)>,
}

impl Trial {
    /// Begins a trial of a rule.
    ///
    /// # Errors
    /// As [`Rules::build`].
    pub fn new(terms: Terms) -> Result<Self, Unreadable> {
        let rule = Rule {
            id: RuleId::from_raw(0),
            terms: terms.clone(),
        };
        Ok(Self {
            rules: Rules::build(vec![rule])?,
            terms,
            said: HashMap::new(),
            latest: HashMap::new(),
            hits: Vec::new(),
        })
    }

    /// Looks at a comment, which is older than all before. For repetition and floods that may tell
    /// that one of those would have been hit.
    pub fn look(&mut self, past: &Past<'_>) {
        match self.terms {
            Terms::Word { .. } | Terms::Links { .. } => {
                let verdict = self.rules.judge_text(&past.draft);
                self.note(past.id, verdict);
            }
            Terms::NewAccount { .. } => {
                let age = |since: Timestamp| seconds_between(since, past.id.at());
                let verdict = self.rules.judge_facts(&Facts {
                    account_age: past.author_since.map(age),
                    same_said: None,
                });
                self.note(past.id, verdict);
            }
            Terms::Repeat { .. } => self.look_for_the_same(past),
            Terms::Flood {
                comments, seconds, ..
            } => self.look_for_a_flood(past, comments, seconds),
        }
    }

    fn look_for_the_same(&mut self, past: &Past<'_>) {
        let Some(author) = past.author else { return };
        let mut hasher = DefaultHasher::new();
        gist(past.draft.text).hash(&mut hasher);
        let later = self.said.insert((author, hasher.finish()), past.id);
        if let Some(later) = later {
            let verdict = self.rules.judge_facts(&Facts {
                account_age: None,
                same_said: Some(seconds_between(past.id.at(), later.at())),
            });
            self.note(later, verdict);
        }
    }

    fn look_for_a_flood(&mut self, past: &Past<'_>, comments: i64, seconds: i64) {
        let Some(author) = past.author else { return };
        let latest = self.latest.entry(author).or_default();
        latest.push_back(past.id);
        // So many were posted between the one that is too many and this one, which counts too.
        if latest.len() <= usize::try_from(comments).unwrap_or(usize::MAX) {
            return;
        }
        if let Some(too_many) = latest.pop_front()
            && too_many.at() < past.id.at().plus_seconds(seconds)
        {
            self.hits.push((too_many, Vec::new()));
        }
    }

    fn note(&mut self, id: CommentId, verdict: Verdict) {
        if let Verdict::Hold(finding) | Verdict::Spam(finding) | Verdict::Reject(finding) = verdict
        {
            self.hits.push((id, finding.spans));
        }
    }

    /// What would have been hit, latest first, with where in the text.
    #[must_use]
    pub fn into_hits(mut self) -> Vec<(CommentId, Vec<(u32, u32)>)> {
        self.hits.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        self.hits
    }
}

fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    let millis = to.as_millis().saturating_sub(from.as_millis());
    millis.max(0).div_euclid(1000)
}

#[cfg(test)]
mod tests {
    use super::super::{FloodPer, RuleAction, WordMatch};
    use super::*;
    use crate::id::id_at;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    /// The seconds of those comments that a rule would have hit; each is given with its second, its
    /// author and what it says.
    fn hits(terms: Terms, comments: &[(i64, Option<i64>, &str)]) -> Vec<i64> {
        let mut trial = Trial::new(terms).unwrap();
        for (second, author, text) in comments.iter().rev() {
            trial.look(&Past {
                id: CommentId::from_raw(id_at(at(*second), 0)),
                author: author.map(UserId::from_raw),
                author_since: author.map(at),
                draft: Draft {
                    text,
                    links: &[],
                    guest_name: None,
                },
            });
        }
        let hits = trial.into_hits().into_iter();
        hits.map(|(id, _)| id.at().as_millis() / 1000).collect()
    }

    #[test]
    fn each_kind_finds_what_it_would_have_found() {
        let comments = [
            (100, Some(90), "hello"),
            (101, None, "hello"),
            (102, Some(1), "bad"),
            (103, Some(90), "HELLO!"),
            (104, Some(90), "b.a.d"),
            (105, None, "hello"),
            (200, Some(90), "hello"),
        ];
        let action = RuleAction::Hold;
        let word = Terms::Word {
            pattern: "bad".to_owned(),
            matching: WordMatch::Word,
            action,
        };
        assert_eq!(hits(word, &comments), [104, 102]);
        let repeat = |within_seconds| Terms::Repeat {
            within_seconds,
            action,
        };
        assert_eq!(hits(repeat(60), &comments), [103]);
        assert_eq!(hits(repeat(97), &comments), [200, 103]);
        let young = Terms::NewAccount {
            younger_than_seconds: 14,
            action,
        };
        assert_eq!(hits(young, &comments), [103, 100]);
        let flood = |comments, seconds| Terms::Flood {
            comments,
            seconds,
            per: FloodPer::Author,
        };
        assert_eq!(hits(flood(2, 60), &comments), [104]);
        assert_eq!(hits(flood(1, 4), &comments), [104, 103]);
        assert_eq!(hits(flood(1, 3), &comments), [104]);
        assert_eq!(hits(flood(3, 60), &comments), Vec::<i64>::new());
    }
}

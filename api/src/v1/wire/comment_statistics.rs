//! Statistics of comments on the wire.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::comment::{Handling, Tallied, start_of};
use domain::id::RuleId;
use openapi::comment_statistics::{
    CommentDay, CommentRuleCounts, CommentStatistics, DecisionCounts, ModeratorCounts,
};
use storage::comment_tallies::{Tally, Work};

/// What was counted from one day to another, both included.
pub(crate) fn statistics(
    from: i64,
    until: i64,
    tallies: &[Tally],
    work: &[Work],
) -> CommentStatistics {
    CommentStatistics {
        from: date(from),
        until: date(until),
        days: (from..=until)
            .map(|day| of_day(day, tallies, work))
            .collect(),
        rules: rules(tallies),
        moderators: moderators(work),
    }
}

/// `2026-11-28`.
fn date(day: i64) -> String {
    let mut text = start_of(day).to_string();
    text.truncate("2026-11-28".len());
    text
}

fn of_day(day: i64, tallies: &[Tally], work: &[Work]) -> CommentDay {
    let of = |what: Tallied| -> i64 {
        let of = |tally: &&Tally| tally.day == day && tally.what == what;
        tallies.iter().filter(of).map(|tally| tally.number).sum()
    };
    let mut decisions = DecisionCounts::default();
    for work in work.iter().filter(|work| work.day == day) {
        add(&mut decisions, work);
    }
    CommentDay {
        date: date(day),
        published: of(Tallied::Published),
        held: of(Tallied::Held),
        spam: of(Tallied::Spam),
        refused: of(Tallied::Refused),
        reports: of(Tallied::Reported),
        decisions,
    }
}

fn add(decisions: &mut DecisionCounts, work: &Work) {
    let count = match work.what {
        Handling::Approve => &mut decisions.approved,
        Handling::Reject => &mut decisions.rejected,
        Handling::Spam => &mut decisions.spam,
        Handling::Delete => &mut decisions.deleted,
        Handling::Restore => &mut decisions.restored,
        Handling::Pin
        | Handling::Unpin
        | Handling::Feature
        | Handling::Unfeature
        | Handling::Edit
        | Handling::Note => &mut decisions.other,
    };
    *count = count.saturating_add(work.number);
}

fn rules(tallies: &[Tally]) -> Vec<CommentRuleCounts> {
    let mut rules: BTreeMap<RuleId, CommentRuleCounts> = BTreeMap::new();
    for tally in tallies {
        let Some(rule) = tally.rule else { continue };
        let counts = rules.entry(rule).or_insert_with(|| CommentRuleCounts {
            rule_id: rule.to_string(),
            held: 0,
            spam: 0,
            refused: 0,
        });
        let count = match tally.what {
            Tallied::Held => &mut counts.held,
            Tallied::Spam => &mut counts.spam,
            Tallied::Refused => &mut counts.refused,
            Tallied::Published | Tallied::Reported => continue,
        };
        *count = count.saturating_add(tally.number);
    }
    let mut rules: Vec<_> = rules.into_values().collect();
    rules.sort_by_key(|rule| Reverse(rule.held + rule.spam + rule.refused));
    rules
}

fn moderators(work: &[Work]) -> Vec<ModeratorCounts> {
    let mut moderators: BTreeMap<&str, (i64, DecisionCounts)> = BTreeMap::new();
    for work in work {
        let (all, decisions) = moderators.entry(&work.by).or_default();
        *all = all.saturating_add(work.number);
        add(decisions, work);
    }
    let mut moderators: Vec<_> = moderators.into_iter().collect();
    moderators.sort_by_key(|(_, (all, _))| Reverse(*all));
    moderators
        .into_iter()
        .map(|(by, (_, decisions))| ModeratorCounts {
            by: by.to_owned(),
            decisions,
        })
        .collect()
}

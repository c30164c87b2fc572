//! Rules for comments on the wire.

use domain::comment::rules::{FloodPer, RuleAction, RuleKind, Terms, WordMatch};
use openapi::comment_rule::{
    CommentRule, CommentRuleAction, CommentRuleKind, CommentRuleMatch, CommentRulePer,
};
use storage::comment_rules;

/// A rule as moderators see it.
pub(crate) fn managed(rule: comment_rules::CommentRule) -> CommentRule {
    let (id, terms) = (rule.rule.id, rule.rule.terms);
    let blank = CommentRule {
        id: id.to_string(),
        kind: kind(terms.kind()),
        pattern: None,
        matching: None,
        more_than: None,
        within_seconds: None,
        younger_than_seconds: None,
        comments: None,
        seconds: None,
        per: None,
        action: terms.action().map(action),
        note: rule.note,
        enabled: rule.enabled,
        version: rule.version,
        created_by: rule.created_by,
        created_at: rule.created_at.to_string(),
        updated_at: rule.updated_at.to_string(),
    };
    match terms {
        Terms::Word {
            pattern, matching, ..
        } => CommentRule {
            pattern: Some(pattern),
            matching: Some(match matching {
                WordMatch::Word => CommentRuleMatch::Word,
                WordMatch::Substring => CommentRuleMatch::Substring,
            }),
            ..blank
        },
        Terms::Links { more_than, .. } => CommentRule {
            more_than: Some(more_than),
            ..blank
        },
        Terms::Repeat { within_seconds, .. } => CommentRule {
            within_seconds: Some(within_seconds),
            ..blank
        },
        Terms::NewAccount {
            younger_than_seconds,
            ..
        } => CommentRule {
            younger_than_seconds: Some(younger_than_seconds),
            ..blank
        },
        Terms::Flood {
            comments,
            seconds,
            per,
        } => CommentRule {
            comments: Some(comments),
            seconds: Some(seconds),
            per: Some(match per {
                FloodPer::Author => CommentRulePer::Author,
                FloodPer::Address => CommentRulePer::Address,
            }),
            ..blank
        },
    }
}

const fn kind(kind: RuleKind) -> CommentRuleKind {
    match kind {
        RuleKind::Word => CommentRuleKind::Word,
        RuleKind::Links => CommentRuleKind::Links,
        RuleKind::Repeat => CommentRuleKind::Repeat,
        RuleKind::NewAccount => CommentRuleKind::NewAccount,
        RuleKind::Flood => CommentRuleKind::Flood,
    }
}

const fn action(action: RuleAction) -> CommentRuleAction {
    match action {
        RuleAction::Hold => CommentRuleAction::Hold,
        RuleAction::Reject => CommentRuleAction::Reject,
        RuleAction::Spam => CommentRuleAction::Spam,
    }
}

/// The kind that was asked for.
pub(crate) const fn asked_kind(kind: CommentRuleKind) -> RuleKind {
    match kind {
        CommentRuleKind::Word => RuleKind::Word,
        CommentRuleKind::Links => RuleKind::Links,
        CommentRuleKind::Repeat => RuleKind::Repeat,
        CommentRuleKind::NewAccount => RuleKind::NewAccount,
        CommentRuleKind::Flood => RuleKind::Flood,
    }
}

/// The mode that was asked for.
pub(crate) const fn asked_match(matching: CommentRuleMatch) -> WordMatch {
    match matching {
        CommentRuleMatch::Word => WordMatch::Word,
        CommentRuleMatch::Substring => WordMatch::Substring,
    }
}

/// The action that was asked for.
pub(crate) const fn asked_action(action: CommentRuleAction) -> RuleAction {
    match action {
        CommentRuleAction::Hold => RuleAction::Hold,
        CommentRuleAction::Reject => RuleAction::Reject,
        CommentRuleAction::Spam => RuleAction::Spam,
    }
}

/// Whose comments were asked to be counted.
pub(crate) const fn asked_per(per: CommentRulePer) -> FloodPer {
    match per {
        CommentRulePer::Author => FloodPer::Author,
        CommentRulePer::Address => FloodPer::Address,
    }
}

//! Examples of the rules comments are judged by.

use serde_json::Value;

use super::{CREATED, public, value};
use crate::comment_rule::{
    CommentRule, CommentRuleAction, CommentRuleHit, CommentRuleKind, CommentRuleMatch,
    CommentRulePatch, CommentRuleTrial, NewCommentRule,
};
use crate::patch::Patch;

const PATTERN: &str = "every summer";

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "CommentRule" => value(CommentRule {
            id: "rul_38g7va2x4q519".to_owned(),
            kind: CommentRuleKind::Word,
            pattern: Some(PATTERN.to_owned()),
            matching: Some(CommentRuleMatch::Word),
            more_than: None,
            within_seconds: None,
            younger_than_seconds: None,
            comments: None,
            seconds: None,
            per: None,
            action: Some(CommentRuleAction::Hold),
            note: None,
            enabled: true,
            version: 1,
            created_by: "user:usr_38g7v6qajp37f".to_owned(),
            created_at: CREATED.to_owned(),
            updated_at: CREATED.to_owned(),
        }),
        "NewCommentRule" => value(NewCommentRule {
            kind: CommentRuleKind::Word,
            pattern: Some(PATTERN.to_owned()),
            matching: Some(CommentRuleMatch::Word),
            more_than: None,
            within_seconds: None,
            younger_than_seconds: None,
            comments: None,
            seconds: None,
            per: None,
            action: Some(CommentRuleAction::Hold),
            note: None,
            enabled: Some(true),
        }),
        "CommentRulePatch" => value(CommentRulePatch {
            action: Some(CommentRuleAction::Reject),
            note: Patch::Value("Since the wave of June.".to_owned()),
            ..CommentRulePatch::default()
        }),
        "CommentRuleTrial" => value(CommentRuleTrial {
            hits: 1,
            scanned: 312,
            complete: true,
            items: vec![hit()],
        }),
        _ => return None,
    })
}

fn hit() -> CommentRuleHit {
    CommentRuleHit {
        comment: public::root_comment(),
        spans: vec![[10, 22]],
    }
}

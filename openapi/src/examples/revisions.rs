//! Examples of an article's history.

use serde_json::Value;

use super::{SLUG, SUMMARY, TITLE, UPDATED, managed, public, value};
use crate::comment::CommentSetting;
use crate::revision::{
    FieldChange, RestoreRequest, Revision, RevisionCard, RevisionDiff, RevisionField, WordChange,
    WordOp,
};

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "RevisionCard" => value(card()),
        "Revision" => value(Revision {
            card: card(),
            title: TITLE.to_owned(),
            slug: SLUG.to_owned(),
            summary: Some(SUMMARY.to_owned()),
            language: "en".to_owned(),
            section: Some(public::section_ref().slug),
            authors: vec![public::author_ref().slug],
            tags: vec![public::tag_ref().slug],
            further_sections: Vec::new(),
            translation_of: None,
            lead_image: Some(public::lead_image()),
            seo: Some(public::seo()),
            comments: CommentSetting::Inherit,
            body: managed::source(),
        }),
        "RevisionDiff" => value(RevisionDiff {
            revision: 2,
            against: Some(1),
            changes: vec![FieldChange {
                field: RevisionField::Title,
                from: "The last ferry".into(),
                to: TITLE.into(),
                words: Some(vec![
                    WordChange {
                        op: WordOp::Equal,
                        text: "The last ferry".to_owned(),
                    },
                    WordChange {
                        op: WordOp::Insert,
                        text: " to Halden".to_owned(),
                    },
                ]),
            }],
        }),
        "RestoreRequest" => value(RestoreRequest {
            note: Some("The earlier text was right.".to_owned()),
        }),
        _ => return None,
    })
}

fn card() -> RevisionCard {
    RevisionCard {
        id: "rev_38g7v9r2m5t0c".to_owned(),
        number: 2,
        actor: "user:usr_38g7v6qajp37f".to_owned(),
        created_at: UPDATED.to_owned(),
        note: Some("The boat has left.".to_owned()),
        minor: false,
        autosave: false,
        published: true,
        current: true,
    }
}

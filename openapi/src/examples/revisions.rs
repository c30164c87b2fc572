//! Examples of an article's history.

use serde_json::Value;

use super::{ARTICLE, SLUG, SUMMARY, TITLE, UPDATED, managed, public, value};
use crate::comment::CommentSetting;
use crate::comment_options::CommentOptions;
use crate::correction::{Correction, ManagedCorrection, NewCorrection};
use crate::preview::{NewPreviewLink, PreviewLink};
use crate::revision::{
    FieldChange, RestoreRequest, Revision, RevisionCard, RevisionDiff, RevisionField, WordChange,
    WordOp,
};

const TOKEN: &str = "bsp_NED7Twzw9LNzMAhx9EwWjnyUneLHUOYMLJu4_1MAF8WiZyNOnLTbjg";

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
            comment_options: CommentOptions::default(),
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
            leave_out_gone: false,
        }),
        "Correction" => value(correction()),
        "ManagedCorrection" => value(ManagedCorrection {
            correction: correction(),
            actor: "user:usr_38g7v6qajp37f".to_owned(),
            created_at: UPDATED.to_owned(),
        }),
        "NewCorrection" => value(NewCorrection {
            text: correction().text,
            date: None,
        }),
        "PreviewLink" => value(preview_link()),
        "NewPreviewLink" => value(NewPreviewLink {
            revision: None,
            expires_in: Some(86_400),
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

fn preview_link() -> PreviewLink {
    PreviewLink {
        id: "prv_38g7v9w6f1x5k".to_owned(),
        article_id: ARTICLE.to_owned(),
        revision: 2,
        url: Some(format!("https://news.example/api/v1/previews/{TOKEN}")),
        expires_at: "2026-11-24T14:31:05.250Z".to_owned(),
        actor: "user:usr_38g7v6qajp37f".to_owned(),
        created_at: UPDATED.to_owned(),
        version: 1,
    }
}

pub(super) fn correction() -> Correction {
    Correction {
        id: "cor_38g7v9t4d8w2e".to_owned(),
        text: "An earlier version gave the wrong year for the first crossing.".to_owned(),
        date: UPDATED.to_owned(),
    }
}

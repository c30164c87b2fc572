//! Examples of what holds for the whole site and for comments.

use serde_json::Value;

use super::{UPDATED, value};
use crate::comment::CommentState;
use crate::comment_options::{CommentOptions, CommentOptionsPatch, Premoderation};
use crate::patch::Patch;
use crate::settings::{SiteSettings, SiteSettingsPatch};

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "CommentOptions" => value(options()),
        "CommentOptionsPatch" => value(patch()),
        "SiteSettings" => value(SiteSettings {
            comments: CommentState::Open,
            comment_options: options(),
            version: 2,
            updated_at: Some(UPDATED.to_owned()),
        }),
        "SiteSettingsPatch" => value(SiteSettingsPatch {
            comments: None,
            comment_options: Patch::Value(patch()),
        }),
        _ => return None,
    })
}

fn options() -> CommentOptions {
    CommentOptions {
        premoderation: Some(Premoderation::FirstTimers),
        closes_after_days: Some(30),
        max_links: Some(2),
        ..CommentOptions::default()
    }
}

fn patch() -> CommentOptionsPatch {
    CommentOptionsPatch {
        premoderation: Patch::Value(Premoderation::FirstTimers),
        min_words: Patch::Null,
        max_links: Patch::Value(2),
        ..CommentOptionsPatch::default()
    }
}

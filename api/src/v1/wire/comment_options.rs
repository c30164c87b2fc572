//! What is said about comments besides who may write them, on the wire and back.

use domain::Invalid;
use domain::comment::{self, Options};
use openapi::Patch;
use openapi::comment_options::{CommentOptions, CommentOptionsPatch, Premoderation};

/// What a level says.
pub(crate) fn options(options: Options) -> CommentOptions {
    CommentOptions {
        premoderation: options.premoderation.map(premoderation),
        closes_after_days: options.closes_after_days,
        min_words: options.min_words,
        max_words: options.max_words,
        max_links: options.max_links,
    }
}

/// What a level says after a merge patch.
pub(crate) fn merged_options(
    present: Options,
    patch: Patch<CommentOptionsPatch>,
) -> Result<Options, Invalid> {
    let patch = match patch {
        Patch::Absent => return Ok(present),
        Patch::Null => return Ok(Options::default()),
        Patch::Value(patch) => patch,
    };
    let whose = patch.premoderation.map(asked_premoderation);
    Options {
        premoderation: whose.apply(present.premoderation),
        closes_after_days: patch.closes_after_days.apply(present.closes_after_days),
        min_words: patch.min_words.apply(present.min_words),
        max_words: patch.max_words.apply(present.max_words),
        max_links: patch.max_links.apply(present.max_links),
    }
    .checked()
}

/// What something new says.
pub(crate) fn new_options(asked: Option<CommentOptionsPatch>) -> Result<Options, Invalid> {
    merged_options(
        Options::default(),
        asked.map_or(Patch::Absent, Patch::Value),
    )
}

/// Whose comments wait for a moderator.
pub(super) fn premoderation(whose: comment::Premoderation) -> Premoderation {
    match whose {
        comment::Premoderation::None => Premoderation::None,
        comment::Premoderation::Guests => Premoderation::Guests,
        comment::Premoderation::FirstTimers => Premoderation::FirstTimers,
        comment::Premoderation::All => Premoderation::All,
    }
}

fn asked_premoderation(whose: Premoderation) -> comment::Premoderation {
    match whose {
        Premoderation::None => comment::Premoderation::None,
        Premoderation::Guests => comment::Premoderation::Guests,
        Premoderation::FirstTimers => comment::Premoderation::FirstTimers,
        Premoderation::All => comment::Premoderation::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_merged_member_by_member_and_shown_as_they_were_asked_for() {
        let asked = CommentOptionsPatch {
            min_words: Patch::Value(5),
            max_links: Patch::Value(0),
            ..CommentOptionsPatch::default()
        };
        let present = new_options(Some(asked)).unwrap();
        assert_eq!(merged_options(present, Patch::Absent), Ok(present));
        assert_eq!(merged_options(present, Patch::Null), Ok(Options::default()));
        let patch = CommentOptionsPatch {
            min_words: Patch::Null,
            closes_after_days: Patch::Value(30),
            ..CommentOptionsPatch::default()
        };
        let merged = merged_options(present, Patch::Value(patch)).unwrap();
        let said = (merged.min_words, merged.closes_after_days, merged.max_links);
        assert_eq!(said, (None, Some(30), Some(0)));
        let short = CommentOptionsPatch {
            max_words: Patch::Value(4),
            ..CommentOptionsPatch::default()
        };
        let refused = merged_options(present, Patch::Value(short)).unwrap_err();
        assert_eq!(refused.field, "comment_options/max_words");
        for &whose in comment::Premoderation::ALL {
            assert_eq!(asked_premoderation(premoderation(whose)), whose);
            let wire = serde_json::to_value(premoderation(whose)).unwrap();
            assert_eq!(wire, whose.as_str());
        }
    }
}

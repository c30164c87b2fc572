//! Examples of what readers say of others' comments.

use serde_json::Value;

use super::{ARTICLE, COMMENT, UPDATED, value};
use crate::comment::Votes;
use crate::vote::{CommentVote, ExportedVote, MyVote, NewVote};

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "NewVote" => value(NewVote { value: 1 }),
        "CommentVote" => value(CommentVote {
            comment_id: COMMENT.to_owned(),
            value: Some(1),
            votes: Votes {
                up: 12,
                down: 3,
                score: 9,
            },
        }),
        "MyVote" => value(MyVote {
            comment_id: COMMENT.to_owned(),
            value: 1,
        }),
        _ => return None,
    })
}

pub(super) fn exported() -> ExportedVote {
    ExportedVote {
        comment_id: COMMENT.to_owned(),
        article_id: ARTICLE.to_owned(),
        value: 1,
        voted_at: UPDATED.to_owned(),
    }
}

//! Examples of what is done to many things at once.

use serde_json::Value;

use super::{ARTICLE, managed, value};
use crate::bulk::{
    BulkArticleAction, BulkArticleAnswer, BulkArticleItem, BulkArticleOutcome, BulkArticleRequest,
};
use crate::patch::Patch;
use crate::problem::{Code, Problem};

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "BulkArticleRequest" => value(request()),
        "BulkArticleAnswer" => value(answer()),
        _ => return None,
    })
}

fn request() -> BulkArticleRequest {
    let item = |article: &str, version| BulkArticleItem {
        article: article.to_owned(),
        version,
    };
    BulkArticleRequest {
        action: BulkArticleAction::Publish,
        items: vec![item(ARTICLE, 2), item("ice-on-the-canal", 7)],
        visible_from: Patch::Absent,
        visible_until: Patch::Absent,
        minor: None,
        reason: None,
        public_notice: Patch::Absent,
    }
}

/// What [`request`] is answered with.
fn answer() -> BulkArticleAnswer {
    let detail = "It has changed since you read it. Read it again, apply your change and send it \
                  with the new ETag.";
    let problem = Problem {
        current_version: Some(8),
        ..Problem::new(Code::PreconditionFailed, detail, "req_5f0c2d7be1a94c36")
    };
    BulkArticleAnswer {
        failed: 1,
        items: vec![
            BulkArticleOutcome {
                article: ARTICLE.to_owned(),
                status: 200,
                result: Some(managed::card()),
                problem: None,
            },
            BulkArticleOutcome {
                article: "ice-on-the-canal".to_owned(),
                status: problem.status,
                result: None,
                problem: Some(problem),
            },
        ],
    }
}

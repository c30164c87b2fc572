//! One example of every request and answer, built from the wire types themselves, so that an
//! example cannot show what the server does not send. They tell one story: an article about a
//! ferry, in the section `ferries` under `city`.

mod accounts;
mod bulk;
mod keys;
mod managed;
mod moderation;
mod people;
mod public;
mod revisions;
mod rules;
mod search;
mod settings;
mod votes;

use serde::Serialize;
use serde_json::Value;

use crate::page::Page;
use crate::problem::{Code, Problem, ProblemError};

const CREATED: &str = "2026-11-23T09:12:44.018Z";
const PUBLISHED: &str = "2026-11-23T10:00:00.000Z";
const UPDATED: &str = "2026-11-23T14:31:05.250Z";
const ARTICLE: &str = "art_38g7v6cxq6t9y";
const SLUG: &str = "the-last-ferry-to-halden";
const TITLE: &str = "The last ferry to Halden";
const PATH: &str = "/city/ferries/the-last-ferry-to-halden";
const SUMMARY: &str = "After 112 years the crossing ends in December. Who will miss it?";
const WORLD: &str = "sec_38g7v8b2yktrg";
const EUROPE: &str = "sec_38g7v57j28ge8";
const COMMENT: &str = "cmt_38g7v8x4q5191";
const NOTICE: &str = "This article has been removed by order of a court.";
const CURSOR: &str = "AX8mGq3rBvYc0Jt5nKpLw2s";

/// The example for a schema, by the schema's name.
#[must_use]
pub fn of(schema: &str) -> Option<Value> {
    if let Some(item) = schema.strip_prefix("Page_") {
        return page(item);
    }
    public::of(schema)
        .or_else(|| managed::of(schema))
        .or_else(|| moderation::of(schema))
        .or_else(|| bulk::of(schema))
        .or_else(|| revisions::of(schema))
        .or_else(|| accounts::of(schema))
        .or_else(|| people::of(schema))
        .or_else(|| keys::of(schema))
        .or_else(|| settings::of(schema))
        .or_else(|| rules::of(schema))
        .or_else(|| votes::of(schema))
        .or_else(|| search::of(schema))
}

/// The example for the answer to a new article: the draft it starts as.
#[must_use]
pub fn draft() -> Value {
    value(managed::draft())
}

/// The example for a comment by itself, without its replies.
#[must_use]
pub fn flat_comment() -> Value {
    value(public::root_comment())
}

/// The example for a list of the newest comments, roots and replies alike.
#[must_use]
pub fn newest_comments() -> Value {
    let items = vec![public::reply(), public::root_comment()];
    value(Page::new(items, Some(CURSOR.to_owned())))
}

/// The example for the replies to a comment.
#[must_use]
pub fn replies() -> Value {
    value(Page::whole(vec![public::reply()]))
}

/// The example for the answer to a guest's own new comment.
#[must_use]
pub fn posted(schema: &str, held: bool) -> Option<Value> {
    match schema {
        "OwnComment" => Some(value(public::posted_comment(held))),
        other => of(other),
    }
}

/// The example for a problem.
#[must_use]
pub fn problem(code: Code) -> Value {
    let (detail, errors) = circumstances(code);
    let mut problem = Problem::new(code, detail, "req_5f0c2d7be1a94c36");
    problem.errors = errors;
    match code {
        Code::PreconditionFailed => {
            problem.current_version = Some(4);
            problem.conflicts = Some(vec!["title".to_owned()]);
        }
        Code::SlugTaken => {
            problem.conflicting_id = Some(ARTICLE.to_owned());
            problem.suggestion = Some(format!("{SLUG}-2"));
        }
        Code::Gone => problem.notice = Some(NOTICE.to_owned()),
        _ => {}
    }
    value(problem)
}

/// What happened, for the problems whose example should name a place; the others say what their
/// documentation says.
fn circumstances(code: Code) -> (String, Vec<ProblemError>) {
    let error = match code {
        Code::InvalidParameter => ProblemError::at_parameter(
            "limit",
            "out_of_range",
            "`limit` is a whole number from 1 to 100.",
        ),
        Code::UnknownParameter => ProblemError {
            suggestion: Some("published_after".to_owned()),
            ..ProblemError::at_parameter(
                "publised_after",
                "unknown_parameter",
                "There is no parameter `publised_after`.",
            )
        },
        Code::RepeatedParameter => {
            ProblemError::at_parameter("tag", "repeated_parameter", "`tag` is given twice.")
        }
        Code::BadCursor => ProblemError::at_parameter(
            "cursor",
            "bad_cursor",
            "The cursor belongs to another query.",
        ),
        Code::InvalidHeader => ProblemError::at_header(
            "If-Match",
            "bad_format",
            "`If-Match` is a version in double quotes, such as `\"3\"`.",
        ),
        Code::ValidationFailed => {
            ProblemError::at_pointer("/title", "required", "A title has 1 to 300 characters.")
        }
        Code::UnknownField => ProblemError {
            suggestion: Some("summary".to_owned()),
            ..ProblemError::at_pointer("/sumary", "unknown_field", "There is no field `sumary`.")
        },
        Code::PreconditionRequired => ProblemError::at_header(
            "If-Match",
            "required",
            "Send the `ETag` of the version you changed.",
        ),
        _ => return (code.documentation().to_owned(), Vec::new()),
    };
    (error.detail.clone(), vec![error])
}

fn page(item: &str) -> Option<Value> {
    let whole = matches!(
        item,
        "ManagedCorrection"
            | "PreviewLink"
            | "SectionNode"
            | "ManagedSection"
            | "CommentCount"
            | "Session"
            | "Suggestion"
    );
    let cursor = (!whole).then(|| CURSOR.to_owned());
    of(item).map(|item| value(Page::new(vec![item], cursor)))
}

/// Wire types are plain data with text keys: writing one cannot fail.
fn value(wire: impl Serialize) -> Value {
    serde_json::to_value(wire).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_an_example_of_its_own_code() {
        for code in Code::ALL {
            let example = problem(*code);
            assert_eq!(example["code"], code.as_str());
            assert!(!example["detail"].as_str().unwrap().is_empty());
        }
    }

    #[test]
    fn an_unknown_schema_has_none() {
        assert_eq!(of("Nothing"), None);
        assert_eq!(of("Page_Nothing"), None);
    }
}

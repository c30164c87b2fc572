//! The comments of an item: which are taken, and what each answers.

use std::collections::{HashMap, HashSet};

use domain::Timestamp;
use domain::comment::{self, AUTHOR_NAME_MAX, CommentStatus};
use domain::text::{RenderedComment, render_comment_html};

use super::markup::escape;
use super::model::{Comment, Item};
use super::paragraphs::paragraphs;
use super::sources::bounded;
use crate::import::report::Report;
use crate::import::words;

/// The largest comment taken, in bytes. Blogs knew no limit of ours, so this one is generous.
const COMMENT_MAX_BYTES: usize = 64 * 1024;

/// A comment that is to be. A parent stands before its children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedComment {
    pub(super) line: u64,
    pub(super) source: String,
    pub(super) parent: Option<String>,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) body: String,
    /// The body as it is served: made here, because no other write goes on beside a transaction.
    pub(super) rendered: RenderedComment,
    pub(super) status: CommentStatus,
    pub(super) at: Option<Timestamp>,
    /// How many of the same second stand before it in the file. Blogs count in seconds; this
    /// many milliseconds in its id keep the order.
    pub(super) nth: i64,
}

/// The comments of an item that are taken, a parent before its children.
pub(super) fn comments(item: &Item, article: &str, report: &mut Report) -> Vec<PlannedComment> {
    let by_id: HashMap<&str, &Comment> = item
        .comments
        .iter()
        .map(|comment| (comment.id.as_str(), comment))
        .collect();
    let mut kept = Vec::new();
    for comment in &item.comments {
        match left_out(comment) {
            Some(why) => report.leave_out(&why, comment.line),
            None => kept.push(comment),
        }
    }
    let kept_ids: HashSet<&str> = kept.iter().map(|comment| comment.id.as_str()).collect();
    let mut planned: Vec<PlannedComment> = kept
        .into_iter()
        .map(|comment| {
            let parent = parent(comment, &by_id, &kept_ids, report);
            planned_comment(comment, parent, article)
        })
        .collect();
    let mut same: HashMap<Option<Timestamp>, i64> = HashMap::new();
    for comment in &mut planned {
        let before = same.entry(comment.at).or_default();
        comment.nth = (*before).min(999);
        *before = before.saturating_add(1);
    }
    parents_first(&mut planned);
    planned
}

fn left_out(comment: &Comment) -> Option<String> {
    match comment.kind.as_str() {
        "" | "comment" => {}
        "pingback" | "trackback" => return Some("ping (pingback or trackback)".to_owned()),
        other => return Some(format!("comment of type {}", words::line(other, 60).0)),
    }
    if matches!(comment.approved.as_str(), "trash" | "post-trashed") {
        return Some("comment in the trash".to_owned());
    }
    if comment.oversized || comment.content.len() > COMMENT_MAX_BYTES {
        return Some("comment larger than 64 KiB".to_owned());
    }
    comment
        .content
        .trim()
        .is_empty()
        .then(|| "comment without text".to_owned())
}

/// The nearest comment above that is taken. A reply to one that is not would hang in the air.
fn parent(
    comment: &Comment,
    by_id: &HashMap<&str, &Comment>,
    kept: &HashSet<&str>,
    report: &mut Report,
) -> Option<String> {
    let mut above = comment.parent.as_str();
    let mut steps = 0_usize;
    while !matches!(above, "" | "0") {
        if kept.contains(above) && above != comment.id {
            if above != comment.parent {
                report.note(
                    comment.line,
                    "the comment it answers is left out; it now answers the one above".into(),
                );
            }
            return Some(above.to_owned());
        }
        steps = steps.saturating_add(1);
        above = match by_id.get(above) {
            Some(next) if steps <= by_id.len() => next.parent.as_str(),
            _ => break,
        };
    }
    if !matches!(comment.parent.as_str(), "" | "0") {
        report.note(
            comment.line,
            "the comment it answers is left out or not in the file; it now begins a thread".into(),
        );
    }
    None
}

fn planned_comment(comment: &Comment, parent: Option<String>, article: &str) -> PlannedComment {
    let (name, _) = words::line(&comment.author, AUTHOR_NAME_MAX);
    let source = |id: &str| bounded(format!("{article}#comment-{id}"));
    let id = if comment.id.is_empty() {
        let unique = format!("{}\n{}\n{}", comment.author, comment.date, comment.content);
        blake3::hash(unique.as_bytes()).to_hex().to_string()
    } else {
        comment.id.clone()
    };
    let body = paragraphs(&words::without_controls(&comment.content));
    PlannedComment {
        line: comment.line,
        source: source(&id),
        parent: parent.map(|parent| source(&parent)),
        name: comment::parse_author_name(&name).unwrap_or_else(|_| "Anonymous".to_owned()),
        email: comment::parse_author_email(&comment.author_email).ok(),
        rendered: rendered(&body),
        body,
        status: match comment.approved.as_str() {
            "1" | "approve" | "approved" => CommentStatus::Published,
            "spam" => CommentStatus::Spam,
            _ => CommentStatus::Held,
        },
        nth: 0,
        at: words::time(&comment.date_gmt).or_else(|| words::time(&comment.date)),
    }
}

fn rendered(body: &str) -> RenderedComment {
    match render_comment_html(body) {
        // A picture, say: what was written is shown as it was typed.
        empty if empty.html.is_empty() => render_comment_html(&escape(body)),
        rendered => rendered,
    }
}

/// Brings every parent before its children and otherwise keeps the order. Comments that answer
/// each other in a ring begin a thread where the ring is entered.
fn parents_first(comments: &mut Vec<PlannedComment>) {
    let mut waiting = std::mem::take(comments);
    let mut placed: HashSet<String> = HashSet::new();
    let mut children: HashMap<String, Vec<PlannedComment>> = HashMap::new();
    let known: HashSet<String> = waiting
        .iter()
        .map(|comment| comment.source.clone())
        .collect();
    let mut roots = Vec::new();
    for comment in waiting.drain(..) {
        match comment
            .parent
            .clone()
            .filter(|parent| known.contains(parent))
        {
            Some(parent) => children.entry(parent).or_default().push(comment),
            None => roots.push(comment),
        }
    }
    loop {
        roots.reverse();
        while let Some(comment) = roots.pop() {
            if !placed.insert(comment.source.clone()) {
                continue;
            }
            let answers = children.remove(&comment.source).unwrap_or_default();
            roots.extend(answers.into_iter().rev());
            comments.push(comment);
        }
        let Some(ring) = children.keys().min().cloned() else {
            return;
        };
        for mut comment in children.remove(&ring).unwrap_or_default() {
            comment.parent = comment.parent.filter(|parent| placed.contains(parent));
            roots.push(comment);
        }
    }
}

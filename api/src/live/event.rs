//! What happened to comments, as the events that clients are sent.

use std::collections::{HashMap, HashSet};

use actix_web::web::Bytes;
use domain::{
    Timestamp,
    comment::CommentStatus,
    id::{ArticleId, CommentId},
};
use openapi::problem::Code;
use openapi::stream::{CommentRemoved, CommentSettled, CommentVoted};
use serde::Serialize;
use storage::comments::{self, Became, Comment, CommentChange, Position};
use storage::{Conn, Error};

use crate::{cursor, error::ApiError, secret::Secret, v1::wire};

/// What is listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Topic {
    /// The comments of an article, as readers see them.
    Article(ArticleId),
    /// What waits for moderators.
    Desk,
}

impl Topic {
    /// What the ids of its events are bound to.
    fn bound_to(self) -> String {
        match self {
            Self::Article(article) => format!("stream {article}"),
            Self::Desk => "stream desk".to_owned(),
        }
    }

    /// The id of an event: where to go on after it.
    pub(crate) fn id_of(self, secret: &Secret, position: Position) -> Result<String, ApiError> {
        cursor::encode(secret, &self.bound_to(), &(position.xid, position.seq))
    }

    /// The place that an id of an event names.
    pub(crate) fn position_of(self, secret: &Secret, id: &str) -> Result<Position, ApiError> {
        let (xid, seq) = cursor::decode(secret, &self.bound_to(), id).map_err(|_| {
            const NAME: &str = "Last-Event-ID";
            let detail = "Last-Event-ID is the id of an event of this very stream.";
            let code = Code::InvalidHeader;
            ApiError::new(code, detail).header(NAME, code.as_str(), detail)
        })?;
        Ok(Position { xid, seq })
    }
}

/// One event, as it is sent to everybody who listens to its topic.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// The entry of the log that it tells of.
    pub(crate) position: Position,
    /// In the form of the HTML standard, §9.2.
    pub(crate) text: Bytes,
}

impl Event {
    pub(crate) fn new(
        secret: &Secret,
        topic: Topic,
        position: Position,
        name: &str,
        data: &impl Serialize,
    ) -> Result<Self, ApiError> {
        let id = topic.id_of(secret, position)?;
        // JSON has no line break outside its strings, and escapes those inside.
        let data = serde_json::to_string(data).map_err(ApiError::internal)?;
        let text = format!("id: {id}\nevent: {name}\ndata: {data}\n\n");
        Ok(Self {
            position,
            text: Bytes::from(text),
        })
    }
}

/// The events of these changes, which are consecutive ones of the topic, in their order. Each tells
/// how the comment stands now. Of several changes after each other that only say the same thing
/// again, such as votes, the last is told.
pub(crate) fn events(
    conn: &mut Conn<'_>,
    secret: &Secret,
    topic: Topic,
    changes: &[CommentChange],
    now: Timestamp,
) -> Result<Vec<Event>, Error> {
    let told = match topic {
        Topic::Article(_) => for_readers(conn, secret, topic, changes, now),
        Topic::Desk => for_moderators(conn, secret, topic, changes),
    };
    told.map_err(|failure| match failure {
        Failure::Storage(error) => error,
        Failure::Writing(error) => Error::Internal(format!("an event: {error:?}")),
    })
}

enum Failure {
    Storage(Error),
    Writing(ApiError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Storage(error)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Writing(error)
    }
}

/// What a change means to whoever reads the comments of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    New,
    Edited,
    Votes,
    Removed,
}

impl Meaning {
    fn of(change: &CommentChange) -> Option<Self> {
        let published = |status| status == CommentStatus::Published;
        match change.became {
            Some(Became { from, to }) => match (from.is_some_and(published), published(to)) {
                (false, true) => Some(Self::New),
                (true, false) => Some(Self::Removed),
                (true, true) | (false, false) => None,
            },
            None => match change.kind.as_str() {
                "voted" => Some(Self::Votes),
                "noted" | "reported" => None,
                _ => Some(Self::Edited),
            },
        }
    }

    /// Whether an event of this kind says all that this one says of the same comment.
    fn covers(self, earlier: Self) -> bool {
        match earlier {
            Self::Votes => self != Self::Removed,
            Self::Edited => self == Self::Edited,
            Self::New | Self::Removed => false,
        }
    }
}

/// The changes that mean something, each with what it means, but for those that a later one says
/// better.
fn meanings(changes: &[CommentChange]) -> Vec<(&CommentChange, Meaning)> {
    let mut later: HashMap<CommentId, Meaning> = HashMap::new();
    let mut told = Vec::new();
    for change in changes.iter().rev() {
        let Some(meaning) = Meaning::of(change) else {
            continue;
        };
        let covered = later.get(&change.comment);
        if covered.is_some_and(|later| later.covers(meaning)) {
            continue;
        }
        later.insert(change.comment, meaning);
        told.push((change, meaning));
    }
    told.reverse();
    told
}

fn for_readers(
    conn: &mut Conn<'_>,
    secret: &Secret,
    topic: Topic,
    changes: &[CommentChange],
    now: Timestamp,
) -> Result<Vec<Event>, Failure> {
    let told = meanings(changes);
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let ids = distinct(told.iter().map(|(change, _)| change.comment));
    let shown: HashMap<CommentId, Comment> = comments::shown(conn, &ids, now)?
        .into_iter()
        .map(|comment| (comment.id, comment))
        .collect();
    let mut events = Vec::new();
    for (change, meaning) in told {
        let shown = shown.get(&change.comment);
        // What is gone again since is not told: that it went comes later in the log.
        let published = shown.filter(|comment| comment.status == CommentStatus::Published);
        let event =
            |name: &str, data: Data| Event::new(secret, topic, change.position, name, &data);
        let event = match (meaning, published) {
            (Meaning::New, Some(comment)) => event("new", Data::comment(comment)),
            (Meaning::Edited, Some(comment)) => event("edited", Data::comment(comment)),
            (Meaning::Votes, Some(comment)) => event("votes", Data::votes(comment)),
            (Meaning::Removed, _) => event("removed", Data::removed(change, shown)),
            (Meaning::New | Meaning::Edited | Meaning::Votes, None) => continue,
        };
        events.push(event?);
    }
    Ok(events)
}

/// What an event for readers carries.
#[derive(Serialize)]
#[serde(untagged)]
enum Data {
    Comment(Box<openapi::comment::Comment>),
    Votes(CommentVoted),
    Removed(CommentRemoved),
}

impl Data {
    fn comment(comment: &Comment) -> Self {
        Self::Comment(Box::new(wire::comment::comment(comment.clone())))
    }

    fn votes(comment: &Comment) -> Self {
        Self::Votes(CommentVoted {
            id: comment.id.to_string(),
            article_id: comment.article_id.to_string(),
            votes: wire::comment::votes(domain::comment::Votes {
                up: comment.up,
                down: comment.down,
            }),
        })
    }

    fn removed(change: &CommentChange, shown: Option<&Comment>) -> Self {
        Self::Removed(CommentRemoved {
            id: change.comment.to_string(),
            article_id: change.article.to_string(),
            answered: shown.is_some_and(|comment| comment.reply_count > 0),
        })
    }
}

/// Where each comment stands on the desk now, told at the last of its changes. Votes mean nothing
/// there, and neither does what moderators never had to do with.
fn for_moderators(
    conn: &mut Conn<'_>,
    secret: &Secret,
    topic: Topic,
    changes: &[CommentChange],
) -> Result<Vec<Event>, Failure> {
    let mut met = HashSet::new();
    let mut last: Vec<&CommentChange> = changes
        .iter()
        .rev()
        .filter(|change| change.kind != "voted" && met.insert(change.comment))
        .collect();
    last.reverse();
    if last.is_empty() {
        return Ok(Vec::new());
    }
    let ids = distinct(last.iter().map(|change| change.comment));
    let mut known: HashMap<CommentId, comments::OwnComment> = comments::wholes(conn, &ids)?
        .into_iter()
        .map(|own| (own.comment.id, own))
        .collect();
    let mut events = Vec::new();
    for change in last {
        let Some(own) = known.remove(&change.comment) else {
            continue;
        };
        let Some(case) = &own.case else { continue };
        let event = if case.desk.is_some() {
            let comment = wire::managed_comment::comment(own);
            Event::new(secret, topic, change.position, "waiting", &comment)
        } else {
            let settled = CommentSettled {
                id: change.comment.to_string(),
                article_id: change.article.to_string(),
            };
            Event::new(secret, topic, change.position, "settled", &settled)
        };
        events.push(event?);
    }
    Ok(events)
}

fn distinct(ids: impl Iterator<Item = CommentId>) -> Vec<CommentId> {
    let ids: HashSet<CommentId> = ids.collect();
    ids.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(seq: i64, comment: i64, kind: &str, became: Option<Became>) -> CommentChange {
        CommentChange {
            position: Position { xid: 0, seq },
            kind: kind.to_owned(),
            comment: CommentId::from_raw(comment),
            article: ArticleId::from_raw(1),
            became,
        }
    }

    fn became(from: Option<CommentStatus>, to: CommentStatus) -> Became {
        Became { from, to }
    }

    fn told(changes: &[CommentChange]) -> Vec<(i64, Meaning)> {
        let told = meanings(changes).into_iter();
        told.map(|(change, meaning)| (change.position.seq, meaning))
            .collect()
    }

    #[test]
    fn what_was_never_published_is_told_to_nobody() {
        use CommentStatus::{Held, Published, Rejected, Spam};
        let kinds = [
            change(1, 1, "held", Some(became(None, Held))),
            change(2, 1, "edited", None),
            change(3, 1, "rejected", Some(became(Some(Held), Rejected))),
            change(4, 2, "created", Some(became(None, Published))),
            change(5, 2, "marked_spam", Some(became(Some(Published), Spam))),
            change(6, 2, "noted", None),
            change(7, 2, "approved", Some(became(Some(Spam), Published))),
            change(8, 2, "approved", Some(became(Some(Published), Published))),
        ];
        // An edit of what waits means something only while the comment is shown, which is asked later.
        let expected = [
            (2, Meaning::Edited),
            (4, Meaning::New),
            (5, Meaning::Removed),
            (7, Meaning::New),
        ];
        assert_eq!(told(&kinds), expected);
    }

    #[test]
    fn votes_are_told_once_and_nothing_else_is_left_out() {
        let published = Some(became(None, CommentStatus::Published));
        let kinds = [
            change(1, 1, "voted", None),
            change(2, 2, "created", published),
            change(3, 1, "voted", None),
            change(4, 1, "edited", None),
            change(5, 1, "edited", None),
            change(6, 1, "voted", None),
            change(7, 2, "voted", None),
            change(8, 1, "voted", None),
        ];
        let expected = [
            (2, Meaning::New),
            (5, Meaning::Edited),
            (7, Meaning::Votes),
            (8, Meaning::Votes),
        ];
        assert_eq!(told(&kinds), expected);
    }
}

//! A comment is posted.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use domain::comment::{
    AuthorKind, CommentSetting, CommentStatus, Finding, Keys, Level, Levels, ParentView, Placement,
    Votes,
};
use domain::id::{ArticleId, CommentId, SectionId, UserId};
use domain::time::Timestamp;

use super::case::{Case, desk_of, put_case};
use super::status::{Became, record_status};
use super::{Comment, below};
use crate::published::Key;
use crate::schema::comments;
use crate::statement::Statement;
use crate::{Conn, Error, Tx, notifications, search, stats, stored};

/// A comment to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComment {
    /// Its id.
    pub id: CommentId,
    /// The comment it answers; none for a root.
    pub parent: Option<CommentId>,
    /// What its author is.
    pub author_kind: AuthorKind,
    /// The name it is signed with.
    pub author_name: String,
    /// The account it is of; none for a guest's.
    pub user: Option<UserId>,
    /// Never shown.
    pub author_email: Option<String>,
    /// As written.
    pub body_source: String,
    /// Sanitised HTML.
    pub body_html: String,
    /// Plain text.
    pub body_text: String,
    /// What was decided about it before anybody sees it.
    pub status: CommentStatus,
    /// Why it is not published, if it is not.
    pub finding: Option<Finding>,
    /// How many levels its thread may have.
    pub levels: Levels,
}

/// Why a comment was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// There is no such comment to answer.
    ParentNotFound,
    /// The comment to answer stands under another article.
    ParentElsewhere,
    /// The comment to answer is not published (any more).
    ParentNotPublished,
}

/// An article that is public now, and what is to be answered there: all that must be known before a
/// comment is judged and stored.
#[derive(Debug, Clone)]
pub struct Place {
    /// The article.
    pub article: ArticleId,
    /// Its section.
    pub section: SectionId,
    /// What the article itself says about comments.
    pub level: Level,
    /// Its publication: the days after which comments close are counted from here.
    pub published_at: Timestamp,
    parent: Option<Result<ParentView, Refusal>>,
    /// Who wrote what is answered, if that is somebody with an account.
    answers: Option<UserId>,
}

/// Where a comment is to be posted; none if there is no such article, or it is not public now. It
/// is looked up in the transaction, so that nothing is posted to what has just been closed or taken
/// back. One statement.
pub fn place_for(
    tx: &mut Tx<'_>,
    article: &Key,
    parent: Option<CommentId>,
) -> Result<Option<Place>, Error> {
    let now = tx.now();
    let Some(row) = place_of(tx, article, parent, now)? else {
        return Ok(None);
    };
    Ok(Some(Place {
        article: ArticleId::from_raw(row.article_id),
        section: SectionId::from_raw(row.section_id),
        level: Level {
            comments: stored::parse(&row.comments, CommentSetting::parse)?,
            options: stored::options_from_json(row.comment_options.as_deref())?,
        },
        published_at: Timestamp::from_millis(row.published_at),
        parent: parent.map(|parent| row.parent(parent)).transpose()?,
        answers: row.user_id.map(UserId::from_raw),
    }))
}

/// Stores a comment in its place, unless what it answers is not there to be answered; then nothing
/// is written.
pub fn insert(
    tx: &mut Tx<'_>,
    place: &Place,
    comment: &NewComment,
) -> Result<Result<Comment, Refusal>, Error> {
    let article = place.article;
    let placement = match place.parent {
        None => Placement::root(comment.id),
        Some(Ok(parent)) => domain::comment::place(&parent, comment.levels),
        Some(Err(refusal)) => return Ok(Err(refusal)),
    };
    let visible = comment.status == CommentStatus::Published;
    if let Some(parent) = placement.parent_id.filter(|_| visible)
        && !answered(tx, parent, placement.in_reply_to_id.is_some())?
    {
        return Ok(Err(Refusal::ParentNotPublished));
    }
    let shape = Shape {
        article,
        placement,
        visible,
        ordinal: stats::take_ordinals(tx, article, 1, i64::from(visible))?,
        created_at: tx.now(),
    };
    write(tx, comment, &shape, None)?;
    if visible && place.answers.is_some() && place.answers != comment.user {
        notifications::answered(tx, comment.id)?;
    }
    record_new(tx, article, comment)?;
    Ok(Ok(stored_comment(comment, &shape)))
}

/// Writes that a comment is there to the change log.
pub(super) fn record_new(
    tx: &mut Tx<'_>,
    article: ArticleId,
    comment: &NewComment,
) -> Result<(), Error> {
    let happened = match comment.status {
        CommentStatus::Published => "created",
        _ => "held",
    };
    let became = Became {
        from: None,
        to: comment.status,
    };
    record_status(tx, happened, article, comment.id, became)
}

/// The article if it is public, and the comment to answer if there is one.
#[derive(Queryable)]
struct PlaceRow {
    article_id: i64,
    section_id: i64,
    comments: String,
    comment_options: Option<String>,
    published_at: i64,
    parent_article_id: Option<i64>,
    root_id: Option<i64>,
    parent_id: Option<i64>,
    depth: Option<i32>,
    status: Option<String>,
    user_id: Option<i64>,
}

impl PlaceRow {
    fn parent(&self, id: CommentId) -> Result<Result<ParentView, Refusal>, Error> {
        let (Some(article_id), Some(root_id), Some(depth), Some(status)) = (
            self.parent_article_id,
            self.root_id,
            self.depth,
            &self.status,
        ) else {
            return Ok(Err(Refusal::ParentNotFound));
        };
        if article_id != self.article_id {
            return Ok(Err(Refusal::ParentElsewhere));
        }
        if stored::parse(status, CommentStatus::parse)? != CommentStatus::Published {
            return Ok(Err(Refusal::ParentNotPublished));
        }
        Ok(Ok(ParentView {
            id,
            root_id: CommentId::from_raw(root_id),
            parent_id: self.parent_id.map(CommentId::from_raw),
            depth,
        }))
    }
}

type PlaceSql = (
    BigInt,
    BigInt,
    Text,
    Nullable<Text>,
    BigInt,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<Integer>,
    Nullable<Text>,
    Nullable<BigInt>,
);

fn place_of(
    conn: &mut Conn<'_>,
    article: &Key,
    parent: Option<CommentId>,
    now: Timestamp,
) -> Result<Option<PlaceRow>, Error> {
    let select = Statement::<PlaceSql>::new(
        "SELECT p.id, p.section_id, p.comments, p.comment_options, p.published_at, \
         c.article_id, c.root_id, c.parent_id, c.depth, c.status, c.user_id FROM ",
    );
    let row = article
        .joined(select)
        .sql(" LEFT JOIN comments c ON c.id = ")
        .number(parent.map_or(0, CommentId::raw));
    let row = article
        .asked(row, now)
        .get_result::<PlaceRow>(conn.0)
        .optional()?;
    Ok(row)
}

/// Where a comment stands, and since when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) article: ArticleId,
    pub(super) placement: Placement,
    pub(super) visible: bool,
    /// Its number among the comments of its article.
    pub(super) ordinal: i64,
    pub(super) created_at: Timestamp,
}

pub(super) fn write(
    tx: &mut Tx<'_>,
    comment: &NewComment,
    shape: &Shape,
    source: Option<&str>,
) -> Result<(), Error> {
    let Shape {
        article, placement, ..
    } = *shape;
    let keys = Keys::of(Votes::default(), shape.created_at, shape.ordinal);
    diesel::insert_into(comments::table)
        .values((
            comments::id.eq(comment.id.raw()),
            comments::article_id.eq(article.raw()),
            comments::below.eq(below(article, placement.parent_id)),
            comments::ordinal.eq(shape.ordinal),
            comments::best.eq(keys.best),
            comments::controversial.eq(keys.controversial),
            comments::hot.eq(keys.hot),
            comments::parent_id.eq(placement.parent_id.map(CommentId::raw)),
            comments::root_id.eq(placement.root_id.raw()),
            comments::in_reply_to_id.eq(placement.in_reply_to_id.map(CommentId::raw)),
            comments::depth.eq(placement.depth),
            comments::author_kind.eq(comment.author_kind.as_str()),
            comments::author_name.eq(&comment.author_name),
            comments::author_email.eq(comment.author_email.as_deref()),
            comments::body_source.eq(&comment.body_source),
            comments::body_html.eq(&comment.body_html),
            comments::body_text.eq(&comment.body_text),
            comments::status.eq(comment.status.as_str()),
            comments::visible.eq(shape.visible),
            comments::up.eq(0_i64),
            comments::down.eq(0_i64),
            comments::reply_count.eq(0_i64),
            comments::pinned.eq(false),
            comments::source.eq(source),
            comments::created_at.eq(shape.created_at.as_millis()),
            comments::user_id.eq(comment.user.map(UserId::raw)),
        ))
        .execute(tx.0)?;
    search::queue(tx, comment.id)?;
    let Some(finding) = &comment.finding else {
        return Ok(());
    };
    let case = Case {
        desk: desk_of(comment.status),
        finding: Some(finding.clone()),
        ..Case::new(shape.created_at)
    };
    put_case(tx, comment.id, &case)
}

/// Counts the reply in the comment that it is listed under, unless that was hidden since it was
/// looked up, or, where it is what is answered, is not published any more.
fn answered(tx: &mut Tx<'_>, parent: CommentId, beside: bool) -> Result<bool, Error> {
    // Diesel prepares its own updates anew each time.
    let counted =
        Statement::<()>::new("UPDATE comments SET reply_count = reply_count + 1 WHERE id = ")
            .number(parent.raw())
            .sql(if beside {
                " AND visible = TRUE"
            } else {
                " AND status = 'published'"
            })
            .execute(tx.0)?;
    Ok(counted == 1)
}

/// The comment as a read would give it, without reading it.
fn stored_comment(comment: &NewComment, shape: &Shape) -> Comment {
    let placement = shape.placement;
    Comment {
        id: comment.id,
        article_id: shape.article,
        parent_id: placement.parent_id,
        root_id: placement.root_id,
        in_reply_to_id: placement.in_reply_to_id,
        depth: placement.depth,
        author_kind: comment.author_kind,
        author_name: comment.author_name.clone(),
        user: comment.user,
        body_html: comment.body_html.clone(),
        body_text: comment.body_text.clone(),
        status: comment.status,
        up: 0,
        down: 0,
        reply_count: 0,
        pinned: false,
        featured: false,
        created_at: shape.created_at,
        edited_at: None,
        position: comment.id.raw(),
    }
}

//! The columns of a comment and how they become one.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use domain::comment::{AuthorKind, CommentStatus};
use domain::id::{ArticleId, CommentId, UserId};
use domain::time::Timestamp;

use super::Comment;
use crate::Error;
use crate::statement::Statement;
use crate::stored;

/// The columns of [`CommentRow`], from `comments c`, but the last.
const COMMENT: &str = "c.id, c.article_id, c.parent_id, c.root_id, c.in_reply_to_id, \
     c.depth, c.author_kind, c.author_name, c.body_html, c.body_text, c.status, c.up, c.down, \
     c.reply_count, c.pinned, c.featured, c.created_at, c.edited_at, c.user_id";

/// Goes on with the columns of [`CommentRow`]; `position` is the one that the list goes by.
pub(super) fn columns<Row>(sql: Statement<Row>, position: &'static str) -> Statement<Row> {
    sql.sql(COMMENT).sql(", ").sql(position)
}

/// A comment, why its member is told of it, and since when.
pub(crate) type NotifiedRow = (CommentRow, String, i64);

/// Begins with the columns of a [`NotifiedRow`], from `notifications n` and `comments c`.
pub(crate) fn notified_columns() -> Statement<(CommentSql, Text, BigInt)> {
    columns(Statement::new("SELECT "), "c.id").sql(", n.kind, n.notified_at")
}

/// The SQL types of [`CommentRow`].
pub(crate) type CommentSql = (
    BigInt,
    BigInt,
    Nullable<BigInt>,
    BigInt,
    Nullable<BigInt>,
    Integer,
    Text,
    Text,
    Text,
    Text,
    Text,
    BigInt,
    BigInt,
    BigInt,
    Bool,
    Bool,
    BigInt,
    Nullable<BigInt>,
    Nullable<BigInt>,
    BigInt,
);

#[derive(Queryable)]
pub(crate) struct CommentRow {
    id: i64,
    article_id: i64,
    parent_id: Option<i64>,
    root_id: i64,
    in_reply_to_id: Option<i64>,
    depth: i32,
    author_kind: String,
    author_name: String,
    body_html: String,
    body_text: String,
    status: String,
    up: i64,
    down: i64,
    reply_count: i64,
    pinned: bool,
    featured: bool,
    created_at: i64,
    edited_at: Option<i64>,
    user_id: Option<i64>,
    position: i64,
}

impl CommentRow {
    pub(super) const fn id(&self) -> i64 {
        self.id
    }
}

impl TryFrom<CommentRow> for Comment {
    type Error = Error;

    fn try_from(row: CommentRow) -> Result<Self, Error> {
        Ok(Self {
            id: CommentId::from_raw(row.id),
            article_id: ArticleId::from_raw(row.article_id),
            parent_id: row.parent_id.map(CommentId::from_raw),
            root_id: CommentId::from_raw(row.root_id),
            in_reply_to_id: row.in_reply_to_id.map(CommentId::from_raw),
            depth: row.depth,
            author_kind: stored::parse(&row.author_kind, AuthorKind::parse)?,
            author_name: row.author_name,
            user: row.user_id.map(UserId::from_raw),
            body_html: row.body_html,
            body_text: row.body_text,
            status: stored::parse(&row.status, CommentStatus::parse)?,
            up: row.up,
            down: row.down,
            reply_count: row.reply_count,
            pinned: row.pinned,
            featured: row.featured,
            created_at: Timestamp::from_millis(row.created_at),
            edited_at: stored::time(row.edited_at),
            position: row.position,
        })
    }
}

pub(super) fn comments(rows: Vec<CommentRow>) -> Result<Vec<Comment>, Error> {
    rows.into_iter().map(Comment::try_from).collect()
}

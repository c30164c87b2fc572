//! A page of an article's comments: roots, each with its first replies.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::id::{ArticleId, CommentId};
use domain::page::Limit;

use super::read::from;
use super::row::{CommentRow, CommentSql, columns, comments};
use super::{Comment, Sort, below};
use crate::dialect::threads;
use crate::page::Page;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error};

/// A root comment and the beginning of what was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Root {
    /// The root.
    pub comment: Comment,
    /// Its first direct replies, oldest first.
    pub replies: Vec<Comment>,
    /// True when more direct replies follow.
    pub more_replies: bool,
}

/// Which part of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadQuery {
    /// The article; the caller has made sure that it is public.
    pub article: ArticleId,
    /// The order of the roots; replies are always oldest first.
    pub sort: Sort,
    /// The [`Comment::position`] of the last root of the page before.
    pub after: Option<i64>,
    /// Roots per page.
    pub limit: Limit,
    /// Replies per root, 0 to 10; more counts as 10.
    pub replies: u8,
}

/// The most replies a root is shown with.
const MAX_REPLIES: u8 = 10;

/// One page of roots with their first replies. One statement, however many there are.
pub fn thread(conn: &mut Conn<'_>, query: &ThreadQuery) -> Result<Page<Root>, Error> {
    let replies = query.replies.min(MAX_REPLIES);
    let first_replies = threads::first_replies(conn.0, replies);
    let page =
        Statement::<CommentSql>::new("WITH page AS MATERIALIZED (SELECT c.* FROM comments c")
            .sql(" WHERE c.visible = TRUE AND c.below = ")
            .number(below(query.article, None));
    let rows = from(page, query.sort, query.after)
        .sql(page_rows(query.limit))
        .sql(") SELECT ");
    let rows = columns(rows, query.sort.column()).sql(" FROM page c UNION ALL SELECT ");
    let rows = columns(rows, Sort::Oldest.column())
        .sql(first_replies)
        .load::<CommentRow>(conn.0)?;
    let roots = gather(comments(rows)?, query.sort, usize::from(replies));
    Ok(Page::cut(roots, query.limit))
}

/// Sorts what came, in no promised order, into roots and their replies.
fn gather(comments: Vec<Comment>, sort: Sort, limit: usize) -> Vec<Root> {
    let mut replies: HashMap<CommentId, Vec<Comment>> = HashMap::new();
    let mut roots = Vec::new();
    for comment in comments {
        match comment.parent_id {
            None => roots.push(comment),
            Some(parent) => replies.entry(parent).or_default().push(comment),
        }
    }
    roots.sort_unstable_by_key(|root| root.position);
    if sort != Sort::Oldest {
        roots.reverse();
    }
    let with_replies = |comment: Comment| {
        let mut replies = replies.remove(&comment.id).unwrap_or_default();
        replies.sort_unstable_by_key(|reply| reply.position);
        let more_replies = replies.len() > limit;
        replies.truncate(limit);
        Root {
            comment,
            replies,
            more_replies,
        }
    };
    roots.into_iter().map(with_replies).collect()
}

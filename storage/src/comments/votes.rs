//! Members' votes: one of each member on each comment, and their sum in the comment's own row.
//!
//! Whoever changes a vote holds the comment's row first. So nobody else changes another vote on it
//! until the transaction ends, and the sum is what the votes are.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};
use domain::comment::{Vote, Votes, is_own};
use domain::id::{ArticleId, CommentId, UserId};
use domain::page::Limit;
use domain::time::Timestamp;

use super::rank::{Ranked, rank};
use super::status::record;
use crate::dialect::locking;
use crate::page::Page;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error, Tx, stored};

/// How a member's vote on a comment stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voted {
    /// The member's vote; none when there is none.
    pub value: Option<Vote>,
    /// Everybody's.
    pub votes: Votes,
}

/// Why a vote was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VoteRefusal {
    /// There is no such comment, it is not published, or its article is not public now.
    NotFound,
    /// It is the member's own.
    Own,
}

/// One vote of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnVote {
    /// The comment that it is on.
    pub comment: CommentId,
    /// The article that the comment stands under.
    pub article: ArticleId,
    /// The vote.
    pub value: Vote,
    /// When it was given, or last changed.
    pub at: Timestamp,
}

/// Gives a member's vote on a published comment under a public article, changes it, or, with `None`,
/// takes it back. What is so already changes nothing, and nothing is logged. The caller holds the
/// member's account ([`crate::users::lock`]), so that it cannot be erased meanwhile.
pub fn vote(
    tx: &mut Tx<'_>,
    comment: CommentId,
    member: UserId,
    value: Option<Vote>,
) -> Result<Result<Voted, VoteRefusal>, Error> {
    let now = tx.now();
    let Some((author, mut ranked)) = lock(tx, public(comment, now))? else {
        return Ok(Err(VoteRefusal::NotFound));
    };
    if value.is_some() && is_own(author, member) {
        return Ok(Err(VoteRefusal::Own));
    }
    let before = of_member(tx, comment, member)?;
    if before != value {
        write(tx, &ranked, member, value)?;
        ranked.votes = ranked.votes.changed(before, value);
        rank(tx, &ranked)?;
        record(tx, "voted", ranked.article, comment)?;
    }
    Ok(Ok(Voted {
        value,
        votes: ranked.votes,
    }))
}

type RankedRow = (i64, i64, i64, i64, i64, i64, bool);
type RankedSql = (BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, Bool);

fn ranked((id, article, up, down, created_at, ordinal, pinned): RankedRow) -> Ranked {
    Ranked {
        id: CommentId::from_raw(id),
        article: ArticleId::from_raw(article),
        votes: Votes { up, down },
        created_at: Timestamp::from_millis(created_at),
        ordinal,
        pinned,
    }
}

type LockedSql = (Nullable<BigInt>, RankedSql);

fn by_id(comment: CommentId) -> Statement<LockedSql> {
    Statement::new(
        "SELECT c.user_id, c.id, c.article_id, c.up, c.down, c.created_at, c.ordinal, c.pinned \
         FROM comments c WHERE c.id = ",
    )
    .number(comment.raw())
}

/// The same, if everybody may read it now. Not by a join: only the comment's row is to be locked.
fn public(comment: CommentId, now: Timestamp) -> Statement<LockedSql> {
    by_id(comment)
        .sql(" AND c.status = 'published' AND c.visible = TRUE")
        .sql(" AND EXISTS (SELECT 1 FROM published_articles p WHERE p.id = c.article_id")
        .sql(" AND p.visible_from <= ")
        .number(now.as_millis())
        .sql(" AND (p.visible_until IS NULL OR p.visible_until > ")
        .number(now.as_millis())
        .sql("))")
}

/// The author and the votes of a comment, whose row is locked.
fn lock(
    tx: &mut Tx<'_>,
    select: Statement<LockedSql>,
) -> Result<Option<(Option<UserId>, Ranked)>, Error> {
    let rows: Vec<(Option<i64>, RankedRow)> = locking(tx.0, select).load(tx.0)?;
    Ok(rows
        .into_iter()
        .next()
        .map(|(author, row)| (author.map(UserId::from_raw), ranked(row))))
}

fn of_member(
    conn: &mut Conn<'_>,
    comment: CommentId,
    member: UserId,
) -> Result<Option<Vote>, Error> {
    let found: Option<i64> =
        Statement::<BigInt>::new("SELECT v.value FROM comment_votes v WHERE v.comment_id = ")
            .number(comment.raw())
            .sql(" AND v.user_id = ")
            .number(member.raw())
            .get_result(conn.0)
            .optional()?;
    found.map(parse).transpose()
}

fn parse(number: i64) -> Result<Vote, Error> {
    stored::checked(Vote::of(number))
}

fn write(
    tx: &mut Tx<'_>,
    ranked: &Ranked,
    member: UserId,
    value: Option<Vote>,
) -> Result<(), Error> {
    let Some(value) = value else {
        Statement::<()>::new("DELETE FROM comment_votes WHERE comment_id = ")
            .number(ranked.id.raw())
            .sql(" AND user_id = ")
            .number(member.raw())
            .execute(tx.0)?;
        return Ok(());
    };
    Statement::<()>::new(
        "INSERT INTO comment_votes (comment_id, user_id, article_id, value, created_at) VALUES (",
    )
    .number(ranked.id.raw())
    .sql(", ")
    .number(member.raw())
    .sql(", ")
    .number(ranked.article.raw())
    .sql(", ")
    .number(value.number())
    .sql(", ")
    .number(tx.now().as_millis())
    .sql(") ON CONFLICT (comment_id, user_id) DO UPDATE")
    .sql(" SET value = excluded.value, created_at = excluded.created_at")
    .execute(tx.0)?;
    Ok(())
}

type OwnSql = (BigInt, BigInt, BigInt, BigInt);
type OwnRow = (i64, i64, i64, i64);

const OWN: &str = "SELECT v.comment_id, v.article_id, v.value, v.created_at FROM comment_votes v WHERE v.user_id = ";

fn own(rows: Vec<OwnRow>) -> Result<Vec<OwnVote>, Error> {
    let own = |(comment, article, value, at): OwnRow| {
        Ok(OwnVote {
            comment: CommentId::from_raw(comment),
            article: ArticleId::from_raw(article),
            value: parse(value)?,
            at: Timestamp::from_millis(at),
        })
    };
    rows.into_iter().map(own).collect()
}

/// One page of a member's votes under an article, by comment, beginning after `after`. One statement.
pub fn votes_under(
    conn: &mut Conn<'_>,
    member: UserId,
    article: ArticleId,
    after: Option<CommentId>,
    limit: Limit,
) -> Result<Page<OwnVote>, Error> {
    let rows = Statement::<OwnSql>::new(OWN)
        .number(member.raw())
        .sql(" AND v.article_id = ")
        .number(article.raw())
        .sql(" AND v.comment_id > ")
        .number(after.map_or(0, CommentId::raw))
        .sql(" ORDER BY v.comment_id")
        .sql(page_rows(limit))
        .load::<OwnRow>(conn.0)?;
    Ok(Page::cut(own(rows)?, limit))
}

/// The votes of a member after this one, by article and comment; at most `limit`.
pub fn votes_of(
    conn: &mut Conn<'_>,
    member: UserId,
    after: Option<(ArticleId, CommentId)>,
    limit: i64,
) -> Result<Vec<OwnVote>, Error> {
    let (article, comment) =
        after.map_or((0, 0), |(article, comment)| (article.raw(), comment.raw()));
    let rows = Statement::<OwnSql>::new(OWN)
        .number(member.raw())
        .sql(" AND (v.article_id, v.comment_id) > (")
        .number(article)
        .sql(", ")
        .number(comment)
        .sql(") ORDER BY v.article_id, v.comment_id LIMIT ")
        .number(limit)
        .load::<OwnRow>(conn.0)?;
    own(rows)
}

/// Takes at most `limit` votes of a member back, whatever became of the comments; how many there
/// were: repeat until 0. Whoever calls it holds the account ([`crate::users::lock`]), so that no
/// vote comes or changes meanwhile. Comments are locked the latest first, as by whoever goes from a
/// reply up to what it answers.
pub fn unvote(tx: &mut Tx<'_>, member: UserId, limit: i64) -> Result<usize, Error> {
    let mut votes = votes_of(tx, member, None, limit)?;
    votes.sort_unstable_by_key(|vote| std::cmp::Reverse(vote.comment));
    for vote in &votes {
        if let Some((_, mut ranked)) = lock(tx, by_id(vote.comment))? {
            ranked.votes = ranked.votes.changed(Some(vote.value), None);
            rank(tx, &ranked)?;
        }
    }
    if votes.is_empty() {
        return Ok(0);
    }
    let comments: Vec<i64> = votes.iter().map(|vote| vote.comment.raw()).collect();
    let (now, actor) = (tx.now().as_millis(), tx.actor().label());
    Statement::<()>::new(
        "INSERT INTO changes (at, actor, kind, entity, entity_id, article_id) SELECT ",
    )
    .number(now)
    .sql(", ")
    .text(&actor)
    .sql(
        ", 'voted', 'comment', v.comment_id, v.article_id \
             FROM comment_votes v WHERE v.user_id = ",
    )
    .number(member.raw())
    .sql(" AND v.comment_id IN ")
    .numbers(&comments)
    .execute(tx.0)?;
    Statement::<()>::new("DELETE FROM comment_votes WHERE user_id = ")
        .number(member.raw())
        .sql(" AND comment_id IN ")
        .numbers(&comments)
        .execute(tx.0)?;
    Ok(votes.len())
}

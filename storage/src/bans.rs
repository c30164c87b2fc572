//! Who may not comment any more, where comments came from, and the removal of what somebody posted.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use domain::comment::BanKind;
use domain::id::{BanId, CommentId, UserId};
use domain::page::Limit;
use domain::time::Timestamp;

use crate::changes::{self, Change, Entity};
use crate::page::Page;
use crate::schema::{comment_bans as table, comment_traces};
use crate::statement::{Statement, full};
use crate::{Conn, Error, Tx, stored};

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// Its id.
    pub id: BanId,
    /// What it goes by.
    pub kind: BanKind,
    /// The account's id, or a keyed hash; never shown.
    pub subject: String,
    /// The account, for a ban of one.
    pub user: Option<UserId>,
    /// The comment whose author was banned.
    pub comment: Option<CommentId>,
    /// Why, for other moderators.
    pub note: Option<String>,
    /// Until when it holds; none for always.
    pub expires_at: Option<Timestamp>,
    /// Whether what they posted is still being removed.
    pub removing: bool,
    /// How many comments were removed.
    pub removed: i64,
    /// Who made it, as in the change log.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A ban to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBan {
    /// Its id.
    pub id: BanId,
    /// What it goes by.
    pub kind: BanKind,
    /// The account's id as on the wire, or a keyed hash.
    pub subject: String,
    /// The account, for a ban of one.
    pub user: Option<UserId>,
    /// The comment whose author is banned.
    pub comment: Option<CommentId>,
    /// Why.
    pub note: Option<String>,
    /// Until when it holds; none for always.
    pub expires_at: Option<Timestamp>,
    /// Whether what they posted is to be removed.
    pub remove: bool,
}

/// Where a comment came from, as keyed hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// Of the network address.
    pub address: Option<String>,
    /// Of the e-mail address.
    pub email: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = table)]
struct Row {
    id: i64,
    kind: String,
    subject: String,
    user_id: Option<i64>,
    comment_id: Option<i64>,
    note: Option<String>,
    expires_at: Option<i64>,
    removal_after: Option<i64>,
    removed: i64,
    created_by: String,
    created_at: i64,
}

impl TryFrom<Row> for Ban {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: BanId::from_raw(row.id),
            kind: stored::parse(&row.kind, BanKind::parse)?,
            subject: row.subject,
            user: row.user_id.map(UserId::from_raw),
            comment: row.comment_id.map(CommentId::from_raw),
            note: row.note,
            expires_at: stored::time(row.expires_at),
            removing: row.removal_after.is_some(),
            removed: row.removed,
            created_by: row.created_by,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Notes where a comment came from.
pub fn trace(tx: &mut Tx<'_>, comment: CommentId, traces: &Traces) -> Result<(), Error> {
    if *traces == Traces::default() {
        return Ok(());
    }
    diesel::insert_into(comment_traces::table)
        .values((
            comment_traces::comment_id.eq(comment.raw()),
            comment_traces::address.eq(traces.address.as_deref()),
            comment_traces::email.eq(traces.email.as_deref()),
        ))
        .execute(tx.0)?;
    Ok(())
}

/// Where a comment came from, as far as that is still kept.
pub fn traces_of(conn: &mut Conn<'_>, comment: CommentId) -> Result<Traces, Error> {
    let found: Option<(Option<String>, Option<String>)> = comment_traces::table
        .find(comment.raw())
        .select((comment_traces::address, comment_traces::email))
        .first(conn.0)
        .optional()?;
    let (address, email) = found.unwrap_or_default();
    Ok(Traces { address, email })
}

/// The comments that came from the same network address, or gave the same e-mail address, the newest
/// first, those before one if it is given; at most `limit`. One statement for each of the two that is
/// known.
pub fn alike(
    conn: &mut Conn<'_>,
    traces: &Traces,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<CommentId>, Error> {
    let known = [
        ("t.address = ", &traces.address),
        ("t.email = ", &traces.email),
    ];
    let mut found: BTreeSet<i64> = BTreeSet::new();
    for (column, hash) in known {
        let Some(hash) = hash else { continue };
        let ids: Vec<i64> =
            Statement::<BigInt>::new("SELECT t.comment_id FROM comment_traces t WHERE ")
                .sql(column)
                .text(hash)
                .sql(" AND t.comment_id < ")
                .number(before.unwrap_or(i64::MAX))
                .sql(" ORDER BY t.comment_id DESC LIMIT ")
                .number(limit)
                .load(conn.0)?;
        found.extend(ids);
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let newest = found.into_iter().rev().take(most);
    Ok(newest.map(CommentId::from_raw).collect())
}

/// Forgets where comments came from that were posted before a moment, a thousand of them; how many
/// there were. Repeat until 0.
pub fn sweep_traces(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize, Error> {
    let old: Vec<i64> =
        Statement::<BigInt>::new("SELECT t.comment_id FROM comment_traces t WHERE t.comment_id < ")
            .number(domain::id::id_at(before, 0))
            .sql(" ORDER BY t.comment_id LIMIT 1000")
            .load(tx.0)?;
    let Some(last) = old.last() else {
        return Ok(0);
    };
    let forgotten = Statement::<()>::new("DELETE FROM comment_traces WHERE comment_id <= ")
        .number(*last)
        .execute(tx.0)?;
    Ok(forgotten)
}

/// Forgets where these comments came from.
pub(crate) fn forget(tx: &mut Tx<'_>, comments: &[i64]) -> Result<(), Error> {
    Statement::<()>::new("DELETE FROM comment_traces WHERE comment_id IN ")
        .numbers(comments)
        .execute(tx.0)?;
    Ok(())
}

/// When the oldest ban of a network address was made that holds at `now`, if there is one. There are few
/// bans, and this is seldom asked. One statement.
pub fn oldest_of_address(conn: &mut Conn<'_>, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let oldest: Option<i64> = Statement::<Nullable<BigInt>>::new(
        "SELECT MIN(b.created_at) FROM comment_bans b WHERE b.kind = 'address' \
         AND (b.expires_at IS NULL OR b.expires_at > ",
    )
    .number(now.as_millis())
    .sql(")")
    .get_result(conn.0)?;
    Ok(stored::time(oldest))
}

/// Whether a ban of one of these holds at `now`. One statement.
pub fn is_banned(conn: &mut Conn<'_>, subjects: &[String], now: Timestamp) -> Result<bool, Error> {
    if subjects.is_empty() {
        return Ok(false);
    }
    let mut asked =
        Statement::<BigInt>::new("SELECT b.id FROM comment_bans b WHERE b.subject IN (");
    for (place, subject) in full(subjects).enumerate() {
        asked = asked.sql(if place == 0 { "" } else { ", " }).text(subject);
    }
    let found = asked
        .sql(") AND (b.expires_at IS NULL OR b.expires_at > ")
        .number(now.as_millis())
        .sql(") LIMIT 1")
        .get_result::<i64>(conn.0)
        .optional()?;
    Ok(found.is_some())
}

/// Makes a ban.
pub fn create(tx: &mut Tx<'_>, new: &NewBan) -> Result<Ban, Error> {
    let (now, actor) = (tx.now(), tx.actor().label());
    diesel::insert_into(table::table)
        .values((
            table::id.eq(new.id.raw()),
            table::kind.eq(new.kind.as_str()),
            table::subject.eq(&new.subject),
            table::user_id.eq(new.user.map(UserId::raw)),
            table::comment_id.eq(new.comment.map(CommentId::raw)),
            table::note.eq(new.note.as_deref()),
            table::expires_at.eq(stored::millis(new.expires_at)),
            table::removal_after.eq(new.remove.then_some(0_i64)),
            table::removed.eq(0_i64),
            table::created_by.eq(&actor),
            table::created_at.eq(now.as_millis()),
        ))
        .execute(tx.0)?;
    changes::append(tx, &Change::new("created", Entity::Ban, new.id.raw()))?;
    Ok(Ban {
        id: new.id,
        kind: new.kind,
        subject: new.subject.clone(),
        user: new.user,
        comment: new.comment,
        note: new.note.clone(),
        expires_at: new.expires_at,
        removing: new.remove,
        removed: 0,
        created_by: actor,
        created_at: now,
    })
}

/// One ban.
pub fn get(conn: &mut Conn<'_>, id: BanId) -> Result<Option<Ban>, Error> {
    let row = table::table
        .find(id.raw())
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(Ban::try_from).transpose()
}

/// One page of all bans, those that have ended too, the latest first, beginning before `before`.
pub fn list(conn: &mut Conn<'_>, before: Option<BanId>, limit: Limit) -> Result<Page<Ban>, Error> {
    let rows = table::table
        .filter(table::id.lt(before.map_or(i64::MAX, BanId::raw)))
        .order(table::id.desc())
        .limit(limit.rows().saturating_add(1))
        .select(Row::as_select())
        .load(conn.0)?;
    let found: Result<Vec<_>, _> = rows.into_iter().map(Ban::try_from).collect();
    Ok(Page::cut(found?, limit))
}

/// Lifts a ban. What was removed stays removed; what was not yet is left. Whether there was one.
pub fn lift(tx: &mut Tx<'_>, id: BanId) -> Result<bool, Error> {
    let lifted = diesel::delete(table::table.find(id.raw())).execute(tx.0)?;
    if lifted == 1 {
        changes::append(tx, &Change::new("deleted", Entity::Ban, id.raw()))?;
    }
    Ok(lifted == 1)
}

/// Bans whose removal is not done, the oldest first.
pub fn removing(conn: &mut Conn<'_>, limit: i64) -> Result<Vec<BanId>, Error> {
    let ids: Vec<i64> = table::table
        .filter(table::removal_after.is_not_null())
        .order(table::id)
        .limit(limit)
        .select(table::id)
        .load(conn.0)?;
    Ok(ids.into_iter().map(BanId::from_raw).collect())
}

/// The next comments to be removed for a ban, at most `limit`, oldest first: those of its account,
/// or that came from its address. None when there is nothing to be removed (any more).
pub fn next_to_remove(
    tx: &mut Tx<'_>,
    id: BanId,
    limit: i64,
) -> Result<Option<Vec<CommentId>>, Error> {
    let found: Option<(String, String, Option<i64>, Option<i64>)> = table::table
        .find(id.raw())
        .select((
            table::kind,
            table::subject,
            table::user_id,
            table::removal_after,
        ))
        .first(tx.0)
        .optional()?;
    let Some((kind, subject, user, Some(after))) = found else {
        return Ok(None);
    };
    let select = match stored::parse(&kind, BanKind::parse)? {
        BanKind::Account => {
            Statement::<BigInt>::new("SELECT c.id FROM comments c WHERE c.user_id = ")
                .number(user.unwrap_or_default())
                .sql(" AND c.id > ")
                .number(after)
                .sql(" ORDER BY c.id LIMIT ")
        }
        BanKind::Address => {
            Statement::new("SELECT t.comment_id FROM comment_traces t WHERE t.address = ")
                .text(&subject)
                .sql(" AND t.comment_id > ")
                .number(after)
                .sql(" ORDER BY t.comment_id LIMIT ")
        }
        BanKind::Email => {
            Statement::new("SELECT t.comment_id FROM comment_traces t WHERE t.email = ")
                .text(&subject)
                .sql(" AND t.comment_id > ")
                .number(after)
                .sql(" ORDER BY t.comment_id LIMIT ")
        }
    };
    let ids: Vec<i64> = select.number(limit).load(tx.0)?;
    Ok(Some(ids.into_iter().map(CommentId::from_raw).collect()))
}

/// Notes how far a removal has come: after this comment, or, with none, to its end.
pub fn removed(
    tx: &mut Tx<'_>,
    id: BanId,
    after: Option<CommentId>,
    removed: i64,
) -> Result<(), Error> {
    diesel::update(table::table.find(id.raw()))
        .set((
            table::removal_after.eq(after.map(CommentId::raw)),
            table::removed.eq(table::removed + removed),
        ))
        .execute(tx.0)?;
    if after.is_none() {
        let done = Change::new("comments_removed", Entity::Ban, id.raw());
        changes::append(tx, &done)?;
    }
    Ok(())
}

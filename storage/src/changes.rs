//! The change log: the audit trail, and the one source of everything that follows
//! from a change.

use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
pub use domain::change::Entity;
use domain::id::ArticleId;
use domain::page::Limit;
use domain::time::Timestamp;

use crate::connection::{Conn, Tx};
use crate::error::Error;
use crate::page::Page;
use crate::schema::changes;
use crate::stored;

/// One entry to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened, such as `published`.
    pub kind: &'static str,
    /// To what kind of thing.
    pub entity: Entity,
    /// To which one.
    pub entity_id: i64,
    /// More about it, as JSON.
    pub data: Option<String>,
    /// Of a comment, the article it stands under.
    pub article: Option<ArticleId>,
}

impl Change {
    /// An entry without further data.
    #[must_use]
    pub const fn new(kind: &'static str, entity: Entity, entity_id: i64) -> Self {
        Self {
            kind,
            entity,
            entity_id,
            data: None,
            article: None,
        }
    }
}

/// One entry as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// Grows from entry to entry. On PostgreSQL a transaction that commits late may
    /// make smaller numbers visible after larger ones.
    pub seq: i64,
    /// The number of the transaction on PostgreSQL, 0 on SQLite.
    pub xid: i64,
    /// When.
    pub at: Timestamp,
    /// Who, as [`domain::actor::Actor::label`] writes it.
    pub actor: String,
    /// What happened.
    pub kind: String,
    /// To what kind of thing.
    pub entity: Entity,
    /// To which one.
    pub entity_id: i64,
    /// More about it, as JSON.
    pub data: Option<String>,
    /// Of a comment, the article it stands under.
    pub article: Option<ArticleId>,
}

type Stored = (
    i64,
    i64,
    i64,
    String,
    String,
    String,
    i64,
    Option<String>,
    Option<i64>,
);

fn row(stored: Stored) -> Result<ChangeRow, Error> {
    let (seq, xid, at, actor, kind, entity, entity_id, data, article) = stored;
    let at = Timestamp::from_millis(at);
    Ok(ChangeRow {
        seq,
        xid,
        at,
        actor,
        kind,
        entity: stored::parse(&entity, Entity::parse)?,
        entity_id,
        data,
        article: article.map(ArticleId::from_raw),
    })
}

/// Writes an entry, stamped with the actor and the time of the transaction. Every
/// storage function that changes something calls this.
///
/// # Errors
/// Those of the database.
pub fn append(tx: &mut Tx<'_>, change: &Change) -> Result<(), Error> {
    let actor = tx.actor().label();
    let at = tx.now().as_millis();
    diesel::insert_into(changes::table)
        .values((
            changes::at.eq(at),
            changes::actor.eq(actor),
            changes::kind.eq(change.kind),
            changes::entity.eq(change.entity.as_str()),
            changes::entity_id.eq(change.entity_id),
            changes::data.eq(change.data.as_deref()),
            changes::article_id.eq(change.article.map(ArticleId::raw)),
        ))
        .execute(tx.0)?;
    Ok(())
}

/// The entries about these kinds of things after `floor_seq`, oldest first, at most
/// `limit`.
///
/// # Errors
/// Those of the database.
pub fn since(
    conn: &mut Conn<'_>,
    entities: &[Entity],
    floor_seq: i64,
    limit: i64,
) -> Result<Vec<ChangeRow>, Error> {
    let rows: Vec<Stored> = changes::table
        .filter(changes::entity.eq_any(entities.iter().map(|entity| entity.as_str())))
        .filter(changes::seq.gt(floor_seq))
        .order(changes::seq)
        .limit(limit)
        .load(conn.0)?;
    rows.into_iter().map(row).collect()
}

/// The numbers alone of what [`since`] answers, from an index: for followers that look often.
///
/// # Errors
/// Those of the database.
pub fn numbers_since(
    conn: &mut Conn<'_>,
    entities: &[Entity],
    floor_seq: i64,
    limit: i64,
) -> Result<Vec<i64>, Error> {
    let numbers = changes::table
        .filter(changes::entity.eq_any(entities.iter().map(|entity| entity.as_str())))
        .filter(changes::seq.gt(floor_seq))
        .order(changes::seq)
        .limit(limit)
        .select(changes::seq)
        .load(conn.0)?;
    Ok(numbers)
}

/// The entries written at or after `from`, oldest first, at most `limit`. A follower
/// that remembers what it has seen and reads the last minute again misses no late
/// commit, which [`since`] may on PostgreSQL.
///
/// # Errors
/// Those of the database.
pub fn recent(conn: &mut Conn<'_>, from: Timestamp, limit: i64) -> Result<Vec<ChangeRow>, Error> {
    let rows: Vec<Stored> = changes::table
        .filter(changes::at.ge(from.as_millis()))
        .order((changes::at, changes::seq))
        .limit(limit)
        .load(conn.0)?;
    rows.into_iter().map(row).collect()
}

/// The highest number in the log; 0 while it is empty.
///
/// # Errors
/// Those of the database.
pub fn head(conn: &mut Conn<'_>) -> Result<i64, Error> {
    let head: Option<i64> = changes::table.select(max(changes::seq)).first(conn.0)?;
    Ok(head.unwrap_or(0))
}

/// Which entries to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// About this kind of thing.
    pub entity: Option<Entity>,
    /// About this one, whatever kind it is.
    pub entity_id: Option<i64>,
    /// By this actor, as [`domain::actor::Actor::label`] writes it. Guests have no index: for
    /// them nothing is found.
    pub actor: Option<String>,
    /// Written at or after this moment.
    pub from: Option<Timestamp>,
    /// Written before this moment.
    pub until: Option<Timestamp>,
}

/// How far the numbers of entries written at one moment may lie apart: nodes have clocks of their
/// own, and transactions that began earlier commit later.
const SPREAD: i64 = 10_000;

/// The number of the first entry at or after a moment.
fn first_at(conn: &mut Conn<'_>, at: Timestamp) -> Result<Option<i64>, Error> {
    Ok(changes::table
        .filter(changes::at.ge(at.as_millis()))
        .order(changes::at)
        .select(changes::seq)
        .first(conn.0)
        .optional()?)
}

/// One page of the entries, newest first, beginning before the number `before`. A bound in time
/// becomes one in numbers first, so that nothing outside it is read.
///
/// # Errors
/// Those of the database.
pub fn list(
    conn: &mut Conn<'_>,
    filter: &ChangeFilter,
    before: Option<i64>,
    limit: Limit,
) -> Result<Page<ChangeRow>, Error> {
    let mut query = changes::table
        .order(changes::seq.desc())
        .limit(limit.rows().saturating_add(1))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(changes::seq.lt(before));
    }
    if let Some(from) = filter.from {
        let floor = first_at(conn, from)?.unwrap_or(i64::MAX);
        query = query
            .filter(changes::seq.ge(floor.saturating_sub(SPREAD)))
            .filter(changes::at.ge(from.as_millis()));
    }
    if let Some(until) = filter.until {
        if let Some(ceiling) = first_at(conn, until)? {
            query = query.filter(changes::seq.lt(ceiling.saturating_add(SPREAD)));
        }
        query = query.filter(changes::at.lt(until.as_millis()));
    }
    // One thing has fewer entries than one actor, and one actor fewer than one kind of thing. Each
    // has an index; SQLite, which keeps no statistics, would take any of them, and walk through much
    // more than a page. What is cast is in no index to it; to PostgreSQL a cast to the same is none.
    let (one, by_one) = (filter.entity_id.is_some(), filter.actor.is_some());
    if let Some(id) = filter.entity_id {
        query = query.filter(changes::entity_id.eq(id));
    }
    if let Some(actor) = &filter.actor {
        query = if one {
            query.filter(sql::<Text>("CAST(actor AS TEXT)").eq(actor))
        } else {
            query.filter(changes::actor.eq(actor))
        };
        query = query.filter(sql::<Bool>("actor <> 'guest'"));
    }
    if let Some(entity) = filter.entity {
        query = if one || by_one {
            query.filter(sql::<Text>("CAST(entity AS TEXT)").eq(entity.as_str()))
        } else {
            query.filter(changes::entity.eq(entity.as_str()))
        };
    }
    let rows: Vec<Stored> = query.load(conn.0)?;
    let found: Result<Vec<_>, _> = rows.into_iter().map(row).collect();
    Ok(Page::cut(found?, limit))
}

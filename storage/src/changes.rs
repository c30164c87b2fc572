//! The change log: the audit trail, and the one source of everything that follows
//! from a change.

use diesel::dsl::max;
use diesel::prelude::*;
use domain::time::Timestamp;

use crate::connection::{Conn, Tx};
use crate::error::Error;
use crate::schema::changes;

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entity {
    /// An article, or something that belongs to one.
    Article,
    /// A section.
    Section,
    /// An author.
    Author,
    /// A tag.
    Tag,
    /// A comment.
    Comment,
    /// An API key.
    ApiKey,
}

impl Entity {
    /// The name stored in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Section => "section",
            Self::Author => "author",
            Self::Tag => "tag",
            Self::Comment => "comment",
            Self::ApiKey => "api_key",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        [
            Self::Article,
            Self::Section,
            Self::Author,
            Self::Tag,
            Self::Comment,
            Self::ApiKey,
        ]
        .into_iter()
        .find(|entity| entity.as_str() == text)
        .ok_or_else(|| Error::Internal(format!("the change log names a {text:?}")))
    }
}

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
}

type Stored = (i64, i64, i64, String, String, String, i64, Option<String>);

fn row((seq, xid, at, actor, kind, entity, entity_id, data): Stored) -> Result<ChangeRow, Error> {
    let at = Timestamp::from_millis(at);
    Ok(ChangeRow {
        seq,
        xid,
        at,
        actor,
        kind,
        entity: Entity::parse(&entity)?,
        entity_id,
        data,
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

//! API keys. Only a hash of each is here; the key itself is shown once, when made.

use diesel::prelude::*;
use domain::actor::Role;
use domain::id::ApiKeyId;
use domain::time::Timestamp;

use crate::changes::{self, Change, Entity};
use crate::connection::{Conn, Tx};
use crate::error::Error;
use crate::schema::api_keys;

/// A key to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What people call it; unique.
    pub name: String,
    /// What it is trusted with.
    pub role: Role,
    /// The hash of the key; unique.
    pub hash: String,
    /// The first characters of the key, to tell keys apart.
    pub hint: String,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// A stored key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// What it is trusted with.
    pub role: Role,
    /// The hash of the key.
    pub hash: String,
    /// The first characters of the key.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last seen in use, give or take some minutes.
    pub last_used_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it opens anything at `now`.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

type Row = (
    i64,
    String,
    String,
    String,
    String,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

fn api_key(row: Row) -> Result<ApiKey, Error> {
    let (id, name, role, hash, hint, created_at, expires_at, revoked_at, last_used_at) = row;
    Ok(ApiKey {
        id: ApiKeyId::from_raw(id),
        name,
        role: Role::parse(&role)
            .map_err(|_| Error::Internal(format!("an API key has the role {role:?}")))?,
        hash,
        hint,
        created_at: Timestamp::from_millis(created_at),
        expires_at: expires_at.map(Timestamp::from_millis),
        revoked_at: revoked_at.map(Timestamp::from_millis),
        last_used_at: last_used_at.map(Timestamp::from_millis),
    })
}

/// Stores a key.
///
/// # Errors
/// [`Error::Conflict`] with `name` when the name is taken; [`Error::IdTaken`].
pub fn create(tx: &mut Tx<'_>, key: &NewApiKey) -> Result<ApiKey, Error> {
    let now = tx.now();
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(key.id.raw()),
            api_keys::name.eq(&key.name),
            api_keys::role.eq(key.role.as_str()),
            api_keys::hash.eq(&key.hash),
            api_keys::hint.eq(&key.hint),
            api_keys::created_at.eq(now.as_millis()),
            api_keys::expires_at.eq(key.expires_at.map(Timestamp::as_millis)),
        ))
        .execute(tx.0)?;
    changes::append(tx, &Change::new("created", Entity::ApiKey, key.id.raw()))?;
    Ok(ApiKey {
        id: key.id,
        name: key.name.clone(),
        role: key.role,
        hash: key.hash.clone(),
        hint: key.hint.clone(),
        created_at: now,
        expires_at: key.expires_at,
        revoked_at: None,
        last_used_at: None,
    })
}

/// Every key, revoked ones too, oldest first.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn<'_>) -> Result<Vec<ApiKey>, Error> {
    let rows: Vec<Row> = api_keys::table.order(api_keys::id).load(conn.0)?;
    rows.into_iter().map(api_key).collect()
}

/// Ends a key at once, by its name or its id. Ending it again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when there is no such key.
pub fn revoke(tx: &mut Tx<'_>, name_or_id: &str) -> Result<ApiKey, Error> {
    let by_id = ApiKeyId::parse(name_or_id).ok();
    let rows: Vec<Row> = api_keys::table
        .filter(
            api_keys::name
                .eq(name_or_id)
                .or(api_keys::id.eq(by_id.map_or(-1, ApiKeyId::raw))),
        )
        .load(tx.0)?;
    // An id is the surer word, should some key be named like another's id.
    let row = rows
        .iter()
        .find(|row| by_id.is_some_and(|id| id.raw() == row.0))
        .or_else(|| rows.first())
        .cloned()
        .ok_or(Error::NotFound)?;
    let mut key = api_key(row)?;
    if key.revoked_at.is_none() {
        let now = tx.now();
        diesel::update(api_keys::table.find(key.id.raw()))
            .set(api_keys::revoked_at.eq(now.as_millis()))
            .execute(tx.0)?;
        changes::append(tx, &Change::new("revoked", Entity::ApiKey, key.id.raw()))?;
        key.revoked_at = Some(now);
    }
    Ok(key)
}

/// Notes that a key was used at `at`, unless a later use is known. This is bookkeeping, so no entry in the change
/// log.
///
/// # Errors
/// Those of the database.
pub fn touch(tx: &mut Tx<'_>, id: ApiKeyId, at: Timestamp) -> Result<(), Error> {
    let earlier = api_keys::table.find(id.raw()).filter(
        api_keys::last_used_at
            .is_null()
            .or(api_keys::last_used_at.lt(at.as_millis())),
    );
    diesel::update(earlier)
        .set(api_keys::last_used_at.eq(at.as_millis()))
        .execute(tx.0)?;
    Ok(())
}

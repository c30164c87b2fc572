//! API keys. Only a hash of each is here; the key itself is shown once, when made.

use diesel::prelude::*;
use domain::actor::Role;
use domain::api_key::KeyStatus;
use domain::id::{ApiKeyId, SectionId};
use domain::page::Limit;
use domain::time::Timestamp;
use domain::{Actor, Scopes};

use crate::changes::{self, Change, Entity};
use crate::connection::{Conn, Tx};
use crate::error::Error;
use crate::page::Page;
use crate::schema::api_keys;
use crate::stored;

/// A key to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What people call it; unique.
    pub name: String,
    /// The most it is trusted with.
    pub role: Role,
    /// What of that it is made for; `None` is all of it.
    pub scopes: Option<Scopes>,
    /// The sections it may work in, with what is below them; empty for everywhere.
    pub sections: Vec<SectionId>,
    /// Its own quota; `None` is the one of all keys.
    pub requests_per_minute: Option<u32>,
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
    /// The most it is trusted with.
    pub role: Role,
    /// What of that it is made for; `None` is all of it.
    pub scopes: Option<Scopes>,
    /// The sections it may work in, with what is below them; empty for everywhere.
    pub sections: Vec<SectionId>,
    /// Its own quota; `None` is the one of all keys.
    pub requests_per_minute: Option<u32>,
    /// The hash of the key.
    pub hash: String,
    /// The first characters of the key.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it, as [`Actor::label`] writes it.
    pub created_by: String,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last seen in use, give or take some minutes.
    pub last_used_at: Option<Timestamp>,
    /// Grows with each change; its use is none.
    pub version: i64,
}

impl ApiKey {
    /// Whether it opens anything at `now`.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.status(now) == KeyStatus::Valid
    }

    /// What has become of it at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> KeyStatus {
        KeyStatus::at(now, self.expires_at, self.revoked_at)
    }

    /// Who calls with it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::ApiKey {
            id: self.id,
            role: self.role,
            scopes: self.scopes,
            sections: self.sections.as_slice().into(),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
struct Row {
    id: i64,
    name: String,
    role: String,
    hash: String,
    hint: String,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    last_used_at: Option<i64>,
    scopes: Option<String>,
    sections: Option<String>,
    requests_per_minute: Option<i32>,
    created_by: String,
    version: i64,
}

impl TryFrom<Row> for ApiKey {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let scopes = row.scopes.as_deref();
        let sections: Vec<i64> = match row.sections.as_deref() {
            Some(json) => serde_json::from_str(json)?,
            None => Vec::new(),
        };
        Ok(Self {
            id: ApiKeyId::from_raw(row.id),
            name: row.name,
            role: stored::parse(&row.role, Role::parse)?,
            scopes: scopes
                .map(|text| stored::parse(text, Scopes::parse))
                .transpose()?,
            sections: sections.into_iter().map(SectionId::from_raw).collect(),
            requests_per_minute: row
                .requests_per_minute
                .and_then(|number| u32::try_from(number).ok()),
            hash: row.hash,
            hint: row.hint,
            created_at: Timestamp::from_millis(row.created_at),
            created_by: row.created_by,
            expires_at: stored::time(row.expires_at),
            revoked_at: stored::time(row.revoked_at),
            last_used_at: stored::time(row.last_used_at),
            version: row.version,
        })
    }
}

/// Stores a key.
///
/// # Errors
/// [`Error::Conflict`] with `name` when the name is taken; [`Error::IdTaken`].
pub fn create(tx: &mut Tx<'_>, key: &NewApiKey) -> Result<ApiKey, Error> {
    let now = tx.now();
    let created_by = tx.actor().label();
    let raw: Vec<i64> = key.sections.iter().map(|id| id.raw()).collect();
    let sections = if raw.is_empty() {
        None
    } else {
        Some(serde_json::to_string(&raw)?)
    };
    let quota = key
        .requests_per_minute
        .and_then(|number| i32::try_from(number).ok());
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(key.id.raw()),
            api_keys::name.eq(&key.name),
            api_keys::role.eq(key.role.as_str()),
            api_keys::hash.eq(&key.hash),
            api_keys::hint.eq(&key.hint),
            api_keys::created_at.eq(now.as_millis()),
            api_keys::expires_at.eq(key.expires_at.map(Timestamp::as_millis)),
            api_keys::scopes.eq(key.scopes.map(Scopes::to_text)),
            api_keys::sections.eq(sections),
            api_keys::requests_per_minute.eq(quota),
            api_keys::created_by.eq(&created_by),
            api_keys::version.eq(1_i64),
        ))
        .execute(tx.0)?;
    changes::append(tx, &Change::new("created", Entity::ApiKey, key.id.raw()))?;
    Ok(ApiKey {
        id: key.id,
        name: key.name.clone(),
        role: key.role,
        scopes: key.scopes,
        sections: key.sections.clone(),
        requests_per_minute: key.requests_per_minute,
        hash: key.hash.clone(),
        hint: key.hint.clone(),
        created_at: now,
        created_by,
        expires_at: key.expires_at,
        revoked_at: None,
        last_used_at: None,
        version: 1,
    })
}

/// Every key, revoked ones too, oldest first.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn<'_>) -> Result<Vec<ApiKey>, Error> {
    let rows: Vec<Row> = api_keys::table
        .order(api_keys::id)
        .select(Row::as_select())
        .load(conn.0)?;
    rows.into_iter().map(ApiKey::try_from).collect()
}

/// One page of the keys, revoked ones too, newest first, beginning before `before`.
///
/// # Errors
/// Those of the database.
pub fn page(
    conn: &mut Conn<'_>,
    before: Option<ApiKeyId>,
    limit: Limit,
) -> Result<Page<ApiKey>, Error> {
    let rows: Vec<Row> = api_keys::table
        .filter(api_keys::id.lt(before.map_or(i64::MAX, ApiKeyId::raw)))
        .order(api_keys::id.desc())
        .limit(limit.rows().saturating_add(1))
        .select(Row::as_select())
        .load(conn.0)?;
    let found: Result<Vec<_>, _> = rows.into_iter().map(ApiKey::try_from).collect();
    Ok(Page::cut(found?, limit))
}

/// One key by its id.
///
/// # Errors
/// Those of the database.
pub fn get(conn: &mut Conn<'_>, id: ApiKeyId) -> Result<Option<ApiKey>, Error> {
    let row: Option<Row> = api_keys::table
        .find(id.raw())
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(ApiKey::try_from).transpose()
}

/// Ends a key at once, by its name or its id. Ending it again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when there is no such key.
pub fn revoke(tx: &mut Tx<'_>, name_or_id: &str) -> Result<ApiKey, Error> {
    let id = find(tx, name_or_id)?.ok_or(Error::NotFound)?;
    let target = api_keys::table
        .find(id.raw())
        .filter(api_keys::revoked_at.is_null());
    let revoked = diesel::update(target)
        .set((
            api_keys::revoked_at.eq(tx.now().as_millis()),
            api_keys::version.eq(api_keys::version + 1),
        ))
        .execute(tx.0)?;
    if revoked == 1 {
        changes::append(tx, &Change::new("revoked", Entity::ApiKey, id.raw()))?;
    }
    get(tx, id)?.ok_or(Error::NotFound)
}

/// An id is the surer word, should some key be named like another's id.
fn find(conn: &mut Conn<'_>, name_or_id: &str) -> Result<Option<ApiKeyId>, Error> {
    if let Ok(id) = ApiKeyId::parse(name_or_id)
        && get(conn, id)?.is_some()
    {
        return Ok(Some(id));
    }
    let named: Option<i64> = api_keys::table
        .filter(api_keys::name.eq(name_or_id))
        .select(api_keys::id)
        .first(conn.0)
        .optional()?;
    Ok(named.map(ApiKeyId::from_raw))
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

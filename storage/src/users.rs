//! Accounts.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::Role;
use domain::id::UserId;
use domain::page::Limit;
use domain::session::Ending;
use domain::time::Timestamp;
use domain::user::{Email, UserStatus};

use crate::changes::{self, Change, Entity};
use crate::dialect::{Turn, locking, take_turn};
use crate::page::Page;
use crate::schema::{idempotency, known_addresses, users};
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error, Tx, authors, sessions, stored, user_tokens};

/// A stored account.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// What its owner signs in with; unique.
    pub email: Email,
    /// When the address was shown to be its owner's.
    pub email_verified_at: Option<Timestamp>,
    /// What comments are signed with.
    pub name: String,
    /// The password's hash, as a PHC string; `None` until one is set.
    pub password_hash: Option<String>,
    /// What its owner is trusted with.
    pub role: Role,
    /// Whether it is in use.
    pub status: UserStatus,
    /// Grows when the access tokens in use must not be taken any more.
    pub epoch: i64,
    /// Grows with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Neither the address nor the hash belongs into a log.
        f.debug_struct("User")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// An account to be stored.
#[derive(Clone)]
pub struct NewUser {
    /// Its id.
    pub id: UserId,
    /// What its owner signs in with.
    pub email: Email,
    /// Whether the address need not be shown to be its owner's first.
    pub email_verified: bool,
    /// What comments are signed with.
    pub name: String,
    /// The password's hash, if one is set already.
    pub password_hash: Option<String>,
    /// What its owner is trusted with.
    pub role: Role,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct Row {
    id: i64,
    email: String,
    email_verified_at: Option<i64>,
    name: String,
    password_hash: Option<String>,
    role: String,
    status: String,
    epoch: i64,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

/// The SQL types of [`Row`].
type UserSql = (
    BigInt,
    Text,
    Nullable<BigInt>,
    Text,
    Nullable<Text>,
    Text,
    Text,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
);

impl TryFrom<Row> for User {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: UserId::from_raw(row.id),
            email: stored::parse(&row.email, Email::parse)?,
            email_verified_at: stored::time(row.email_verified_at),
            name: row.name,
            password_hash: row.password_hash,
            role: stored::parse(&row.role, Role::parse)?,
            status: stored::parse(&row.status, UserStatus::parse)?,
            epoch: row.epoch,
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// Which accounts to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Those with this role.
    pub role: Option<Role>,
    /// Those with this status.
    pub status: Option<UserStatus>,
}

/// Stores an account.
///
/// # Errors
/// [`Error::Conflict`] with `email` when the address is taken; [`Error::IdTaken`].
pub fn create(tx: &mut Tx<'_>, user: &NewUser) -> Result<User, Error> {
    let now = tx.now();
    let verified = user.email_verified.then_some(now);
    diesel::insert_into(users::table)
        .values((
            users::id.eq(user.id.raw()),
            users::email.eq(user.email.as_str()),
            users::email_verified_at.eq(verified.map(Timestamp::as_millis)),
            users::name.eq(&user.name),
            users::password_hash.eq(user.password_hash.as_deref()),
            users::role.eq(user.role.as_str()),
            users::status.eq(UserStatus::Active.as_str()),
            users::epoch.eq(0_i64),
            users::epoch_at.eq(0_i64),
            users::version.eq(1_i64),
            users::created_at.eq(now.as_millis()),
            users::updated_at.eq(now.as_millis()),
        ))
        .execute(tx.0)?;
    let change = Change {
        data: Some(format!("{{\"role\":\"{}\"}}", user.role)),
        ..Change::new("created", Entity::User, user.id.raw())
    };
    changes::append(tx, &change)?;
    get(tx, user.id)?.ok_or(Error::NotFound)
}

/// One account by its id.
pub fn get(conn: &mut Conn<'_>, id: UserId) -> Result<Option<User>, Error> {
    let row = users::table
        .find(id.raw())
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(User::try_from).transpose()
}

/// One account by its id, which until this transaction ends nobody else changes, signs in to, or
/// ends sessions of. Whoever decides by what is read here, decides by what is so.
pub fn lock(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, Error> {
    let query = users::table.find(id.raw()).select(Row::as_select());
    let rows: Vec<Row> = locking(tx.0, query).load(tx.0)?;
    rows.into_iter().next().map(User::try_from).transpose()
}

/// One account by its address.
pub fn by_email(conn: &mut Conn<'_>, email: &Email) -> Result<Option<User>, Error> {
    let row = users::table
        .filter(users::email.eq(email.as_str()))
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(User::try_from).transpose()
}

/// One page of the accounts, newest first, beginning before `before`.
pub fn list(
    conn: &mut Conn<'_>,
    filter: &UserFilter,
    before: Option<UserId>,
    limit: Limit,
) -> Result<Page<User>, Error> {
    let mut query = Statement::<UserSql>::new(
        "SELECT id, email, email_verified_at, name, password_hash, role, status, epoch, version, \
         created_at, updated_at FROM users WHERE id < ",
    )
    .number(before.map_or(i64::MAX, UserId::raw));
    // Few words, and a plan for each: there are readers by the thousand and three administrators.
    if let Some(role) = filter.role {
        query = query.sql(" AND role = '").sql(role.as_str()).sql("'");
    }
    if let Some(status) = filter.status {
        query = query.sql(" AND status = '").sql(status.as_str()).sql("'");
    }
    let rows: Vec<Row> = query
        .sql(" ORDER BY id DESC")
        .sql(page_rows(limit))
        .load(conn.0)?;
    let found: Result<Vec<_>, _> = rows.into_iter().map(User::try_from).collect();
    Ok(Page::cut(found?, limit))
}

/// Whether an administrator who can sign in is left besides this one; where mail is sent
/// (`confirmed`), only one whose address was confirmed can. Those who ask take turns until their
/// transactions end, so that of two who remove each other one stays: ask before anything else is
/// written.
pub fn has_other_admin(tx: &mut Tx<'_>, id: UserId, confirmed: bool) -> Result<bool, Error> {
    take_turn(tx.0, Turn::Administrators)?;
    admin_besides(tx, id, confirmed)
}

/// Whether there is an administrator who can sign in; `confirmed` as in [`has_other_admin`].
pub fn has_admin(conn: &mut Conn<'_>, confirmed: bool) -> Result<bool, Error> {
    // Nobody has this id.
    admin_besides(conn, UserId::from_raw(0), confirmed)
}

fn admin_besides(conn: &mut Conn<'_>, id: UserId, confirmed: bool) -> Result<bool, Error> {
    let mut query = Statement::<BigInt>::new("SELECT id FROM users WHERE role = '")
        .sql(Role::Admin.as_str())
        .sql("' AND status = '")
        .sql(UserStatus::Active.as_str())
        .sql("' AND password_hash IS NOT NULL AND id <> ")
        .number(id.raw());
    if confirmed {
        query = query.sql(" AND email_verified_at IS NOT NULL");
    }
    let found: Vec<i64> = query.sql(" LIMIT 1").load(conn.0)?;
    Ok(!found.is_empty())
}

/// Writes what is different in `wanted` from the account as it was `seen` in this transaction. A
/// change of role or status makes the access tokens in use invalid. `kind` goes into the change
/// log.
///
/// # Errors
/// [`Error::Stale`] when the account has changed since; [`Error::Conflict`] with `email`.
pub fn save(
    tx: &mut Tx<'_>,
    seen: &User,
    wanted: &User,
    kind: &'static str,
) -> Result<User, Error> {
    let now = tx.now();
    let outdated = seen.role != wanted.role || seen.status != wanted.status;
    let epoch = seen.epoch.saturating_add(i64::from(outdated));
    let target = users::table
        .find(seen.id.raw())
        .filter(users::version.eq(seen.version));
    let written = diesel::update(target)
        .set((
            users::email.eq(wanted.email.as_str()),
            users::email_verified_at.eq(wanted.email_verified_at.map(Timestamp::as_millis)),
            users::name.eq(&wanted.name),
            users::password_hash.eq(wanted.password_hash.as_deref()),
            users::role.eq(wanted.role.as_str()),
            users::status.eq(wanted.status.as_str()),
            users::epoch.eq(epoch),
            users::version.eq(seen.version.saturating_add(1)),
            users::updated_at.eq(now.as_millis()),
        ))
        .execute(tx.0)?;
    if written == 0 {
        let current = get(tx, seen.id)?.ok_or(Error::NotFound)?.version;
        return Err(Error::Stale { current });
    }
    if outdated {
        diesel::update(users::table.find(seen.id.raw()))
            .set(users::epoch_at.eq(now.as_millis()))
            .execute(tx.0)?;
    }
    let change = Change {
        data: outdated.then(|| {
            format!(
                "{{\"role\":\"{}\",\"status\":\"{}\"}}",
                wanted.role, wanted.status
            )
        }),
        ..Change::new(kind, Entity::User, seen.id.raw())
    };
    changes::append(tx, &change)?;
    get(tx, seen.id)?.ok_or(Error::NotFound)
}

/// Takes a hash of the same password with other parameters in the place of the one there. It is
/// no change that anybody would want to know of.
pub fn rehash(tx: &mut Tx<'_>, id: UserId, old: &str, new: &str) -> Result<(), Error> {
    let target = users::table
        .find(id.raw())
        .filter(users::password_hash.eq(old));
    diesel::update(target)
        .set(users::password_hash.eq(new))
        .execute(tx.0)?;
    Ok(())
}

/// Begins the erasure of an account as it was `seen` in this transaction: its sessions end, no
/// token opens it any more, no author is tied to it, and nobody signs in to it again. What it wrote is let go of slice by
/// slice ([`crate::comments::disown`]); [`erase`] is the end.
///
/// # Errors
/// As [`save`].
pub fn begin_erasure(tx: &mut Tx<'_>, seen: &User) -> Result<User, Error> {
    let wanted = User {
        status: UserStatus::Erasing,
        password_hash: None,
        ..seen.clone()
    };
    let user = save(tx, seen, &wanted, "erasing")?;
    sessions::end_all(tx, seen.id, None, Ending::AccountClosed)?;
    user_tokens::forget_all(tx, seen.id)?;
    authors::untie(tx, seen.id)?;
    Ok(user)
}

/// Removes an account and everything that is only about it, and ends its sessions. Its comments
/// must be nobody's by then.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
pub fn erase(tx: &mut Tx<'_>, id: UserId) -> Result<(), Error> {
    let raw = id.raw();
    sessions::end_all(tx, id, None, Ending::AccountClosed)?;
    user_tokens::forget_all(tx, id)?;
    authors::untie(tx, id)?;
    diesel::delete(known_addresses::table.filter(known_addresses::user_id.eq(raw)))
        .execute(tx.0)?;
    diesel::delete(idempotency::table.filter(idempotency::user_id.eq(raw))).execute(tx.0)?;
    if diesel::delete(users::table.find(raw)).execute(tx.0)? == 0 {
        return Err(Error::NotFound);
    }
    changes::append(tx, &Change::new("erased", Entity::User, raw))
}

/// The accounts whose erasure was begun and not finished, at most `limit`.
pub fn erasing(conn: &mut Conn<'_>, limit: i64) -> Result<Vec<UserId>, Error> {
    let ids: Vec<i64> = Statement::<BigInt>::new("SELECT id FROM users WHERE status = '")
        .sql(UserStatus::Erasing.as_str())
        .sql("' ORDER BY id LIMIT ")
        .number(limit)
        .load(conn.0)?;
    Ok(ids.into_iter().map(UserId::from_raw).collect())
}

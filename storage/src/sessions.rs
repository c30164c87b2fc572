//! Sign-ins, and the refresh tokens that carry them on. Only a hash of the current token is here.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::id::{SessionId, UserId};
use domain::session::{Ending, Presented, judge};
use domain::time::Timestamp;
use domain::user::UserStatus;

use crate::changes::{self, Change, Entity};
use crate::schema::sessions;
use crate::statement::Statement;
use crate::users::User;
use crate::{Conn, Error, Tx, users as accounts};

/// So many sessions an account has at most; another one ends the one least recently used.
pub const MOST: usize = 50;

/// A stored session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// When its owner signed in.
    pub created_at: Timestamp,
    /// When it was last carried on.
    pub last_used_at: Timestamp,
    /// When it ends by itself, however often it is carried on.
    pub expires_at: Timestamp,
    /// What the client called itself.
    pub user_agent: Option<String>,
}

/// A session to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// The hash of its first refresh token.
    pub token_hash: String,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A refresh token that is genuine: it was made by us for this session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The session it belongs to.
    pub session: SessionId,
    /// Its place in the row of rotations; the first one has 0.
    pub step: i64,
    /// Its hash.
    pub hash: String,
    /// The hash of its successor.
    pub successor: String,
}

/// What came of showing a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// Its successor is the current one now, or still; the account as it is.
    Carried(Box<User>),
    /// It had been used before: the session ends with this transaction.
    Reused(UserId),
    /// The session has ended, has expired, or its account may not sign in.
    Refused,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct Row {
    id: i64,
    user_id: i64,
    token_hash: String,
    step: i64,
    rotated_at: i64,
    user_agent: Option<String>,
    created_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
}

impl From<Row> for Session {
    fn from(row: Row) -> Self {
        Self {
            id: SessionId::from_raw(row.id),
            user: UserId::from_raw(row.user_id),
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: Timestamp::from_millis(row.rotated_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            user_agent: row.user_agent,
        }
    }
}

/// Stores a session, and ends the least recently used ones beyond [`MOST`]. `proven` is the
/// account as it was when its password was checked; the answer is the account as it is, for the
/// access token.
///
/// # Errors
/// [`Error::Stale`] when password or status have changed since: what was right before a reset is
/// not after it. [`Error::NotFound`] when the account is gone.
pub fn create(tx: &mut Tx<'_>, session: &NewSession, proven: &User) -> Result<User, Error> {
    let now = tx.now().as_millis();
    let user = accounts::lock(tx, proven.id)?.ok_or(Error::NotFound)?;
    if (user.status, &user.password_hash) != (proven.status, &proven.password_hash) {
        let current = user.version;
        return Err(Error::Stale { current });
    }
    let open = open_of(tx, user.id)?;
    for row in open.into_iter().skip(MOST.saturating_sub(1)) {
        end(tx, user.id, SessionId::from_raw(row.id), Ending::Replaced)?;
    }
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session.id.raw()),
            sessions::user_id.eq(user.id.raw()),
            sessions::token_hash.eq(&session.token_hash),
            sessions::step.eq(0_i64),
            sessions::rotated_at.eq(now),
            sessions::user_agent.eq(session.user_agent.as_deref()),
            sessions::created_at.eq(now),
            sessions::expires_at.eq(session.expires_at.as_millis()),
        ))
        .execute(tx.0)?;
    let change = Change::new("created", Entity::Session, session.id.raw());
    changes::append(tx, &change)?;
    Ok(user)
}

/// Takes a refresh token for its successor. `idle_seconds` is how long a session lasts without
/// being carried on.
pub fn rotate(tx: &mut Tx<'_>, shown: &Shown, idle_seconds: i64) -> Result<Rotation, Error> {
    // A parallel request may rotate between our two statements; then we judge anew what it left.
    for _ in 0..3 {
        let Some((row, user)) = living(tx, shown.session, idle_seconds)? else {
            return Ok(Rotation::Refused);
        };
        let now = tx.now().as_millis();
        let since = now.saturating_sub(row.rotated_at);
        match judge(row.step, shown.step, since) {
            Presented::Current if row.token_hash == shown.hash => {
                if advance(tx, shown, now)? {
                    return Ok(Rotation::Carried(Box::new(user)));
                }
            }
            Presented::JustRotated if row.token_hash == shown.successor => {
                return Ok(Rotation::Carried(Box::new(user)));
            }
            Presented::Current | Presented::JustRotated => return Ok(Rotation::Refused),
            Presented::Reused => {
                end(tx, user.id, shown.session, Ending::Reuse)?;
                return Ok(Rotation::Reused(user.id));
            }
        }
    }
    Err(Error::Overloaded)
}

fn advance(tx: &mut Tx<'_>, shown: &Shown, now: i64) -> Result<bool, Error> {
    let current = sessions::table
        .find(shown.session.raw())
        .filter(sessions::step.eq(shown.step))
        .filter(sessions::ended_at.is_null());
    let moved = diesel::update(current)
        .set((
            sessions::token_hash.eq(&shown.successor),
            sessions::step.eq(shown.step.saturating_add(1)),
            sessions::rotated_at.eq(now),
        ))
        .execute(tx.0)?;
    Ok(moved == 1)
}

/// The session and its account, if both are in use.
fn living(tx: &mut Tx<'_>, id: SessionId, idle_seconds: i64) -> Result<Option<(Row, User)>, Error> {
    let row: Option<Row> = sessions::table
        .find(id.raw())
        .filter(sessions::ended_at.is_null())
        .select(Row::as_select())
        .first(tx.0)
        .optional()?;
    let now = tx.now();
    let Some(row) = row.filter(|row| is_living(row, now, idle_seconds)) else {
        return Ok(None);
    };
    let user = accounts::get(tx, UserId::from_raw(row.user_id))?;
    Ok(user
        .filter(|user| user.status == UserStatus::Active)
        .map(|user| (row, user)))
}

fn is_living(row: &Row, now: Timestamp, idle_seconds: i64) -> bool {
    let idle_end = Timestamp::from_millis(row.rotated_at).plus_seconds(idle_seconds);
    row.ended_at.is_none() && now.as_millis() < row.expires_at && now < idle_end
}

/// The sessions of an account that are in use, most recently used first: [`MOST`] at most.
pub fn of_user(
    conn: &mut Conn<'_>,
    user: UserId,
    now: Timestamp,
    idle_seconds: i64,
) -> Result<Vec<Session>, Error> {
    Ok(open_of(conn, user)?
        .into_iter()
        .filter(|row| is_living(row, now, idle_seconds))
        .map(Session::from)
        .collect())
}

/// Whose session it is, if it has not ended.
pub fn owner(conn: &mut Conn<'_>, id: SessionId) -> Result<Option<UserId>, Error> {
    let user: Option<i64> = sessions::table
        .find(id.raw())
        .filter(sessions::ended_at.is_null())
        .select(sessions::user_id)
        .first(conn.0)
        .optional()?;
    Ok(user.map(UserId::from_raw))
}

/// The sessions of an account that nobody has ended, most recently used first. They are few, so
/// they are put in order here; an index that could would be written at every rotation.
fn open_of(conn: &mut Conn<'_>, user: UserId) -> Result<Vec<Row>, Error> {
    let mut rows: Vec<Row> = sessions::table
        .filter(sessions::user_id.eq(user.raw()))
        .filter(sessions::ended_at.is_null())
        .order(sessions::id)
        .select(Row::as_select())
        .load(conn.0)?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.rotated_at, row.id)));
    Ok(rows)
}

/// Ends one session of an account; whether it was in use. What its client called itself goes with
/// it.
pub fn end(tx: &mut Tx<'_>, user: UserId, id: SessionId, why: Ending) -> Result<bool, Error> {
    let target = sessions::table
        .find(id.raw())
        .filter(sessions::user_id.eq(user.raw()))
        .filter(sessions::ended_at.is_null());
    let ended = diesel::update(target)
        .set((
            sessions::ended_at.eq(tx.now().as_millis()),
            sessions::ended_by.eq(why.as_str()),
            sessions::user_agent.eq(None::<String>),
        ))
        .execute(tx.0)?;
    if ended == 1 {
        let change = Change {
            data: Some(format!("{{\"why\":\"{why}\"}}")),
            ..Change::new("ended", Entity::Session, id.raw())
        };
        changes::append(tx, &change)?;
    }
    Ok(ended == 1)
}

/// Ends every session of an account but `except`, and those that begin meanwhile; how many there
/// were.
pub fn end_all(
    tx: &mut Tx<'_>,
    user: UserId,
    except: Option<SessionId>,
    why: Ending,
) -> Result<usize, Error> {
    accounts::lock(tx, user)?;
    let ids: Vec<i64> = sessions::table
        .filter(sessions::user_id.eq(user.raw()))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::id.ne(except.map_or(0, SessionId::raw)))
        .order(sessions::id)
        .select(sessions::id)
        .load(tx.0)?;
    let mut ended = 0;
    for id in ids {
        ended += usize::from(end(tx, user, SessionId::from_raw(id), why)?);
    }
    Ok(ended)
}

/// Ends at most a thousand sessions of whomever by forgetting them, so that the transaction stays
/// short; answers how many. Repeat until 0. Nobody is told about each: it is for when no access
/// token counts any more, because the keys that signed them are gone.
pub fn end_everybodys(tx: &mut Tx<'_>, why: Ending) -> Result<usize, Error> {
    let owned: Vec<i64> = sessions::table
        .filter(sessions::ended_at.is_null())
        .order((sessions::user_id, sessions::id))
        .select(sessions::id)
        .limit(1000)
        .load(tx.0)?;
    if owned.is_empty() {
        return Ok(0);
    }
    let ended = diesel::delete(sessions::table.filter(sessions::id.eq_any(owned))).execute(tx.0)?;
    let change = Change {
        data: Some(format!("{{\"why\":\"{why}\",\"sessions\":{ended}}}")),
        ..Change::new("ended", Entity::Session, 0)
    };
    changes::append(tx, &change)?;
    Ok(ended)
}

/// What makes access tokens invalid before their time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revoked {
    /// Sessions that have ended.
    pub sessions: Vec<(SessionId, Timestamp)>,
    /// Accounts whose tokens of an earlier epoch are not taken any more.
    pub users: Vec<(UserId, i64, Timestamp)>,
}

/// Everything that was revoked at `from` or later, whatever the order of commits. Two statements,
/// unless there is very much.
pub fn revoked(conn: &mut Conn<'_>, from: Timestamp) -> Result<Revoked, Error> {
    let ended = since(
        conn,
        "SELECT ended_at, id, step FROM sessions WHERE ended_at IS NOT NULL AND (ended_at, id) > (",
        ") ORDER BY ended_at, id LIMIT 1000",
        from,
    )?;
    let changed = since(
        conn,
        "SELECT epoch_at, id, epoch FROM users WHERE (epoch_at, id) > (",
        ") ORDER BY epoch_at, id LIMIT 1000",
        from,
    )?;
    Ok(Revoked {
        sessions: ended
            .into_iter()
            .map(|(at, id, _)| (SessionId::from_raw(id), Timestamp::from_millis(at)))
            .collect(),
        users: changed
            .into_iter()
            .map(|(at, id, epoch)| (UserId::from_raw(id), epoch, Timestamp::from_millis(at)))
            .collect(),
    })
}

/// Every row from a time on, a thousand at a time: `head` and `tail` stand around the time and the
/// id after which a slice begins, and those are the first two columns.
fn since(
    conn: &mut Conn<'_>,
    head: &'static str,
    tail: &'static str,
    from: Timestamp,
) -> Result<Vec<(i64, i64, i64)>, Error> {
    let mut found: Vec<(i64, i64, i64)> = Vec::new();
    let mut after = (from.as_millis(), 0);
    loop {
        let before = found.len();
        let slice = Statement::<(BigInt, BigInt, BigInt)>::new(head)
            .number(after.0)
            .sql(", ")
            .number(after.1)
            .sql(tail)
            .load::<(i64, i64, i64)>(conn.0)?;
        found.extend(slice);
        match found.last() {
            Some((at, id, _)) if found.len().saturating_sub(before) == 1000 => after = (*at, *id),
            _ => return Ok(found),
        }
    }
}

/// Removes at most a thousand sessions that ended or expired before `before`; answers how many.
/// Repeat until 0.
pub fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize, Error> {
    let before = before.as_millis();
    let mut old: Vec<i64> = sessions::table
        .filter(sessions::ended_at.lt(before))
        .order((sessions::ended_at, sessions::id))
        .select(sessions::id)
        .limit(500)
        .load(tx.0)?;
    let expired: Vec<i64> = sessions::table
        .filter(sessions::expires_at.lt(before))
        .order(sessions::expires_at)
        .select(sessions::id)
        .limit(500)
        .load(tx.0)?;
    old.extend(expired);
    Ok(diesel::delete(sessions::table.filter(sessions::id.eq_any(old))).execute(tx.0)?)
}

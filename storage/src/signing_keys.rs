//! The keys that sign access tokens. The private halves come and go sealed.

use diesel::prelude::*;
use domain::time::Timestamp;

use crate::changes::{self, Change, Entity};
use crate::dialect::{Turn, take_turn};
use crate::schema::signing_keys;
use crate::{Conn, Error, Tx, stored};

/// One key.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// What tokens name it by: its thumbprint (RFC 7638).
    pub kid: String,
    /// The public half, base64url.
    pub public: String,
    /// The private half, sealed with the root secret, base64url.
    pub sealed: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs; by then every node has met it.
    pub signs_from: Timestamp,
    /// Until when its signatures are taken; `None` while it has no successor.
    pub verifies_until: Option<Timestamp>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

type Row = (String, String, String, i64, i64, Option<i64>);

/// Every key, newest first.
pub fn list(conn: &mut Conn<'_>) -> Result<Vec<SigningKey>, Error> {
    let rows: Vec<Row> = signing_keys::table
        .order((
            signing_keys::signs_from.desc(),
            signing_keys::created_at.desc(),
            signing_keys::kid,
        ))
        .load(conn.0)?;
    Ok(rows
        .into_iter()
        .map(
            |(kid, public, sealed, created_at, signs_from, verifies_until)| SigningKey {
                kid,
                public,
                sealed,
                created_at: Timestamp::from_millis(created_at),
                signs_from: Timestamp::from_millis(signs_from),
                verifies_until: stored::time(verifies_until),
            },
        )
        .collect())
}

/// Adds a key. The others sign until it does, and are verified with until `others_until`; those
/// that were to end sooner still do. Those who add keys take turns.
pub fn add(tx: &mut Tx<'_>, key: &SigningKey, others_until: Timestamp) -> Result<(), Error> {
    take_turn(tx.0, Turn::SigningKeys)?;
    let until = others_until.as_millis();
    let lasting = signing_keys::table.filter(
        signing_keys::verifies_until
            .is_null()
            .or(signing_keys::verifies_until.gt(until)),
    );
    diesel::update(lasting)
        .set(signing_keys::verifies_until.eq(until))
        .execute(tx.0)?;
    let now = tx.now().as_millis();
    diesel::delete(signing_keys::table.filter(signing_keys::verifies_until.le(now)))
        .execute(tx.0)?;
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::kid.eq(&key.kid),
            signing_keys::public.eq(&key.public),
            signing_keys::sealed.eq(&key.sealed),
            signing_keys::created_at.eq(key.created_at.as_millis()),
            signing_keys::signs_from.eq(key.signs_from.as_millis()),
            signing_keys::verifies_until.eq(key.verifies_until.map(Timestamp::as_millis)),
        ))
        .execute(tx.0)?;
    let change = Change {
        data: Some(format!("{{\"kid\":\"{}\"}}", key.kid)),
        ..Change::new("created", Entity::SigningKey, key.created_at.as_millis())
    };
    changes::append(tx, &change)
}

/// Adds a key if there is none: what the first start does. Whether it was added; of several nodes
/// that start at once, one adds its own.
pub fn add_first(tx: &mut Tx<'_>, key: &SigningKey) -> Result<bool, Error> {
    take_turn(tx.0, Turn::SigningKeys)?;
    let there: i64 = signing_keys::table.count().get_result(tx.0)?;
    if there == 0 {
        add(tx, key, tx.now())?;
    }
    Ok(there == 0)
}

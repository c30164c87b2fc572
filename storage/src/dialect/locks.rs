//! Transactions that decide by what they read, and must not do so side by side. SQLite has one
//! writer at a time, so there everybody waits already; PostgreSQL has to be asked.

use diesel::query_builder::Query;
use diesel::{RunQueryDsl, sql_query, sql_types};

use super::conflict::Tail;
use crate::connection::AnyConnection;
use crate::error::Error;

/// What is decided by several rows together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Who is left to administer the site.
    Administrators,
    /// Which key signs.
    SigningKeys,
    /// Which section lies in which, which section, tag or author is merged into which, and the
    /// articles that name them.
    Sections,
    /// Which rules there are for comments, and how many.
    CommentRules,
}

impl Turn {
    /// "broad" in hexadecimal and a number, so that it does not meet another program's lock.
    const fn number(self) -> i64 {
        match self {
            Self::Administrators => 0x6272_6f61_6401,
            Self::SigningKeys => 0x6272_6f61_6402,
            Self::Sections => 0x6272_6f61_6403,
            Self::CommentRules => 0x6272_6f61_6404,
        }
    }
}

/// Waits until no other transaction has this turn; it lasts as long as the transaction. What is
/// read afterwards is what the others have left.
pub(crate) fn take_turn(conn: &mut AnyConnection, turn: Turn) -> Result<(), Error> {
    match conn {
        AnyConnection::Sqlite(_) => {}
        AnyConnection::Postgres(conn) => {
            sql_query("SELECT pg_advisory_xact_lock($1)")
                .bind::<sql_types::BigInt, _>(turn.number())
                .execute(conn)?;
        }
    }
    Ok(())
}

/// Waits until nobody has this turn alone, and lets nobody take it alone until the transaction
/// ends. Any number may share it.
pub(crate) fn share_turn(conn: &mut AnyConnection, turn: Turn) -> Result<(), Error> {
    match conn {
        AnyConnection::Sqlite(_) => {}
        AnyConnection::Postgres(conn) => {
            sql_query("SELECT pg_advisory_xact_lock_shared($1)")
                .bind::<sql_types::BigInt, _>(turn.number())
                .execute(conn)?;
        }
    }
    Ok(())
}

/// The rows of a query, which nobody else changes until the transaction ends. Rows that refer to
/// them may come and go.
pub(crate) const fn locking<Q: Query>(conn: &AnyConnection, query: Q) -> Tail<Q> {
    match conn {
        AnyConnection::Sqlite(_) => Tail(query, ""),
        AnyConnection::Postgres(_) => Tail(query, " FOR NO KEY UPDATE"),
    }
}

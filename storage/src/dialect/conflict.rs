//! `ON CONFLICT` for a connection that may be either database. Diesel declares it
//! unsupported on a multi-connection, though both databases read the same words.

use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl, backend::Backend};

/// A statement with fixed words after it. The words are `&'static str`, so no input
/// can reach them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tail<Q>(pub(crate) Q, pub(crate) &'static str);

/// Inserts nothing, instead of failing, when a unique value is taken; the number of
/// rows executed tells which it was.
pub(crate) const fn or_ignore<Q>(insert: Q) -> Tail<Q> {
    Tail(insert, " ON CONFLICT DO NOTHING")
}

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for Tail<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(self.1);
        Ok(())
    }
}

/// The words are not part of the type, so the statement is cached by its text.
impl<Q> QueryId for Tail<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Tail<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Tail<Q> {}

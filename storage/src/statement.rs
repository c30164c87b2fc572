//! A hot statement, written in SQL, that still goes through Diesel's cache of prepared ones.
//!
//! `diesel::sql_query` and Diesel's updates are prepared anew on every call, and its query builder
//! has neither row comparisons nor subqueries in `FROM`, which the hot reads need so that both
//! databases walk an index. A [`Statement`] is made of fixed pieces of SQL and bound values. Its
//! text is the key of the prepared one, therefore nothing that varies with the data may become
//! text: lists of ids are padded to a power of two and page sizes come from a short list.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Text};

use domain::page::Limit;

use crate::connection::AnyConnection;

#[derive(Debug)]
enum Piece {
    Sql(&'static str),
    Number(i64),
    Text(String),
}

/// SQL text and its values, in the order in which they are written; `Row` is the SQL type of the
/// selected columns.
#[derive(Debug)]
pub(crate) struct Statement<Row> {
    pieces: Vec<Piece>,
    row: PhantomData<Row>,
}

impl<Row> Statement<Row> {
    pub(crate) fn new(sql: &'static str) -> Self {
        Self {
            pieces: vec![Piece::Sql(sql)],
            row: PhantomData,
        }
    }

    /// Only text that is part of the program gets here: no input can reach the SQL.
    pub(crate) fn sql(mut self, sql: &'static str) -> Self {
        self.pieces.push(Piece::Sql(sql));
        self
    }

    pub(crate) fn number(mut self, value: i64) -> Self {
        self.pieces.push(Piece::Number(value));
        self
    }

    pub(crate) fn text(mut self, value: &str) -> Self {
        self.pieces.push(Piece::Text(value.to_owned()));
        self
    }

    /// `(?, ?, …)`, as long as the next power of two: the missing places repeat the last value.
    /// An empty list becomes `(0)`, which no id is.
    pub(crate) fn numbers(mut self, values: &[i64]) -> Self {
        let filler = values.last().copied().unwrap_or(0);
        self.pieces.push(Piece::Sql("("));
        for place in 0..padded(values.len()) {
            if place > 0 {
                self.pieces.push(Piece::Sql(", "));
            }
            self.pieces
                .push(Piece::Number(values.get(place).copied().unwrap_or(filler)));
        }
        self.sql(")")
    }
}

impl<Row> Statement<Row> {
    /// The same, with other columns to come.
    pub(crate) fn retyped<Other>(self) -> Statement<Other> {
        Statement {
            pieces: self.pieces,
            row: PhantomData,
        }
    }

    /// `(?, ?), (?, ?), …`, as many as the next power of two: the missing ones repeat the last.
    pub(crate) fn pairs(mut self, values: &[(String, i64)]) -> Self {
        for (place, (text, number)) in full(values).enumerate() {
            self = self
                .sql(if place == 0 { "(" } else { ", (" })
                .text(text)
                .sql(", ")
                .number(*number)
                .sql(")");
        }
        self
    }
}

/// As many values as the next power of two, none for none: the missing ones repeat the last.
pub(crate) fn full<T>(values: &[T]) -> impl Iterator<Item = &T> {
    let last = values.last().into_iter().cycle();
    values.iter().chain(last).take(match values.len() {
        0 => 0,
        len => padded(len),
    })
}

fn padded(len: usize) -> usize {
    len.max(1).next_power_of_two()
}

impl<Row, DB> QueryFragment<DB> for Statement<Row>
where
    DB: Backend,
    i64: ToSql<BigInt, DB>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for piece in &self.pieces {
            match piece {
                Piece::Sql(sql) => out.push_sql(sql),
                Piece::Number(value) => out.push_bind_param::<BigInt, _>(value)?,
                Piece::Text(value) => out.push_bind_param::<Text, _>(value)?,
            }
        }
        Ok(())
    }
}

impl<Row> QueryId for Statement<Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> Query for Statement<Row> {
    type SqlType = Row;
}

impl<Row> diesel::RunQueryDsl<AnyConnection> for Statement<Row> {}

/// How many rows a page of `limit` items asks for: at least one more, which tells whether another
/// page follows. The number is part of the text, because PostgreSQL plans a bound `LIMIT` as a
/// tenth of the table; four sizes keep the number of prepared statements small.
pub(crate) fn page_rows(limit: Limit) -> &'static str {
    match limit.get() {
        0..=10 => " LIMIT 11",
        11..=20 => " LIMIT 21",
        21..=50 => " LIMIT 51",
        _ => " LIMIT 101",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_as_long_as_the_next_power_of_two() {
        assert_eq!([0, 1, 2, 3, 5, 100].map(padded), [1, 1, 2, 4, 8, 128]);
    }

    #[test]
    fn what_is_missing_repeats_the_last() {
        assert_eq!(full::<i64>(&[]).count(), 0);
        assert_eq!(full(&[1, 2, 3]).collect::<Vec<_>>(), [&1, &2, &3, &3]);
    }

    #[test]
    fn a_page_always_asks_for_one_row_more() {
        for limit in 1..=100 {
            let sql = page_rows(Limit::new(limit).unwrap());
            let rows: i64 = sql.trim_start_matches(" LIMIT ").parse().unwrap();
            assert!(rows > limit);
        }
    }
}

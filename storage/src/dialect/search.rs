//! Full-text search: the indexes of both databases, asked for the same terms.
//!
//! SQLite's FTS5 and PostgreSQL's `tsvector` here only decide which texts hold which terms. Neither
//! cuts words, folds or ranks: the terms come made, and the order is ours.

use domain::text::search::{Query, Term, Word};

use crate::connection::AnyConnection;
use crate::statement::Statement;

/// The terms of an article, separated by spaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ArticleTerms {
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) body: String,
}

/// The statements that put an article into the index, in the place of what is known of it.
pub(crate) fn index_article(
    conn: &AnyConnection,
    id: i64,
    terms: &ArticleTerms,
) -> Vec<Statement<()>> {
    let lead = joined(&[&terms.title, &terms.summary]);
    let all = joined(&[&lead, &terms.body]);
    match conn {
        AnyConnection::Sqlite(_) => vec![
            Statement::new("INSERT OR REPLACE INTO article_search (rowid, terms) VALUES (")
                .number(id)
                .sql(", ")
                .text(&all)
                .sql(")"),
            Statement::new("INSERT OR REPLACE INTO article_heads (rowid, title, lead) VALUES (")
                .number(id)
                .sql(", ")
                .text(&terms.title)
                .sql(", ")
                .text(&lead)
                .sql(")"),
        ],
        AnyConnection::Postgres(_) => vec![
            Statement::new("INSERT INTO article_search (article_id, title, lead, terms) SELECT ")
                .number(id)
                .sql(", array_to_tsvector(string_to_array(")
                .text(&terms.title)
                .sql(", ' ')), array_to_tsvector(string_to_array(")
                .text(&lead)
                .sql(", ' ')), array_to_tsvector(string_to_array(")
                .text(&all)
                .sql(", ' ')) ON CONFLICT (article_id) DO UPDATE SET title = excluded.title, ")
                .sql("lead = excluded.lead, terms = excluded.terms"),
        ],
    }
}

/// Lists of terms as one.
fn joined(lists: &[&str]) -> String {
    let some: Vec<&str> = lists
        .iter()
        .copied()
        .filter(|list| !list.is_empty())
        .collect();
    some.join(" ")
}

/// The statement that puts a comment into the index, in the place of what is known of it.
pub(crate) fn index_comment(conn: &AnyConnection, id: i64, terms: &str) -> Statement<()> {
    match conn {
        AnyConnection::Sqlite(_) => {
            Statement::new("INSERT OR REPLACE INTO comment_search (rowid, body) VALUES (")
                .number(id)
                .sql(", ")
                .text(terms)
                .sql(")")
        }
        AnyConnection::Postgres(_) => {
            Statement::new("INSERT INTO comment_search (comment_id, terms) SELECT ")
                .number(id)
                .sql(", array_to_tsvector(string_to_array(")
                .text(terms)
                .sql(", ' ')) ON CONFLICT (comment_id) DO UPDATE SET terms = excluded.terms")
        }
    }
}

/// The statements that take an article out of the index.
pub(crate) fn forget_article(conn: &AnyConnection, id: i64) -> Vec<Statement<()>> {
    let tables: &[&'static str] = match conn {
        AnyConnection::Sqlite(_) => &[
            "DELETE FROM article_search WHERE rowid = ",
            "DELETE FROM article_heads WHERE rowid = ",
        ],
        AnyConnection::Postgres(_) => &["DELETE FROM article_search WHERE article_id = "],
    };
    let delete = |sql: &&'static str| Statement::new(sql).number(id);
    tables.iter().map(delete).collect()
}

/// The statement that takes a comment out of the index.
pub(crate) fn forget_comment(conn: &AnyConnection, id: i64) -> Statement<()> {
    match conn {
        AnyConnection::Sqlite(_) => Statement::new("DELETE FROM comment_search WHERE rowid = "),
        AnyConnection::Postgres(_) => {
            Statement::new("DELETE FROM comment_search WHERE comment_id = ")
        }
    }
    .number(id)
}

/// Which fields of an article that was found hold every word that is wanted, the better the narrower:
/// 3 for the title alone, 2 for title and summary together, 1 for everything.
pub(crate) fn tier<Row>(
    conn: &AnyConnection,
    sql: Statement<Row>,
    query: &Query,
) -> Statement<Row> {
    match conn {
        AnyConnection::Sqlite(_) => {
            let wanted = fts5(query, false);
            sql.sql("CASE WHEN s.rowid IN (SELECT rowid FROM article_heads WHERE article_heads MATCH ")
                .text(&format!("{{title}} : ({wanted})"))
                .sql(") THEN 3 WHEN s.rowid IN (SELECT rowid FROM article_heads WHERE article_heads MATCH ")
                .text(&format!("{{lead}} : ({wanted})"))
                .sql(") THEN 2 ELSE 1 END")
        }
        AnyConnection::Postgres(_) => sql.sql("s.tier"),
    }
}

/// `… s JOIN listings l … WHERE …`: the listings of what is found anywhere.
pub(crate) fn found_articles<Row>(
    conn: &AnyConnection,
    sql: Statement<Row>,
    query: &Query,
) -> Statement<Row> {
    match conn {
        AnyConnection::Sqlite(_) => sql
            .sql("article_search s JOIN listings l ON l.article_id = s.rowid WHERE s.article_search MATCH ")
            .text(&fts5(query, true)),
        AnyConnection::Postgres(_) => sql
            .sql("found_articles(CAST(")
            .text(&tsquery(query, false))
            .sql(" AS tsquery), CAST(")
            .text(&tsquery(query, true))
            .sql(" AS tsquery)) s JOIN listings l ON l.article_id = s.article_id WHERE s.tier > 0"),
    }
}

/// `… s JOIN listings l … WHERE …`: the listings of what is found in the title.
pub(crate) fn found_titles<Row>(
    conn: &AnyConnection,
    sql: Statement<Row>,
    query: &Query,
) -> Statement<Row> {
    match conn {
        AnyConnection::Sqlite(_) => sql
            .sql("article_heads s JOIN listings l ON l.article_id = s.rowid WHERE s.article_heads MATCH ")
            .text(&format!("{{title}} : ({})", fts5(query, false))),
        AnyConnection::Postgres(_) => found_articles(conn, sql, query).sql(" AND s.tier = 3"),
    }
}

/// Goes on with a `WHERE` on `comments c`: those that a query finds.
pub(crate) fn found_comments<Row>(
    conn: &AnyConnection,
    sql: Statement<Row>,
    query: &Query,
) -> Statement<Row> {
    match conn {
        AnyConnection::Sqlite(_) => sql
            .sql(" AND c.id IN (SELECT rowid FROM comment_search WHERE comment_search MATCH ")
            .text(&fts5(query, true))
            .sql(")"),
        AnyConnection::Postgres(_) => sql
            .sql(" AND c.id IN (SELECT x.comment_id FROM found_comments(CAST(")
            .text(&tsquery(query, true))
            .sql(" AS tsquery)) x)"),
    }
}

/// A query as FTS5 reads it. Terms hold letters, digits, marks and `_`, so that quoting is safe.
fn fts5(query: &Query, excluding: bool) -> String {
    let word = |word: &Word| {
        let term = |term: &Term| match term {
            Term::Whole(term) => format!("\"{term}\""),
            Term::Beginning(term) => format!("\"{term}\"*"),
        };
        let terms: Vec<String> = word.terms().iter().map(term).collect();
        format!("({})", terms.join(" AND "))
    };
    combined(query, excluding, word, [" AND ", " OR ", " NOT "])
}

/// A query as `tsquery` reads it.
fn tsquery(query: &Query, excluding: bool) -> String {
    let word = |word: &Word| {
        let term = |term: &Term| match term {
            Term::Whole(term) => format!("'{term}'"),
            Term::Beginning(term) => format!("'{term}':*"),
        };
        let terms: Vec<String> = word.terms().iter().map(term).collect();
        format!("({})", terms.join(" & "))
    };
    combined(query, excluding, word, [" & ", " | ", " & !"])
}

/// All that is wanted and, where it is `excluding`, nothing that is unwanted.
fn combined(
    query: &Query,
    excluding: bool,
    word: impl Fn(&Word) -> String,
    [and, or, not]: [&str; 3],
) -> String {
    let joined = |words: &[Word], with: &str| {
        let words: Vec<String> = words.iter().map(&word).collect();
        format!("({})", words.join(with))
    };
    let wanted = joined(query.wanted(), and);
    if !excluding || query.unwanted().is_empty() {
        return wanted;
    }
    format!("{wanted}{not}{}", joined(query.unwanted(), or))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_are_asked_for_the_same() {
        let query = Query::parse("收购 \"Scale AI\" -ferry -\"old town hall\" met").unwrap();
        assert_eq!(
            fts5(&query, true),
            "((\"收购\") AND (\"scale_ai\") AND (\"met\"*)) NOT ((\"ferry\") OR (\"old_town\" AND \"town_hall\"))"
        );
        assert_eq!(
            tsquery(&query, true),
            "(('收购') & ('scale_ai') & ('met':*)) & !(('ferry') | ('old_town' & 'town_hall'))"
        );
        assert_eq!(fts5(&Query::parse("a -b").unwrap(), false), "((\"a\"))");
    }
}

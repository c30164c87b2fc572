//! Both databases have the tables that `schema.rs` says, column by column.

use std::collections::BTreeMap;

use super::Backend;
use crate::store::Store;
use crate::store::tests::{both, postgres, sqlite, texts};

const SQLITE_SCHEMA: &str = "SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS line \
     FROM sqlite_master WHERE tbl_name NOT LIKE 'sqlite%' ORDER BY 1";
const POSTGRES_SCHEMA: &str = "SELECT line FROM ( \
     SELECT 'column ' || table_name || '.' || column_name || ' ' || ordinal_position || ' ' || \
            data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS line \
     FROM information_schema.columns WHERE table_schema = 'public' \
     UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public') AS found ORDER BY 1";

/// Everything the database has, one line each: what a round of migrations must not change.
pub(crate) fn schema(store: &Store) -> Vec<String> {
    texts(
        store,
        match store.backend() {
            Backend::Sqlite => SQLITE_SCHEMA,
            Backend::Postgres => POSTGRES_SCHEMA,
        },
    )
}

/// `table.column` and its type, as `schema.rs` writes types.
type Columns = BTreeMap<String, String>;

fn written() -> Columns {
    let mut columns = Columns::new();
    let mut table = String::new();
    for line in include_str!("../schema.rs").lines().map(str::trim) {
        if let Some((name, kind)) = line.strip_suffix(',').and_then(|l| l.split_once(" -> ")) {
            columns.insert(format!("{table}.{name}"), kind.to_owned());
        } else if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            name.clone_into(&mut table);
        }
    }
    columns
}

/// The indexes that are asked by words are each database's own; `dialect/search.rs` knows both.
fn is_search(name: &str) -> bool {
    let own = ["article_search", "article_heads", "comment_search"];
    own.iter().any(|table| name.starts_with(table))
}

/// Every column of the database: `table.column type null`.
fn live(store: &Store) -> Columns {
    let sql = match store.backend() {
        Backend::Sqlite => {
            "SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || \
                    CASE WHEN c.\"notnull\" = 1 THEN 'NO' ELSE 'YES' END AS line \
             FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        }
        Backend::Postgres => {
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable \
             AS line FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let mut columns = Columns::new();
    for line in texts(store, sql)
        .iter()
        .filter(|line| !line.starts_with("__diesel") && !is_search(line))
    {
        let mut words = line.split(' ');
        let (column, kind) = (words.next().unwrap(), words.next().unwrap());
        let kind = match kind.to_ascii_lowercase().as_str() {
            "bigint" => "Int8",
            "integer" => "Int4",
            "text" => "Text",
            "boolean" => "Bool",
            other => panic!("{column} has the type {other}"),
        };
        let kind = match words.next() {
            Some("YES") => format!("Nullable<{kind}>"),
            _ => kind.to_owned(),
        };
        columns.insert(column.to_owned(), kind);
    }
    columns
}

#[test]
fn both_databases_are_as_schema_rs_says() {
    let written = written();
    assert!(written.len() > 100);
    for database in both() {
        let mut live = live(&database.store);
        if database.store.backend() == Backend::Sqlite {
            // There, a single key column that is an INTEGER is the row's own 64-bit
            // number; elsewhere the word means 32 bits to us.
            for (column, kind) in &written {
                let is_key = live.get(column).is_some_and(|kind| kind == "Int4");
                if is_key && KEYS.contains(&column.rsplit_once('.').unwrap().1) {
                    live.insert(column.clone(), kind.clone());
                }
            }
        }
        assert_eq!(live, written, "{}", database.store.describe());
    }
}

const KEYS: &[&str] = &["id", "article_id", "comment_id", "seq"];

#[test]
fn both_trees_have_the_same_constraints_and_indexes() {
    let Some(postgres) = postgres(|_| {}) else {
        return;
    };
    let of_sqlite = texts(
        &sqlite().store,
        "SELECT name AS line FROM sqlite_master WHERE type = 'index' \
         AND name NOT LIKE 'sqlite%' AND sql NOT LIKE 'CREATE UNIQUE %' ORDER BY 1",
    );
    let of_postgres = texts(
        &postgres.store,
        "SELECT c.relname::text COLLATE \"C\" AS line FROM pg_index i \
         JOIN pg_class c ON c.oid = i.indexrelid \
         WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique ORDER BY 1",
    );
    let of_postgres = of_postgres.into_iter();
    let of_postgres: Vec<String> = of_postgres.filter(|name| !is_search(name)).collect();
    assert_eq!(of_sqlite, of_postgres);
}

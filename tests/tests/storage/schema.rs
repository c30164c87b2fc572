//! Both live schemas, `schema.rs`, and each other.

use std::collections::BTreeSet;

use tests::postgres;

/// Tables that belong to the migrations themselves.
const OWN: &str = "__diesel_schema_migrations";
/// Indexes of words, which each database keeps in tables of its own kind: nothing but
/// `dialect/search.rs` reads them, and the suites of search compare what they find.
const WORDS: [&str; 3] = ["article_search", "article_heads", "comment_search"];

/// `table.column type nullable`, as one database has it.
pub(crate) fn columns(url: &str) -> BTreeSet<String> {
    let sql = if url.starts_with("sqlite") {
        "SELECT m.name || '.' || c.name || ' ' || \
         CASE WHEN c.pk > 0 AND c.type = 'INTEGER' THEN 'BIGINT' ELSE c.type END || ' ' || \
         CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN 'required' ELSE 'nullable' END AS line \
         FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT table_name || '.' || column_name || ' ' || upper(data_type) || ' ' || \
         CASE is_nullable WHEN 'NO' THEN 'required' ELSE 'nullable' END AS line \
         FROM information_schema.columns WHERE table_schema = 'public'"
    };
    lines(url, sql)
}

/// `table (columns) unique`, without names: a constraint has another one in each database.
pub(crate) fn indexes(url: &str) -> BTreeSet<String> {
    let sql = if url.starts_with("sqlite") {
        "SELECT m.name || ' (' || (SELECT group_concat(i.name, ',') FROM (SELECT name FROM pragma_index_info(l.name) \
         ORDER BY seqno) i) || ')' || CASE l.\"unique\" WHEN 1 THEN ' unique' ELSE '' END || \
         CASE l.partial WHEN 1 THEN ' partial' ELSE '' END AS line \
         FROM sqlite_master m JOIN pragma_index_list(m.name) l \
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND NOT (l.origin = 'pk' AND \
         (SELECT count(*) FROM pragma_index_info(l.name)) = 0)"
    } else {
        "SELECT t.relname || ' (' || (SELECT string_agg(a.attname, ',' ORDER BY k.place) \
         FROM unnest(x.indkey::int[]) WITH ORDINALITY AS k (number, place) \
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) || ')' || \
         CASE WHEN x.indisunique THEN ' unique' ELSE '' END || \
         CASE WHEN x.indpred IS NOT NULL THEN ' partial' ELSE '' END AS line \
         FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid \
         JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = 'public'"
    };
    let mut found = lines(url, sql);
    // SQLite keeps a table with one integer key in the order of that key: its
    // primary index is the table itself, and not listed.
    found.retain(|line| {
        !line.ends_with("(id) unique")
            && !line.ends_with("(seq) unique")
            && !line.ends_with("(article_id) unique")
            && !line.ends_with("(comment_id) unique")
    });
    found
}

/// `table.column -> table.column`.
pub(crate) fn references(url: &str) -> BTreeSet<String> {
    let sql = if url.starts_with("sqlite") {
        "SELECT m.name || '.' || f.\"from\" || ' -> ' || f.\"table\" AS line \
         FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
    } else {
        "SELECT t.relname || '.' || a.attname || ' -> ' || r.relname AS line FROM pg_constraint c \
         JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid \
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1] WHERE c.contype = 'f'"
    };
    lines(url, sql)
}

fn lines(url: &str, sql: &str) -> BTreeSet<String> {
    let found = storage::testing::lines(url, sql).expect("the catalogue can be read");
    found
        .into_iter()
        .filter(|line| !line.contains(OWN) && !WORDS.iter().any(|table| line.starts_with(table)))
        .collect()
}

/// What `schema.rs` says, in the same form.
fn declared() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../storage/src/schema.rs");
    let source = std::fs::read_to_string(path).expect("schema.rs");
    let mut table = String::new();
    let mut found = BTreeSet::new();
    for line in source.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
            name.clone_into(&mut table);
        } else if let Some((column, kind)) = line.split_once(" -> ").filter(|_| line.ends_with(','))
        {
            let kind = kind.trim_end_matches(',');
            let inner = kind
                .strip_prefix("Nullable<")
                .map(|rest| rest.trim_end_matches('>'));
            let sql = match inner.unwrap_or(kind) {
                "Int8" | "BigInt" => "BIGINT",
                "Int4" | "Integer" => "INTEGER",
                "Text" => "TEXT",
                "Bool" => "BOOLEAN",
                other => panic!("{other} is not among the portable types"),
            };
            let nullable = if inner.is_some() {
                "nullable"
            } else {
                "required"
            };
            found.insert(format!("{table}.{column} {sql} {nullable}"));
        }
    }
    assert!(found.len() > 50, "schema.rs was not understood");
    found
}

#[track_caller]
fn assert_same(left: &BTreeSet<String>, right: &BTreeSet<String>, what: &str) {
    let only_left: Vec<_> = left.difference(right).collect();
    let only_right: Vec<_> = right.difference(left).collect();
    assert!(
        only_left.is_empty() && only_right.is_empty(),
        "{what}: only the first has {only_left:#?}, only the second has {only_right:#?}"
    );
}

#[test]
fn sqlite_has_the_columns_of_schema_rs() {
    let database = tests::Database::sqlite();
    assert_same(
        &columns(database.url()),
        &declared(),
        "SQLite and schema.rs",
    );
}

#[test]
fn postgres_has_the_columns_of_schema_rs() {
    if postgres::cluster().is_none() {
        return;
    }
    let database = tests::Database::postgres();
    assert_same(
        &columns(database.url()),
        &declared(),
        "PostgreSQL and schema.rs",
    );
}

#[test]
fn of_every_text_it_is_known_who_may_see_it() {
    let text: BTreeSet<String> = declared()
        .into_iter()
        .filter_map(|line| Some(line.split_once(" TEXT ")?.0.to_owned()))
        .collect();
    let judged: BTreeSet<String> = tests::canary::COLUMNS
        .iter()
        .map(|(column, _)| (*column).to_owned())
        .collect();
    assert_same(&text, &judged, "schema.rs and the columns of the canaries");
}

#[test]
fn both_have_the_same_indexes_and_references() {
    if postgres::cluster().is_none() {
        return;
    }
    let (sqlite, postgres) = (tests::Database::sqlite(), tests::Database::postgres());
    assert_same(&indexes(sqlite.url()), &indexes(postgres.url()), "indexes");
    assert_same(
        &references(sqlite.url()),
        &references(postgres.url()),
        "references",
    );
}

#[test]
fn text_is_compared_by_bytes_where_order_counts() {
    if postgres::cluster().is_none() {
        return;
    }
    let database = tests::Database::postgres();
    let other = lines(
        database.url(),
        "SELECT table_name || '.' || column_name AS line FROM information_schema.columns \
         WHERE table_schema = 'public' AND column_name = 'slug' AND coalesce(collation_name, '') <> 'C'",
    );
    assert!(other.is_empty(), "{other:?}");
}

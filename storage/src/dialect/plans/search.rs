//! Search looks at everything it finds, and at nothing else.

use diesel::connection::SimpleConnection;
use domain::comment::Desk;
use domain::page::Limit;
use domain::text::search::Query;

use super::explain::{explain, statements};
use super::{NOW, check, limit};
use crate::Conn;
use crate::comments::{self, DeskQuery, ListQuery};
use crate::connection::AnyConnection;
use crate::published::{self, Filter, Place};
use crate::search::{self, Position, SearchQuery};
use crate::tags;
use domain::id::{ArticleId, SectionId};
use domain::time::Timestamp;

/// Words that every article has, every tenth, and every thousandth.
const FILL: [&str; 2] = [
    "INSERT INTO article_search (rowid, terms) SELECT id, \
        'ferry n' || (id % 10) || ' m' || (id % 1000) FROM published_articles; \
     INSERT INTO article_heads (rowid, title, lead) SELECT id, 'ferry', 'ferry n' || (id % 10) \
        FROM published_articles; \
     INSERT INTO comment_search (rowid, body) SELECT id, 'ferry n' || (id % 10) FROM comments;",
    "INSERT INTO article_search SELECT id, 'ferry'::tsvector, ('ferry n' || (id % 10))::tsvector, \
        ('ferry m' || (id % 1000) || ' n' || (id % 10))::tsvector || array_to_tsvector(ARRAY( \
            SELECT 'w' || (id * 31 + g) % 9973 FROM generate_series(1, 150) g)) \
        FROM published_articles WHERE id > 16000; \
     INSERT INTO comment_search SELECT id, ('ferry n' || (id % 10))::tsvector FROM comments;",
];

pub(super) fn fill(conn: &mut AnyConnection) {
    let [sqlite, postgres] = FILL;
    match conn {
        AnyConnection::Sqlite(conn) => conn.batch_execute(sqlite),
        AnyConnection::Postgres(conn) => conn.batch_execute(postgres),
    }
    .unwrap();
}

/// One statement that goes by the index of words and from there by keys.
fn by_words(conn: &mut Conn<'_>, name: &str, work: impl FnOnce(&mut Conn<'_>)) {
    let statements = statements(conn, work);
    assert_eq!(statements.len(), 1, "{name}: {statements:#?}");
    let plan = explain(conn.0, &statements[0]).join("\n");
    let (index, all): (&str, &[&str]) = match conn.0 {
        AnyConnection::Sqlite(_) => ("VIRTUAL TABLE INDEX", &["SCAN l\n", "SCAN p\n", "SCAN c\n"]),
        AnyConnection::Postgres(_) => (
            "Function Scan on found_",
            &["Seq Scan on listings", "Seq Scan on comments"],
        ),
    };
    assert!(plan.contains(index), "{name}:\n{plan}");
    assert!(!all.iter().any(|all| plan.contains(all)), "{name}:\n{plan}");
}

/// What the functions do that PostgreSQL finds articles and comments with.
fn functions(conn: &mut Conn<'_>) {
    let AnyConnection::Postgres(postgres) = &mut *conn.0 else {
        return;
    };
    postgres
        .batch_execute("SET enable_bitmapscan = on")
        .unwrap();
    for table in ["article_search", "comment_search"] {
        let sql = format!("SELECT 1 FROM {table} s WHERE s.terms @@ CAST($1 AS tsquery)");
        let plan = explain(conn.0, &sql).join("\n");
        assert!(
            plan.contains(&format!("Bitmap Index Scan on {table}_terms")),
            "{plan}"
        );
    }
    if let AnyConnection::Postgres(postgres) = &mut *conn.0 {
        postgres
            .batch_execute("SET enable_bitmapscan = off")
            .unwrap();
    }
}

pub(super) fn reads(conn: &mut Conn<'_>) {
    functions(conn);
    let position = Position {
        tier: 3,
        published_at: Timestamp::from_millis(10_000),
        id: ArticleId::from_raw(10_000),
    };
    let section = Filter {
        places: vec![Place::Section(SectionId::from_raw(1))],
        ..Filter::default()
    };
    for (text, filter, after) in [
        ("ferry n3 ", Filter::default(), None),
        ("ferry n3 ", Filter::default(), Some(position)),
        ("ferry n4 -m7", section, None),
        ("ferr", Filter::default(), None),
    ] {
        let query = SearchQuery {
            words: words(text),
            filter,
            after,
        };
        by_words(conn, "search", |conn| {
            let page = search::list(conn, &query, Limit::default(), NOW).unwrap();
            assert!(!page.items.is_empty());
        });
        by_words(conn, "facets", |conn| {
            assert!(!search::facets(conn, &query, NOW).unwrap().is_empty());
        });
    }
    by_words(conn, "suggested articles", |conn| {
        assert_eq!(search::suggest(conn, &words("fer"), NOW).unwrap().len(), 10);
    });
    others(conn);
    comments_by_words(conn);
}

fn words(text: &str) -> Query {
    Query::parse(text).unwrap()
}

fn others(conn: &mut Conn<'_>) {
    // The tags that hold a word are sorted, and no others are looked at.
    let suggested = statements(conn, |conn| {
        assert_eq!(tags::suggest(conn, &words("t1 ")).unwrap().len(), 1);
    });
    let plan = explain(conn.0, &suggested[0]).join("\n");
    assert!(
        !plan.contains("SCAN t\n") && !plan.contains("Seq Scan on tag"),
        "{plan}"
    );
    let ids = [1, 2, 3].map(ArticleId::from_raw);
    check(conn, "texts", 1, |conn| {
        search::texts(conn, &ids).unwrap();
    });
    check(conn, "stale articles", 1, |conn| {
        assert_eq!(published::stale(conn, 50).unwrap().len(), 40);
    });
    check(conn, "articles to renew", 1, |conn| {
        assert_eq!(published::after(conn, 500, 50).unwrap().len(), 50);
    });
}

fn comments_by_words(conn: &mut Conn<'_>) {
    by_words(conn, "comments by words", |conn| {
        let query = ListQuery {
            user: None,
            status: None,
            words: Some(words("n3 ")),
            before: None,
            limit: limit(),
        };
        assert!(comments::list(conn, &query).unwrap().more);
    });
    by_words(conn, "desk by words", |conn| {
        let query = DeskQuery {
            desk: Desk::Held,
            words: Some(words("n3 ")),
            after: None,
            limit: limit(),
        };
        comments::desk(conn, &query).unwrap();
    });
}

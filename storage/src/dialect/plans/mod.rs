//! Every hot statement, explained by both databases over filled tables: none may scan a table or
//! sort what an index holds in order. PostgreSQL is asked for its generic plan, which knows no
//! values, since that is what a prepared statement may end up with.

mod accounts;
mod explain;
mod fill;
mod following;
mod moderation;
mod moves;
mod newsroom;
mod popular;
mod previews;
mod rules;
mod search;
mod trail;
mod votes;

use diesel::connection::SimpleConnection;
use domain::comment::{AuthorKind, CommentStatus, Levels};
use domain::id::{ArticleId, AuthorId, CommentId, SectionId, TagId, UserId};
use domain::page::Limit;
use domain::slug::Slug;
use domain::time::Timestamp;

use self::explain::{explain, is_kept, statements, wasteful};
use self::fill::FILL;
use crate::articles;
use crate::comments::{self, NewComment, Sort, ThreadQuery};
use crate::connection::AnyConnection;
use crate::published::{self, BodyKind, Filter, Key, ListQuery, Located, Place};
use crate::store::tests::{ME, both};
use crate::{Conn, Error, Tx, takedowns};

/// Editors' look-ups by lists of any length, which Diesel does not keep prepared on SQLite.
const LOOK_UPS: [&str; 3] = [
    "free slug",
    "author lookup",
    "author lookup by former names",
];

/// Everything in the order of its tree, one page of it: SQLite calls that a scan.
fn is_a_page(step: &str) -> bool {
    [
        "SCAN articles",
        "SCAN articles USING COVERING INDEX articles_updated",
        "SCAN changes",
        "SCAN l USING INDEX changes_comments",
        "SCAN comment_rules",
        "SCAN users",
        "SCAN api_keys",
        "SCAN sessions USING INDEX sessions_open",
    ]
    .contains(&step)
}

fn check(
    conn: &mut Conn<'_>,
    name: &str,
    expected: usize,
    work: impl FnOnce(&mut Conn<'_>),
) -> Vec<String> {
    let statements = explained(conn, name, expected, work);
    for sql in &statements {
        assert!(
            is_kept(sql) || LOOK_UPS.contains(&name),
            "{name} is prepared every time: {sql}"
        );
    }
    statements
}

/// The same for what nobody does often: preparing it each time does not count.
fn check_rare(tx: &mut Tx<'_>, name: &str, expected: usize, work: impl FnOnce(&mut Tx<'_>)) {
    let (actor, now) = (tx.actor().clone(), tx.now());
    explained(tx, name, expected, |conn| {
        work(&mut Tx::new(conn.0, actor, now));
    });
}

/// The statements of some work, none of which reads more than it answers.
fn explained(
    conn: &mut Conn<'_>,
    name: &str,
    expected: usize,
    work: impl FnOnce(&mut Conn<'_>),
) -> Vec<String> {
    let statements = statements(conn, work);
    assert_eq!(statements.len(), expected, "{name}: {statements:#?}");
    for sql in &statements {
        let plan = explain(conn.0, sql);
        let bad = plan
            .iter()
            .any(|step| wasteful(step, sql) && !is_a_page(step));
        if std::env::var_os("BROADSHEET_SHOW_PLANS").is_some() {
            let verdict = if bad { "BAD" } else { "good" };
            println!("== {verdict} {name}\n{sql}\n{}", plan.join("\n"));
        } else {
            assert!(!bad, "{name}: {sql}\n{plan:#?}");
        }
    }
    statements
}

const NOW: Timestamp = Timestamp::MAX;

fn limit() -> Limit {
    Limit::default()
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn lists() -> Vec<ListQuery> {
    let section = || Place::Section(SectionId::from_raw(1));
    let tag = || Place::TagSlug(slug("t5"));
    let author = || Place::Author(AuthorId::from_raw(7));
    let places = [
        vec![],
        vec![section()],
        vec![tag()],
        vec![Place::Tag(TagId::from_raw(5))],
        vec![author()],
        vec![Place::AuthorSlug(slug("a7"))],
        vec![section(), tag()],
        vec![author(), section(), tag()],
    ];
    let mut queries = Vec::new();
    for places in places {
        for ascending in [false, true] {
            for language in [None, Some("zh".to_owned())] {
                let filter = Filter {
                    places: places.clone(),
                    language,
                    ..Filter::default()
                };
                let at = Timestamp::from_millis(9000);
                let dated = ListQuery {
                    filter: Filter {
                        published_after: Some(Timestamp::from_millis(5)),
                        published_before: Some(Timestamp::from_millis(15_000)),
                        ..filter.clone()
                    },
                    ascending,
                    ..ListQuery::default()
                };
                let query = ListQuery {
                    filter,
                    ascending,
                    after: None,
                };
                let after = ListQuery {
                    after: Some((at, ArticleId::from_raw(9000))),
                    ..query.clone()
                };
                queries.extend([query, dated, after]);
            }
        }
    }
    queries
}

fn published_reads(conn: &mut Conn<'_>) {
    let id = ArticleId::from_raw(77);
    for key in [Key::Id(id), Key::Slug(slug("p77"))] {
        check(conn, "article", 1, |conn| {
            assert!(
                published::find(conn, &key, NOW, Some(BodyKind::Html))
                    .unwrap()
                    .is_some()
            );
        });
    }
    check(conn, "where a slug leads", 1, |conn| {
        let found = published::locate(conn, &slug("p77"), NOW).unwrap();
        assert!(matches!(found, Some(Located::Article { .. })), "{found:?}");
    });
    for key in [Key::Id(id), Key::Slug(slug("p77"))] {
        check(conn, "taken down", 1, |conn| {
            assert_eq!(takedowns::gone(conn, &key).unwrap(), None);
        });
    }
    for query in lists() {
        check(conn, &format!("list {query:?}"), 1, |conn| {
            published::list(conn, &query, limit(), NOW).unwrap();
        });
    }
    check(conn, "by ids", 1, |conn| {
        let ids: Vec<_> = (1..=60).map(ArticleId::from_raw).collect();
        assert_eq!(published::by_ids(conn, &ids, NOW).unwrap().len(), 60);
    });
    check(conn, "names", 1, |conn| {
        let names = published::names(
            conn,
            (1..=9).map(AuthorId::from_raw),
            (1..=9).map(TagId::from_raw),
        );
        assert_eq!(names.unwrap().tags.len(), 9);
    });
    check(conn, "names and translations", 1, |conn| {
        let found = published::names_and_translations(
            conn,
            (1..=9).map(AuthorId::from_raw),
            (1..=9).map(TagId::from_raw),
            ArticleId::from_raw(40),
            ArticleId::from_raw(40),
            NOW,
        );
        assert_eq!(found.unwrap().1.visible.len(), 1);
    });
    check(conn, "original", 1, |conn| {
        assert!(articles::is_original(conn, ArticleId::from_raw(40)).unwrap());
    });
    surroundings(conn);
    check(conn, "next transition", 1, |conn| {
        assert_eq!(published::next_transition(conn, NOW).unwrap(), None);
    });
}

/// What is related is sorted by its points: the newest fifty of each place, and no more.
fn surroundings(conn: &mut Conn<'_>) {
    let key = Key::Id(ArticleId::from_raw(9001));
    let found = published::find(conn, &key, NOW, None).unwrap();
    let Some(published::Found::Article(article)) = found else {
        panic!("no article");
    };
    for related in [false, true] {
        let wanted = published::Around {
            neighbors: true,
            related,
        };
        let statements = statements(conn, |conn| {
            let found = published::surroundings(conn, &article.card, wanted, NOW).unwrap();
            let beside = found.neighbors;
            assert!(beside.previous.is_some() && beside.next.is_some());
            assert_eq!(found.related.len(), if related { 6 } else { 0 });
        });
        assert_eq!(statements.len(), 1);
        let plan = explain(conn.0, &statements[0]);
        let read_in_order = |step: &&String| {
            let sorts = ["Sort", "Hash", "TEMP B-TREE"];
            !(related && sorts.iter().any(|word| step.contains(word)))
        };
        for step in plan.iter().filter(read_in_order) {
            assert!(!wasteful(step, &statements[0]), "{step}: {plan:#?}");
        }
    }
}

const ORDERS: [Sort; 5] = [
    Sort::Best,
    Sort::Newest,
    Sort::Oldest,
    Sort::Controversial,
    Sort::Hot,
];

fn comment_reads(conn: &mut Conn<'_>) {
    let article = ArticleId::from_raw(1);
    let comment = CommentId::from_raw(11);
    for sort in ORDERS {
        for after in [None, Some(2000)] {
            for replies in [3, 10] {
                let query = ThreadQuery {
                    article,
                    sort,
                    after,
                    limit: limit(),
                    replies,
                };
                check(conn, "thread", 1, |conn| {
                    let page = comments::thread(conn, &query).unwrap();
                    assert_eq!(page.items.len(), 20);
                });
            }
            check(conn, "replies", 1, |conn| {
                comments::replies(conn, comment, sort, after, limit()).unwrap();
            });
        }
    }
    for after in [None, Some(20_000)] {
        check(conn, "newest", 1, |conn| {
            assert!(comments::newest(conn, after, limit(), NOW).unwrap().more);
        });
    }
    check(conn, "comment", 1, |conn| {
        assert!(comments::get(conn, comment, NOW).unwrap().is_some());
    });
    check(conn, "context", 2, |conn| {
        let reply = CommentId::from_raw(100_011);
        assert!(comments::context(conn, reply, NOW).unwrap().is_some());
    });
    check(conn, "whether a comment was let stand", 1, |conn| {
        assert!(comments::has_stood(conn, UserId::from_raw(7), NOW).unwrap());
    });
    check(conn, "counts", 1, |conn| {
        let ids: Vec<_> = (1..=60).map(ArticleId::from_raw).collect();
        assert_eq!(comments::counts(conn, &ids, NOW).unwrap().len(), 60);
    });
}

fn writes(tx: &mut Tx<'_>) {
    let comment = NewComment {
        id: CommentId::from_raw(900_000),
        parent: Some(CommentId::from_raw(11)),
        author_kind: AuthorKind::Guest,
        author_name: "n".to_owned(),
        user: None,
        author_email: None,
        body_source: "s".to_owned(),
        body_html: "h".to_owned(),
        body_text: "t".to_owned(),
        status: CommentStatus::Published,
        finding: None,
        levels: Levels::default(),
    };
    let (actor, now) = (tx.actor().clone(), tx.now());
    // The place; the answered comment, the counters, the comment, who is told, and the log.
    check(tx, "posting a reply", 7, |conn| {
        let mut tx = Tx::new(conn.0, actor.clone(), now);
        let article = Key::Id(ArticleId::from_raw(1));
        let place = comments::place_for(&mut tx, &article, comment.parent).unwrap();
        comments::insert(&mut tx, &place.unwrap(), &comment)
            .unwrap()
            .unwrap();
    });
    check_rare(tx, "language of a group", 2, |tx| {
        let (original, other) = (ArticleId::from_raw(40), ArticleId::from_raw(7));
        assert!(
            articles::in_language(tx, original, "en", other)
                .unwrap()
                .is_some()
        );
    });
}

#[test]
fn hot_statements_go_by_index() {
    for database in both() {
        let filled: Result<(), Error> = database.store.write_blocking(ME, NOW, |tx| {
            tx.0.batch_execute(FILL).unwrap();
            search::fill(tx.0);
            // PostgreSQL gathers statistics by itself; SQLite does only when told, and is not.
            if let AnyConnection::Postgres(conn) = &mut *tx.0 {
                conn.batch_execute("ANALYZE").unwrap();
            }
            Ok(())
        });
        filled.unwrap();
        let read: Result<(), Error> = database.store.read_blocking(|conn| {
            published_reads(conn);
            comment_reads(conn);
            moderation::reads(conn);
            popular::reads(conn);
            newsroom::reads(conn);
            previews::reads(conn);
            accounts::reads(conn);
            votes::reads(conn);
            following::reads(conn);
            search::reads(conn);
            trail::check(conn);
            Ok(())
        });
        read.unwrap();
        let written: Result<(), Error> = database.store.write_blocking(ME, NOW, |tx| {
            writes(tx);
            votes::writes(tx);
            Ok(())
        });
        written.unwrap();
        let soon = Timestamp::from_millis(20_000);
        let written: Result<(), Error> = database.store.write_blocking(ME, soon, |tx| {
            previews::writes(tx);
            moderation::writes(tx);
            following::writes(tx);
            accounts::writes(tx);
            popular::writes(tx);
            rules::all(tx);
            Ok(())
        });
        written.unwrap();
    }
}

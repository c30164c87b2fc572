//! What the newsroom reads: working copies, their history, their addresses.

use domain::article::Status;
use domain::id::{ArticleId, AuthorId, SectionId, TagId, UserId};

use super::explain::{explain, statements};
use super::{NOW, check, explained, limit, slug};
use crate::articles::{self, ManageFilter, ManageOrder};
use crate::{Conn, addresses, authors, sections, tags};

pub(super) fn reads(conn: &mut Conn<'_>) {
    let id = ArticleId::from_raw(77);
    check(conn, "working copy", 1, |conn| {
        assert!(articles::get(conn, id).unwrap().is_some());
    });
    check(conn, "working copy by slug", 1, |conn| {
        assert!(articles::by_slug(conn, &slug("p77")).unwrap().is_some());
    });
    for status in [
        None,
        Some(Status::Published),
        Some(Status::Draft),
        Some(Status::Scheduled),
    ] {
        for section in [None, Some(SectionId::from_raw(3))] {
            for after in [None, Some((0, ArticleId::from_raw(9000)))] {
                let filter = ManageFilter {
                    status,
                    section,
                    ..ManageFilter::default()
                };
                check(conn, &format!("working copies {filter:?}"), 1, |conn| {
                    articles::list(conn, &filter, ManageOrder::Created, after, limit(), NOW)
                        .unwrap();
                });
                own_working_copies(conn, &filter, after);
            }
        }
    }
    recently_changed(conn);
    by_author_and_tag(conn);
    by_words(conn);
    history(conn, id);
    check(conn, "slug taken", 2, |conn| {
        articles::slug_taken(conn, &slug("p77"), None).unwrap();
    });
    check(conn, "free slug", 2, |conn| {
        articles::free_slug(conn, &slug("p77")).unwrap();
    });
    check(conn, "address", 1, |conn| {
        addresses::holder(conn, &slug("p77")).unwrap();
    });
    check(conn, "address with its article", 1, |conn| {
        assert!(addresses::get(conn, &slug("p77")).unwrap().is_some());
    });
    check(conn, "addresses of an article", 1, |conn| {
        addresses::list(conn, id, Some(&slug("p5")), limit()).unwrap();
    });
    authors_and_tags(conn);
}

/// By all the names they have and had.
fn authors_and_tags(conn: &mut Conn<'_>) {
    check(conn, "authors", 1, |conn| {
        authors::list(conn, Some(&slug("a5")), limit()).unwrap();
    });
    check(conn, "author of an account", 1, |conn| {
        authors::of_user(conn, UserId::from_raw(77)).unwrap();
    });
    check(conn, "tags", 1, |conn| {
        tags::list(conn, None, limit()).unwrap();
    });
    check(conn, "author lookup", 2, |conn| {
        authors::lookup(conn, &[AuthorId::from_raw(1)], &[slug("a5")]).unwrap();
    });
    check(conn, "author lookup by former names", 4, |conn| {
        let ids = [AuthorId::from_raw(1), AuthorId::from_raw(10_007)];
        let slugs = [slug("a5"), slug("old-a8")];
        let found = authors::lookup(conn, &ids, &slugs).unwrap();
        assert_eq!(found.id(ids[1]).unwrap().id.raw(), 7);
        assert_eq!(found.slug(&slugs[1]).unwrap().id.raw(), 8);
    });
    check(conn, "author merged into", 1, |conn| {
        let found = authors::merged(conn, AuthorId::from_raw(10_007)).unwrap();
        assert_eq!(found, Some(AuthorId::from_raw(7)));
    });
    check(conn, "section merged into", 1, |conn| {
        assert!(
            sections::merged(conn, SectionId::from_raw(10_007))
                .unwrap()
                .is_some()
        );
    });
    check(conn, "tag in use", 1, |conn| {
        assert!(tags::in_use(conn, TagId::from_raw(7)).unwrap());
    });
}

/// Whatever an article said before, and what the newspaper said about it.
fn history(conn: &mut Conn<'_>, id: ArticleId) {
    for before in [None, Some(2)] {
        check(conn, "revisions", 1, |conn| {
            assert_eq!(
                articles::revisions(conn, id, before, limit())
                    .unwrap()
                    .items
                    .len(),
                1
            );
        });
    }
    check(conn, "revision", 1, |conn| {
        assert!(articles::revision(conn, id, 1).unwrap().is_some());
    });
    let revision = articles::revision(conn, id, 1).unwrap();
    let mut one = revision.unwrap().content;
    check(conn, "what revisions name now", 1, |conn| {
        one.tags.push(TagId::from_raw(10_003));
        one.authors.push(AuthorId::from_raw(10_004));
        one.section = SectionId::from_raw(10_005);
        let mut other = one.clone();
        articles::name_in_force(conn, &mut [&mut one, &mut other]).unwrap();
        for content in [one, other] {
            let named = (
                content.section.raw(),
                content.authors[0].raw(),
                content.tags[0].raw(),
            );
            assert_eq!(named, (1, 4, 3));
        }
    });
    check(conn, "content of a version", 1, |conn| {
        articles::content_at(conn, id, 1).unwrap();
    });
    check(conn, "corrections", 1, |conn| {
        articles::corrections(conn, id).unwrap();
    });
}

/// What was changed last is walked in that order, whatever else narrows it.
fn recently_changed(conn: &mut Conn<'_>) {
    for label in [None, Some("user:7".to_owned())] {
        for after in [None, Some((NOW.as_millis(), ArticleId::from_raw(9000)))] {
            let filter = ManageFilter {
                created_by: label.clone(),
                ..ManageFilter::default()
            };
            explained(conn, &format!("last changed {filter:?}"), 1, |conn| {
                articles::list(conn, &filter, ManageOrder::Updated, after, limit(), NOW).unwrap();
            });
        }
    }
    let filter = ManageFilter {
        status: Some(Status::Scheduled),
        ..ManageFilter::default()
    };
    let next = statements(conn, |conn| {
        articles::list(conn, &filter, ManageOrder::NextVisible, None, limit(), NOW).unwrap();
    });
    // They are few, found by their time, and then sorted.
    let plan = explain(conn.0, &next[0]).join("\n");
    assert!(plan.contains("published_articles_visible_from"), "{plan}");
}

/// What has an author or a tag is found by that, in the order of the ids; whatever else narrows it.
/// In another order, all that the author or the tag has is sorted, and nothing else is read.
fn by_author_and_tag(conn: &mut Conn<'_>) {
    let (author, tag) = (AuthorId::from_raw(7), TagId::from_raw(1));
    for (author, tag) in [
        (Some(author), None),
        (None, Some(tag)),
        (Some(author), Some(tag)),
    ] {
        for status in [None, Some(Status::Draft), Some(Status::Published)] {
            for after in [None, Some((NOW.as_millis(), ArticleId::from_raw(9000)))] {
                let filter = ManageFilter {
                    author,
                    tag,
                    status,
                    section: status.map(|_| SectionId::from_raw(3)),
                    ..ManageFilter::default()
                };
                let name = format!("working copies {filter:?}");
                check(conn, &name, 1, |conn| {
                    articles::list(conn, &filter, ManageOrder::Created, after, limit(), NOW)
                        .unwrap();
                });
                own_working_copies(conn, &filter, after);
                let changed = statements(conn, |conn| {
                    articles::list(conn, &filter, ManageOrder::Updated, after, limit(), NOW)
                        .unwrap();
                });
                let plan = explain(conn.0, &changed[0]).join("\n");
                assert!(
                    plan.contains("w USING PRIMARY KEY (scope=? AND scope_id=?)")
                        || plan.contains("working_listings_pkey on working_listings w"),
                    "{name}: {plan}"
                );
            }
        }
        let filter = ManageFilter {
            author,
            tag,
            ..ManageFilter::default()
        };
        let counting = statements(conn, |conn| {
            articles::counts(conn, &filter, NOW).unwrap();
        });
        assert_eq!(counting.len(), 2);
    }
}

/// What has words is found by the one that fewest have, or by what has fewer articles still.
fn by_words(conn: &mut Conn<'_>) {
    for words in [
        &["word7"][..],
        &["always", "word7"],
        &["often", "always", "often"],
    ] {
        for status in [None, Some(Status::Published)] {
            for after in [None, Some((NOW.as_millis(), ArticleId::from_raw(9000)))] {
                let filter = having(words, status);
                let name = format!("working copies {filter:?} after {after:?}");
                let created = check(conn, &name, 2, |conn| {
                    let order = ManageOrder::Created;
                    articles::list(conn, &filter, order, after, limit(), NOW).unwrap();
                });
                let plan = explain(conn.0, &created[1]).join("\n");
                assert!(is_led_by_a_word(&plan), "{name}: {plan}");
                own_working_copies(conn, &filter, after);
                among_a_section(conn, &filter, after);
            }
        }
    }
    changed_with_words(conn);
}

/// In the order of the last change, what is few is sorted, and so is what is many if few of it have
/// all that is asked; what is met soon enough on the way is looked for there.
fn changed_with_words(conn: &mut Conn<'_>) {
    for (words, walked, asked) in [
        (&["word7", "often"][..], false, 2),
        (&["seldom", "always"], false, 2),
        (&["always"], true, 3),
        (&["often", "always"], true, 3),
        (&["often", "never"], false, 2),
        (&["even", "odd"], false, 3),
    ] {
        for status in [None, Some(Status::Published)] {
            let filter = having(words, status);
            let name = format!("last changed {filter:?}");
            let changed = statements(conn, |conn| {
                let order = ManageOrder::Updated;
                articles::list(conn, &filter, order, None, limit(), NOW).unwrap();
            });
            assert_eq!(changed.len(), asked, "{name}: {changed:#?}");
            let plan = explain(conn.0, &changed[asked - 1]).join("\n");
            assert_eq!(plan.contains("articles_updated"), walked, "{name}: {plan}");
            assert_eq!(is_led_by_a_word(&plan), !walked, "{name}: {plan}");
        }
    }
}

fn having(words: &[&str], status: Option<Status>) -> ManageFilter {
    ManageFilter {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        status,
        ..ManageFilter::default()
    }
}

fn is_led_by_a_word(plan: &str) -> bool {
    plan.contains("w USING PRIMARY KEY (term=?")
        || plan.contains("working_terms_pkey on working_terms w")
}

/// Whoever is confined to a section walks what lies there, whatever words others use.
fn among_a_section(conn: &mut Conn<'_>, filter: &ManageFilter, after: Option<(i64, ArticleId)>) {
    let filter = ManageFilter {
        section: Some(SectionId::from_raw(3)),
        confined: true,
        ..filter.clone()
    };
    let name = format!("confined {filter:?} after {after:?}");
    let statements = check(conn, &name, 1, |conn| {
        articles::list(conn, &filter, ManageOrder::Created, after, limit(), NOW).unwrap();
    });
    let plan = explain(conn.0, &statements[0]).join("\n");
    assert!(plan.contains("articles_section"), "{name}: {plan}");
}

/// What an author lists is found among their own alone, by an index that knows all that was asked.
fn own_working_copies(conn: &mut Conn<'_>, filter: &ManageFilter, after: Option<(i64, ArticleId)>) {
    let filter = ManageFilter {
        created_by: Some("user:7".to_owned()),
        ..filter.clone()
    };
    let name = format!("own working copies {filter:?}");
    let statements = explained(conn, &name, 1, |conn| {
        articles::list(conn, &filter, ManageOrder::Created, after, limit(), NOW).unwrap();
    });
    if filter.status == Some(Status::Scheduled) {
        // Found by their time: there are few.
        return;
    }
    let index = match (filter.section, filter.status) {
        (None, None) => "articles_created_by",
        (Some(_), None) => "articles_created_by_section",
        (Some(_), Some(_)) => "articles_created_by_section_state",
        (None, Some(_)) => "articles_created_by_state",
    };
    let plan = explain(conn.0, &statements[0]).join("\n");
    assert!(
        plan.contains(&format!(" INDEX {index} (created_by=?"))
            || plan.contains(&format!("Scan Backward using {index} on articles")),
        "{name}: {plan}"
    );
}

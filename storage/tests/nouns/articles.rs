//! The life of an article: drafts, revisions, publication, old addresses.

use domain::Limit;
use domain::article::{LeadImage, Schedule, State, Status};
use domain::id::{ArticleId, RevisionId, SectionId, TagId};
use storage::articles::{Edit, ManageFilter, ManageOrder, Publication};
use storage::published::{self, BodyKind, Filter, Found, Key, ListQuery, Place};
use storage::{Error, addresses, articles};

use crate::news::{News, article, at, on_both, publication, slug};

const ID: ArticleId = ArticleId::from_raw(10);

fn edit(revision: i64, slug_text: &str) -> Edit {
    Edit {
        revision: RevisionId::from_raw(revision),
        slug: slug(slug_text),
        content: article(10, 2).content,
        published_at: None,
        remark: storage::articles::Remark::default(),
        saving: storage::articles::Saving::Apart,
    }
}

fn found(news: &News, key: Key, now: i64) -> Option<Found> {
    news.read(move |conn| published::find(conn, &key, at(now), Some(BodyKind::Html)))
}

fn by_slug(text: &str) -> Key {
    Key::Slug(slug(text))
}

fn listed(news: &News, place: Place, now: i64) -> usize {
    let filter = Filter {
        places: vec![place],
        ..Filter::default()
    };
    let query = ListQuery {
        filter,
        ..ListQuery::default()
    };
    news.read(move |conn| published::list(conn, &query, Limit::default(), at(now)))
        .items
        .len()
}

#[test]
fn a_draft_comes_back_as_it_was_and_is_not_public() {
    on_both(|news| {
        news.furnish();
        let created = news.write(|tx| {
            let mut new = article(10, 2);
            new.content.lead_image = Some(LeadImage {
                url: "https://example.org/a.jpg".to_owned(),
                alt: Some("A boat".to_owned()),
                caption: None,
                width: Some(1200),
                height: None,
                credit: None,
                focal_point: None,
            });
            articles::create(tx, &new)
        });
        assert_eq!(created.card.version, 1);
        assert_eq!(created.card.state, State::Draft);
        assert_eq!(created.card.created_by, "system:command");
        assert_eq!(created.content().lead_image.unwrap().width, Some(1200));
        assert_eq!(created.content().body.source, "*Hello*");
        assert_eq!(
            news.read(|conn| articles::get(conn, ID)),
            Some(created.clone())
        );
        assert_eq!(
            news.read(|conn| articles::by_slug(conn, &slug("article-10"))),
            Some(created)
        );
        assert_eq!(found(news, Key::Id(ID), i64::MAX), None);
        assert_eq!(found(news, by_slug("article-10"), i64::MAX), None);
        let refused = news.try_write(|tx| {
            let mut other = article(11, 2);
            other.slug = slug("article-10");
            articles::create(tx, &other)
        });
        assert_eq!(refused.unwrap_err(), Error::Conflict { field: "slug" });
        let refused = news.try_write(|tx| articles::create(tx, &article(10, 2)));
        assert!(refused.is_err());
    });
}

#[test]
fn revisions_need_the_version_they_were_made_from() {
    on_both(|news| {
        news.furnish();
        news.write(|tx| articles::create(tx, &article(10, 2)));
        let saved = news.write(|tx| articles::save_revision(tx, ID, 1, &edit(2, "renamed")));
        assert_eq!((saved.card.version, saved.card.revision_number), (2, 2));
        assert_eq!(saved.card.slug.as_str(), "renamed");
        let refused = news.try_write(|tx| articles::save_revision(tx, ID, 1, &edit(3, "renamed")));
        assert_eq!(refused.unwrap_err(), Error::Stale { current: 2 });
        let nowhere = ArticleId::from_raw(99);
        let refused =
            news.try_write(move |tx| articles::save_revision(tx, nowhere, 1, &edit(3, "x")));
        assert_eq!(refused.unwrap_err(), Error::NotFound);
    });
}

#[test]
fn publishing_makes_it_public_everywhere_it_belongs() {
    on_both(|news| {
        news.furnish();
        news.publish(10, 2, 5_000);
        assert_eq!(found(news, Key::Id(ID), 4_999), None);
        let Some(Found::Article(public)) = found(news, by_slug("article-10"), 5_000) else {
            panic!("not public");
        };
        assert_eq!(public.body.unwrap().content, "<p><em>Hello</em></p>");
        assert_eq!(public.card.version, 2);
        assert_eq!(public.card.author_ids.len(), 2);
        let text =
            news.read(|conn| published::find(conn, &Key::Id(ID), at(5_000), Some(BodyKind::Text)));
        assert!(
            matches!(text, Some(Found::Article(a)) if a.body.as_ref().is_some_and(|body| body.content == "Hello"))
        );
        let none = news.read(|conn| published::find(conn, &Key::Id(ID), at(5_000), None));
        assert!(matches!(none, Some(Found::Article(a)) if a.body.is_none()));
        for section in [1, 2] {
            assert_eq!(
                listed(news, Place::Section(SectionId::from_raw(section)), 5_000),
                1
            );
        }
        assert_eq!(
            listed(news, Place::Section(SectionId::from_raw(3)), 5_000),
            0
        );
        assert_eq!(listed(news, Place::TagSlug(slug("tag-3")), 5_000), 1);
        assert_eq!(listed(news, Place::AuthorSlug(slug("author-2")), 5_000), 1);
        assert_eq!(listed(news, Place::AuthorSlug(slug("author-3")), 5_000), 0);
        assert_eq!(listed(news, Place::AuthorSlug(slug("nobody")), 5_000), 0);
        assert_eq!(listed(news, Place::TagSlug(slug("tag-3")), 4_999), 0);
    });
}

#[test]
fn republishing_moves_listings_and_keeps_old_addresses() {
    on_both(|news| {
        news.furnish();
        news.publish(10, 2, 5_000);
        news.write(|tx| {
            let mut next = edit(2, "new-name");
            next.content.section = SectionId::from_raw(3);
            next.content.tags = vec![TagId::from_raw(1)];
            articles::save_revision(tx, ID, 2, &next)
        });
        // The working copy changed; nothing public has.
        assert!(matches!(
            found(news, by_slug("article-10"), 6_000),
            Some(Found::Article(_))
        ));
        assert_eq!(found(news, by_slug("new-name"), 6_000), None);
        news.write(|tx| articles::publish(tx, ID, 3, &publication(5_000)));
        let moved = found(news, by_slug("article-10"), 6_000);
        assert!(matches!(moved, Some(Found::Moved { slug, .. }) if slug == "new-name"));
        assert!(matches!(
            found(news, by_slug("new-name"), 6_000),
            Some(Found::Article(_))
        ));
        assert_eq!(
            listed(news, Place::Section(SectionId::from_raw(2)), 6_000),
            0
        );
        assert_eq!(
            listed(news, Place::Section(SectionId::from_raw(3)), 6_000),
            1
        );
        assert_eq!(listed(news, Place::Tag(TagId::from_raw(3)), 6_000), 0);
        assert_eq!(listed(news, Place::Tag(TagId::from_raw(1)), 6_000), 1);
        // Nobody else gets the old address.
        assert_eq!(
            news.read(|conn| addresses::holder(conn, &slug("article-10"))),
            Some(ID)
        );
        let taken = news.read(|conn| articles::slug_taken(conn, &slug("article-10"), None));
        assert_eq!(taken, Some(ID));
        let own = news.read(|conn| articles::slug_taken(conn, &slug("article-10"), Some(ID)));
        assert_eq!(own, None);
        let free = news.read(|conn| articles::free_slug(conn, &slug("article-10")));
        assert_eq!(free.as_str(), "article-10-2");
        let refused = news.try_write(|tx| {
            let mut other = article(11, 2);
            other.slug = slug("article-10");
            articles::create(tx, &other)
        });
        assert_eq!(refused.unwrap_err(), Error::Conflict { field: "slug" });
    });
}

#[test]
fn a_schedule_is_a_matter_of_the_clock() {
    on_both(|news| {
        news.furnish();
        news.write(|tx| {
            articles::create(tx, &article(10, 2))?;
            let schedule = Schedule {
                published_at: at(5_000),
                visible_from: at(5_000),
                visible_until: Some(at(9_000)),
            };
            articles::publish(
                tx,
                ID,
                1,
                &Publication {
                    schedule,
                    ..publication(5_000)
                },
            )
        });
        for (now, public) in [(4_999, false), (5_000, true), (8_999, true), (9_000, false)] {
            assert_eq!(found(news, Key::Id(ID), now).is_some(), public, "{now}");
            assert_eq!(
                listed(news, Place::Tag(TagId::from_raw(3)), now) == 1,
                public,
                "{now}"
            );
            let cards = news.read(move |conn| published::by_ids(conn, &[ID], at(now)));
            assert_eq!(cards.len() == 1, public, "{now}");
        }
        for (now, next) in [(0, Some(5_000)), (5_000, Some(9_000)), (9_000, None)] {
            let transition = news.read(move |conn| published::next_transition(conn, at(now)));
            assert_eq!(transition, next.map(at), "{now}");
        }
        for (now, status) in [(4_999, Status::Scheduled), (5_000, Status::Published)] {
            for asked in [Status::Scheduled, Status::Published, Status::Draft] {
                let filter = ManageFilter {
                    status: Some(asked),
                    ..ManageFilter::default()
                };
                let page = news.read(move |conn| {
                    articles::list(
                        conn,
                        &filter,
                        ManageOrder::Created,
                        None,
                        Limit::default(),
                        at(now),
                    )
                });
                assert_eq!(page.items.len() == 1, asked == status, "{now} {asked}");
            }
        }
    });
}

#[test]
fn what_is_taken_back_is_gone_and_can_return() {
    on_both(|news| {
        news.furnish();
        news.publish(10, 2, 5_000);
        let refused = news.try_write(|tx| articles::unpublish(tx, ID, 1));
        assert_eq!(refused.unwrap_err(), Error::Stale { current: 2 });
        let back = news.write(|tx| articles::unpublish(tx, ID, 2));
        assert_eq!(
            (back.card.state, back.card.version),
            (State::Unpublished, 3)
        );
        assert_eq!(found(news, Key::Id(ID), 6_000), None);
        assert_eq!(
            listed(news, Place::Section(SectionId::from_raw(1)), 6_000),
            0
        );
        let refused = news.try_write(|tx| articles::unpublish(tx, ID, 3));
        assert_eq!(refused.unwrap_err(), Error::Conflict { field: "status" });
        news.write(|tx| articles::publish(tx, ID, 3, &publication(5_000)));
        assert!(found(news, Key::Id(ID), 6_000).is_some());
    });
}

#[test]
fn working_copies_are_paged_by_filter() {
    on_both(|news| {
        news.furnish();
        for id in 10..15 {
            news.write(move |tx| articles::create(tx, &article(id, 2 + id % 2)));
        }
        let two = Limit::new(2).unwrap();
        let filter = ManageFilter {
            section: Some(SectionId::from_raw(2)),
            status: Some(Status::Draft),
            ..ManageFilter::default()
        };
        let asked = filter.clone();
        let first = news
            .read(move |conn| articles::list(conn, &asked, ManageOrder::Created, None, two, at(0)));
        let ids: Vec<i64> = first.items.iter().map(|card| card.id.raw()).collect();
        assert_eq!((ids, first.more), (vec![14, 12], true));
        let after = first
            .items
            .last()
            .map(|card| ManageOrder::Created.position(card));
        let second = news.read(move |conn| {
            articles::list(conn, &filter, ManageOrder::Created, after, two, at(0))
        });
        let ids: Vec<i64> = second.items.iter().map(|card| card.id.raw()).collect();
        assert_eq!((ids, second.more), (vec![10], false));
    });
}

//! Sections, authors and tags.

use domain::Limit;
use domain::comment::{CommentSetting, Options, Premoderation};
use domain::id::{AuthorId, SectionId};
use storage::authors::AuthorChange;
use storage::sections::SectionChange;
use storage::{Error, Met, authors, sections, tags};

use crate::news::{author, on_both, section, slug, tag};

#[test]
fn a_section_is_stored_and_changed_by_version() {
    on_both(|news| {
        news.furnish();
        assert_eq!(news.read(sections::list).len(), 3);
        let europe = news
            .read(|conn| sections::by_slug(conn, &slug("europe")))
            .unwrap();
        assert_eq!(europe, section(2, "europe", Some(1)));
        let change = SectionChange {
            slug: slug("eu"),
            name: "The Union".to_owned(),
            description: Some("Twenty-seven.".to_owned()),
            comments: CommentSetting::Members,
            comment_options: Options {
                premoderation: Some(Premoderation::FirstTimers),
                max_links: Some(0),
                ..Options::default()
            },
            positions: Vec::new(),
        };
        let again = change.clone();
        let id = SectionId::from_raw(2);
        let changed = news.write(move |tx| sections::update(tx, id, 1, &change));
        assert_eq!((changed.version, changed.slug.as_str()), (2, "eu"));
        assert_eq!(changed.comments, CommentSetting::Members);
        assert_eq!(changed.comment_options, again.comment_options);
        let stale = again.clone();
        let refused = news.try_write(move |tx| sections::update(tx, id, 1, &stale));
        assert_eq!(refused.unwrap_err(), Error::Stale { current: 2 });
        let nowhere = SectionId::from_raw(99);
        let refused = news.try_write(move |tx| sections::update(tx, nowhere, 1, &again));
        assert_eq!(refused.unwrap_err(), Error::NotFound);
    });
}

#[test]
fn slugs_are_unique_and_the_next_free_one_is_found() {
    on_both(|news| {
        news.furnish();
        let refused = news.try_write(|tx| sections::insert(tx, &section(9, "asia", None)));
        assert_eq!(refused.unwrap_err(), Error::Conflict { field: "slug" });
        let refused = news.try_write(|tx| authors::insert(tx, &author(9, "author-1")));
        assert_eq!(refused.unwrap_err(), Error::Conflict { field: "slug" });
        let free = news.read(|conn| tags::free_slug(conn, &slug("tag-1")));
        assert_eq!(free.as_str(), "tag-1-2");
        let free = news.read(|conn| tags::free_slug(conn, &slug("new")));
        assert_eq!(free.as_str(), "new");
    });
}

#[test]
fn authors_are_paged_looked_up_and_changed() {
    on_both(|news| {
        news.furnish();
        news.write(|tx| tags::insert(tx, &tag(7, "another")));
        let two = Limit::new(2).unwrap();
        let first = news.read(move |conn| authors::list(conn, None, two));
        assert!(first.more);
        let last = first.items.last().unwrap().slug.clone();
        let second = news.read(move |conn| authors::list(conn, Some(&last), two));
        assert_eq!(second.items, [author(3, "author-3")]);
        assert!(!second.more);
        assert_eq!(news.read(authors::count), 3);
        assert_eq!(news.read(tags::count), 4);
        let found = news.read(|conn| {
            authors::lookup(
                conn,
                &[AuthorId::from_raw(1), AuthorId::from_raw(77)],
                &[slug("author-2")],
            )
        });
        let met = |id| Met {
            id: AuthorId::from_raw(id),
            before: false,
        };
        assert_eq!(found.id(AuthorId::from_raw(1)), Some(met(1)));
        assert_eq!(found.id(AuthorId::from_raw(77)), None);
        assert_eq!(found.slug(&slug("author-2")), Some(met(2)));
        let change = AuthorChange {
            slug: slug("kv"),
            name: "K. V.".to_owned(),
            profile: domain::author::Profile::default(),
            user: None,
        };
        let changed = news.write(move |tx| authors::update(tx, AuthorId::from_raw(1), 1, &change));
        assert_eq!(
            news.read(|conn| authors::by_slug(conn, &slug("kv"))),
            Some(changed)
        );
    });
}

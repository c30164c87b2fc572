//! Imports are safe to run again, and leave alone what editors and moderators did since.

use domain::Limit;
use domain::comment::{CommentStatus, Finding, Reason};
use domain::id::{ArticleId, AuthorId, CommentId, RevisionId, TagId};
use storage::articles::{ArticleImport, Edit};
use storage::changes::{self, Entity};
use storage::comments::{self, CommentOutcome, ImportKey, ImportedComment};
use storage::published::{self, Found, Key};
use storage::{Imported, articles, authors, sections, tags};

use crate::news::{News, article, at, author, comment, on_both, publication, section, slug, tag};

#[test]
fn sections_authors_and_tags_are_taken_over_once() {
    on_both(|news| {
        news.furnish();
        // Made by hand, so an import of the same slug means the same section.
        let asia = news.write(|tx| sections::import(tx, "blog/asia", &section(50, "asia", None)));
        assert_eq!((asia.0.raw(), asia.1), (3, Imported::Unchanged));
        let log = news.read(|conn| changes::since(conn, &[Entity::Section], 0, 100));
        assert_eq!(log.last().unwrap().kind, "adopted");
        let other = news.write(|tx| sections::import(tx, "paper/asia", &section(51, "asia", None)));
        assert_eq!((other.0.raw(), other.1), (51, Imported::Created));
        let slugs: Vec<String> = news
            .read(sections::list)
            .into_iter()
            .map(|section| section.slug.into_string())
            .collect();
        assert!(slugs.contains(&"asia-2".to_owned()));
        for outcome in [Imported::Created, Imported::Unchanged] {
            let (id, done) = news.write(|tx| authors::import(tx, "blog/ada", &author(60, "ada")));
            assert_eq!((id.raw(), done), (60, outcome));
            let (id, done) = news.write(|tx| tags::import(tx, "blog/sea", &tag(61, "sea")));
            assert_eq!((id.raw(), done), (61, outcome));
        }
        assert_eq!(news.read(authors::count), 4);
    });
}

#[test]
fn what_is_merged_between_two_steps_of_an_import_is_named_as_what_is_in_force() {
    on_both(|news| {
        news.furnish();
        let (gone, _) = news.write(|tx| tags::import(tx, "blog/sea", &tag(61, "sea")));
        let (writer, _) = news.write(|tx| authors::import(tx, "blog/ada", &author(60, "ada")));
        let (tag_id, author_id) = (TagId::from_raw(1), AuthorId::from_raw(1));
        news.write(move |tx| tags::merge(tx, gone, 1, tag_id));
        news.write(move |tx| authors::merge(tx, writer, 1, author_id));
        let mut new = import("one", 11, "Harbour", true);
        new.article.content.tags = vec![gone, tag_id];
        new.article.content.authors = vec![AuthorId::from_raw(2), writer];
        assert_eq!(take(news, new), Imported::Created);
        let key = Key::Id(ArticleId::from_raw(10));
        let found = news.read(move |conn| published::find(conn, &key, at(9_999), None));
        let Some(Found::Article(article)) = found else {
            panic!("it is not public");
        };
        assert_eq!(article.card.tag_ids, [tag_id]);
        assert_eq!(article.card.author_ids, [AuthorId::from_raw(2), author_id]);
        // The next import finds the tag by the slug it had.
        let again = news.write(|tx| tags::import(tx, "blog/sea", &tag(62, "sea")));
        assert_eq!(again, (tag_id, Imported::Unchanged));
    });
}

fn import(hash: &str, revision: i64, title: &str, public: bool) -> ArticleImport {
    let mut new = article(10, 2);
    new.revision = RevisionId::from_raw(revision);
    title.clone_into(&mut new.content.title);
    ArticleImport {
        source: "blog/post/10".to_owned(),
        source_hash: hash.to_owned(),
        article: new,
        created_at: at(4_000),
        publication: public.then(|| publication(5_000)),
    }
}

fn take(news: &News, import: ArticleImport) -> Imported {
    news.write(move |tx| articles::import(tx, &import)).2
}

fn public_title(news: &News) -> Option<String> {
    let key = Key::Id(ArticleId::from_raw(10));
    let found = news.read(move |conn| published::find(conn, &key, at(9_999), None));
    match found {
        Some(Found::Article(article)) => Some(article.card.title),
        _ => None,
    }
}

#[test]
fn articles_follow_their_source_until_an_editor_changes_them() {
    on_both(|news| {
        news.furnish();
        news.write(|tx| {
            let mut taken = article(9, 2);
            taken.slug = slug("article-10");
            articles::create(tx, &taken)
        });
        let first = import("1", 1, "One", true);
        let (id, given, done) = news.write(move |tx| articles::import(tx, &first));
        assert_eq!(
            (id.raw(), given.as_str(), done),
            (10, "article-10-2", Imported::Created)
        );
        let stored = news.read(move |conn| articles::get(conn, id)).unwrap();
        assert_eq!(stored.card.created_at, at(4_000));
        assert_eq!(take(news, import("1", 2, "One", true)), Imported::Unchanged);
        assert_eq!(take(news, import("2", 3, "Two", true)), Imported::Updated);
        assert_eq!(public_title(news).as_deref(), Some("Two"));
        assert_eq!(
            take(news, import("3", 4, "Three", false)),
            Imported::Updated
        );
        assert_eq!(public_title(news), None);
        assert_eq!(take(news, import("4", 5, "Four", true)), Imported::Updated);
        let version = news
            .read(move |conn| articles::get(conn, id))
            .unwrap()
            .card
            .version;
        news.write(move |tx| {
            let edit = Edit {
                revision: RevisionId::from_raw(6),
                slug: slug("article-10-2"),
                content: article(10, 2).content,
                published_at: None,
                remark: storage::articles::Remark::default(),
                saving: storage::articles::Saving::Apart,
            };
            articles::save_revision(tx, id, version, &edit)
        });
        assert_eq!(
            take(news, import("4", 7, "Four", true)),
            Imported::Unchanged
        );
        assert_eq!(
            take(news, import("5", 8, "Five", true)),
            Imported::KeptEditorsVersion
        );
        assert_eq!(public_title(news).as_deref(), Some("Four"));
    });
}

fn imported(id: i64, parent: Option<&str>, status: CommentStatus) -> ImportedComment {
    let mut new = comment(id, None);
    new.status = status;
    new.finding = (status != CommentStatus::Published).then_some(Finding::of(Reason::Imported));
    ImportedComment {
        key: ImportKey::Source(format!("c{id}")),
        source: None,
        parent: parent.map(|parent| ImportKey::Source(parent.to_owned())),
        comment: new,
        created_at: at(id),
        kept: None,
    }
}

#[test]
fn comments_are_threaded_in_whatever_order_they_come() {
    use CommentOutcome::{Created, ParentMissing, Unchanged};
    use CommentStatus::{Held, Published};
    on_both(|news| {
        news.furnish();
        // Still a draft: the counters must be right once it is published.
        news.write(|tx| articles::create(tx, &article(10, 2)));
        let file = vec![
            imported(103, Some("c102"), Published),
            imported(102, Some("c101"), Published),
            imported(101, None, Published),
            imported(104, Some("c999"), Published),
            imported(105, Some("c101"), Held),
            imported(101, None, Published),
            imported(107, Some("c105"), Published),
            imported(108, Some("c107"), Published),
        ];
        let again = file.clone();
        let id = ArticleId::from_raw(10);
        let outcomes = news.write(move |tx| comments::import(tx, id, &file));
        assert_eq!(
            outcomes,
            [
                Created,
                Created,
                Created,
                ParentMissing,
                Created,
                Unchanged,
                Created,
                Created
            ]
        );
        let mut outcomes = news.write(move |tx| comments::import(tx, id, &again));
        assert_eq!(outcomes.remove(3), ParentMissing);
        assert!(outcomes.iter().all(|outcome| *outcome == Unchanged));
        let later = vec![
            imported(106, Some("c102"), Published),
            imported(109, Some("c105"), Published),
        ];
        assert_eq!(
            news.write(move |tx| comments::import(tx, id, &later)),
            [Created, Created]
        );
        news.write(move |tx| articles::publish(tx, id, 1, &publication(5_000)));
        let get = |raw: i64| {
            news.read(move |conn| comments::get(conn, CommentId::from_raw(raw), at(9_999)))
        };
        let deepest = get(103).unwrap();
        assert_eq!((deepest.depth, deepest.created_at), (2, at(103)));
        assert_eq!(
            (get(101).unwrap().reply_count, get(102).unwrap().reply_count),
            (2, 2)
        );
        // A held comment that was answered keeps its place, without counting as one.
        assert_eq!(get(105).unwrap().reply_count, 2);
        assert!([107, 108, 109].map(get).iter().all(Option::is_some));
        let newest = news.read(|conn| comments::newest(conn, None, Limit::default(), at(9_999)));
        let newest: Vec<i64> = newest.items.iter().map(|item| item.id.raw()).collect();
        assert_eq!(newest, [109, 108, 107, 106, 103, 102, 101]);
        let counts = news.read(move |conn| comments::counts(conn, &[id], at(9_999)));
        assert_eq!(counts.get(&id), Some(&7));
    });
}

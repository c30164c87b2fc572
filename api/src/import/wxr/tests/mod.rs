//! Whole imports into a database of their own.

use super::*;
use crate::clock::ManualClock;
use crate::import::report::Kind;
use domain::article::Status;
use domain::section::{Section, Tree};
use domain::{Limit, Slug, Timestamp};
use storage::articles::{self, Edit, ManageFilter, ManageOrder};
use storage::comments::{self, Comment};
use storage::published::{self, BodyKind, Found, Key};
use storage::{Settings, sections};

struct Place {
    store: Store,
    _folder: tempfile::TempDir,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("import.db").display());
    let store = Store::open(Settings::new(url)).unwrap();
    store.migrate().unwrap();
    Place {
        store,
        _folder: folder,
    }
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T12:00:00Z").unwrap()
}

fn import(place: &Place, source: &str, dry_run: bool) -> (Report, Result<(), Stop>) {
    let clock = ManualClock::at(now());
    let ids = Arc::new(Ids::random().unwrap());
    let importer = Importer {
        store: &place.store,
        clock: &clock,
        ids,
        dry_run,
    };
    importer.run(source.as_bytes(), |_| {})
}

fn imported(place: &Place, source: &str) -> Report {
    let (report, end) = import(place, source, false);
    assert_eq!(end, Ok(()));
    report
}

fn blog(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <rss version=\"2.0\" xmlns:excerpt=\"https://wordpress.org/export/1.2/excerpt/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:wp=\"https://wordpress.org/export/1.2/\">\n<channel>\n\
         <link>https://tides.example</link>\n<language>en-GB</language>\n\
         <wp:base_blog_url>https://tides.example</wp:base_blog_url>\n\
         <wp:author><wp:author_login>ana_login</wp:author_login>\
         <wp:author_display_name><![CDATA[Ana Sol]]></wp:author_display_name></wp:author>\n\
         <wp:category><wp:category_nicename>mud</wp:category_nicename>\
         <wp:category_parent>shore</wp:category_parent><wp:cat_name>Mud</wp:cat_name></wp:category>\n\
         <wp:category><wp:category_nicename>shore</wp:category_nicename><wp:category_parent/>\
         <wp:cat_name><![CDATA[Shore &amp; sand]]></wp:cat_name></wp:category>\n\
         <wp:tag><wp:tag_slug>birds</wp:tag_slug><wp:tag_name>Birds</wp:tag_name></wp:tag>\n\
         {inside}\n</channel>\n</rss>\n"
    )
}

#[derive(Clone)]
struct Post<'p> {
    id: u32,
    title: &'p str,
    name: &'p str,
    status: &'p str,
    kind: &'p str,
    date: &'p str,
    body: &'p str,
    more: &'p str,
}

const POST: Post<'static> = Post {
    id: 1,
    title: "Low water",
    name: "low-water",
    status: "publish",
    kind: "post",
    date: "2012-05-01 08:00:00",
    body: "First line\nsecond line\n\nNew <script>alert(1)</script>paragraph",
    more: "",
};

fn item(post: &Post<'_>) -> String {
    let Post {
        id,
        title,
        name,
        status,
        kind,
        date,
        body,
        more,
    } = post;
    format!(
        "<item>\n<title>{title}</title>\n<dc:creator>ana_login</dc:creator>\n\
         <guid isPermaLink=\"false\">https://tides.example/?p={id}</guid>\n\
         <content:encoded><![CDATA[{body}]]></content:encoded>\n\
         <wp:post_id>{id}</wp:post_id>\n<wp:post_date_gmt>{date}</wp:post_date_gmt>\n\
         <wp:post_name>{name}</wp:post_name>\n<wp:status>{status}</wp:status>\n\
         <wp:post_type>{kind}</wp:post_type>\n\
         <category domain=\"category\" nicename=\"shore\">Shore</category>\n\
         <category domain=\"category\" nicename=\"mud\">Mud</category>\n\
         <category domain=\"post_tag\" nicename=\"birds\">Birds</category>\n{more}\n</item>\n"
    )
}

fn comment(id: u32, parent: u32, approved: &str) -> String {
    format!(
        "<wp:comment><wp:comment_id>{id}</wp:comment_id>\
         <wp:comment_author><![CDATA[Bo]]></wp:comment_author>\
         <wp:comment_author_email> bo@tides.example </wp:comment_author_email>\
         <wp:comment_date_gmt>2012-05-02 08:00:{id:02}</wp:comment_date_gmt>\
         <wp:comment_content><![CDATA[number {id}\n<b onclick=\"x()\">bold</b>]]></wp:comment_content>\
         <wp:comment_approved>{approved}</wp:comment_approved>\
         <wp:comment_parent>{parent}</wp:comment_parent></wp:comment>\n"
    )
}

fn public(place: &Place, slug: &str) -> Option<published::PublishedArticle> {
    let slug = Slug::parse(slug).unwrap();
    let found = place
        .store
        .read_blocking(move |conn| {
            published::find(conn, &Key::Slug(slug), now(), Some(BodyKind::Html))
        })
        .unwrap();
    match found {
        Some(Found::Article(article)) => Some(*article),
        Some(Found::Moved { .. }) | None => None,
    }
}

fn all_sections(place: &Place) -> Vec<Section> {
    place.store.read_blocking(sections::list).unwrap()
}

fn newest_comments(place: &Place) -> Vec<Comment> {
    let page = place
        .store
        .read_blocking(|conn| comments::newest(conn, None, Limit::new(100).unwrap(), now()));
    page.unwrap().items
}

fn drafts(place: &Place) -> Vec<String> {
    let filter = ManageFilter {
        status: Some(Status::Draft),
        section: None,
        ..ManageFilter::default()
    };
    let page = place.store.read_blocking(move |conn| {
        articles::list(
            conn,
            &filter,
            ManageOrder::Created,
            None,
            Limit::new(100).unwrap(),
            now(),
        )
    });
    page.unwrap()
        .items
        .into_iter()
        .map(|card| card.title)
        .collect()
}

#[test]
fn a_post_arrives_with_its_section_author_tag_and_date() {
    let place = place();
    let report = imported(&place, &blog(&item(&POST)));
    assert_eq!(report.tally(Kind::Articles).new, 1);
    assert_eq!(report.tally(Kind::Sections).new, 2);
    let article = public(&place, "low-water").unwrap();
    assert_eq!(
        article.card.published_at,
        Timestamp::parse("2012-05-01T08:00:00Z").unwrap()
    );
    assert_eq!(article.card.language, "en-GB");
    assert_eq!(
        (article.card.author_ids.len(), article.card.tag_ids.len()),
        (1, 1)
    );
    let body = article.body.unwrap().content;
    assert!(body.contains("<p>First line<br>"), "{body}");
    assert!(!body.contains("script"), "{body}");

    let tree = Tree::build(all_sections(&place));
    let mud = tree.by_slug(&Slug::parse("mud").unwrap()).unwrap();
    assert_eq!(article.card.section_id, mud.id);
    assert_eq!(tree.path(mud.id), Some("/shore/mud"));
    let shore = tree.by_slug(&Slug::parse("shore").unwrap()).unwrap();
    assert_eq!(shore.name, "Shore & sand");
}

#[test]
fn a_second_import_changes_nothing_and_a_changed_post_follows() {
    let place = place();
    let first = Post {
        more: &comment(2, 1, "1"),
        ..POST
    };
    let more = comment(1, 0, "1");
    let file = blog(&format!(
        "{}{}",
        item(&first).replace("</item>", &more),
        "</item>"
    ));
    assert!(imported(&place, &file).changed_anything());
    let log_end = place.store.read_blocking(storage::changes::head).unwrap();
    let again = imported(&place, &file);
    assert!(!again.changed_anything(), "{again}");
    assert_eq!(
        place.store.read_blocking(storage::changes::head).unwrap(),
        log_end
    );

    let changed = Post {
        title: "Lower water",
        ..POST
    };
    let report = imported(&place, &blog(&item(&changed)));
    assert_eq!(report.tally(Kind::Articles).updated, 1);
    assert_eq!(
        public(&place, "low-water").unwrap().card.title,
        "Lower water"
    );
    let withdrawn = Post {
        status: "draft",
        ..POST
    };
    imported(&place, &blog(&item(&withdrawn)));
    assert!(public(&place, "low-water").is_none());
}

#[test]
fn what_an_editor_changed_stays() {
    let place = place();
    imported(&place, &blog(&item(&POST)));
    let article = public(&place, "low-water").unwrap();
    place
        .store
        .write_blocking(Actor::Anonymous, now(), move |tx| {
            let working = articles::get(tx, article.card.id)?.ok_or(Error::NotFound)?;
            let mut content = working.content();
            content.title = "An editor's title".into();
            let edit = Edit {
                revision: domain::id::RevisionId::from_raw(77),
                slug: working.card.slug.clone(),
                content,
                published_at: working.card.published_at,
                remark: storage::articles::Remark::default(),
                saving: storage::articles::Saving::Apart,
            };
            articles::save_revision(tx, working.card.id, working.card.version, &edit)
        })
        .unwrap();
    let unchanged = imported(&place, &blog(&item(&POST)));
    assert_eq!(unchanged.tally(Kind::Articles).unchanged, 1);
    let report = imported(
        &place,
        &blog(&item(&Post {
            title: "Later",
            ..POST
        })),
    );
    assert_eq!(report.tally(Kind::Articles).kept, 1);
    assert!(!report.changed_anything());
    let slug = Slug::parse("low-water").unwrap();
    let working = place
        .store
        .read_blocking(move |conn| articles::by_slug(conn, &slug));
    assert_eq!(working.unwrap().unwrap().card.title, "An editor's title");
}

#[test]
fn comments_keep_thread_time_and_state() {
    let place = place();
    let ten: String = (2..=13).rev().map(|id| comment(id, id - 1, "1")).collect();
    let more = format!(
        "{ten}{}{}{}{}",
        comment(1, 0, "1"),
        comment(20, 0, "0"),
        comment(21, 0, "trash"),
        comment(22, 0, "spam")
    );
    let report = imported(
        &place,
        &blog(&item(&Post {
            more: &more,
            ..POST
        })),
    );
    assert_eq!(report.tally(Kind::Comments).new, 15);
    assert_eq!(report.left_out("comment in the trash"), 1);
    let shown = newest_comments(&place);
    assert_eq!(shown.len(), 13);
    let depths: Vec<i32> = shown.iter().rev().map(|comment| comment.depth).collect();
    assert_eq!(depths, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9]);
    let first = shown.last().unwrap();
    assert_eq!(
        first.created_at,
        Timestamp::parse("2012-05-02T08:00:01Z").unwrap()
    );
    assert_eq!(first.author_name, "Bo");
    assert!(
        first.body_html.contains("number 1<br"),
        "{}",
        first.body_html
    );
    assert!(!first.body_html.contains("onclick"), "{}", first.body_html);
    assert_eq!(public(&place, "low-water").unwrap().card.comment_count, 13);
}

#[test]
fn comments_of_one_second_keep_the_order_of_the_file() {
    let place = place();
    let more: String = (1..=40)
        .map(|id| comment(id, 0, "1").replace(&format!("08:00:{id:02}"), "08:00:00"))
        .collect();
    imported(
        &place,
        &blog(&item(&Post {
            more: &more,
            ..POST
        })),
    );
    let numbers: Vec<String> = newest_comments(&place)
        .iter()
        .rev()
        .map(|comment| {
            comment
                .body_text
                .split_whitespace()
                .nth(1)
                .unwrap()
                .to_owned()
        })
        .collect();
    let wanted: Vec<String> = (1..=40).map(|id| id.to_string()).collect();
    assert_eq!(numbers, wanted);
}

#[test]
fn drafts_dates_and_slugs() {
    let place = place();
    let posts = [
        POST,
        Post {
            id: 2,
            title: "Low water again",
            ..POST
        },
        Post {
            id: 3,
            name: "later",
            status: "future",
            date: "2031-01-01 00:00:00",
            ..POST
        },
        Post {
            id: 4,
            name: "",
            title: "",
            status: "pending",
            date: "0000-00-00 00:00:00",
            ..POST
        },
        Post {
            id: 5,
            name: "page",
            kind: "page",
            ..POST
        },
    ];
    let items: String = posts.iter().map(item).collect();
    let (dry, end) = import(&place, &blog(&items), true);
    assert_eq!(end, Ok(()));
    assert!(all_sections(&place).is_empty());
    let wet = imported(&place, &blog(&items));
    assert_eq!(dry, wet);
    assert_eq!(wet.left_out("page"), 1);
    assert!(
        wet.notes()
            .iter()
            .any(|(_, note)| note.contains("low-water-2")),
        "{wet}"
    );
    assert!(public(&place, "low-water-2").is_some());
    assert!(public(&place, "later").is_none());
    assert_eq!(drafts(&place), ["First line second line New paragraph"]);
}

#[test]
fn many_items_need_many_batches_and_a_dry_run_says_the_same() {
    let place = place();
    let hot: String = (1..=120)
        .map(|id| comment(id, 0, "1"))
        .collect::<String>()
        .replace("2012-05-02 08:00:", "2012-05-02 08:01:");
    let mut items = String::new();
    for id in 1..=130 {
        let more = if id % 40 == 0 { hot.as_str() } else { "" };
        items.push_str(&item(&Post {
            id,
            name: "same",
            more,
            ..POST
        }));
    }
    let (dry, _) = import(&place, &blog(&items), true);
    let wet = imported(&place, &blog(&items));
    assert_eq!(dry, wet);
    assert_eq!(wet.tally(Kind::Articles).new, 130);
    assert_eq!(wet.tally(Kind::Comments).new, 360);
    assert!(public(&place, "same-130").is_some());
    assert!(!imported(&place, &blog(&items)).changed_anything());
}

#[test]
fn a_broken_file_keeps_what_came_before() {
    let place = place();
    let file = blog(&format!("{}<item><title>x</item>", item(&POST)));
    let (report, end) = import(&place, &file, false);
    let Err(Stop::Read(error)) = end else {
        panic!("{end:?}")
    };
    let line = file
        .lines()
        .position(|line| line.contains("<title>x</item>"))
        .unwrap()
        + 1;
    assert_eq!(error.line, u64::try_from(line).unwrap());
    assert_eq!(report.tally(Kind::Articles).new, 1);
    assert!(public(&place, "low-water").is_some());
}

#[test]
fn a_post_without_a_category_goes_to_uncategorized() {
    let place = place();
    let bare: String = item(&POST)
        .lines()
        .filter(|line| !line.contains("<category"))
        .fold(String::new(), |file, line| file + line + "\n");
    imported(&place, &blog(&bare));
    let sections = all_sections(&place);
    let uncategorized = sections
        .iter()
        .find(|section| section.slug.as_str() == "uncategorized")
        .unwrap();
    assert_eq!(
        public(&place, "low-water").unwrap().card.section_id,
        uncategorized.id
    );
}

/// A large export from elsewhere, when the environment names one.
#[test]
fn the_export_named_by_the_environment_imports_twice() {
    let Some(path) = std::env::var_os("BROADSHEET_TEST_WXR") else {
        return;
    };
    let file = std::fs::read_to_string(path).unwrap();
    let place = place();
    let (dry, end) = import(&place, &file, true);
    assert_eq!(end, Ok(()));
    let wet = imported(&place, &file);
    assert_eq!(dry, wet);
    assert!(wet.changed_anything());
    let again = imported(&place, &file);
    assert!(!again.changed_anything(), "{again}");
    assert_eq!(
        again.tally(Kind::Articles).unchanged,
        wet.tally(Kind::Articles).new
    );
}

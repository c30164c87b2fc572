//! Links that show one revision of an article, as readers would see it, to whoever has them.

use std::net::TcpListener;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    Database, Process, Reply, TestApp, both, key_of, leaks, on_postgres_database,
    on_sqlite_database, text,
};

use crate::rights::plain;

/// Everything that can be asked of a page.
const QUERIES: [&str; 5] = [
    "",
    "?body=text",
    "?body=none",
    "?include=breadcrumbs",
    "?include=breadcrumbs,neighbors,related,comments",
];

fn path_of(article: &Value) -> String {
    format!("/manage/articles/{}/preview-links", text(&article["id"]))
}

async fn link(app: &TestApp, article: &Value, body: Value) -> Value {
    let call = app.post(&path_of(article)).as_role("editor").json(&body);
    call.await.expect(201).json()
}

/// The path of the preview that a link opens.
fn preview_of(link: &Value) -> String {
    let url = text(&link["url"]);
    let (origin, path) = url.split_once("/api/v1").expect("an address of ours");
    assert!(origin.starts_with("http://127.0.0.1:"), "{url}");
    path.to_owned()
}

async fn shown(app: &TestApp, link: &Value) -> Reply {
    app.get(&preview_of(link)).await
}

async fn pages(app: &TestApp, path: &str) -> Vec<String> {
    let mut pages = Vec::new();
    for query in QUERIES {
        let reply = app.get(&format!("{path}{query}")).await.expect(200);
        pages.push(reply.text());
    }
    pages
}

async fn public_pages(app: &TestApp, article: &Value) -> Vec<String> {
    pages(app, &format!("/articles/{}", text(&article["id"]))).await
}

/// Looks at what a link shows, publishes the article, and looks at what readers see.
async fn becomes_what_was_shown(app: &TestApp, article: &Value, body: Value) -> Value {
    let link = link(app, article, body).await;
    let before = pages(app, &preview_of(&link)).await;
    let published = app.publish(article).await;
    assert_eq!(before, public_pages(app, article).await, "{published}");
    published
}

/// Sections, names, and articles on all sides.
async fn surroundings(app: &TestApp) {
    app.section("World", None).await;
    app.section("Europe", Some("world")).await;
    app.section("Science", None).await;
    for name in ["Ada", "Bo"] {
        app.author(name).await;
        app.tag(name).await;
    }
    for (title, section) in [("Older", "europe"), ("Elsewhere", "science")] {
        let fields =
            json!({ "title": title, "section": section, "authors": ["bo"], "tags": ["bo"] });
        app.article(fields).await;
        app.advance(60);
    }
}

/// An article with all that one can have.
fn rich() -> Value {
    json!({
        "title": "Ferry", "section": "europe", "summary": "It runs again.", "language": "en",
        "authors": ["ada", "bo"], "tags": ["bo", "ada"], "further_sections": ["science"],
        "lead_image": { "url": "https://images.example/ferry.jpg", "alt": "A ferry", "caption": null,
            "width": 1200, "height": 800, "credit": "Ada", "focal_point": { "x": 0.5, "y": 0.25 } },
        "seo": { "title": "Ferry!", "robots": ["noarchive"] }, "comments": "members",
        "body": { "format": "html", "source": "<p>It <b>runs</b>.</p><script>no()</script>渡轮" },
    })
}

async fn correct(app: &TestApp, article: &Value, version: i64) -> Value {
    let path = format!("/manage/articles/{}", text(&article["id"]));
    let correction = app.post(&format!("{path}/corrections")).as_role("editor");
    let body = json!({ "text": "It was Tuesday." });
    correction.if_match(version).json(&body).await.expect(201);
    app.get(&path).as_role("editor").await.expect(200).json()
}

both! {
    async fn a_draft_becomes_what_its_preview_showed(app: TestApp) {
        surroundings(app).await;
        let draft = app.draft(rich()).await;
        let draft = correct(app, &draft, 1).await;
        let swedish = json!({ "title": "Farjan", "section": "science", "language": "sv", "translation_of": draft["id"] });
        app.article(swedish).await;
        app.advance(60);
        app.article(json!({ "title": "Newer", "section": "europe", "tags": ["ada"] })).await;
        app.advance(60);
        let link = link(app, &draft, json!({})).await;
        let page = app.get(&format!("{}?include=neighbors,related,comments", preview_of(&link))).await.expect(200).json();
        for part in ["corrections", "translations", "further_sections", "related", "authors", "tags"] {
            assert_ne!(page[part], json!([]), "{part}: {page}");
        }
        assert_eq!(page["neighbors"]["previous"]["slug"], "newer");
        app.get("/articles/ferry").await.problem(404, "not_found");
        becomes_what_was_shown(app, &draft, json!({ "revision": 1 })).await;
        let dated = json!({ "title": "Dated back", "section": "europe", "published_at": "2020-01-01T00:00:00Z" });
        let dated = app.draft(dated).await;
        becomes_what_was_shown(app, &dated, json!({})).await;
    }

    async fn a_changed_article_becomes_what_its_preview_showed(app: TestApp) {
        surroundings(app).await;
        let article = app.article(rich()).await;
        let root = app.comment(&app.article(json!({ "title": "Open", "section": "world" })).await, "elsewhere", None).await;
        assert_eq!(root["depth"], 0);
        let open = app.patch_article(&article, &json!({ "comments": "open" })).await;
        let article = app.publish(&open).await;
        let root = text(&app.comment(&article, "root", None).await["id"]);
        app.comment(&article, "reply", Some(&root)).await;
        storage::testing::execute(app.database_url(), "UPDATE article_stats SET views = 283").unwrap();
        app.advance(60);
        let changed = app.patch_article(&article, &json!({ "title": "Ferry at last", "slug": "ferry-at-last", "section": "science",
            "further_sections": [], "tags": ["ada"], "seo": null, "language": "de" })).await;
        let changed = correct(app, &changed, changed["version"].as_i64().unwrap()).await;
        app.advance(60);
        let live = public_pages(app, &article).await;
        let published = becomes_what_was_shown(app, &changed, json!({ "revision": null, "expires_in": 600 })).await;
        assert_ne!(live, public_pages(app, &article).await);
        // A minor change is one that readers are not told of.
        app.advance(60);
        let minor = app.patch_article(&published, &json!({ "title": "Ferry, at last", "minor": true })).await;
        let told = app.get("/articles/ferry-at-last").await.json()["updated_at"].clone();
        let published = becomes_what_was_shown(app, &minor, json!({})).await;
        assert_eq!(app.get("/articles/ferry-at-last").await.json()["updated_at"], told);
        // And so is none.
        app.advance(60);
        becomes_what_was_shown(app, &published, json!({})).await;
    }

    async fn a_window_is_in_the_preview_as_it_will_be(app: TestApp) {
        surroundings(app).await;
        let draft = app.draft(rich()).await;
        let window = json!({ "visible_until": app.in_seconds(600) });
        let article = app.publish_with(&draft, &window).await;
        let changed = app.patch_article(&article, &json!({ "title": "Ferry?" })).await;
        let kept = becomes_what_was_shown(app, &changed, json!({})).await;
        assert_ne!(kept["visible_until"], Value::Null);
        // When it is over, it is not kept.
        app.advance(601);
        let over = becomes_what_was_shown(app, &kept, json!({})).await;
        assert_eq!(over["visible_until"], Value::Null);
        let taken = app.post(&path_of(&over).replace("preview-links", "unpublish")).as_role("editor");
        let taken = taken.if_match(over["version"].as_i64().unwrap()).await.expect(200).json();
        app.advance(60);
        becomes_what_was_shown(app, &taken, json!({})).await;
        // One that is still ahead is.
        let draft = app.draft(json!({ "title": "Later", "section": "europe" })).await;
        let later = app.publish_with(&draft, &json!({ "visible_from": app.in_seconds(300) })).await;
        let changed = app.patch_article(&later, &json!({ "title": "Later, changed" })).await;
        let link = link(app, &changed, json!({})).await;
        let before = pages(app, &preview_of(&link)).await;
        app.publish(&changed).await;
        app.get("/articles/later").await.problem(404, "not_found");
        app.advance(300);
        assert_eq!(before, public_pages(app, &changed).await);
    }

    async fn what_is_dated_ahead_is_shown_as_on_its_day(app: TestApp) {
        app.section("World", None).await;
        let day = app.in_seconds(3600);
        let draft = app.draft(json!({ "title": "Ahead", "section": "world", "published_at": day })).await;
        let shown = shown(app, &link(app, &draft, json!({})).await).await.expect(200).json();
        assert_eq!((&shown["published_at"], &shown["version"]), (&json!(day), &json!(2)));
    }

    async fn an_older_revision_is_shown_as_after_it_was_restored(app: TestApp) {
        surroundings(app).await;
        let first = app.draft(rich()).await;
        let second = app.patch_article(&first, &json!({ "title": "Boats", "slug": "boats", "section": "world",
            "further_sections": [], "authors": [], "tags": [] })).await;
        let published = app.publish(&second).await;
        app.advance(60);
        let link_to_first = link(app, &published, json!({ "revision": 1 })).await;
        assert_eq!(link_to_first["revision"], 1);
        let before = pages(app, &preview_of(&link_to_first)).await;
        let restore = format!("/manage/articles/{}/revisions/1/restore", text(&first["id"]));
        let restored = app.post(&restore).as_role("editor").if_match(3).await.expect(200).json();
        let published = app.publish(&restored).await;
        assert_eq!(before, public_pages(app, &first).await);
        // It shows the same, whatever is published since.
        let later = app.patch_article(&published, &json!({ "title": "Ships", "section": "world" })).await;
        app.publish(&later).await;
        let again = shown(app, &link_to_first).await.expect(200).json();
        assert_eq!(again["title"], "Ferry");
        assert_eq!(again["section"]["slug"], "europe");
    }

    async fn a_section_that_is_gone_is_where_the_article_is_now(app: TestApp) {
        surroundings(app).await;
        let gone = app.section("Gone", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "gone" })).await;
        let to_first = link(app, &draft, json!({ "revision": 1 })).await;
        let moved = app.patch_article(&draft, &json!({ "section": "europe" })).await;
        let merge = format!("/manage/sections/{}/merge", text(&gone["id"]));
        app.post(&merge).as_role("admin").if_match(1).json(&json!({ "into": "science" })).await.expect(200);
        let shown = shown(app, &to_first).await.expect(200).json();
        assert_eq!(shown["path"], "/world/europe/ferry", "{moved}");
        let merge = format!("/manage/sections/{}/merge", "europe");
        app.post(&merge).as_role("admin").if_match(1).json(&json!({ "into": "world" })).await.expect(200);
        let current = app.get(&path_of(&moved).replace("/preview-links", "")).as_role("editor").await.expect(200).json();
        becomes_what_was_shown(app, &current, json!({})).await;
    }

    async fn a_link_goes_on_showing_what_was_an_autosave(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        let path = format!("/manage/articles/{}", text(&draft["id"]));
        let save = async |version: i64, title: &str| {
            let call = app.patch(&format!("{path}?autosave=true")).as_role("editor").if_match(version);
            call.json(&json!({ "title": title })).await.expect(200).json()
        };
        let saved = save(1, "Ferries").await;
        let link = link(app, &saved, json!({})).await;
        assert_eq!(link["revision"], 2);
        save(2, "Ships").await;
        let revisions = app.get(&format!("{path}/revisions")).as_role("editor").await.expect(200).json();
        assert_eq!(revisions["items"].as_array().unwrap().len(), 3, "{revisions}");
        assert_eq!(shown(app, &link).await.expect(200).json()["title"], "Ferries");
    }

    async fn links_are_listed_read_and_revoked(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        let path = path_of(&draft);
        let made = app.post(&path.replace(&text(&draft["id"]), "ferry")).as_role("editor").await.expect(201);
        assert_eq!((made.header("etag"), made.header("cache-control")), ("\"1\"", "private, no-store"));
        let first = made.json();
        let one = format!("{path}/{}", text(&first["id"]));
        assert_eq!(made.header("location"), format!("/api/v1{one}"));
        assert_eq!((&first["article_id"], &first["revision"]), (&draft["id"], &json!(1)));
        assert_eq!((&first["expires_at"], &first["version"]), (&json!(app.in_seconds(86_400)), &json!(1)));
        assert!(text(&first["actor"]).starts_with("api_key:key_"), "{first}");
        let second = link(app, &draft, json!({ "expires_in": 60 })).await;
        let listed = app.get(&path).as_role("editor").await.expect(200).json();
        assert_eq!(listed, json!({ "items": [second, first], "next_cursor": null }));
        let read = app.get(&one).as_role("editor").await.expect(200);
        assert_eq!((read.header("etag"), read.json()), ("\"1\"", first.clone()));
        // Who may read the article and not change it sees that the links are there.
        let seen = app.get(&path).as_role("moderator").await.expect(200).json();
        let blind = |link: &Value| link["url"].is_null() && link["id"].is_string();
        assert!(seen["items"].as_array().unwrap().iter().all(blind), "{seen}");
        assert!(blind(&app.get(&one).as_role("moderator").await.expect(200).json()));
        app.delete(&one).as_role("editor").await.problem(428, "precondition_required");
        app.delete(&one).as_role("editor").if_match(2).await.problem(412, "precondition_failed");
        shown(app, &first).await.expect(200);
        app.delete(&one).as_role("editor").if_match(1).await.expect(204);
        shown(app, &first).await.problem(404, "not_found");
        shown(app, &second).await.expect(200);
        app.delete(&one).as_role("editor").if_match(1).await.problem(404, "not_found");
        app.get(&one).as_role("editor").await.problem(404, "not_found");
        // Another article's is not there.
        let other = app.draft(json!({ "title": "Other", "section": "world" })).await;
        let foreign = format!("{}/{}", path_of(&other), text(&second["id"]));
        app.get(&foreign).as_role("editor").await.problem(404, "not_found");
        app.delete(&foreign).as_role("editor").if_match(1).await.problem(404, "not_found");
        app.advance(60);
        shown(app, &second).await.problem(404, "not_found");
        assert_eq!(app.get(&path).as_role("editor").await.json()["items"], json!([]));
        app.get(&format!("{path}/{}", text(&second["id"]))).as_role("editor").await.problem(404, "not_found");
        let log = app.get("/manage/changes?entity=preview_link").as_role("admin").await.expect(200).json();
        let told = |one: &Value| (text(&one["kind"]), one["entity_id"].clone(), one["data"].clone());
        let data = json!({ "article_id": draft["id"] });
        let told: Vec<_> = log["items"].as_array().unwrap().iter().map(told).collect();
        let expected = [("revoked", &first), ("created", &second), ("created", &first)]
            .map(|(kind, link)| (kind.to_owned(), link["id"].clone(), data.clone()));
        assert_eq!(told, expected);
    }

    async fn no_cache_and_no_search_engine_keeps_a_preview(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        let link = link(app, &draft, json!({})).await;
        let path = format!("/api/v1{}", preview_of(&link));
        let answers = [
            app.call(Method::GET, &path).await.expect(200),
            app.call(Method::GET, &path).header("if-none-match", "*").await.expect(200),
            app.call(Method::HEAD, &path).await.expect(200),
            app.call(Method::GET, &path).as_role("reader").await.expect(200),
            app.call(Method::GET, &path).header("origin", "https://anywhere.example").await.expect(200),
        ];
        for reply in &answers {
            assert_eq!(reply.header("x-robots-tag"), "noindex");
        }
        assert_eq!(answers[4].header("access-control-allow-origin"), "*");
        assert!(answers[2].body.is_empty() && !answers[0].body.is_empty());
        let refused = [
            app.call(Method::GET, &format!("{path}x")).await.expect(404),
            app.call(Method::GET, &format!("{path}?x=1")).await.expect(400),
            app.call(Method::POST, &path).await.expect(405),
            app.call(Method::GET, &path).bearer("bsk_unknown").await.expect(401),
            app.call(Method::GET, &path).header("accept", "text/html").await.expect(406),
        ];
        for reply in answers.iter().chain(&refused) {
            assert_eq!(reply.header("cache-control"), "private, no-store", "{}", reply.status);
            assert_eq!(reply.header("referrer-policy"), "no-referrer");
            for kept in ["etag", "last-modified", "surrogate-key", "cache-tag", "cache-groups"] {
                assert_eq!(reply.header(kept), "", "{kept}");
            }
        }
    }

    async fn what_opens_nothing_is_all_alike(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        let [good, revoked, expired] = [600, 600, 60].map(|seconds| link(app, &draft, json!({ "expires_in": seconds })));
        let (good, revoked, expired) = (good.await, revoked.await, expired.await);
        let one = format!("{}/{}", path_of(&draft), text(&revoked["id"]));
        app.delete(&one).as_role("editor").if_match(1).await.expect(204);
        let deleted = app.draft(json!({ "title": "Deleted", "section": "world" })).await;
        let of_deleted = link(app, &deleted, json!({})).await;
        app.delete(&path_of(&deleted).replace("/preview-links", "")).as_role("editor").if_match(1).await.expect(204);
        assert_eq!(app.count("SELECT count(*) FROM preview_links"), 2);
        app.advance(61);
        let path = preview_of(&good);
        let (start, end) = path.split_at(path.len() - 1);
        let bent = format!("{start}{}", if end == "A" { "E" } else { "A" });
        let other = api::previews::token(&api::secret::Secret::from_root(&[7; 32]), domain::id::PreviewLinkId::from_raw(7));
        let paths = [
            preview_of(&revoked), preview_of(&expired), preview_of(&of_deleted), bent, format!("/previews/{other}"),
            format!("/previews/{}", text(&good["id"])), format!("/previews/{}", text(&draft["id"])), "/previews/x".to_owned(),
            format!("/previews/{}", "a".repeat(4000)), "/previews/%00".to_owned(), path.to_uppercase().replace("/PREVIEWS", "/previews"),
        ];
        let first = app.get(&paths[0]).await;
        first.problem(404, "not_found");
        for path in &paths {
            assert_eq!(plain(&app.get(path).await), plain(&first), "{path}");
        }
        shown(app, &good).await.expect(200);
    }

    async fn what_was_taken_down_is_gone_here_too(app: TestApp) {
        app.section("World", None).await;
        let article = app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let link = link(app, &article, json!({})).await;
        let path = path_of(&article);
        let verb = |verb: &str| path.replace("preview-links", verb);
        let takedown = json!({ "reason": "A court said so.", "public_notice": "Removed." });
        app.post(&verb("takedown")).as_role("editor").if_match(2).json(&takedown).await.expect(200);
        let gone = shown(app, &link).await;
        assert_eq!(gone.problem(410, "gone")["notice"], "Removed.");
        assert_eq!(gone.header("cache-control"), "private, no-store");
        app.post(&path).as_role("editor").await.problem(409, "wrong_state");
        app.post(&verb("restore")).as_role("admin").if_match(3).await.expect(200);
        shown(app, &link).await.expect(200);
        // One that readers could never follow anywhere is as absent as ever.
        let draft = app.draft(json!({ "title": "Later", "section": "world" })).await;
        let later = app.publish_with(&draft, &json!({ "visible_from": app.in_seconds(600) })).await;
        let unseen = self::link(app, &later, json!({})).await;
        let path = path_of(&later).replace("preview-links", "takedown");
        app.post(&path).as_role("editor").if_match(2).json(&takedown).await.expect(200);
        let never = app.get("/previews/x").await;
        assert_eq!(plain(&shown(app, &unseen).await), plain(&never));
    }

    async fn what_is_no_link_is_refused(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        let path = path_of(&draft);
        for (body, pointer, code) in [
            (json!({ "expires_in": 59 }), "/expires_in", "out_of_range"),
            (json!({ "expires_in": 2_592_001 }), "/expires_in", "out_of_range"),
            (json!({ "revision": 2 }), "/revision", "unknown_reference"),
            (json!({ "revision": 0 }), "/revision", "unknown_reference"),
            (json!({ "revision": i64::MIN }), "/revision", "unknown_reference"),
        ] {
            let problem = app.post(&path).as_role("editor").json(&body).await.expect(422).json();
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)), "{body}");
        }
        for body in [json!({ "revision": "1" }), json!({ "expires_in": 1.5 }), json!({ "note": "x" }), json!([])] {
            app.post(&path).as_role("editor").json(&body).await.expect(422);
        }
        app.post("/manage/articles/none/preview-links").as_role("editor").await.problem(404, "not_found");
        assert_eq!(app.count("SELECT count(*) FROM preview_links"), 0);
        for _ in 0..25 {
            link(app, &draft, json!({ "expires_in": 60 })).await;
            link(app, &draft, json!({ "expires_in": 2_592_000 })).await;
        }
        app.post(&path).as_role("editor").await.problem(409, "conflict");
        // What is over is not in the way, and goes when it is met.
        app.advance(60);
        link(app, &draft, json!({})).await;
        assert_eq!(app.count("SELECT count(*) FROM preview_links"), 26);
    }

    async fn what_was_merged_since_is_shown_by_the_name_in_force(app: TestApp) {
        surroundings(app).await;
        let draft = app.draft(rich()).await;
        let shown_before = link(app, &draft, json!({})).await;
        for (noun, into) in [("tags", app.tag("Coast").await), ("authors", app.author("Zoe").await)] {
            let own = text(&draft[noun][0]);
            let path = format!("/manage/{noun}/{own}/merge");
            app.post(&path).as_role("editor").if_match(1).json(&json!({ "into": into["id"] })).await.expect(200);
        }
        let page = shown(app, &shown_before).await.expect(200).json();
        assert_eq!((&page["tags"][0]["slug"], &page["authors"][0]["slug"]), (&json!("coast"), &json!("zoe")));
        becomes_what_was_shown(app, &draft, json!({})).await;
    }

    async fn a_preview_takes_a_fixed_number_of_statements(app: TestApp) {
        surroundings(app).await;
        let article = app.article(rich()).await;
        let changed = app.patch_article(&article, &json!({ "comments": "open" })).await;
        let article = app.publish(&changed).await;
        app.comment(&article, "root", None).await;
        let made = link(app, &article, json!({})).await;
        let path = preview_of(&made);
        for (query, expected) in QUERIES.into_iter().zip([4, 4, 4, 4, 6]) {
            assert_eq!(app.fewest_statements(&format!("{path}{query}")).await, expected, "{query}");
        }
        let made_up = || async { app.get("/previews/bsp_made-up").await };
        assert_eq!(app.fewest(made_up).await.1, 0, "what is not ours is found out without the database");
        let all = path_of(&article);
        let one = format!("{all}/{}", text(&made["id"]));
        for path in [&all, &one] {
            let read = || async { app.get(path).as_role("editor").await.expect(200) };
            assert_eq!(app.fewest(read).await.1, 3, "{path}");
        }
        let make = || async { app.post(&all).as_role("editor").await.expect(201) };
        assert_eq!(app.fewest(make).await.1, 9);
    }

    async fn links_that_are_over_are_swept(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        link(app, &draft, json!({ "expires_in": 60 })).await;
        let kept = link(app, &draft, json!({ "expires_in": 600 })).await;
        app.advance(61);
        let sweeping = app.beside(|config| config.sweep_after = std::time::Duration::from_millis(1)).await;
        tests::until("it is swept", async || app.count("SELECT count(*) FROM preview_links") == 1).await;
        shown(&sweeping, &kept).await.expect(200);
    }
}

/// A server by itself, whose log is read.
async fn no_token_gets_into_a_log(database: Database) {
    let seeding = TestApp::start_on(&database).await;
    seeding.section("World", None).await;
    seeding
        .draft(json!({ "title": "Ferry", "section": "world" }))
        .await;
    seeding.stop();
    let metrics = TcpListener::bind("127.0.0.1:0").unwrap();
    let metrics_at = metrics.local_addr().unwrap().to_string();
    drop(metrics);
    let settings = [
        ("BROADSHEET_METRICS_BIND", metrics_at.as_str()),
        ("BROADSHEET_LOG", "json"),
        ("RUST_LOG", "debug"),
    ];
    let process = Process::serve(database.url(), &[], &settings);
    let client = reqwest::Client::new();
    let base = format!("http://{}/api/v1", process.address);
    let made = client
        .post(format!("{base}/manage/articles/ferry/preview-links"))
        .bearer_auth(key_of("editor"));
    let link = made.send().await.unwrap().text().await.unwrap();
    let link: Value = serde_json::from_str(&link).expect("JSON");
    let url = text(&link["url"]);
    assert!(url.starts_with(&format!("{base}/previews/bsp_")), "{url}");
    let escaped = url.replace("bsp_", "%62sp_");
    for (target, status) in [
        (url.clone(), 200),
        (escaped, 200),
        (format!("{url}."), 404),
        (format!("{url}/"), 404),
        (format!("{url}?x=1"), 400),
        (url.replace("/previews/", "//previews/"), 404),
    ] {
        let reply = client.get(&target).send().await.unwrap();
        assert_eq!(reply.status().as_u16(), status, "{target}");
    }
    let reply = client.get(format!("http://{metrics_at}/metrics"));
    let series = reply.send().await.unwrap().text().await.unwrap();
    assert!(series.contains("/api/v1/previews/{token}"), "{series}");
    leaks::assert_none("metrics", series.as_bytes());
    let (_, log) = process.terminate();
    let token = url.rsplit_once("bsp_").expect("a token").1;
    assert!(!log.contains(token) && !series.contains(token), "{log}");
    assert_eq!(log.matches("/api/v1/previews/{token}").count(), 4, "{log}");
    assert!(log.contains("previews/bsp_…"), "{log}");
    assert!(log.contains("preview_link_made"), "{log}");
}

#[test]
fn no_token_gets_into_a_log_on_sqlite() {
    on_sqlite_database(no_token_gets_into_a_log);
}

#[test]
fn no_token_gets_into_a_log_on_postgres() {
    on_postgres_database(no_token_gets_into_a_log);
}

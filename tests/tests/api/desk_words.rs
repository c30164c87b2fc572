//! Working copies by the words of their titles, slugs and summaries.

use serde_json::{Value, json};
use tests::{TestApp, both, slugs, text};

const NOTED: &str =
    "SELECT term || ' ' || CAST(article_id AS TEXT) AS line FROM working_terms ORDER BY 1";

/// Every byte escaped.
fn percent(text: &str) -> String {
    let bytes = text.bytes().map(|byte| format!("%{byte:02x}"));
    bytes.collect::<Vec<_>>().concat()
}

async fn found(app: &TestApp, q: &str, more: &str) -> Vec<String> {
    let path = format!("/manage/articles?q={}{more}", percent(q));
    slugs(&app.get(&path).as_role("editor").await.expect(200).json())
}

async fn counted(app: &TestApp, q: &str, more: &str) -> Value {
    let path = format!("/manage/article-counts?q={}{more}", percent(q));
    app.get(&path).as_role("editor").await.expect(200).json()
}

async fn patch(app: &TestApp, article: &Value, query: &str, change: Value) -> Value {
    let path = format!("/manage/articles/{}{query}", text(&article["id"]));
    let version = article["version"].as_i64().unwrap();
    let call = app.patch(&path).as_role("editor").if_match(version);
    call.json(&change).await.expect(200).json()
}

both! {
    async fn an_article_is_found_by_its_words_however_they_are_written(app: TestApp) {
        app.section("World", None).await;
        app.draft(json!({ "title": "L’été à Hélsingør: the FERRY", "slug": "summer-boats", "section": "world" })).await;
        app.draft(json!({ "title": "停在渡口的图书馆", "slug": "library", "section": "world", "summary": "A ferry, and books." })).await;
        for q in ["ferry", "Ferry", "ＦＥＲＲＹ", " ferry, "] {
            assert_eq!(found(app, q, "").await, ["library", "summer-boats"], "{q}");
        }
        for q in ["ete", "L'ÉTÉ", "helsingør ferry", "boats", "summer-boats the", "ferry ferry summer"] {
            assert_eq!(found(app, q, "").await, ["summer-boats"], "{q}");
        }
        for q in ["渡口", "图书馆", "停", "停在渡口的图书馆", "渡口 books", "书 library"] {
            assert_eq!(found(app, q, "").await, ["library"], "{q}");
        }
        for q in ["ferr", "渡馆", "ferry nowhere", "world"] {
            assert_eq!(found(app, q, "").await, Vec::<String>::new(), "{q}");
        }
        let long = "渡".repeat(201);
        let many: Vec<String> = (0..17).map(|n| format!("w{n}")).collect();
        for list in ["articles", "article-counts"] {
            for (q, code) in [("", "bad_format"), ("—", "required"), (long.as_str(), "too_long"), (&many.join(" "), "too_many")] {
                let path = format!("/manage/{list}?q={}", percent(q));
                let told = app.get(&path).as_role("editor").await.problem(400, "invalid_parameter");
                assert_eq!((&told["errors"][0]["parameter"], &told["errors"][0]["code"]), (&json!("q"), &json!(code)), "{told}");
            }
        }
    }

    async fn words_go_with_every_filter_order_and_page(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        app.author("Ada").await;
        app.tag("Ships").await;
        let mut made = Vec::new();
        for (n, section) in ["world", "sport", "world", "sport", "world", "sport"].iter().enumerate() {
            let fields = json!({ "title": format!("Ferry number {n}"), "slug": format!("f{n}"), "section": section,
                "authors": if n % 3 == 0 { json!(["ada"]) } else { json!([]) }, "tags": if n < 4 { json!(["ships"]) } else { json!([]) } });
            made.push(app.draft(fields).await);
            app.advance(1);
        }
        app.draft(json!({ "title": "Something else", "section": "world", "authors": ["ada"], "tags": ["ships"] })).await;
        app.publish(&made[0]).await;
        app.publish_with(&made[1], &json!({ "visible_from": app.in_seconds(600) })).await;
        for (more, expected) in [
            ("", vec!["f5", "f4", "f3", "f2", "f1", "f0"]), ("&section=world", vec!["f4", "f2", "f0"]),
            ("&author=ada", vec!["f3", "f0"]), ("&tag=ships&author=ada", vec!["f3", "f0"]), ("&tag=ships&section=sport", vec!["f3", "f1"]),
            ("&status=published", vec!["f0"]), ("&status=scheduled", vec!["f1"]), ("&status=scheduled&sort=visible_from", vec!["f1"]),
            ("&status=draft&section=world", vec!["f4", "f2"]), ("&mine=true", vec!["f5", "f4", "f3", "f2", "f1", "f0"]),
            ("&sort=-updated_at", vec!["f1", "f0", "f5", "f4", "f3", "f2"]), ("&sort=-updated_at&tag=ships", vec!["f1", "f0", "f3", "f2"]),
            ("&sort=-updated_at&section=world", vec!["f0", "f4", "f2"]), ("&sort=-updated_at&mine=true&status=draft", vec!["f5", "f4", "f3", "f2"]),
        ] {
            assert_eq!(found(app, "FERRY number", more).await, expected, "{more}");
            let (mut walked, mut cursor) = (Vec::new(), String::new());
            loop {
                let path = format!("/manage/articles?q=ferry&limit=1{more}{cursor}");
                let page = app.get(&path).as_role("editor").await.expect(200).json();
                walked.extend(slugs(&page));
                if page["next_cursor"].is_null() {
                    break;
                }
                cursor = format!("&cursor={}", text(&page["next_cursor"]));
            }
            assert_eq!(walked, expected, "page by page: {more}");
        }
        let counts = |draft: i64, scheduled: i64, published: i64| {
            json!({ "draft": draft, "scheduled": scheduled, "published": published, "unpublished": 0, "taken_down": 0 })
        };
        assert_eq!(counted(app, "ferry", "").await, counts(4, 1, 1));
        assert_eq!(counted(app, "ferry", "&section=world").await, counts(2, 0, 1));
        assert_eq!(counted(app, "ferry", "&author=ada&tag=ships").await, counts(1, 0, 1));
        assert_eq!(counted(app, "ferry 3", "").await, counts(1, 0, 0));
        let first = app.get("/manage/articles?q=ferry&limit=1").as_role("editor").await.json();
        let other = format!("/manage/articles?q=number&limit=1&cursor={}", text(&first["next_cursor"]));
        app.get(&other).as_role("editor").await.problem(400, "bad_cursor");
    }

    async fn words_follow_the_working_copy(app: TestApp) {
        app.section("World", None).await;
        let made = app.article(json!({ "title": "Before", "section": "world", "summary": "Old words." })).await;
        let changed = patch(app, &made, "?autosave=true", json!({ "title": "After", "summary": null })).await;
        assert_eq!(found(app, "after", "").await, ["before"]);
        assert_eq!(found(app, "old", "").await, Vec::<String>::new());
        assert_eq!(found(app, "before", "").await, ["before"], "its slug says so still");
        let changed = patch(app, &changed, "", json!({ "slug": "renamed" })).await;
        assert_eq!((found(app, "before", "").await, found(app, "renamed", "").await), (vec![], vec!["renamed".to_owned()]));
        let back = format!("/manage/articles/{}/revisions/1/restore", text(&made["id"]));
        app.post(&back).as_role("editor").if_match(changed["version"].as_i64().unwrap()).await.expect(200);
        assert_eq!(found(app, "old words", "").await.len(), 1);
        app.draft(json!({ "title": "Unwanted", "section": "world" })).await;
        assert_eq!(found(app, "unwanted", "").await, ["unwanted"]);
        app.delete("/manage/articles/unwanted").as_role("editor").if_match(1).await.expect(204);
        assert_eq!(found(app, "unwanted", "").await, Vec::<String>::new());
        assert!(!app.lines(NOTED).iter().any(|line| line.starts_with("unwanted")));
    }

    async fn what_is_not_theirs_is_not_found(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        let body = |title: &str| json!({ "title": title, "section": "world", "body": { "format": "markdown", "source": "x" } });
        let writer = app.member("author").token;
        app.post("/manage/articles").bearer(&writer).json(&body("Own secret")).await.expect(201);
        app.post("/manage/articles").as_role("editor").json(&body("Foreign secret")).await.expect(201);
        let page = app.get("/manage/articles?q=secret").bearer(&writer).await.expect(200).json();
        assert_eq!(slugs(&page), ["own-secret"]);
        let counts = app.get("/manage/article-counts?q=secret").bearer(&writer).await.expect(200).json();
        assert_eq!(counts["draft"], 1);
        let key = json!({ "name": "desk", "role": "editor", "sections": ["sport"] });
        let key = text(&app.post("/manage/api-keys").as_user("admin").json(&key).await.expect(201).json()["key"]);
        app.get("/manage/articles?q=secret").bearer(&key).await.problem(403, "forbidden");
        for path in ["articles?q=secret", "articles?q=secret&sort=-updated_at"] {
            let page = app.get(&format!("/manage/{path}&section=sport")).bearer(&key).await.expect(200).json();
            assert_eq!(slugs(&page), Vec::<String>::new());
        }
    }

    async fn a_word_costs_one_statement_more_and_no_more(app: TestApp) {
        app.section("World", None).await;
        for n in 0..3 {
            app.draft(json!({ "title": format!("Ferry {n}"), "section": "world" })).await;
        }
        let app = &app.beside(|config| config.follow_every = std::time::Duration::from_hours(1)).await;
        for (list, least) in [("articles", 1), ("article-counts", 2)] {
            for (q, more) in [("", 0), ("q=ferry", 1), ("q=ferry%20the%20halden%20quay%20at%20six&section=world", 1), ("q=ferry&mine=true", 0)] {
                let path = format!("/manage/{list}?{q}");
                let (_, spent) = app.fewest(|| async { app.get(&path).as_role("editor").await.expect(200) }).await;
                assert!(spent >= least + more && spent <= least + more + 1, "{path}: {spent} statements");
            }
        }
    }

    async fn the_upgrade_notes_what_is_there_and_goes_on_where_it_was(app: TestApp) {
        app.section("World", None).await;
        for n in 0..3 {
            app.draft(json!({ "title": format!("Ferry {n}"), "section": "world", "summary": "停在渡口" })).await;
        }
        let noted = app.lines(NOTED);
        assert!(noted.len() > 20);
        let tree = if app.database_url().starts_with("sqlite") { "sqlite" } else { "postgres" };
        let script = |way: &str| {
            let place = format!("../storage/migrations/{tree}/2026-11-28-000024_working_terms/{way}.sql");
            std::fs::read_to_string(place).unwrap()
        };
        let sql = |sql: &str| storage::testing::execute(app.database_url(), sql).unwrap();
        let store = app.store();
        sql(&script("down"));
        sql(&script("up"));
        assert!(app.lines(NOTED).is_empty());
        store.migrate().unwrap();
        assert_eq!(app.lines(NOTED), noted);
        assert_eq!(app.count("SELECT count(*) FROM backfills"), 0);
        // Cut off after the first, which was changed since.
        let first = app.count("SELECT min(id) FROM articles");
        sql(&format!("DELETE FROM working_terms WHERE article_id <> {first}; INSERT INTO backfills VALUES ('working_terms', {first})"));
        let stores: Vec<_> = (0..3).map(|_| app.store()).collect();
        std::thread::scope(|scope| {
            for store in &stores {
                scope.spawn(|| store.migrate().unwrap());
            }
        });
        assert_eq!(app.lines(NOTED), noted);
        for store in stores.iter().chain([&store]) {
            store.close();
        }
    }
}

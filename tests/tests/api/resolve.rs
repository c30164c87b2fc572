//! Where paths lead, whatever became of the sections and the articles since.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tests::{Reply, TestApp, both, encoded, text};

use crate::transitions::turn;

async fn resolve(app: &TestApp, path: &str) -> Reply {
    app.get(&format!("/resolve?path={}", encoded(path))).await
}

/// The one step from an old path, and what stands there.
async fn leads(app: &TestApp, from: &str, to: &str) {
    let reply = resolve(app, from).await.expect(301);
    let location = format!("/api/v1/resolve?path={}", to.replace('/', "%2F"));
    assert_eq!(reply.header("location"), location, "{from}");
    assert!(
        reply.header("cache-control").contains("s-maxage=30"),
        "{from}"
    );
    let there = app
        .call(reqwest::Method::GET, &location)
        .await
        .expect(200)
        .json();
    assert_eq!(reply.json(), there, "{from}: the same body");
    assert_eq!(there["path"], to);
}

async fn renamed(app: &TestApp, article: &Value, fields: &Value) -> Value {
    let patched = app.patch_article(article, fields).await;
    app.publish(&patched).await
}

both! {
    async fn a_path_leads_to_what_stands_there(app: TestApp) {
        app.section("World", None).await;
        let europe = app.section("Europe", Some("world")).await;
        let article = app.article(json!({ "title": "Ferry", "section": "europe" })).await;
        let found = resolve(app, "/world/europe/ferry").await.expect(200);
        assert_eq!(found.json(), json!({ "kind": "article", "id": article["id"], "slug": "ferry",
            "path": "/world/europe/ferry" }));
        for tag in ["article:art_", "section:sec_"] {
            assert!(found.header("surrogate-key").contains(tag), "{}", found.header("surrogate-key"));
        }
        let etag = found.header("etag").to_owned();
        let path = format!("/resolve?path={}", encoded("/world/europe/ferry"));
        app.get(&path).header("if-none-match", &etag).await.expect(304);
        let section = resolve(app, "/world/europe").await.expect(200).json();
        assert_eq!(section, json!({ "kind": "section", "id": europe["id"], "slug": "europe",
            "path": "/world/europe" }));
        for from in ["/ferry", "/europe/ferry", "/nowhere/ferry", "/world/europe/ferry/", "//world//europe/ferry",
                     "/World/Europe/FERRY"] {
            leads(app, from, "/world/europe/ferry").await;
        }
        for from in ["/europe", "/old/europe", "/world/europe/"] {
            leads(app, from, "/world/europe").await;
        }
        for path in ["/", "//", "/nowhere", "/world/europe/boat", "/world/a b", "/ferry?x=1", "/art_0000000000001"] {
            let reply = resolve(app, path).await;
            reply.problem(404, "not_found");
            assert_eq!(reply.header("cache-control"), "max-age=0, s-maxage=1");
        }
        for path in ["", "world/europe", "https://site.example/world"] {
            resolve(app, path).await.problem(400, "invalid_parameter");
        }
        app.get("/resolve").await.problem(400, "invalid_parameter");
        app.get("/resolve?path=%2Fa&path=%2Fb").await.problem(400, "repeated_parameter");
        for (path, most) in [("/world/europe", 0), ("/world/europe/ferry", 1), ("/ferry", 1), ("/nowhere", 2)] {
            let (_, spent) = app.fewest(|| resolve(app, path)).await;
            assert!(spent <= most, "{path}: {spent} statements");
        }
    }

    async fn an_article_and_a_section_of_one_name_are_told_apart(app: TestApp) {
        app.section("World", None).await;
        app.section("Europe", Some("world")).await;
        app.section("Views", None).await;
        app.article(json!({ "title": "Europe", "section": "views" })).await;
        assert_eq!(resolve(app, "/world/europe").await.expect(200).json()["kind"], "section");
        assert_eq!(resolve(app, "/views/europe").await.expect(200).json()["kind"], "article");
        leads(app, "/europe", "/world/europe").await;
    }

    async fn what_readers_cannot_have_is_not_resolved(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        resolve(app, "/world/ferry").await.problem(404, "not_found");
        let soon = app.publish_with(&draft, &json!({ "visible_from": app.in_seconds(60) })).await;
        resolve(app, "/world/ferry").await.problem(404, "not_found");
        app.advance(61);
        resolve(app, "/world/ferry").await.expect(200);
        let back = turn(app, &soon, "unpublish", &json!({}), "editor").await.expect(200).json();
        resolve(app, "/world/ferry").await.problem(404, "not_found");
        let order = json!({ "reason": "The order of a court", "public_notice": "Removed by order." });
        turn(app, &back, "takedown", &order, "editor").await.expect(200);
        for path in ["/world/ferry", "/ferry/", "/elsewhere/FERRY"] {
            let gone = resolve(app, path).await;
            assert_eq!(gone.problem(410, "gone")["notice"], "Removed by order.");
            assert_eq!(gone.header("cache-control"), "max-age=0, s-maxage=1");
        }
    }

    async fn ten_moves_lead_to_the_present_address_in_one_step(app: TestApp) {
        app.section("World", None).await;
        for index in 0..5 {
            app.section(&format!("Place {index}"), Some("world")).await;
        }
        let mut article = app.article(json!({ "title": "Ferry", "slug": "ferry-0", "section": "place-0" })).await;
        let mut paths = vec!["/world/place-0/ferry-0".to_owned()];
        for step in 1..=10 {
            let fields = json!({ "slug": format!("ferry-{step}"), "section": format!("place-{}", step % 5) });
            article = renamed(app, &article, &fields).await;
            paths.push(text(&article["path"]));
        }
        let now = paths.pop().expect("a path");
        assert_eq!(now, "/world/place-0/ferry-10");
        for (step, old) in paths.iter().enumerate() {
            leads(app, old, &now).await;
            for (below, query) in [("", "?body=none&include=breadcrumbs"), ("/comments", "?limit=5")] {
                let moved = app.get(&format!("/articles/ferry-{step}{below}{query}")).await.expect(301);
                let location = format!("/api/v1/articles/ferry-10{below}{query}");
                assert_eq!(moved.header("location"), location);
                assert_eq!(moved.json(), json!({ "kind": "article", "id": article["id"], "slug": "ferry-10",
                    "path": now }));
                app.call(reqwest::Method::GET, &location).await.expect(200);
            }
        }
        // An old name taken up again is in force again, and the others follow.
        let article = renamed(app, &article, &json!({ "slug": "ferry-3" })).await;
        leads(app, &now, "/world/place-0/ferry-3").await;
        let order = json!({ "reason": "The order of a court" });
        turn(app, &article, "takedown", &order, "editor").await.expect(200);
        for old in paths.iter().chain([&now]) {
            resolve(app, old).await.problem(410, "gone");
        }
        for step in 0..=10 {
            app.get(&format!("/articles/ferry-{step}")).await.problem(410, "gone");
        }
    }

    async fn an_old_slug_of_a_section_leads_to_it(app: TestApp) {
        app.section("World", None).await;
        app.section("Europe", Some("world")).await;
        app.article(json!({ "title": "Ferry", "section": "europe" })).await;
        app.patch("/manage/sections/europe").as_role("editor").if_match(1)
            .json(&json!({ "slug": "continent" })).await.expect(200);
        leads(app, "/world/europe", "/world/continent").await;
        leads(app, "/world/europe/ferry", "/world/continent/ferry").await;
        let (_, spent) = app.fewest(|| resolve(app, "/world/europe")).await;
        assert!(spent <= 2, "{spent} statements");
    }

    async fn no_path_is_too_much(app: TestApp) {
        app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let paths = prop_oneof![
            any::<String>(), "/.{0,300}", "(/{0,3}[a-z0-9-]{0,10}){0,9}/?", "/world/[fF]erry[\\PC/]{0,4}",
            "[/.%\\\\\u{0}\u{202e}é?#&=+]{0,40}", "/a{1000,1100}",
        ];
        let drawn = std::cell::RefCell::new(Vec::new());
        TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() })
            .run(&paths, |path| { drawn.borrow_mut().push(path); Ok(()) }).expect("paths are drawn");
        for path in drawn.into_inner() {
            let reply = resolve(app, &path).await;
            assert!([200, 301, 400, 404].contains(&reply.status), "{path:?}: {}", reply.text());
        }
        let raw = app.get("/resolve?path=%FF%FE").await;
        assert_eq!(raw.status, 400, "{}", raw.text());
    }
}

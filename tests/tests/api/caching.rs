//! What a cache may keep, for how long, and in which coding.

use reqwest::Method;
use serde_json::json;
use tests::{Reply, TestApp, both, coding, text};

/// Every public route with something to read on it.
pub(super) async fn public_paths(app: &TestApp) -> Vec<String> {
    app.section("World", None).await;
    app.author("Ada").await;
    app.tag("Shipping").await;
    let long = "The ferry was late again. ".repeat(200);
    let article = app
        .article(
            json!({ "title": "Ferry", "section": "world", "authors": ["ada"], "tags": ["shipping"],
        "body": { "format": "markdown", "source": long } }),
        )
        .await;
    let comment = app.comment(&article, "hello", None).await;
    let id = text(&comment["id"]);
    vec![
        "/articles".into(),
        "/articles/ferry".into(),
        "/articles/ferry?include=breadcrumbs,neighbors,comments".into(),
        "/articles/ferry/comments".into(),
        "/sections".into(),
        "/sections/world".into(),
        "/resolve?path=/world".into(),
        "/resolve?path=/world/ferry".into(),
        "/authors".into(),
        "/authors/ada".into(),
        "/tags".into(),
        "/comments".into(),
        format!("/comments/{id}"),
        format!("/comments/{id}/replies"),
        format!("/comment-counts?articles={}", text(&article["id"])),
    ]
}

/// A directive's value in `Cache-Control`.
fn directive(reply: &Reply, name: &str) -> Option<i64> {
    reply
        .header("cache-control")
        .split(", ")
        .find_map(|part| part.strip_prefix(&format!("{name}="))?.parse().ok())
}

fn decoded(reply: &Reply) -> Vec<u8> {
    coding::decoded(&reply.headers, &reply.body)
}

both! {
    async fn every_public_answer_can_be_kept_and_checked_again(app: TestApp) {
        for path in public_paths(app).await {
            let reply = app.get(&path).await.expect(200);
            assert_eq!(directive(&reply, "max-age"), Some(0), "{path}");
            assert_eq!(directive(&reply, "s-maxage"), Some(30), "{path}");
            assert_eq!(directive(&reply, "stale-while-revalidate"), Some(30), "{path}");
            assert_eq!(directive(&reply, "stale-if-error"), Some(300), "{path}");
            assert!(reply.header("vary").to_lowercase().contains("accept-encoding"), "{path}");
            for tags in ["surrogate-key", "cache-tag", "cache-groups"] {
                assert!(!reply.header(tags).is_empty(), "{path} has no {tags}");
            }
            let etag = reply.header("etag").to_owned();
            assert!(etag.starts_with('"') && etag.ends_with('"'), "{path}: {etag}");
            let again = app.get(&path).await.expect(200);
            assert_eq!(again.header("etag"), etag, "{path}");
            for condition in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
                let unchanged = app.get(&path).header("if-none-match", &condition).await.expect(304);
                assert!(unchanged.body.is_empty());
                assert_eq!(unchanged.header("etag"), etag, "{path}");
                assert_eq!(unchanged.header("cache-control"), reply.header("cache-control"), "{path}");
                assert_eq!(unchanged.header("vary"), reply.header("vary"), "{path}");
            }
            app.get(&path).header("if-none-match", "\"other\"").await.expect(200);
        }
    }

    async fn head_is_get_without_the_body(app: TestApp) {
        for path in public_paths(app).await {
            for encoding in ["identity", "gzip", "br"] {
                let get = app.get(&path).header("accept-encoding", encoding).await.expect(200);
                let head = app.call(Method::HEAD, &format!("/api/v1{path}")).header("accept-encoding", encoding).await.expect(200);
                assert!(head.body.is_empty(), "{path}");
                for name in ["etag", "cache-control", "content-type", "content-encoding", "content-length", "vary",
                             "last-modified", "surrogate-key", "link"] {
                    assert_eq!(head.header(name), get.header(name), "{name} of {path} in {encoding}");
                }
            }
        }
        let missing = app.call(Method::HEAD, "/api/v1/articles/none").await.expect(404);
        assert!(missing.body.is_empty());
    }

    async fn every_coding_holds_the_same_bytes_under_its_own_etag(app: TestApp) {
        public_paths(app).await;
        let path = "/articles/ferry";
        let plain = app.get(path).await.expect(200);
        assert_eq!(plain.header("content-encoding"), "");
        let mut etags = vec![plain.header("etag").to_owned()];
        for (accept, coding) in [("gzip", "gzip"), ("br", "br"), ("gzip, br", "br"), ("br;q=0, gzip", "gzip"),
                                 ("gzip;q=1.0, br;q=0.5", "gzip"), ("*", "br")] {
            let reply = app.get(path).header("accept-encoding", accept).await.expect(200);
            assert_eq!(reply.header("content-encoding"), coding, "{accept}");
            assert!(reply.body.len() < plain.body.len() / 2);
            assert_eq!(decoded(&reply), plain.body, "{accept}");
            let etag = reply.header("etag").to_owned();
            if !etags.contains(&etag) {
                etags.push(etag.clone());
            }
            let unchanged = app.get(path).header("accept-encoding", accept).header("if-none-match", &etag).await.expect(304);
            assert_eq!(unchanged.header("etag"), etag);
        }
        assert_eq!(etags.len(), 3, "{etags:?}");
        for accept in ["identity", "deflate", "gzip;q=0", "zstd"] {
            let reply = app.get(path).header("accept-encoding", accept).await.expect(200);
            assert_eq!(reply.header("content-encoding"), "", "{accept}");
            assert_eq!(reply.body, plain.body);
        }
        let short = app.get("/tags").header("accept-encoding", "gzip, br").await.expect(200);
        assert_eq!(short.header("content-encoding"), "", "short bodies stay as they are");
        assert!(short.header("vary").to_lowercase().contains("accept-encoding"));
    }

    async fn an_answer_expires_when_the_site_changes_by_itself(app: TestApp) {
        app.section("World", None).await;
        app.article(json!({ "title": "Now", "section": "world" })).await;
        let draft = app.draft(json!({ "title": "Soon", "section": "world" })).await;
        app.publish_with(&draft, &json!({ "visible_from": app.in_seconds(12) })).await;
        let list = app.get("/articles").await.expect(200);
        assert_eq!(directive(&list, "s-maxage"), Some(12), "{}", list.header("cache-control"));
        assert_eq!(directive(&list, "stale-while-revalidate").unwrap_or(0), 0, "both stale windows end with it");
        assert_eq!(directive(&list, "stale-if-error").unwrap_or(0), 0);
        let neighbours = app.get("/articles/now?include=neighbors").await.expect(200);
        assert_eq!(directive(&neighbours, "s-maxage"), Some(12));
        let own = app.get("/articles/now").await.expect(200);
        assert_eq!(directive(&own, "s-maxage"), Some(30), "an article by itself does not change then");
        let ending = app.draft(json!({ "title": "Ending", "section": "world" })).await;
        app.publish_with(&ending, &json!({ "visible_until": app.in_seconds(45) })).await;
        let ending = app.get("/articles/ending").await.expect(200);
        assert_eq!(directive(&ending, "s-maxage"), Some(30));
        assert_eq!(directive(&ending, "stale-while-revalidate"), Some(15));
        assert_eq!(directive(&ending, "stale-if-error"), Some(15));
    }

    async fn refusals_are_kept_for_a_second_or_not_at_all(app: TestApp) {
        assert!(app.get("/articles/none").await.expect(404).header("cache-control").contains("s-maxage=1"));
        for (method, path) in [(Method::GET, "/articles?limit=0"), (Method::GET, "/articles?cursor=x"), (Method::POST, "/articles"),
                               (Method::GET, "/manage/articles"), (Method::POST, "/articles/none/comments")] {
            let reply = app.call(method, &format!("/api/v1{path}")).json(&json!({ "body": "x", "author_name": "I" })).await;
            let control = reply.header("cache-control");
            assert!(control.contains("no-store") || reply.status == 404, "{path}: {} {control}", reply.status);
        }
        let hidden = app.get("/articles/none").as_role("reader").await.expect(404);
        assert_eq!(hidden.header("cache-control"), "private, no-store");
        let manage = app.get("/manage/articles").as_role("editor").header("accept-encoding", "gzip, br").await.expect(200);
        assert_eq!(manage.header("cache-control"), "private, no-store");
        assert_eq!(manage.header("content-encoding"), "");
    }

    async fn a_single_resource_says_when_it_changed(app: TestApp) {
        public_paths(app).await;
        // A counter leaves no time: where there is one, only the entity tag proves anything.
        for (path, proof) in [("/authors/ada", 304), ("/articles/ferry", 200), ("/sections/world", 200)] {
            let reply = app.get(path).await.expect(200);
            let modified = reply.header("last-modified").to_owned();
            assert!(modified.ends_with(" GMT"), "{path}: {modified:?}");
            app.get(path).header("if-modified-since", &modified).await.expect(proof);
            // If-None-Match takes precedence over If-Modified-Since.
            let other = app.get(path).header("if-modified-since", &modified).header("if-none-match", "\"x\"").await;
            assert_eq!(other.status, 200, "{path}");
        }
        assert_eq!(app.get("/articles").await.header("last-modified"), "");
    }

    async fn a_body_that_changed_is_never_called_the_same(app: TestApp) {
        public_paths(app).await;
        let path = "/articles/ferry?include=comments";
        let before = app.get(path).await.expect(200);
        app.advance(60);
        app.comment(&before.json(), "again", None).await;
        let after = app.get(path).await.expect(200);
        assert_ne!(before.header("last-modified"), after.header("last-modified"), "a comment counts");
        for path in [path, "/articles/ferry"] {
            let reply = app.get(path).header("if-modified-since", before.header("last-modified")).await.expect(200);
            assert_eq!(reply.json()["stats"]["comments"], 2, "{path}");
        }
    }

    async fn what_editors_have_is_not_kept(app: TestApp) {
        for path in ["/manage", "/manage/nothing", "/manage/articles/none"] {
            let reply = app.get(path).header("origin", "https://anywhere.example").unchecked().await;
            assert!(reply.header("cache-control").contains("no-store"), "{path}: {}", reply.header("cache-control"));
            assert_eq!(reply.header("access-control-allow-origin"), "", "{path}");
        }
        app.get("/managers").unchecked().await.expect(404);
    }

    async fn a_redirect_ends_when_the_site_changes_by_itself(app: TestApp) {
        app.section("World", None).await;
        let old = app.article(json!({ "title": "Old name", "section": "world" })).await;
        let path = format!("/manage/articles/{}", text(&old["id"]));
        let managed = app.get(&path).as_role("editor").await.expect(200);
        let renamed = app.patch(&path).as_role("editor").if_match(managed.version()).json(&json!({ "slug": "new-name" })).await.expect(200);
        app.publish_with(&renamed.json(), &json!({ "visible_until": app.in_seconds(7) })).await;
        for path in ["/articles/old-name", "/articles/old-name/comments"] {
            let moved = app.get(path).await.expect(301);
            assert_eq!(directive(&moved, "s-maxage"), Some(7), "{path}");
            assert_eq!(directive(&moved, "stale-if-error"), Some(0), "{path}");
        }
    }

    async fn an_etag_changes_with_what_is_shown(app: TestApp) {
        public_paths(app).await;
        let before = app.get("/articles/ferry").await.header("etag").to_owned();
        let author = app.get("/authors/ada").await.json();
        app.patch(&format!("/manage/authors/{}", text(&author["id"]))).as_role("editor").if_match(1)
            .json(&json!({ "name": "Ada L." })).await.expect(200);
        let after = app.get("/articles/ferry").header("if-none-match", &before).await.expect(200);
        assert_ne!(after.header("etag"), before);
    }
}

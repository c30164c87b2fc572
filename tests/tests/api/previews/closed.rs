//! Who is shown nothing, and what nobody keeps.

use reqwest::Method;
use serde_json::json;
use tests::{TestApp, both, text};

use super::{link, path_of, preview_of, shown};
use crate::rights::plain;

both! {
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
}

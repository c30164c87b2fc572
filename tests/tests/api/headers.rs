//! CORS, security headers and request ids.

use reqwest::Method;
use serde_json::json;
use tests::{TestApp, both};

both! {
    async fn reads_are_open_to_every_origin_and_writes_to_the_configured(app: TestApp) {
        app.section("World", None).await;
        let read = app.get("/sections").header("origin", "https://anywhere.example").await.expect(200);
        assert_eq!(read.header("access-control-allow-origin"), "*");
        assert_eq!(read.header("access-control-allow-credentials"), "");
        let exposed = read.header("access-control-expose-headers").to_lowercase();
        for name in ["etag", "link", "location", "retry-after"] {
            assert!(exposed.contains(name), "{name} in {exposed}");
        }
        let preflight = |origin: &'static str, method: &'static str, path: &'static str| async move {
            app.call(Method::OPTIONS, path).header("origin", origin)
                .header("access-control-request-method", method)
                .header("access-control-request-headers", "content-type,idempotency-key").await
        };
        let allowed = preflight(tests::ORIGIN, "POST", "/api/v1/articles/x/comments").await;
        assert!([200, 204].contains(&allowed.status), "{}", allowed.status);
        assert_eq!(allowed.header("access-control-allow-origin"), tests::ORIGIN);
        assert!(allowed.header("access-control-allow-methods").contains("POST"));
        assert!(allowed.header("access-control-allow-headers").to_lowercase().contains("idempotency-key"));
        for hostile in ["https://evil.example", "null", "https://front.example.evil.example",
                        "https://evilfront.example", "http://front.example"] {
            let refused = preflight(hostile, "POST", "/api/v1/articles/x/comments").await;
            let origin = refused.header("access-control-allow-origin");
            assert!(origin.is_empty(), "{hostile}: {origin}");
        }
    }

    async fn every_answer_carries_the_security_headers_and_an_id(app: TestApp) {
        app.section("World", None).await;
        for (method, path) in [
            (Method::GET, "/api/v1/sections"), (Method::GET, "/api/v1/articles/none"), (Method::GET, "/nowhere"),
            (Method::DELETE, "/api/v1/sections"), (Method::GET, "/livez"), (Method::GET, "/api/v1/manage/articles"),
        ] {
            let reply = app.call(method.clone(), path).await;
            let place = format!("{method} {path}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{place}");
            assert!(reply.header("content-security-policy").contains("default-src 'none'"), "{place}");
            assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{place}");
            assert!(!reply.header("referrer-policy").is_empty(), "{place}");
            assert!(!reply.header("cross-origin-resource-policy").is_empty(), "{place}");
            assert!(!reply.header("x-request-id").is_empty(), "{place}");
            assert_eq!(reply.header("server"), "", "{place}");
            assert_eq!(reply.header("set-cookie"), "", "{place}");
        }
        let problem = app.get("/articles/none").await;
        assert_eq!(problem.json()["instance"], problem.header("x-request-id"));
    }

    async fn no_version_is_told_to_strangers(app: TestApp) {
        let reply = app.get("/sections").await;
        assert_eq!(reply.header("x-powered-by"), "");
        let document = app.get("/openapi.json").await.expect(200).json();
        assert_eq!(document["openapi"].as_str().map(|version| version.starts_with("3.1")), Some(true));
        assert_eq!(document["info"]["version"].as_str().map(|version| version.starts_with('1')), Some(true));
    }

    async fn a_request_id_from_outside_cannot_break_out(app: TestApp) {
        for sent in ["abc-123", "a b", &"x".repeat(500), "\u{e9}\u{e9}", "<script>"] {
            let reply = app.get("/sections").header("x-request-id", sent).await;
            let id = reply.header("x-request-id");
            assert!(!id.is_empty() && id.len() <= 128, "{id}");
            assert!(id.bytes().all(|byte| byte.is_ascii_graphic()) && !id.contains('<'), "{id}");
        }
    }

    async fn the_host_header_makes_no_url(app: TestApp) {
        app.section("World", None).await;
        let body = json!({ "name": "Evil" });
        let reply = app.post("/manage/tags").as_role("admin").header("host", "evil.example").json(&body).await.expect(201);
        assert!(!format!("{:?}", reply.headers).contains("evil.example"));
        assert!(!reply.text().contains("evil.example"));
    }
}

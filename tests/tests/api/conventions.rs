//! What is the same on every route: strictness, problems, methods, media types.

use reqwest::Method;
use serde_json::json;
use tests::{TestApp, both};

/// A path with values in its parameters, whether or not there is such a thing.
pub(super) fn filled(path: &str) -> String {
    path.replace("{article}", "some-thing")
        .replace("{section}", "some-thing")
        .replace("{author}", "some-thing")
        .replace("{tag}", "some-thing")
        .replace("{comment}", "cmt_0000000000001")
        .replace("{user}", "usr_0000000000001")
        .replace("{session}", "ses_0000000000001")
        .replace("{key}", "key_0000000000001")
        .replace("{revision}", "1")
        .replace("{correction}", "cor_0000000000001")
        .replace("{link}", "prv_0000000000001")
        .replace("{token}", "some-thing")
        .replace("{address}", "some-thing")
}

both! {
    async fn an_unknown_path_is_404_and_a_known_one_names_its_methods(app: TestApp) {
        for path in ["/nowhere", "/api", "/api/v1", "/api/v1/", "/api/v1/article", "/api/v2/articles",
                     "/api/v1/articles/", "/api/v1//articles", "/api/v1/Articles", "/api/v1/articles/a/b/c",
                     "/api/v1/articles;x", "/api/v1/manage", "/api/v1/../v1/nowhere"] {
            let reply = app.call(Method::GET, path).await;
            reply.problem(404, "not_found");
        }
        for (method, path, allow) in [
            (Method::POST, "/api/v1/articles", "GET, HEAD"),
            (Method::DELETE, "/api/v1/sections", "GET, HEAD"),
            (Method::PUT, "/api/v1/articles/x/comments", "GET, HEAD, POST"),
            (Method::GET, "/api/v1/articles/x/views", "POST"),
        ] {
            let reply = app.call(method, path).await;
            reply.problem(405, "method_not_allowed");
            let mut methods: Vec<&str> = reply.header("allow").split(", ").collect();
            methods.retain(|method| *method != "OPTIONS");
            methods.sort_unstable();
            assert_eq!(methods.join(", "), allow, "{path}");
        }
        for method in ["TRACE", "CONNECT", "BREW"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            if method != Method::CONNECT {
                app.call(method, "/api/v1/articles").await.problem(405, "method_not_allowed");
            }
        }
    }

    async fn every_operation_refuses_parameters_it_does_not_know(app: TestApp) {
        let admin = app.member("admin").token;
        for operation in app.spec().operations() {
            let path = filled(&operation.path);
            let access = operation.value["x-access"].as_str().unwrap_or_default();
            let known = !["public", "comment", "auth"].contains(&access);
            let asked = || async {
                let call = app.call(operation.method.clone(), &format!("{path}?limitt=5"));
                let call = if known { call.bearer(&admin) } else { call };
                if operation.method == Method::GET { call.await } else { call.if_match(1).json(&json!({})).await }
            };
            let (reply, statements) = app.fewest(asked).await;
            if path.ends_with("/openapi.json") && reply.status == 200 {
                continue;
            }
            let problem = reply.problem(400, "unknown_parameter");
            assert_eq!(problem["errors"][0]["parameter"], "limitt", "{path}");
            if operation.value["parameters"].to_string().contains("\"limit\"") {
                assert!(problem.to_string().contains("\"limit\""), "{path}: {problem}");
            }
            assert_eq!(statements, 0, "{path}: no SQL for a refused query");
        }
    }

    async fn brackets_and_dots_are_not_another_query_language(app: TestApp) {
        app.section("World", None).await;
        for query in ["limit[gte]=1", "filter[title]=x", "where=1", "sort[]=title", "a.b=1", "%00=1", "=1",
                      "sort=(select%201)", "tag='%20OR%201=1--", "section=world%27--"] {
            let reply = app.get(&format!("/articles?{query}")).await;
            assert!([200, 400, 404].contains(&reply.status), "{query}: {}", reply.status);
            if reply.status == 200 {
                assert_eq!(reply.json()["items"], json!([]), "{query}");
            }
        }
    }

    async fn what_cannot_be_accepted_is_406(app: TestApp) {
        for accept in ["text/html", "image/png", "application/xml", "application/json;q=0"] {
            app.get("/sections").header("accept", accept).await.problem(406, "not_acceptable");
        }
        for accept in ["*/*", "application/json", "application/*", "text/html, */*;q=0.1",
                       "application/json; charset=utf-8", "application/problem+json, application/json", ""] {
            let call = app.get("/sections");
            call.header("accept", accept).await.expect(200);
        }
    }

    async fn bodies_must_be_json_of_a_known_type(app: TestApp) {
        let path = "/manage/tags";
        for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "x", ""] {
            let reply = app.post(path).as_role("admin").bytes(kind, "{\"name\":\"x\"}").await;
            reply.problem(415, "unsupported_media_type");
        }
        app.post(path).as_role("admin").bytes("application/merge-patch+json", "{\"name\":\"x\"}").await
            .problem(415, "unsupported_media_type");
        app.post(path).as_role("admin").bytes("application/json; charset=utf-8", "{\"name\":\"x\"}").await.expect(201);
        let twice = app.post(path).as_role("admin").header("content-type", "application/json")
            .bytes("application/json", "{\"name\":\"z\"}").await;
        let said = twice.problem(415, "unsupported_media_type");
        assert!(said["detail"].as_str().is_some_and(|detail| detail.contains("more than once")), "{said}");
        let latin = app.post(path).as_role("admin").bytes("application/json; charset=latin1", "{\"name\":\"y\"}").await;
        assert!([201, 415].contains(&latin.status));
    }

    async fn broken_json_is_told_from_wrong_json(app: TestApp) {
        let path = "/manage/tags";
        for body in ["{", "{\"name\":}", "{\"name\":\"x\"", "nul", "\u{feff}{}", "{'name':'x'}", "{\"name\":\"x\"} trailing", "{\"name\":\"x\",}"] {
            let reply = app.post(path).as_role("admin").bytes("application/json", body).await;
            reply.problem(400, "malformed_json");
        }
        for body in ["[]", "\"x\"", "5", "null", "true"] {
            let reply = app.post(path).as_role("admin").bytes("application/json", body).await;
            assert_eq!(reply.status, 422, "{body}: {}", reply.text());
        }
        let empty = app.post(path).as_role("admin").bytes("application/json", "").await;
        assert!([400, 422].contains(&empty.status), "{}", empty.text());
        let twice = app.post(path).as_role("admin").bytes("application/json", "{\"name\":\"a\",\"name\":\"b\"}").await;
        assert!([400, 422].contains(&twice.status), "a repeated field: {}", twice.text());
        assert_eq!(app.count("SELECT count(*) FROM tags"), 0);
    }

    async fn a_long_body_is_413_and_a_long_address_414(app: TestApp) {
        let big = format!("{{\"name\":\"{}\"}}", "x".repeat(10 * 1024 * 1024));
        let reply = app.post("/manage/tags").as_role("admin").bytes("application/json", big).await;
        reply.problem(413, "payload_too_large");
        let reply = app.get(&format!("/articles?tag={}", "x".repeat(20_000))).await;
        assert!([400, 414, 431].contains(&reply.status), "{}", reply.status);
        let reply = app.get("/sections").header("x-big", &"x".repeat(60_000)).unchecked().await;
        assert!([200, 431].contains(&reply.status), "{}", reply.status);
    }

    async fn the_order_of_checks_is_route_method_credentials_access_media_body(app: TestApp) {
        let junk = |method: Method, path: &str| {
            app.call(method, path).bytes("text/plain", "{").header("idempotency-key", "x")
        };
        junk(Method::POST, "/api/v1/manage/nowhere").await.problem(404, "not_found");
        junk(Method::DELETE, "/api/v1/manage/tags").await.problem(405, "method_not_allowed");
        junk(Method::POST, "/api/v1/manage/tags").await.problem(401, "unauthorized");
        junk(Method::POST, "/api/v1/manage/tags").as_role("reader").await.problem(403, "forbidden");
        junk(Method::POST, "/api/v1/manage/tags").as_role("editor").await.problem(415, "unsupported_media_type");
    }
}

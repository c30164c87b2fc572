//! Keys that are limited to scopes and to sections: what they open, and what is not there for them.

use serde_json::{Value, json};
use tests::{Reply, TestApp, both, slugs, text};

/// A key with these limits, and nothing else said of it.
async fn key(app: &TestApp, role: &str, scopes: Value, sections: Value) -> String {
    let name = tests::random_name("key ");
    let body = json!({ "name": name, "role": role, "scopes": scopes, "sections": sections });
    let call = app
        .post("/manage/api-keys")
        .bearer(&app.member("admin").token);
    text(&call.json(&body).await.expect(201).json()["key"])
}

/// Two sections at the top, with one below the first and an article in each.
struct Newspaper {
    world: Value,
    europe: Value,
    sport: Value,
}

async fn newspaper(app: &TestApp) -> Newspaper {
    app.section("World", None).await;
    app.section("Europe", Some("world")).await;
    app.section("Sport", None).await;
    let draft = async |title: &str, section: &str| {
        app.draft(json!({ "title": title, "section": section }))
            .await
    };
    Newspaper {
        world: draft("In the world", "world").await,
        europe: draft("In Europe", "europe").await,
        sport: draft("In sport", "sport").await,
    }
}

fn path_of(article: &Value) -> String {
    format!("/manage/articles/{}", text(&article["id"]))
}

fn article_in(section: &str, title: &str) -> Value {
    json!({ "title": title, "section": section, "body": { "format": "markdown", "source": "x" } })
}

/// An answer without what differs from request to request.
fn bare(reply: &Reply) -> (u16, Value, Vec<(String, String)>) {
    let mut body = reply.json();
    body["instance"] = Value::Null;
    let mut headers: Vec<(String, String)> = reply
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id", "content-length"].contains(&name.as_str()))
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    headers.sort();
    (reply.status, body, headers)
}

/// What a scope opens, as the route table names it.
const SCOPES: [(&str, &[&str]); 8] = [
    ("articles:read", &["read_manage"]),
    ("articles:write", &["write_article"]),
    (
        "publish",
        &["publish_article", "undo_takedown", "release_address"],
    ),
    ("sections:write", &["write_section"]),
    ("tags:write", &["write_tag"]),
    ("authors:write", &["write_author"]),
    ("comments:moderate", &["moderate_comments"]),
    ("changes:read", &["read_changes"]),
];

both! {
    async fn each_scope_opens_its_own_operations_and_no_other(app: TestApp) {
        let section = text(&app.section("World", None).await["id"]);
        let (author, tag) = (text(&app.author("Ada").await["id"]), text(&app.tag("Shipping").await["id"]));
        let article = text(&app.draft(json!({ "section": "world" })).await["id"]);
        let mut opened = 0;
        for (scope, rules) in SCOPES {
            let key = key(app, "admin", json!([scope]), Value::Null).await;
            for operation in app.spec().operations() {
                let asked = operation.value["x-access"].as_str().unwrap_or_default();
                if ["public", "comment", "auth", "account"].contains(&asked) {
                    continue;
                }
                let path = operation.path.replace("{section}", &section).replace("{author}", &author)
                    .replace("{tag}", &tag).replace("{article}", &article)
                    .replace("{key}", "key_0000000000000").replace("{user}", "usr_0000000000000")
                    .replace("{revision}", "1").replace("{correction}", "cor_0000000000000").replace("{address}", "ferry")
                    .replace("{link}", "prv_0000000000000").replace("{comment}", "cmt_0000000000000")
                    .replace("{rule}", "rul_0000000000000").replace("{ban}", "ban_0000000000000");
                assert!(!path.contains('{'), "{path} needs a value in this test");
                let reply = app.call(operation.method.clone(), &path).bearer(&key).json(&json!({})).await;
                if rules.contains(&asked) {
                    assert!(![401, 403].contains(&reply.status), "{scope} {path}: {}", reply.text());
                    opened += 1;
                } else {
                    reply.problem(403, "forbidden");
                }
            }
        }
        assert!(opened >= 15, "{opened}");
    }

    async fn what_lies_outside_is_not_there(app: TestApp) {
        let news = newspaper(app).await;
        let key = key(app, "editor", Value::Null, json!(["world"])).await;
        let patch = |path: &str, change: &Value| app.patch(path).bearer(&key).if_match(1).json(change);
        let random = "/manage/articles/art_0000000000000";
        for target in [path_of(&news.sport), "/manage/articles/in-sport".to_owned()] {
            let there = app.get(&target).bearer(&key).await;
            assert_eq!(bare(&there), bare(&app.get(random).bearer(&key).await));
            for change in [json!({ "title": "Mine" }), json!({ "section": "world" }), json!({ "section": "nowhere" }), json!({})] {
                let there = patch(&target, &change).await;
                let nowhere = patch(random, &change).await;
                assert_eq!(bare(&there), bare(&nowhere), "{change}");
            }
            for version in [1, 7] {
                let publish = |path: &str| app.post(&format!("{path}/publish")).bearer(&key).if_match(version).json(&json!({}));
                assert_eq!(bare(&publish(&target).await), bare(&publish(random).await));
            }
        }
        assert_eq!(app.get(&path_of(&news.sport)).as_role("editor").await.version(), 1);
        for inside in [&news.world, &news.europe] {
            let path = path_of(inside);
            app.get(&path).bearer(&key).await.expect(200);
            patch(&path, &json!({ "summary": "s" })).await.expect(200);
            app.post(&format!("{path}/publish")).bearer(&key).if_match(2).json(&json!({})).await.expect(200);
        }
        app.get("/articles/in-europe").await.expect(200);
    }

    async fn articles_are_made_inside(app: TestApp) {
        newspaper(app).await;
        let key = key(app, "editor", json!(["articles:read", "articles:write"]), json!(["world"])).await;
        for section in ["world", "europe"] {
            let body = article_in(section, "New");
            let made = app.post("/manage/articles").bearer(&key).json(&body).await.expect(201).json();
            app.get(&path_of(&made)).bearer(&key).await.expect(200);
        }
        let before = app.count("SELECT count(*) FROM articles");
        let outside = app.post("/manage/articles").bearer(&key).json(&article_in("sport", "New")).await;
        assert!(text(&outside.problem(403, "forbidden")["detail"]).contains("sections"));
        let unknown = app.post("/manage/articles").bearer(&key).json(&article_in("nowhere", "New")).await;
        assert_eq!(unknown.problem(422, "validation_failed")["errors"][0]["pointer"], "/section");
        assert_eq!(app.count("SELECT count(*) FROM articles"), before);
    }

    async fn nothing_is_moved_out_and_what_others_move_changes_hands(app: TestApp) {
        let news = newspaper(app).await;
        let key = key(app, "editor", Value::Null, json!(["world"])).await;
        let path = path_of(&news.europe);
        let out = app.patch(&path).bearer(&key).if_match(1).json(&json!({ "section": "sport", "title": "Out" })).await;
        out.problem(403, "forbidden");
        assert_eq!(app.get(&path).bearer(&key).await.version(), 1);
        let within = app.patch(&path).bearer(&key).if_match(1).json(&json!({ "section": "world" })).await.expect(200).json();
        assert_eq!(within["section"], "world");

        app.patch_article(&within, &json!({ "section": "sport" })).await;
        app.get(&path).bearer(&key).await.problem(404, "not_found");
        app.patch(&path).bearer(&key).if_match(3).json(&json!({ "section": "world" })).await.problem(404, "not_found");
        app.patch_article(&news.sport, &json!({ "section": "europe" })).await;
        app.patch(&path_of(&news.sport)).bearer(&key).if_match(2).json(&json!({ "title": "In" })).await.expect(200);
    }

    async fn a_list_names_a_section_of_its_own(app: TestApp) {
        newspaper(app).await;
        let key = key(app, "editor", Value::Null, json!(["world"])).await;
        for (query, expected) in [("?section=world", "in-the-world"), ("?section=europe", "in-europe"),
            ("?section=europe&status=draft&limit=5", "in-europe")] {
            let page = app.get(&format!("/manage/articles{query}")).bearer(&key).await.expect(200).json();
            assert_eq!(slugs(&page), [expected]);
        }
        for query in ["", "?section=sport", "?status=draft", "?status=draft&section=sport&limit=1"] {
            let refused = app.get(&format!("/manage/articles{query}")).bearer(&key).await;
            let problem = refused.problem(403, "forbidden");
            assert!(text(&problem["detail"]).contains("`section`"), "{problem}");
            assert_eq!(problem["errors"][0]["parameter"], "section");
            assert!(!refused.text().contains("in-sport"));
        }
        app.get("/manage/articles?section=nowhere").bearer(&key).await.problem(400, "invalid_parameter");
        app.get("/manage/articles").as_role("editor").await.expect(200);
    }

    async fn what_belongs_to_the_whole_site_is_not_changed(app: TestApp) {
        newspaper(app).await;
        let (ada, shipping) = (app.author("Ada").await, app.tag("Shipping").await);
        let key = key(app, "admin", Value::Null, json!(["world", "europe", "sport"])).await;
        for (noun, id) in [("sections", "world".to_owned()), ("authors", text(&ada["id"])), ("tags", text(&shipping["id"]))] {
            let (list, item) = (format!("/manage/{noun}"), format!("/manage/{noun}/{id}"));
            app.post(&list).bearer(&key).json(&json!({ "name": "N" })).await.problem(403, "forbidden");
            app.patch(&item).bearer(&key).if_match(1).json(&json!({ "name": "N" })).await.problem(403, "forbidden");
            app.get(&list).bearer(&key).await.expect(200);
            app.get(&item).bearer(&key).await.expect(200);
        }
        app.get("/manage/changes").bearer(&key).await.problem(403, "forbidden");
    }

    async fn a_section_counts_where_it_stands_now(app: TestApp) {
        let news = newspaper(app).await;
        let key = key(app, "editor", Value::Null, json!(["world"])).await;
        app.get(&path_of(&news.europe)).bearer(&key).await.expect(200);
        app.lines("UPDATE sections SET parent_id = NULL WHERE slug = 'europe' RETURNING slug AS line");
        app.get(&path_of(&news.europe)).bearer(&key).await.problem(404, "not_found");
        app.get("/manage/articles?section=europe").bearer(&key).await.problem(403, "forbidden");
        app.post("/manage/articles").bearer(&key).json(&article_in("europe", "New")).await.problem(403, "forbidden");
        app.lines("UPDATE sections SET parent_id = (SELECT id FROM sections WHERE slug = 'world') \
            WHERE slug = 'sport' RETURNING slug AS line");
        app.get(&path_of(&news.sport)).bearer(&key).await.expect(200);
        app.get("/manage/articles?section=sport").bearer(&key).await.expect(200);
    }

    async fn a_key_of_a_section_that_is_gone_opens_nothing(app: TestApp) {
        let news = newspaper(app).await;
        app.section("Brief", None).await;
        let key = key(app, "editor", Value::Null, json!(["brief"])).await;
        app.get("/manage/articles?section=brief").bearer(&key).await.expect(200);
        app.lines("DELETE FROM sections WHERE slug = 'brief' RETURNING slug AS line");
        for path in ["/manage/articles", "/manage/articles?section=brief", "/manage/articles?section=world"] {
            let reply = app.get(path).bearer(&key).await;
            assert!([400, 403].contains(&reply.status), "{path}: {}", reply.text());
        }
        app.get(&path_of(&news.world)).bearer(&key).await.problem(404, "not_found");
        app.post("/manage/articles").bearer(&key).json(&article_in("world", "New")).await.problem(403, "forbidden");
    }

    async fn a_limited_author_is_an_author(app: TestApp) {
        let news = newspaper(app).await;
        let key = key(app, "author", Value::Null, json!(["world"])).await;
        let own = app.post("/manage/articles").bearer(&key).json(&article_in("europe", "Own")).await.expect(201).json();
        let path = path_of(&own);
        app.patch(&path).bearer(&key).if_match(1).json(&json!({ "title": "Mine" })).await.expect(200);
        app.patch(&path_of(&news.world)).bearer(&key).if_match(1).json(&json!({ "title": "Mine" })).await.problem(404, "not_found");
        let listed = async |section: &str| {
            let path = format!("/manage/articles?section={section}");
            slugs(&app.get(&path).bearer(&key).await.expect(200).json())
        };
        assert_eq!((listed("world").await, listed("europe").await), (vec![], vec!["own".to_owned()]));
        app.get("/manage/articles").bearer(&key).await.problem(403, "forbidden");
        app.patch(&path_of(&news.sport)).bearer(&key).if_match(1).json(&json!({ "title": "Mine" })).await.problem(404, "not_found");
        app.post(&format!("{path}/publish")).bearer(&key).if_match(2).json(&json!({})).await.problem(403, "forbidden");
        // Its own, once it was taken out of its reach.
        let moved = app.get(&path).as_role("editor").await.json();
        app.patch_article(&moved, &json!({ "section": "sport" })).await;
        app.patch(&path).bearer(&key).if_match(3).json(&json!({ "title": "Back" })).await.problem(404, "not_found");
    }

    async fn whose_a_taken_slug_is_stays_untold(app: TestApp) {
        let news = newspaper(app).await;
        let key = key(app, "editor", Value::Null, json!(["world"])).await;
        let mut body = article_in("world", "New");
        body["slug"] = json!("in-sport");
        let created = app.post("/manage/articles").bearer(&key).json(&body).await;
        let changed = app.patch(&path_of(&news.world)).bearer(&key).if_match(1).json(&json!({ "slug": "in-sport" })).await;
        for refused in [created, changed] {
            let problem = refused.problem(409, "slug_taken");
            assert_eq!(problem["suggestion"], "in-sport-2");
            assert!(!refused.text().contains(&text(&news.sport["id"])), "{problem}");
        }
    }

    async fn a_key_limited_to_a_section_lists_nothing_in_another(app: TestApp) {
        let news = newspaper(app).await;
        let key = key(app, "editor", json!(null), json!(["europe"])).await;
        let mut body = article_in("europe", "Further");
        body["further_sections"] = json!(["sport"]);
        app.post("/manage/articles").bearer(&key).json(&body).await.expect(403);
        let patch = |fields: Value| {
            app.patch(&path_of(&news.europe)).bearer(&key).if_match(1).json(&fields)
        };
        patch(json!({ "further_sections": ["sport"] })).await.expect(403);
        app.patch_article(&news.europe, &json!({ "further_sections": ["sport"] })).await;
        let kept = json!({ "further_sections": ["sport"], "title": "Kept" });
        app.patch(&path_of(&news.europe)).bearer(&key).if_match(2).json(&kept).await.expect(200);
    }
}

//! What readers are told about authors, and which account writes under whose name.

use serde_json::{Value, json};
use tests::{Member, Reply, TestApp, both, join_all, text};

fn path(author: &Value) -> String {
    format!("/manage/authors/{}", text(&author["id"]))
}

async fn patch(app: &TestApp, role: &str, author: &Value, version: i64, body: &Value) -> Reply {
    let token = app.token_of(role);
    let call = app.patch(&path(author)).bearer(&token).if_match(version);
    call.json(body).await
}

async fn tie(app: &TestApp, author: &Value, version: i64, member: &Member) -> Reply {
    let body = json!({ "user": member.user.id.to_string() });
    patch(app, "admin", author, version, &body).await
}

/// What somebody writes, without a word about who wrote it unless `fields` say so.
async fn write(app: &TestApp, token: &str, fields: Value) -> Reply {
    let mut body = json!({ "title": "T", "section": "world", "body": { "format": "markdown", "source": "B" } });
    if let (Value::Object(body), Value::Object(fields)) = (&mut body, fields) {
        body.extend(fields);
    }
    let call = app.post("/manage/articles").bearer(token);
    call.json(&body).await
}

async fn me(app: &TestApp, member: &Member) -> Value {
    app.get("/me")
        .bearer(&member.token)
        .await
        .expect(200)
        .json()
}

both! {
    async fn readers_are_told_about_an_author(app: TestApp) {
        let body = json!({ "name": "Ada", "title": "Correspondent in Rome", "bio": "Rivers.",
            "image": { "url": "https://images.example/ada.jpg", "alt": "Ada", "width": 600 },
            "links": [{ "label": "Notebook", "url": "https://ada.example" }, { "label": "Write", "url": "mailto:Ada@news.example" }] });
        let made = app.post("/manage/authors").as_role("editor").json(&body).await.expect(201).json();
        assert_eq!(made["user"], Value::Null);
        let public = app.get("/authors/ada").await.expect(200).json();
        assert_eq!(public["title"], "Correspondent in Rome");
        assert_eq!(public["image"], json!({ "url": "https://images.example/ada.jpg", "alt": "Ada", "width": 600, "height": null }));
        assert_eq!(public["links"], json!([{ "label": "Notebook", "url": "https://ada.example/" }, { "label": "Write", "url": "mailto:ada@news.example" }]));
        assert_eq!(app.get("/authors").await.expect(200).json()["items"][0], public);
        assert!(public.get("user").is_none());
        for (version, change, field, after) in [
            (1, json!({ "image": { "alt": null, "height": 400 } }), "image", json!({ "url": "https://images.example/ada.jpg", "alt": null, "width": 600, "height": 400 })),
            (2, json!({ "title": null }), "title", Value::Null),
            (3, json!({ "image": null }), "image", Value::Null),
            (4, json!({ "links": [] }), "links", json!([])),
            (5, json!({ "name": "Ada L." }), "bio", json!("Rivers.")),
            (6, json!({ "user": null }), "title", Value::Null),
        ] {
            let changed = patch(app, "editor", &made, version, &change).await.expect(200);
            assert_eq!(changed.json()[field], after, "{change}");
            assert_eq!(app.get("/authors/ada").await.expect(200).json()[field], after, "{change}");
        }
        for item in ["/authors/ada", "/authors"] {
            let spent = app.fewest_statements(item).await;
            assert_eq!(spent, 1, "{item}");
        }
    }

    async fn a_profile_is_checked(app: TestApp) {
        let link = |url: &str| json!({ "label": "L", "url": url });
        let many: Vec<Value> = (0..11).map(|n| link(&format!("https://{n}.example"))).collect();
        let author = app.author("Ada").await;
        for (field, value, pointer) in [
            ("title", json!("x".repeat(121)), "/title"), ("title", json!(""), "/title"), ("title", json!("a\nb"), "/title"),
            ("image", json!({ "url": "javascript:alert(1)" }), "/image/url"), ("image", json!({ "alt": "A" }), "/image/url"),
            ("image", json!({ "url": "https://a.example", "width": 0 }), "/image/width"),
            ("image", json!({ "url": "https://a.example", "alt": "a".repeat(501) }), "/image/alt"),
            ("image", json!({ "url": "https://a.example", "credit": "C" }), "/image/credit"),
            ("links", json!([link("data:text/html,x")]), "/links/0/url"),
            ("links", json!([link("https://a.example"), link("mailto:a@b.example?subject=x")]), "/links/1/url"),
            ("links", json!([link("https://a.example"), link("https://A.example/")]), "/links/1/url"),
            ("links", json!([{ "label": "", "url": "https://a.example" }]), "/links/0/label"),
            ("links", json!([{ "url": "https://a.example" }]), "/links/0/label"),
            ("links", json!(many), "/links"), ("links", Value::Null, "/links"),
            ("user", json!("ada"), "/user"), ("user", json!("aut_0000000000001"), "/user"),
        ] {
            let new = json!({ "name": "N", field: value });
            let refused = app.post("/manage/authors").bearer(&app.token_of("admin")).json(&new).await;
            assert_eq!(refused.status, 422, "{new}: {}", refused.text());
            let places = refused.json()["errors"].to_string();
            // What misses a member is named by its parent where serde finds it out.
            assert!(places.contains(pointer) || places.contains(pointer.rsplit_once('/').map_or(pointer, |(above, _)| above)), "{new}: {places}");
            let changed = patch(app, "admin", &author, 1, &json!({ field: value })).await;
            assert_eq!(changed.status, 422, "{field} {value}: {}", changed.text());
        }
        let whole = app.get(&path(&author)).as_role("editor").await.expect(200);
        assert_eq!((whole.version(), &whole.json()["links"]), (1, &json!([])));
    }

    async fn what_a_tied_account_writes_is_by_its_author(app: TestApp) {
        app.section("World", None).await;
        let (ada, bo) = (app.author("Ada").await, app.author("Bo").await);
        let writer = app.member("author");
        let plain = write(app, &writer.token, json!({})).await.expect(201).json();
        assert_eq!((&plain["authors"], &me(app, &writer).await["author"]), (&json!([]), &Value::Null));
        let tied = tie(app, &ada, 1, &writer).await.expect(200);
        assert_eq!((&tied.json()["user"], tied.version()), (&json!(writer.user.id.to_string()), 2));
        let own = json!({ "id": ada["id"], "slug": "ada", "name": "Ada" });
        assert_eq!(me(app, &writer).await["author"], own);
        let renamed = app.patch("/me").bearer(&writer.token).json(&json!({ "name": "Ines" })).await.expect(200);
        assert_eq!(renamed.json()["author"], own);
        assert_eq!(app.get("/me/export").bearer(&writer.token).await.expect(200).json()["account"]["author"], own);
        for (fields, byline) in [
            (json!({}), json!(["ada"])), (json!({ "authors": [] }), json!([])), (json!({ "authors": ["bo"] }), json!(["bo"])),
        ] {
            let made = write(app, &writer.token, fields).await.expect(201).json();
            assert_eq!(made["authors"], byline);
        }
        assert_eq!(write(app, &writer.token, json!({ "authors": null })).await.status, 422);
        let others = write(app, &app.token_of("editor"), json!({})).await.expect(201).json();
        assert_eq!(others["authors"], json!([]), "nobody else's");
        // Nobody but the newsroom learns of it.
        for public in ["/authors/ada", "/authors"] {
            assert!(!app.get(public).await.expect(200).text().contains("usr_"), "{public}");
        }
        let second = tie(app, &bo, 1, &writer).await;
        assert_eq!(second.problem(409, "conflict")["errors"][0]["pointer"], "/user");
        let body = json!({ "name": "Cy", "user": writer.user.id.to_string() });
        app.post("/manage/authors").bearer(&app.token_of("admin")).json(&body).await.problem(409, "conflict");
        let nobody = patch(app, "admin", &bo, 1, &json!({ "user": "usr_0000000000001" })).await.problem(422, "validation_failed");
        assert_eq!((&nobody["errors"][0]["pointer"], &nobody["errors"][0]["code"]), (&json!("/user"), &json!("unknown_reference")));
        patch(app, "admin", &ada, 2, &json!({ "user": null })).await.expect(200);
        assert_eq!(write(app, &writer.token, json!({})).await.expect(201).json()["authors"], json!([]));
        tie(app, &bo, 1, &writer).await.expect(200);
        assert_eq!(me(app, &writer).await["author"]["slug"], "bo");
        let (_, spent) = app.fewest(|| async { app.get("/me").bearer(&writer.token).await.expect(200) }).await;
        assert_eq!(spent, 3, "the account, a change of address, the author");
    }

    async fn whoever_does_not_manage_accounts_ties_nobody(app: TestApp) {
        let author = app.author("Ada").await;
        let (editor, writer) = (app.member("editor"), app.member("author"));
        let key = app.post("/manage/api-keys").bearer(&app.token_of("admin")).json(&json!({ "name": "desk", "role": "admin" })).await;
        let key = text(&key.expect(201).json()["key"]);
        // What there is and what there is not is refused alike.
        for user in [editor.user.id.to_string(), writer.user.id.to_string(), "usr_0000000000001".to_owned()] {
            for token in [&editor.token, &key] {
                let call = app.patch(&path(&author)).bearer(token).if_match(1);
                call.json(&json!({ "user": user })).await.problem(403, "forbidden");
                let call = app.post("/manage/authors").bearer(token);
                call.json(&json!({ "name": "N", "user": user })).await.problem(403, "forbidden");
            }
        }
        tie(app, &author, 1, &writer).await.expect(200);
        patch(app, "editor", &author, 2, &json!({ "user": null })).await.problem(403, "forbidden");
        let body = json!({ "user": editor.user.id.to_string() });
        patch(app, "editor", &author, 2, &body).await.problem(403, "forbidden");
        // What was read can be sent back.
        let body = json!({ "user": writer.user.id.to_string(), "title": "Reporter" });
        patch(app, "editor", &author, 2, &body).await.expect(200);
        assert_eq!(me(app, &writer).await["author"]["id"], author["id"]);
    }

    async fn of_two_who_tie_one_account_one_does(app: TestApp) {
        let writer = app.member("author");
        let mut made = Vec::new();
        for number in 0..8 {
            made.push(app.author(&format!("Author {number}")).await);
        }
        let race = made.iter().map(|author| async { tie(app, author, 1, &writer).await.status });
        let mut statuses = join_all(race).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    }

    async fn a_tie_ends_with_the_account(app: TestApp) {
        let writer = app.account("Ines", "author").await;
        let author = app.author("Ada").await;
        let body = json!({ "user": writer.id });
        patch(app, "admin", &author, 1, &body).await.expect(200);
        let seen = app.get(&format!("/manage/users/{}", writer.id)).bearer(&app.token_of("admin")).await.expect(200).version();
        app.delete(&format!("/manage/users/{}", writer.id)).bearer(&app.token_of("admin")).if_match(seen).await.expect(204);
        let left = app.get(&path(&author)).as_role("editor").await.expect(200);
        assert_eq!((&left.json()["user"], left.version()), (&Value::Null, 3));
        let kinds = app.lines("SELECT kind AS line FROM changes WHERE entity = 'author' ORDER BY seq DESC LIMIT 1");
        assert_eq!(kinds, ["untied"]);
        let gone = patch(app, "admin", &author, 3, &body).await.problem(422, "validation_failed");
        assert_eq!(gone["errors"][0]["pointer"], "/user");
    }
}

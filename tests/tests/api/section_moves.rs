//! Sections go elsewhere with everything below them.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Call, Reply, TestApp, both, join_all, text};

fn asked<'a>(app: &'a TestApp, section: &Value, version: i64, body: &Value) -> Call<'a> {
    let path = format!("/manage/sections/{}/move", text(&section["id"]));
    let call = app.post(&path).as_role("editor").if_match(version);
    call.json(body)
}

async fn moved(app: &TestApp, section: &Value, version: i64, parent: Option<&str>) -> Reply {
    asked(app, section, version, &json!({ "parent": parent })).await
}

async fn merged(app: &TestApp, section: &Value, version: i64, into: &str) -> Reply {
    let path = format!("/manage/sections/{}/merge", text(&section["id"]));
    let call = app.post(&path).as_role("editor").if_match(version);
    call.json(&json!({ "into": into })).await
}

/// The slugs of what a section lists, sorted.
async fn listed(app: &TestApp, section: &str) -> Vec<String> {
    let page = app
        .get(&format!("/articles?section={section}&limit=100"))
        .await
        .expect(200)
        .json();
    let items = page["items"].as_array().expect("items").iter();
    let mut slugs: Vec<_> = items.map(|item| text(&item["slug"])).collect();
    slugs.sort();
    slugs
}

/// What is listed by sections and what should be, by the articles' own and further sections and
/// the parents of these.
fn assert_listings_are_right(app: &TestApp) {
    let stored = app.lines(
        "SELECT article_id || ' ' || scope_id AS line FROM listings WHERE scope = 'section' ORDER BY 1",
    );
    let implied = app.lines(
        "WITH RECURSIVE places (article_id, section_id) AS (
            SELECT p.id, s.id FROM published_articles p JOIN sections s ON s.id = p.section_id
                OR REPLACE(REPLACE(p.further_section_ids, '[', ','), ']', ',') LIKE '%,' || s.id || ',%'
            UNION SELECT places.article_id, s.parent_id FROM places JOIN sections s ON s.id = places.section_id
                WHERE s.parent_id IS NOT NULL)
         SELECT article_id || ' ' || section_id AS line FROM places ORDER BY 1",
    );
    assert_eq!(stored, implied);
}

async fn world(app: &TestApp) -> (Value, Value) {
    app.section("World", None).await;
    let europe = app.section("Europe", Some("world")).await;
    let nordics = app.section("Nordics", Some("europe")).await;
    app.section("Sport", None).await;
    app.section("Sailing", Some("sport")).await;
    for (title, section, further) in [
        ("Fjord", "nordics", json!([])),
        ("Rhine", "europe", json!([])),
        ("Globe", "world", json!([])),
        ("Regatta", "sailing", json!(["nordics"])),
        ("Kattegat", "nordics", json!(["world", "sport"])),
    ] {
        app.article(json!({ "title": title, "section": section, "further_sections": further }))
            .await;
    }
    (europe, nordics)
}

both! {
    async fn a_subtree_moves_with_its_articles_at_once(app: TestApp) {
        let (europe, _) = world(app).await;
        assert_listings_are_right(app);
        assert_eq!(listed(app, "world").await, ["fjord", "globe", "kattegat", "regatta", "rhine"]);
        let count = async |slug: &str| app.get(&format!("/sections/{slug}")).await.expect(200).json()["article_count"].clone();
        assert_eq!((count("world").await, count("sport").await), (json!(5), json!(2)));
        app.get("/articles/fjord?include=breadcrumbs").await.expect(200);
        let before = app.count("SELECT max(seq) FROM changes");

        let reply = moved(app, &europe, 1, Some("sport")).await.expect(200);
        assert_eq!((reply.version(), reply.json()["path"].clone()), (2, json!("/sport/europe")));
        assert_eq!(app.count(&format!("SELECT count(*) FROM changes WHERE seq > {before}")), 1);
        assert_eq!(app.count("SELECT count(*) FROM changes WHERE kind = 'moved' AND entity = 'section'"), 1);
        assert_listings_are_right(app);
        assert_eq!(listed(app, "world").await, ["globe", "kattegat"]);
        assert_eq!(listed(app, "sport").await, ["fjord", "kattegat", "regatta", "rhine"]);
        assert_eq!((count("world").await, count("sport").await), (json!(2), json!(4)));
        let article = app.get("/articles/fjord?include=breadcrumbs").await.expect(200).json();
        assert_eq!(article["path"], "/sport/europe/nordics/fjord");
        let crumbs = article["breadcrumbs"].as_array().unwrap();
        assert_eq!(crumbs.iter().map(|crumb| text(&crumb["slug"])).collect::<Vec<_>>(), ["sport", "europe", "nordics"]);
        assert_eq!(app.get("/sections/europe").await.expect(200).json()["path"], "/sport/europe");

        let top = moved(app, &europe, 2, None).await.expect(200).json();
        assert_eq!((&top["path"], &top["parent_id"]), (&json!("/europe"), &Value::Null));
        assert_listings_are_right(app);
        assert_eq!(listed(app, "sport").await, ["kattegat", "regatta"]);
        moved(app, &europe, 3, Some("world")).await.expect(200);
        assert_listings_are_right(app);
    }

    async fn what_cannot_stand_there_is_refused(app: TestApp) {
        let (europe, nordics) = world(app).await;
        for (parent, code) in [("nordics", "cycle"), ("europe", "cycle"), ("nowhere", "unknown_reference"), ("a b", "bad_format")] {
            let problem = moved(app, &europe, 1, Some(parent)).await.problem(422, "validation_failed");
            assert_eq!((&problem["errors"][0]["code"], &problem["errors"][0]["pointer"]), (&json!(code), &json!("/parent")));
        }
        let mut deepest = text(&nordics["id"]);
        for level in 4..=7 {
            deepest = text(&app.section(&format!("Level {level}"), Some(&deepest)).await["id"]);
        }
        let sport = app.get("/manage/sections/sport").as_role("editor").await.json();
        let problem = moved(app, &sport, 1, Some(&deepest)).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], "too_deep");
        assert_eq!(asked(app, &europe, 1, &json!({})).await.status, 422, "the top has to be asked for");
        assert_eq!(asked(app, &europe, 1, &json!({ "parent": null, "position": -1 })).await.status, 422);
        let stale = moved(app, &europe, 7, None).await;
        assert_eq!(stale.problem(412, "precondition_failed")["current_version"], 1);
        let path = format!("/manage/sections/{}/move", text(&europe["id"]));
        app.post(&path).as_role("editor").json(&json!({ "parent": null })).await.problem(428, "precondition_required");
    }

    async fn siblings_are_put_in_order(app: TestApp) {
        let mut made = Vec::new();
        for name in ["A", "B", "C", "D"] {
            made.push(app.section(name, None).await);
        }
        let order = async || {
            let tree = app.get("/sections").await.expect(200).json();
            let items = tree["items"].as_array().unwrap().iter();
            items.map(|item| text(&item["slug"])).collect::<Vec<_>>().join(" ")
        };
        for (which, place, after) in [(3, json!(0), "d a b c"), (3, json!(2), "a b d c"), (3, Value::Null, "a b c d"), (3, json!(99), "a b c d"), (0, json!(1), "b a c d")] {
            let path = format!("/manage/sections/{}", text(&made[which]["id"]));
            let version = app.get(&path).as_role("editor").await.version();
            asked(app, &made[which], version, &json!({ "parent": null, "position": place })).await.expect(200);
            assert_eq!(order().await, after, "{which} to {place}");
        }
        let kept = app.get("/manage/sections/c").as_role("editor").await;
        assert_eq!(kept.version(), 1, "who makes room is not changed");
    }

    async fn a_change_may_put_a_section_in_another_place(app: TestApp) {
        let mut made = Vec::new();
        for name in ["A", "B", "C", "D"] {
            made.push(app.section(name, None).await);
        }
        let order = async || {
            let managed = app.get("/manage/sections").as_role("editor").await.expect(200).json();
            let places: Vec<_> = managed["items"].as_array().unwrap().iter().map(|item| item["position"].clone()).collect();
            assert_eq!(places, [0, 1, 2, 3], "what is read is what is written");
            tests::slugs(&app.get("/sections").await.expect(200).json()).join(" ")
        };
        for (which, place, after) in [(3, json!(0), "d a b c"), (3, json!(2), "a b d c"), (3, Value::Null, "a b c d"), (0, json!(99), "b c d a"), (2, json!(1), "b c d a")] {
            let path = format!("/manage/sections/{}", text(&made[which]["id"]));
            let version = app.get(&path).as_role("editor").await.version();
            let body = json!({ "position": place, "description": after });
            let changed = app.patch(&path).as_role("editor").if_match(version).json(&body).await.expect(200);
            assert_eq!((changed.version(), &changed.json()["description"]), (version + 1, &json!(after)));
            assert_eq!(order().await, after, "{which} to {place}");
            let kept = app.patch(&path).as_role("editor").if_match(version + 1).json(&json!({ "description": null })).await;
            assert_eq!(kept.expect(200).json()["position"], changed.json()["position"]);
        }
        assert_eq!(app.get("/manage/sections/b").as_role("editor").await.version(), 1, "who makes room is not changed");
        for bad in [json!(-1), json!("0"), json!(1.5)] {
            let path = format!("/manage/sections/{}", text(&made[1]["id"]));
            let refused = app.patch(&path).as_role("editor").if_match(1).json(&json!({ "position": bad })).await;
            assert_eq!(refused.status, 422, "{}", refused.text());
        }
        // Everybody puts theirs first: each is in one place in the end.
        let versions: Vec<i64> = join_all(made.iter().map(|one| async {
            app.get(&format!("/manage/sections/{}", text(&one["id"]))).as_role("editor").await.version()
        })).await;
        let first = made.iter().zip(versions).map(|(one, version)| async move {
            let path = format!("/manage/sections/{}", text(&one["id"]));
            app.patch(&path).as_role("editor").if_match(version).json(&json!({ "position": 0 })).await.status
        });
        assert_eq!(join_all(first).await, [200; 4]);
        order().await;
    }

    async fn moving_takes_no_more_statements_with_more_articles(app: TestApp) {
        let (europe, _) = world(app).await;
        app.section("Elsewhere", Some("sport")).await;
        let spend = async |version: i64, parent: &str| {
            let before = app.statements();
            moved(app, &europe, version, Some(parent)).await.expect(200);
            app.statements() - before
        };
        let few = spend(1, "elsewhere").await;
        moved(app, &europe, 2, Some("world")).await.expect(200);
        for number in 0..20 {
            app.article(json!({ "title": format!("More {number}"), "section": "nordics" })).await;
        }
        let many = spend(3, "elsewhere").await;
        // The look at the change log runs beside it.
        assert!(many <= few + 12, "{few}, then {many}");
        assert_listings_are_right(app);
    }

    async fn moves_and_publications_side_by_side_leave_the_lists_right(app: TestApp) {
        let (europe, nordics) = world(app).await;
        let mut drafts = Vec::new();
        for number in 0..12 {
            drafts.push(app.draft(json!({ "title": format!("Draft {number}"), "section": "nordics" })).await);
        }
        for round in 0..4_usize {
            let parents = [["sport", "sailing"], ["world", "sport"], ["sailing", "world"], ["world", "world"]][round];
            let versions = async |section: &Value| {
                let path = format!("/manage/sections/{}", text(&section["id"]));
                app.get(&path).as_role("editor").await.version()
            };
            let (one, other) = (versions(&europe).await, versions(&nordics).await);
            let publish = drafts.iter().skip(round * 3).take(3).map(|draft| {
                let path = format!("/manage/articles/{}/publish", text(&draft["id"]));
                app.post(&path).as_role("editor").if_match(1).json(&json!({}))
            });
            let race: Vec<_> = publish
                .chain([
                    asked(app, &europe, one, &json!({ "parent": parents[0] })),
                    asked(app, &nordics, other, &json!({ "parent": parents[1] })),
                ])
                .map(|call| async move { call.await.status })
                .collect();
            let statuses = join_all(race).await;
            assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
            assert_listings_are_right(app);
        }
    }

    async fn a_section_is_merged_with_all_that_it_holds(app: TestApp) {
        let (europe, nordics) = world(app).await;
        let other = app.section("Continent", Some("sport")).await;
        app.draft(json!({ "title": "Unfinished", "section": "europe" })).await;
        let seen = app.get("/manage/articles/unfinished").as_role("editor").await.version();
        app.get("/sections/europe").await.expect(200);
        let reply = merged(app, &europe, 1, "continent").await.expect(200);
        assert_eq!((&reply.json()["id"], reply.version()), (&other["id"], 2));
        assert_listings_are_right(app);
        assert_eq!(listed(app, "world").await, ["globe", "kattegat"]);
        assert_eq!(listed(app, "continent").await, ["fjord", "kattegat", "regatta", "rhine"]);
        assert_eq!(listed(app, "europe").await, listed(app, "continent").await, "the old slug leads there");
        assert_eq!(app.get("/sections/europe").await.expect(301).header("location"), "/api/v1/sections/continent");
        assert_eq!(app.get("/articles/rhine").await.expect(200).json()["path"], "/sport/continent/rhine");
        assert_eq!(app.get("/articles/fjord").await.expect(200).json()["path"], "/sport/continent/nordics/fjord");
        app.get("/manage/sections/europe").as_role("editor").await.problem(404, "not_found");
        let draft = app.get("/manage/articles/unfinished").as_role("editor").await.expect(200);
        assert_eq!((&draft.json()["section"], draft.version()), (&json!("continent"), seen));
        let child = app.get(&format!("/manage/sections/{}", text(&nordics["id"]))).as_role("editor").await.expect(200);
        assert_eq!((&child.json()["parent_id"], child.version()), (&other["id"], 2));
        let kinds = app.lines("SELECT kind AS line FROM changes WHERE entity = 'section' ORDER BY seq DESC LIMIT 3");
        assert_eq!(kinds, ["changed", "merged", "moved"]);
    }

    async fn every_old_address_of_a_section_leads_to_the_present_one(app: TestApp) {
        app.section("World", None).await;
        let section = app.section("Step 0", None).await;
        app.article(json!({ "title": "Ferry", "section": "step-0" })).await;
        let (mut id, mut version) = (text(&section["id"]), 1);
        for step in 1..=10 {
            let (path, slug) = (format!("/manage/sections/{id}"), format!("step-{step}"));
            match step % 3 {
                1 => {
                    app.patch(&path).as_role("editor").if_match(version).json(&json!({ "slug": slug })).await.expect(200);
                    version += 1;
                }
                2 => {
                    let next = app.section(&format!("Step {step}"), Some("world")).await;
                    let now = merged(app, &json!({ "id": id }), version, &slug).await.expect(200);
                    (id, version) = (text(&next["id"]), now.version());
                }
                _ => {
                    let parent = (step % 2 == 0).then_some("world");
                    let now = moved(app, &json!({ "id": id }), version, parent).await.expect(200).version();
                    app.patch(&path).as_role("editor").if_match(now).json(&json!({ "slug": slug })).await.expect(200);
                    version = now + 1;
                }
            }
            for old in 0..step {
                let reply = app.get(&format!("/sections/step-{old}")).await.expect(301);
                assert_eq!(reply.header("location"), format!("/api/v1/sections/{slug}"), "step-{old}");
            }
            app.get(&format!("/sections/{slug}")).await.expect(200);
            assert_eq!(listed(app, "step-0").await, ["ferry"]);
            assert_listings_are_right(app);
        }
    }

    async fn a_section_in_use_is_not_deleted(app: TestApp) {
        let (europe, nordics) = world(app).await;
        let delete = |section: &Value, version: i64, query: &str| {
            let path = format!("/api/v1/manage/sections/{}{query}", text(&section["id"]));
            app.call(Method::DELETE, &path).as_role("editor").if_match(version)
        };
        delete(&europe, 1, "").await.problem(409, "conflict");
        delete(&europe, 7, "").await.problem(412, "precondition_failed");
        // Other articles name it as a further section.
        delete(&nordics, 1, "?move_to=europe").await.problem(409, "conflict");
        for (target, code) in [("europe", "cycle"), ("nordics", "cycle"), ("nowhere", "unknown_reference")] {
            let problem = delete(&europe, 1, &format!("?move_to={target}")).await.problem(400, "invalid_parameter");
            assert_eq!((&problem["errors"][0]["parameter"], &problem["errors"][0]["code"]), (&json!("move_to"), &json!(code)));
            let problem = merged(app, &europe, 1, target).await.problem(422, "validation_failed");
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/into"), &json!(code)));
        }
        assert_eq!(delete(&europe, 1, "?move_to=world").await.expect(204).text(), "");
        assert_listings_are_right(app);
        assert_eq!(app.get("/articles/rhine").await.expect(200).json()["path"], "/world/rhine");
        assert_eq!(app.get("/sections/europe").await.expect(301).header("location"), "/api/v1/sections/world");

        let empty = app.section("Empty", None).await;
        let path = format!("/manage/sections/{}", text(&empty["id"]));
        app.patch(&path).as_role("editor").if_match(1).json(&json!({ "slug": "void" })).await.expect(200);
        delete(&empty, 2, "").await.expect(204);
        for slug in ["empty", "void"] {
            app.get(&format!("/sections/{slug}")).await.problem(404, "not_found");
        }
        app.section("Empty", None).await;
    }

    async fn what_a_key_may_do_neither_grows_nor_ends_with_its_section(app: TestApp) {
        let section = app.section("Desk", None).await;
        app.section("Elsewhere", None).await;
        let body = json!({ "name": "desk", "role": "editor", "sections": ["desk"] });
        let admin = app.member("admin");
        let key = app.post("/manage/api-keys").bearer(&admin.token).json(&body).await.expect(201).json();
        merged(app, &section, 1, "elsewhere").await.problem(409, "conflict");
        let path = format!("/api/v1/manage/sections/{}", text(&section["id"]));
        app.call(Method::DELETE, &path).as_role("editor").if_match(1).await.problem(409, "conflict");
        let revoke = format!("/api/v1/manage/api-keys/{}", text(&key["id"]));
        app.call(Method::DELETE, &revoke).bearer(&admin.token).if_match(1).await.expect(204);
        merged(app, &section, 1, "elsewhere").await.expect(200);
    }
}

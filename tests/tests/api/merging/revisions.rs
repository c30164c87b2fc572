//! What names a thing for good, and what it means after a merge.

use super::*;

of_both_kinds! {
    async fn revisions_mean_what_is_in_force(app, noun, _filter) {
        let [a, b, ..] = furnish(app, noun).await;
        let made = article(app, noun, "One", &["c", "a", "b"]).await;
        // A working copy that is ahead of what is public.
        let ahead = app.patch_article(&made, &json!({ noun: ["a", "d"], "summary": "Two." })).await;
        merged(app, noun, &a, 1, "b").await.expect(200);
        let seen = ahead["version"].as_i64().unwrap();
        assert_eq!(shown(app, noun, "one").await, ["c", "b"]);
        for (number, names) in [(1, json!(["c", "b"])), (2, json!(["b", "d"]))] {
            let below = format!("/revisions/{number}");
            assert_eq!(managed(app, &made, &below).await.json()[noun], names);
        }
        let (_, spent) = app.fewest(|| managed(app, &made, "/revisions/1")).await;
        assert_eq!(spent, 5, "the article, the sections, the revision, what was merged, the names");
        // Somebody's merge is nobody's change.
        let stale = app.patch(&format!("/manage/articles/{}", text(&made["id"]))).as_role("editor").if_match(seen - 1)
            .json(&json!({ "title": "Uno", noun: ["c", "b"] })).await;
        let told = stale.problem(412, "precondition_failed");
        assert_eq!(told["conflicts"], json!([]), "{told}");
        // What was read before the merge can be sent back after it.
        let again = json!({ noun: ["a", text(&a["id"]), "d", "b"], "title": "Uno" });
        let saved = app.patch_article(&ahead, &again).await;
        assert_eq!(saved[noun], json!(["b", "d"]));
        let found = managed(app, &made, "/revisions/3/diff").await.json();
        let fields: Vec<_> = found["changes"].as_array().unwrap().iter().map(|change| text(&change["field"])).collect();
        assert_eq!(fields, ["title"], "{noun}");
        app.publish(&saved).await;
        assert_eq!(shown(app, noun, "one").await, ["b", "d"]);
        // Only what somebody says twice in words of today is refused.
        let now = managed(app, &made, "").await.json();
        let twice = app.patch(&format!("/manage/articles/{}", text(&made["id"]))).as_role("editor")
            .if_match(now["version"].as_i64().unwrap()).json(&json!({ noun: ["b", text(&b["id"])] })).await;
        assert_eq!(twice.problem(422, "validation_failed")["errors"][0]["code"], "duplicate");
        let path = format!("/manage/articles/{}/revisions/1/restore", text(&made["id"]));
        let restored = app.post(&path).as_role("editor").if_match(now["version"].as_i64().unwrap()).json(&json!({})).await.expect(200).json();
        assert_eq!(restored[noun], json!(["c", "b"]));
        app.publish(&restored).await;
        assert_eq!(shown(app, noun, "one").await, ["c", "b"]);
        assert_lists_are_right(app);
    }

    async fn a_working_copy_from_before_is_published_as_what_is_in_force(app, noun, _filter) {
        let [a, ..] = furnish(app, noun).await;
        let unfinished = draft(app, noun, "One", &["d", "a", "c", "b"]).await;
        merged(app, noun, &a, 1, "b").await.expect(200);
        app.publish(&unfinished).await;
        assert_eq!(shown(app, noun, "one").await, ["d", "b", "c"]);
        assert_lists_are_right(app);
    }
}

both! {
    async fn the_id_of_a_merged_section_leads_on(app: TestApp) {
        let one = app.section("One", None).await;
        let two = app.section("Two", None).await;
        app.section("Three", None).await;
        let made = app.article(json!({ "title": "Ferry", "section": "one" })).await;
        merged(app, "sections", &one, 1, "two").await.expect(200);
        merged(app, "sections", &two, 2, "three").await.expect(200);
        for id in [text(&one["id"]), text(&two["id"])] {
            let reply = app.get(&format!("/sections/{id}")).await.expect(301);
            assert_eq!(reply.header("location"), "/api/v1/sections/three");
            assert_eq!(listed(app, &format!("/articles?section={id}")).await, ["ferry"]);
            app.get(&format!("/manage/sections/{id}")).as_role("editor").await.problem(404, "not_found");
        }
        let path = format!("/sections/{}", text(&one["id"]));
        let (_, spent) = app.fewest(|| async { app.get(&path).await.expect(301) }).await;
        assert_eq!(spent, 1);
        app.get("/sections/sec_0000000000001").await.problem(404, "not_found");
        // Revisions from before mean the section in force.
        let changed = app.patch_article(&made, &json!({ "title": "Ship" })).await;
        assert_eq!(managed(app, &made, "/revisions/1").await.json()["section"], "three");
        let found = managed(app, &made, "/revisions/2/diff").await.json();
        assert_eq!(found["changes"].as_array().unwrap().len(), 1, "{found}");
        let path = format!("/manage/articles/{}/revisions/1/restore", text(&made["id"]));
        let version = changed["version"].as_i64().unwrap();
        let restored = app.post(&path).as_role("editor").if_match(version).json(&json!({})).await.expect(200).json();
        assert_eq!((&restored["section"], &restored["title"]), (&json!("three"), &json!("Ferry")));
    }

    async fn what_was_deleted_is_left_out_of_what_is_restored_if_asked(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        let old = app.section("Old", None).await;
        let (kept, tag) = (app.tag("Kept").await, app.tag("Gone").await);
        let author = app.author("Ada").await;
        let made = app.draft(json!({ "title": "Was", "section": "old", "further_sections": ["world", "sport"],
            "tags": ["gone", "kept"], "authors": ["ada"] })).await;
        let made = app.patch_article(&made, &json!({ "title": "Is", "section": "world", "further_sections": [], "tags": [], "authors": [] })).await;
        deleting(app, "tags", &tag, 1, "").await.expect(204);
        deleting(app, "authors", &author, 1, "").await.expect(204);
        deleting(app, "sections", &old, 1, "").await.expect(204);
        let path = format!("/manage/articles/{}/revisions/1/restore", text(&made["id"]));
        let restore = |body: Value| {
            let call = app.post(&path).as_role("editor").if_match(2);
            async move { call.json(&body).await }
        };
        let problem = restore(json!({})).await.problem(422, "validation_failed");
        let places: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| text(&error["pointer"])).collect();
        assert_eq!(places, ["/section", "/authors/0", "/tags/0"]);
        let restored = restore(json!({ "leave_out_gone": true })).await.expect(200).json();
        assert_eq!((&restored["title"], &restored["tags"], &restored["authors"]), (&json!("Was"), &json!(["kept"]), &json!([])));
        assert_eq!((&restored["section"], &restored["further_sections"]), (&json!("world"), &json!(["sport"])));
        assert_eq!(listed(app, &format!("/manage/articles?tag={}", text(&kept["id"]))).await, ["was"]);
        assert_lists_are_right(app);
    }

    async fn the_upgrade_knows_the_authors_and_tags_of_what_is_there(app: TestApp) {
        furnish(app, "tags").await;
        app.author("Ada").await;
        let made = article(app, "tags", "One", &["a"]).await;
        app.patch_article(&made, &json!({ "tags": ["b", "c"], "authors": ["ada"] })).await;
        draft(app, "tags", "Two", &[]).await;
        let named = "SELECT id || author_ids || tag_ids AS line FROM articles ORDER BY 1";
        let written = app.lines(named);
        let tree = if app.database_url().starts_with("sqlite") { "sqlite" } else { "postgres" };
        for way in ["down", "up"] {
            let place = format!("../storage/migrations/{tree}/2026-11-28-000021_merged_ids/{way}.sql");
            let script = std::fs::read_to_string(place).unwrap();
            storage::testing::execute(app.database_url(), &script).unwrap();
        }
        assert_eq!(app.lines(named), written);
        assert_lists_are_right(app);
    }
}

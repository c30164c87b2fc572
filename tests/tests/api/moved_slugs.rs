//! Slugs that sections, tags and authors had before.

use serde_json::json;
use tests::{Reply, TestApp, both, text};

const NOUNS: [&str; 3] = ["sections", "authors", "tags"];

/// Gives a thing another slug.
async fn rename(app: &TestApp, noun: &str, id: &str, version: i64, slug: &str) -> Reply {
    let path = format!("/manage/{noun}/{id}");
    let call = app.patch(&path).as_role("editor").if_match(version);
    call.json(&json!({ "slug": slug })).await
}

both! {
    async fn every_old_slug_leads_to_the_present_one_in_one_step(app: TestApp) {
        for noun in ["sections", "authors"] {
            let made = app.post(&format!("/manage/{noun}")).as_role("editor").json(&json!({ "name": "Step 0" })).await.expect(201).json();
            let id = text(&made["id"]);
            app.get(&format!("/{noun}/step-0")).await.expect(200);
            for step in 1..=10 {
                rename(app, noun, &id, step, &format!("step-{step}")).await.expect(200);
                for old in 0..step {
                    let reply = app.get(&format!("/{noun}/step-{old}")).await.expect(301);
                    assert_eq!(reply.header("location"), format!("/api/v1/{noun}/step-{step}"));
                }
                app.get(&format!("/{noun}/step-{step}")).await.expect(200);
            }
            let queried = app.get(&format!("/{noun}/nowhere")).await;
            queried.problem(404, "not_found");
        }
    }

    async fn filters_take_an_old_slug_for_the_present_one(app: TestApp) {
        app.section("World", None).await;
        app.author("Ada").await;
        app.tag("Ships").await;
        for title in ["One", "Two", "Three"] {
            app.article(json!({ "title": title, "section": "world", "authors": ["ada"], "tags": ["ships"] })).await;
        }
        for (noun, filter, slug) in [("sections", "section", "world"), ("authors", "author", "ada"), ("tags", "tag", "ships")] {
            let before = app.get(&format!("/articles?{filter}={slug}&limit=2")).await.expect(200).json();
            let id = text(&app.get(&format!("/manage/{noun}/{slug}")).as_role("editor").await.expect(200).json()["id"]);
            rename(app, noun, &id, 1, "renamed").await.expect(200);
            for asked in [slug, "renamed"] {
                let page = app.get(&format!("/articles?{filter}={asked}&limit=2&total=true")).await.expect(200).json();
                assert_eq!(page["items"].as_array().map(Vec::len), Some(2), "{filter}={asked}");
                assert_eq!(page["items"][0]["id"], before["items"][0]["id"]);
                assert_eq!(page["total"], 3);
                let next = format!("/articles?{filter}={asked}&limit=2&total=true&cursor={}", text(&page["next_cursor"]));
                assert_eq!(app.get(&next).await.expect(200).json()["items"].as_array().map(Vec::len), Some(1));
            }
            let spent = app.fewest_statements(&format!("/articles?{filter}=renamed")).await;
            assert!(spent <= 2, "{filter}: {spent}");
            let spent = app.fewest_statements(&format!("/articles?{filter}={slug}")).await;
            assert!(spent <= 3, "an old {filter}: {spent}");
            app.get(&format!("/articles?{filter}=nowhere")).await.problem(400, "invalid_parameter");
        }
        let spent = app.fewest_statements("/sections/renamed").await;
        assert_eq!(spent, 0, "the sections are in memory");
    }

    async fn an_old_slug_is_reserved_until_its_owner_takes_it_up_again(app: TestApp) {
        for noun in NOUNS {
            let list = format!("/manage/{noun}");
            let create = async |body| app.post(&list).as_role("editor").json(&body).await;
            let first = create(json!({ "name": "North" })).await.expect(201).json();
            let id = text(&first["id"]);
            rename(app, noun, &id, 1, "south").await.expect(200);
            let refused = create(json!({ "name": "N", "slug": "north" })).await;
            let problem = refused.problem(409, "slug_taken");
            assert_eq!(problem["conflicting_id"], first["id"], "{noun}");
            assert_eq!(problem["suggestion"], "north-2", "{noun}");
            let made = create(json!({ "name": "North" })).await.expect(201).json();
            assert_eq!(made["slug"], "north-2", "{noun}");
            let refused = rename(app, noun, &text(&made["id"]), 1, "north").await;
            assert_eq!(refused.problem(409, "slug_taken")["conflicting_id"], first["id"]);

            let rows = format!("SELECT count(*) FROM moved_slugs WHERE noun = '{}'", noun.trim_end_matches('s'));
            assert_eq!(app.count(&rows), 1);
            rename(app, noun, &id, 2, "south").await.expect(200);
            assert_eq!(app.count(&rows), 1, "nothing was renamed");
            rename(app, noun, &id, 3, "north").await.expect(200);
            let left = format!("{rows} AND slug = 'north'");
            assert_eq!((app.count(&rows), app.count(&left)), (1, 0), "{noun}");
            if noun != "tags" {
                app.get(&format!("/{noun}/north")).await.expect(200);
                app.get(&format!("/{noun}/south")).await.expect(301);
            }
        }
    }

    async fn an_article_may_be_given_old_slugs_of_tags_and_authors(app: TestApp) {
        app.section("World", None).await;
        let author = app.author("Ada").await;
        let tag = app.tag("Ships").await;
        rename(app, "authors", &text(&author["id"]), 1, "ada-l").await.expect(200);
        rename(app, "tags", &text(&tag["id"]), 1, "boats").await.expect(200);
        app.article(json!({ "title": "Ferry", "section": "world", "authors": ["ada"], "tags": ["ships"] })).await;
        let article = app.get("/articles/ferry").await.expect(200).json();
        assert_eq!(article["authors"][0]["slug"], "ada-l");
        assert_eq!(article["tags"][0]["slug"], "boats");
    }
}

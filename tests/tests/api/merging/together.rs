//! Merges beside other work, and what they cost.

use super::*;

of_both_kinds! {
    async fn merges_and_saves_side_by_side_leave_the_lists_right(app, noun, filter) {
        let made = furnish(app, noun).await;
        let mut drafts = Vec::new();
        for number in 0..6 {
            drafts.push(draft(app, noun, &format!("Draft {number}"), &["a", "b"]).await);
        }
        for (round, into) in ["b", "c", "d"].into_iter().enumerate() {
            let one = &made[round];
            let version = if round == 0 { 1 } else { 2 };
            let old = text(&one["slug"]);
            let saves = drafts.iter().enumerate().map(|(place, draft)| {
                let path = format!("/manage/articles/{}", text(&draft["id"]));
                let version = i64::try_from(round).unwrap() + 1;
                match place % 2 {
                    0 => app.post(&format!("{path}/publish")).as_role("editor").if_match(version).json(&json!({})),
                    _ => app.patch(&path).as_role("editor").if_match(version).json(&json!({ noun: [old, into] })),
                }
            });
            let create = app.post("/manage/articles").as_role("editor").json(&json!({ "title": "New", "section": "world",
                noun: [text(&one["id"])], "body": { "format": "markdown", "source": "B" } }));
            let race: Vec<_> = saves.chain([create, merging(app, noun, one, version, into)])
                .map(|call| async move { call.await }).collect();
            for reply in join_all(race).await {
                assert!([200, 201].contains(&reply.status), "{}", reply.text());
            }
            assert_lists_are_right(app);
        }
        assert_eq!(listed(app, &format!("/manage/articles?{filter}=a&limit=100")).await.len(), 9);
    }
}

both! {
    async fn merging_takes_no_more_statements_with_more_articles(app: TestApp) {
        let [a, b, c, _] = furnish(app, "tags").await;
        article(app, "tags", "One", &["a"]).await;
        let spend = async |one: &Value, version: i64, into: &str| {
            let before = app.statements();
            merged(app, "tags", one, version, into).await.expect(200);
            app.statements() - before
        };
        let few = spend(&a, 1, "b").await;
        for number in 0..20 {
            article(app, "tags", &format!("More {number}"), &["b", "c"]).await;
        }
        let many = spend(&b, 2, "c").await;
        // The look at the change log runs beside it.
        assert!(many <= few + 12, "{few}, then {many}");
        assert_eq!(app.get(&format!("/manage/tags/{}", text(&c["id"]))).as_role("editor").await.version(), 2);
        assert_lists_are_right(app);
    }

    async fn of_two_merges_into_one_another_one_counts(app: TestApp) {
        let [a, b, ..] = furnish(app, "tags").await;
        article(app, "tags", "One", &["a", "b"]).await;
        let race = [merging(app, "tags", &a, 1, "b"), merging(app, "tags", &b, 1, "a")];
        let mut statuses = join_all(race.into_iter().map(|call| async move { call.await.status })).await;
        statuses.sort_unstable();
        assert!(matches!(statuses[..], [200, 404 | 412 | 422]), "{statuses:?}");
        assert_eq!(ids(&app.get("/tags").await.json()).len(), 3);
        assert_lists_are_right(app);
    }
}

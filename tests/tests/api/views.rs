//! Views are counted without a write per request, and none is lost by an orderly stop.

use serde_json::json;
use tests::{TestApp, both};

both! {
    async fn views_reach_the_database_by_the_stop(app: TestApp) {
        app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let before = app.statements();
        for reader in 0..20 {
            app.view("ferry", reader).await;
        }
        let spent = app.statements() - before;
        assert!(spent <= 25, "{spent} statements for 20 views: a view must not be a write");
        let changes = app.count("SELECT count(*) FROM changes");
        app.stop();
        assert_eq!(app.count("SELECT views FROM article_stats"), 20);
        assert_eq!(app.count("SELECT count(*) FROM changes"), changes, "a fold is not in the change log");
    }

    async fn only_what_is_public_can_be_viewed(app: TestApp) {
        app.section("World", None).await;
        app.draft(json!({ "title": "Draft", "section": "world" })).await;
        for article in ["draft", "unknown", "art_0000000000000"] {
            app.post(&format!("/articles/{article}/views")).await.problem(404, "not_found");
        }
    }
}

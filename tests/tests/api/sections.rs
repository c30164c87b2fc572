//! Sections as readers see them.

use serde_json::{Value, json};
use tests::{TestApp, both, redacted};

both! {
    async fn the_tree_is_nested_and_ordered(app: TestApp) {
        app.section("World", None).await;
        app.section("Europe", Some("world")).await;
        app.section("Nordics", Some("europe")).await;
        app.section("Sport", None).await;
        let tree = app.get("/sections").await.expect(200).json();
        insta::assert_json_snapshot!("section_tree", redacted(&tree));
    }

    async fn one_section_has_its_breadcrumbs_and_children(app: TestApp) {
        let world = app.section("World", None).await;
        app.section("Europe", Some("world")).await;
        app.section("Nordics", Some("europe")).await;
        let europe = app.get("/sections/europe").await.expect(200).json();
        assert_eq!(europe["path"], "/world/europe");
        assert_eq!(europe["parent_id"], world["id"]);
        assert_eq!(europe["breadcrumbs"].as_array().unwrap().len(), 2);
        assert_eq!(europe["breadcrumbs"][0]["slug"], "world");
        assert_eq!(europe["breadcrumbs"][0]["path"], "/world");
        assert_eq!(europe["breadcrumbs"][1]["slug"], "europe");
        assert_eq!(europe["children"][0]["slug"], "nordics");
        let id = europe["id"].as_str().unwrap();
        assert_eq!(app.get(&format!("/sections/{id}")).await.expect(200).json(), europe);
        app.get("/sections/nowhere").await.problem(404, "not_found");
    }

    async fn an_empty_site_answers_empty_lists(app: TestApp) {
        for path in ["/sections", "/articles", "/authors", "/tags", "/comments"] {
            let page = app.get(path).await.expect(200).json();
            assert_eq!(page["items"], json!([]), "{path}");
            assert_eq!(page["next_cursor"], Value::Null, "{path}");
        }
    }
}

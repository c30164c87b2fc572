//! What stands outside the version: health, docs, problems, metrics.

use tests::{TestApp, both};

both! {
    async fn the_server_says_that_it_lives_and_is_ready(app: TestApp) {
        assert_eq!(app.root("/livez").await.status, 200);
        assert_eq!(app.root("/readyz").await.status, 200);
        let before = app.statements();
        for _ in 0..50 {
            app.root("/readyz").await.expect(200);
            app.root("/livez").await.expect(200);
        }
        assert!(app.statements() - before <= 5, "the database is probed at most once a second");
    }

    async fn the_docs_need_no_network(app: TestApp) {
        let root = app.root("/").await;
        assert!([301, 302, 303, 307, 308].contains(&root.status));
        assert!(root.header("location").starts_with("/docs"));
        let docs = app.root("/docs").await;
        let index = format!("/docs/{}", docs.header("location").trim_start_matches("/docs/"));
        let page = app.root(&index).await.expect(200);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(!page.text().contains("https://"), "{}", page.text());
        let security = app.root("/.well-known/security.txt").await.expect(200);
        assert!(security.header("content-type").starts_with("text/plain"));
        assert!(security.text().contains("Contact:") && security.text().contains("Expires:"));
    }

    async fn every_problem_type_leads_to_its_documentation(app: TestApp) {
        for code in openapi::Code::ALL {
            let reply = app.root(&code.documentation_path()).await.expect(200);
            assert!(reply.text().contains(code.title()), "{}", reply.text());
        }
        assert_eq!(app.root("/problems/no_such_code").await.status, 404);
    }
}

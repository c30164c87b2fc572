//! Lists of articles: filters, order, pages.

use std::collections::HashSet;

use serde_json::{Value, json};
use tests::{TestApp, both, ids, slugs, text};

/// Five articles over three sections, two authors, two tags and two languages.
async fn newspaper(app: &TestApp) {
    app.section("World", None).await;
    app.section("Europe", Some("world")).await;
    app.section("Nordics", Some("europe")).await;
    app.section("Sport", None).await;
    app.author("Ada Lindqvist").await;
    app.author("Bo Chen").await;
    app.tag("Shipping").await;
    app.tag("Weather").await;
    for (title, section, author, tag, language, day) in [
        ("World news", "world", "ada-lindqvist", "weather", "en", 1),
        ("Europe news", "europe", "bo-chen", "shipping", "en", 2),
        (
            "Nordic news",
            "nordics",
            "ada-lindqvist",
            "shipping",
            "sv",
            3,
        ),
        ("Sport news", "sport", "bo-chen", "weather", "en", 4),
        ("More sport", "sport", "ada-lindqvist", "weather", "sv", 5),
    ] {
        app.article(
            json!({ "title": title, "section": section, "authors": [author],
            "tags": [tag], "language": language,
            "published_at": format!("2026-03-0{day}T12:00:00Z") }),
        )
        .await;
    }
}

async fn listed(app: &TestApp, query: &str) -> Vec<String> {
    slugs(
        &app.get(&format!("/articles{query}"))
            .await
            .expect(200)
            .json(),
    )
}

both! {
    async fn the_newest_comes_first(app: TestApp) {
        newspaper(app).await;
        let newest = ["more-sport", "sport-news", "nordic-news", "europe-news", "world-news"];
        assert_eq!(listed(app, "").await, newest);
        assert_eq!(listed(app, "?sort=-published_at").await, newest);
        let mut oldest = newest;
        oldest.reverse();
        assert_eq!(listed(app, "?sort=published_at").await, oldest);
    }

    async fn each_filter_takes_what_it_names(app: TestApp) {
        newspaper(app).await;
        let section = app.get("/sections/europe").await.json();
        let author = app.get("/authors/bo-chen").await.json();
        let cases = [
            ("section=world".to_owned(), vec!["nordic-news", "europe-news", "world-news"]),
            ("section=nordics".to_owned(), vec!["nordic-news"]),
            (format!("section={}", text(&section["id"])), vec!["nordic-news", "europe-news"]),
            ("author=ada-lindqvist".to_owned(), vec!["more-sport", "nordic-news", "world-news"]),
            (format!("author={}", text(&author["id"])), vec!["sport-news", "europe-news"]),
            ("tag=shipping".to_owned(), vec!["nordic-news", "europe-news"]),
            ("language=sv".to_owned(), vec!["more-sport", "nordic-news"]),
            ("published_after=2026-03-03T12:00:00Z".to_owned(), vec!["more-sport", "sport-news", "nordic-news"]),
            ("published_before=2026-03-02T12:00:00Z".to_owned(), vec!["world-news"]),
            ("section=world&tag=shipping".to_owned(), vec!["nordic-news", "europe-news"]),
            ("tag=weather&author=ada-lindqvist".to_owned(), vec!["more-sport", "world-news"]),
            ("section=sport&language=sv&author=ada-lindqvist".to_owned(), vec!["more-sport"]),
            ("section=world&published_after=2026-03-01T12:00:00Z&published_before=2026-03-03T12:00:00Z"
                .to_owned(), vec!["europe-news", "world-news"]),
            ("tag=shipping&author=bo-chen&language=sv".to_owned(), vec![]),
        ];
        for (query, expected) in cases {
            let found: HashSet<String> = listed(app, &format!("?{query}")).await.into_iter().collect();
            let expected: HashSet<String> = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(found, expected, "{query}");
        }
    }

    async fn an_unknown_filter_value_is_refused_or_empty_never_ignored(app: TestApp) {
        newspaper(app).await;
        for query in ["section=nowhere", "tag=nothing", "author=nobody", "section=sec_0000000000000"] {
            let reply = app.get(&format!("/articles?{query}")).await;
            match reply.status {
                200 => assert_eq!(reply.json()["items"], json!([]), "{query}"),
                status => assert!([400, 404].contains(&status), "{query}: {status}"),
            }
        }
        for query in ["language=!!", "published_after=yesterday", "sort=title", "total=maybe"] {
            app.get(&format!("/articles?{query}")).await.problem(400, "invalid_parameter");
        }
    }

    async fn ids_are_answered_in_the_order_asked(app: TestApp) {
        newspaper(app).await;
        let all = ids(&app.get("/articles").await.json());
        let asked = [all[3].clone(), all[0].clone(), all[4].clone()];
        let page = app.get(&format!("/articles?ids={}", asked.join(","))).await.expect(200).json();
        assert_eq!(ids(&page), asked);
        assert_eq!(page["next_cursor"], Value::Null);
        let unknown = format!("/articles?ids={},art_0000000000000", all[1]);
        assert_eq!(ids(&app.get(&unknown).await.expect(200).json()), [all[1].clone()]);
        let many = vec![all[0].clone(); 101].join(",");
        assert_eq!(app.get(&format!("/articles?ids={many}")).await.status, 400);
        assert_eq!(app.get("/articles?ids=art_1").await.status, 400);
    }

    async fn a_draft_is_not_in_a_batch(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "section": "world" })).await;
        let page = app.get(&format!("/articles?ids={}", text(&draft["id"]))).await.expect(200).json();
        assert_eq!(page["items"], json!([]));
    }

    async fn a_walk_meets_each_once_even_when_times_are_tied(app: TestApp) {
        app.section("World", None).await;
        for index in 0..23 {
            app.article(json!({ "title": format!("Tied {index}"), "section": "world",
                "published_at": format!("2026-04-01T00:00:0{}Z", index / 8) })).await;
        }
        for sort in ["-published_at", "published_at"] {
            for limit in [1, 4, 7, 23, 100] {
                let ids = app.walk(&format!("/articles?sort={sort}&limit={limit}")).await;
                let unique: HashSet<&String> = ids.iter().collect();
                assert_eq!((ids.len(), unique.len()), (23, 23), "{sort} by {limit}");
            }
        }
        let forward = app.walk("/articles?sort=published_at&limit=5").await;
        let mut backward = app.walk("/articles?sort=-published_at&limit=5").await;
        backward.reverse();
        assert_eq!(forward, backward);
    }

    async fn the_walk_goes_on_with_another_limit_and_past_new_arrivals(app: TestApp) {
        newspaper(app).await;
        let first = app.get("/articles?limit=2").await.expect(200);
        let page = first.json();
        assert!(first.header("link").contains("rel=\"next\""), "{}", first.header("link"));
        app.article(json!({ "title": "Breaking", "section": "sport" })).await;
        let cursor = text(&page["next_cursor"]);
        let rest = app.get(&format!("/articles?limit=50&cursor={cursor}")).await.expect(200).json();
        assert_eq!(slugs(&rest), ["nordic-news", "europe-news", "world-news"]);
        assert_eq!(rest["next_cursor"], Value::Null);
    }

    async fn a_bent_or_foreign_cursor_is_refused(app: TestApp) {
        newspaper(app).await;
        let page = app.get("/articles?limit=2").await.json();
        let cursor = text(&page["next_cursor"]);
        for (at, letter) in cursor.char_indices() {
            let other = if letter == 'A' { 'B' } else { 'A' };
            let mut bent = cursor.clone();
            bent.replace_range(at..=at, &other.to_string());
            app.get(&format!("/articles?limit=2&cursor={bent}")).await.problem(400, "bad_cursor");
        }
        for foreign in ["&section=sport", "&tag=shipping", "&sort=published_at", "&language=en",
                        "&author=bo-chen", "&published_after=2020-01-01T00:00:00Z"] {
            app.get(&format!("/articles?limit=2&cursor={cursor}{foreign}"))
                .await
                .problem(400, "bad_cursor");
        }
        for junk in ["x", "AAAA", "%00", "..", &"A".repeat(2000)] {
            let reply = app.get(&format!("/articles?cursor={junk}")).await;
            assert_eq!(reply.status, 400, "{junk}");
        }
        app.get(&format!("/comments?cursor={cursor}")).await.problem(400, "bad_cursor");
    }

    async fn a_total_is_told_only_when_asked(app: TestApp) {
        newspaper(app).await;
        assert!(app.get("/articles").await.json().get("total").is_none());
        assert_eq!(app.get("/articles?limit=1&total=true").await.json()["total"], 5);
        assert_eq!(app.get("/articles?section=world&total=true").await.json()["total"], 3);
        assert_eq!(
            app.get("/articles?section=world&tag=shipping&total=true").await.json()["total"], 2
        );
    }

    async fn limits_are_held_not_clamped(app: TestApp) {
        newspaper(app).await;
        assert_eq!(listed(app, "?limit=1").await.len(), 1);
        assert_eq!(listed(app, "?limit=100").await.len(), 5);
        for limit in ["0", "-1", "101", "2147483648", "9223372036854775808", "1e3", "", "1.5", " 5", "+5"] {
            let reply = app.get(&format!("/articles?limit={}", limit.replace('+', "%2B").replace(' ', "%20"))).await;
            reply.problem(400, "invalid_parameter");
        }
        app.get("/articles?limit=5&limit=6").await.problem(400, "repeated_parameter");
    }

    async fn an_article_moved_to_another_section_is_listed_there_only(app: TestApp) {
        newspaper(app).await;
        let id = ids(&app.get("/articles?section=sport&limit=1").await.json()).remove(0);
        let managed = app.get(&format!("/manage/articles/{id}")).as_role("editor").await.expect(200).json();
        let patched = app.patch_article(&managed, &json!({ "section": "nordics", "tags": ["shipping"] })).await;
        assert_eq!(listed(app, "?section=sport").await, ["more-sport", "sport-news"]);
        app.publish(&patched).await;
        assert_eq!(listed(app, "?section=sport").await, ["sport-news"]);
        assert_eq!(listed(app, "?section=world").await,
            ["more-sport", "nordic-news", "europe-news", "world-news"]);
        assert_eq!(listed(app, "?tag=shipping").await, ["more-sport", "nordic-news", "europe-news"]);
    }
}

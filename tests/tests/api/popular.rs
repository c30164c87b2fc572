//! `sort=popular`: what counts as a view, how it ages, and what a ranking shows while it is in force.

use serde_json::{Value, json};
use tests::{Reply, TestApp, both, ids, slugs, text};

const HOUR: i64 = 3600;
const FIVE_MINUTES: i64 = 300;

/// Articles a, b, c, … in two sections, by two authors, with two tags and in two languages.
async fn newspaper(app: &TestApp, articles: usize) {
    app.section("World", None).await;
    app.section("Europe", Some("world")).await;
    app.section("Sport", None).await;
    for name in ["Ada", "Bo"] {
        app.author(name).await;
        app.tag(name).await;
    }
    for (index, name) in ('a'..='z').enumerate().take(articles) {
        let pick = |pair: [&'static str; 2]| pair[index % 2];
        app.article(json!({ "title": format!("Story {name}"), "slug": name.to_string(),
            "section": pick(["europe", "sport"]), "authors": [pick(["ada", "bo"])], "tags": [pick(["bo", "ada"])],
            "language": pick(["en", "sv"]), "published_at": format!("2026-03-{:02}T12:00:00Z", index + 1) }))
            .await;
    }
}

/// Has so many readers read an article.
async fn read(app: &TestApp, article: &str, readers: std::ops::Range<usize>) {
    for reader in readers {
        app.view(article, reader).await;
    }
}

async fn popular(app: &TestApp, more: &str) -> Vec<String> {
    let path = format!("/articles?sort=popular{more}");
    slugs(&app.get(&path).await.expect(200).json())
}

fn views(app: &TestApp) -> i64 {
    app.count("SELECT COALESCE(SUM(views), 0) FROM article_stats")
}

fn shared_seconds(reply: &Reply) -> i64 {
    let control = reply.header("cache-control");
    let seconds = control
        .split("s-maxage=")
        .nth(1)
        .and_then(|rest| rest.split(',').next());
    seconds
        .and_then(|seconds| seconds.parse().ok())
        .expect("s-maxage")
}

both! {
    async fn what_is_read_most_comes_first(app: TestApp) {
        newspaper(app, 4).await;
        assert!(popular(app, "").await.is_empty());
        app.rank();
        assert!(popular(app, "").await.is_empty(), "an empty ranking is not kept");
        for (article, readers) in [("b", 3), ("d", 1), ("a", 1)] {
            read(app, article, 0..readers).await;
        }
        app.rank();
        // Of equals the newest first; what nobody has read is not in it.
        assert_eq!(popular(app, "").await, ["b", "d", "a"]);
        assert_eq!(popular(app, "&window=24h").await, ["b", "d", "a"]);
        assert_eq!(popular(app, "&window=7d").await, ["b", "d", "a"]);
        let page = app.get("/articles?sort=popular&limit=1&total=true").await.json();
        assert_eq!((&page["total"], &page["items"][0]["stats"]["views"]), (&json!(3), &json!(3)));
    }

    async fn views_age_and_end_with_the_window(app: TestApp) {
        newspaper(app, 3).await;
        read(app, "a", 0..3).await;
        app.rank();
        app.advance(12 * HOUR);
        read(app, "b", 0..2).await;
        app.rank();
        // Three of twelve hours ago weigh 36, two of this hour 48; over a week it is 468 to 336.
        assert_eq!(popular(app, "").await, ["b", "a"]);
        assert_eq!(popular(app, "&window=7d").await, ["a", "b"]);
        app.advance(12 * HOUR);
        app.rank();
        assert_eq!(popular(app, "").await, ["b"]);
        assert_eq!(popular(app, "&window=7d").await, ["a", "b"]);
        app.advance(12 * HOUR);
        app.rank();
        assert!(popular(app, "").await.is_empty(), "nothing was read for a day");
        app.advance(7 * 24 * HOUR);
        app.rank();
        assert!(popular(app, "&window=7d").await.is_empty());
        assert_eq!(views(app), 5);
    }

    async fn programs_and_repeats_are_not_counted(app: TestApp) {
        let app = app.beside(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
        newspaper(&app, 2).await;
        let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
        let view = async |article: &str, from: &str, agent: &str| {
            let call = app.post(&format!("/articles/{article}/views")).header("x-forwarded-for", from);
            let call = if agent.is_empty() { call } else { call.header("user-agent", agent) };
            call.await.expect(202);
            app.rank();
            views(&app)
        };
        for program in ["", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                        "curl/8.17.0", "facebookexternalhit/1.1"] {
            assert_eq!(view("a", "203.0.113.9", program).await, 0, "{program}");
        }
        assert_eq!(view("a", "203.0.113.9", browser).await, 1);
        assert_eq!(view("a", "203.0.113.9", browser).await, 1);
        // By its id it is the same article.
        let id = text(&app.get("/articles/a").await.json()["id"]);
        assert_eq!(view(&id, "203.0.113.9", browser).await, 1);
        assert_eq!(view("b", "203.0.113.9", browser).await, 2);
        assert_eq!(view("a", "203.0.113.10", browser).await, 3);
        assert_eq!(view("a", "203.0.113.9", "HarbourPost/7.2").await, 4);
        assert_eq!(view("a", "2001:db8:1:2::1", browser).await, 5);
        assert_eq!(view("a", "2001:db8:1:2:3:4:5:6", browser).await, 5, "the same household");
        app.advance(30 * 60 - 1);
        assert_eq!(view("a", "203.0.113.9", browser).await, 5);
        app.advance(1);
        assert_eq!(view("a", "203.0.113.9", browser).await, 6);
        let columns = ["view_hours", "popular_rankings", "article_stats"].map(|table| app.lines(
            &format!("SELECT CAST(count(*) AS TEXT) AS line FROM {table}")));
        assert!(columns.iter().flatten().all(|rows| rows != "0"), "numbers and ids are all there is");
    }

    async fn a_walk_goes_over_one_ranking_while_others_are_made(app: TestApp) {
        newspaper(app, 7).await;
        for (article, readers) in [("a", 7), ("b", 6), ("c", 5), ("d", 4), ("e", 3), ("f", 2), ("g", 1)] {
            read(app, article, 0..readers).await;
        }
        app.rank();
        let first = app.get("/articles?sort=popular&limit=2").await.expect(200);
        assert!(first.header("link").contains("rel=\"next\""));
        let mut page = first.json();
        let mut walked = slugs(&page);
        let mut readers = 100;
        while let Some(cursor) = page["next_cursor"].as_str().map(str::to_owned) {
            // Meanwhile the last becomes the first.
            read(app, "g", readers..readers + 10).await;
            readers += 10;
            app.advance(FIVE_MINUTES);
            app.rank();
            assert_eq!(popular(app, "&limit=1").await, ["g"]);
            page = app.get(&format!("/articles?sort=popular&limit=2&cursor={cursor}")).await.expect(200).json();
            walked.extend(slugs(&page));
        }
        assert_eq!(walked, ["a", "b", "c", "d", "e", "f", "g"]);
        // Once the ranking of a cursor is gone, the walk goes on at the same place of the newest.
        let page = app.get("/articles?sort=popular&limit=2").await.json();
        let cursor = text(&page["next_cursor"]);
        app.advance(4 * FIVE_MINUTES);
        read(app, "f", 200..260).await;
        app.rank();
        assert_eq!(popular(app, "&limit=2").await, ["f", "g"]);
        let next = app.get(&format!("/articles?sort=popular&limit=2&cursor={cursor}")).await.expect(200).json();
        assert_eq!(slugs(&next), ["a", "b"]);
        assert_eq!(app.count("SELECT count(DISTINCT ranked_at) FROM popular_rankings"), 1);
    }

    async fn a_ranking_shows_nothing_that_is_not_public_now(app: TestApp) {
        newspaper(app, 5).await;
        let ends = app.article(json!({ "title": "Ends", "section": "sport" })).await;
        app.publish_with(&ends, &json!({ "visible_until": app.in_seconds(60) })).await;
        for (readers, article) in ["a", "b", "c", "d", "ends", "e"].into_iter().rev().enumerate() {
            read(app, article, 0..readers + 1).await;
        }
        app.rank();
        assert_eq!(popular(app, "").await, ["a", "b", "c", "d", "ends", "e"]);
        let whole = app.get("/articles?sort=popular&limit=1").await.expect(200).json();
        for (article, verb, body) in [("b", "unpublish", json!({})), ("d", "takedown", json!({ "reason": "a court" }))] {
            let version = app.get(&format!("/manage/articles/{article}")).as_role("admin").await.version();
            app.post(&format!("/manage/articles/{article}/{verb}")).as_role("admin").if_match(version)
                .json(&body).await.expect(200);
        }
        // No ranking was made since.
        assert_eq!(popular(app, "").await, ["a", "c", "ends", "e"]);
        app.advance(60);
        let left = ["a", "c", "e"];
        assert_eq!(popular(app, "").await, left);
        assert_eq!(app.walk("/articles?sort=popular&limit=1").await.len(), 3);
        let cursor = text(&whole["next_cursor"]);
        let rest = app.get(&format!("/articles?sort=popular&cursor={cursor}&total=true")).await.expect(200).json();
        assert_eq!((slugs(&rest), &rest["total"]), (vec!["c".to_owned(), "e".to_owned()], &json!(3)));
        app.advance(FIVE_MINUTES);
        app.rank();
        assert_eq!(popular(app, "").await, left);
    }

    async fn what_is_scheduled_is_listed_when_its_time_has_come(app: TestApp) {
        newspaper(app, 2).await;
        for article in ["a", "b"] {
            read(app, article, 0..1).await;
        }
        let again = app.get("/manage/articles/a").as_role("editor").await.json();
        app.publish_with(&again, &json!({ "visible_from": app.in_seconds(600) })).await;
        app.rank();
        assert_eq!(popular(app, "").await, ["b"]);
        app.advance(600);
        app.rank();
        assert_eq!(popular(app, "").await, ["b", "a"]);
    }

    async fn filters_add_up_with_the_order(app: TestApp) {
        newspaper(app, 6).await;
        for (readers, article) in ["a", "b", "c", "d", "e", "f"].into_iter().enumerate() {
            read(app, article, 0..readers + 1).await;
        }
        app.rank();
        for (filter, expected) in [
            ("&section=world", vec!["e", "c", "a"]),
            ("&section=sport", vec!["f", "d", "b"]),
            ("&tag=bo", vec!["e", "c", "a"]),
            ("&author=bo", vec!["f", "d", "b"]),
            ("&language=sv", vec!["f", "d", "b"]),
            ("&published_after=2026-03-03T12:00:00Z&published_before=2026-03-06T12:00:00Z", vec!["e", "d", "c"]),
            ("&section=world&tag=bo&author=ada&language=en&published_before=2026-03-05T12:00:00Z", vec!["c", "a"]),
            ("&section=world&author=bo", vec![]),
        ] {
            assert_eq!(popular(app, filter).await, expected, "{filter}");
            let page = app.get(&format!("/articles?sort=popular&total=true{filter}")).await.json();
            assert_eq!(page["total"], expected.len(), "{filter}");
            assert_eq!(app.walk(&format!("/articles?sort=popular&limit=1{filter}")).await.len(), expected.len());
        }
        for unknown in ["tag=nothing", "author=nobody", "section=nowhere"] {
            app.get(&format!("/articles?sort=popular&{unknown}")).await.problem(400, "invalid_parameter");
        }
    }

    async fn a_window_goes_with_the_order_alone(app: TestApp) {
        newspaper(app, 3).await;
        for article in ["a", "b", "c"] {
            read(app, article, 0..1).await;
        }
        app.rank();
        for query in ["window=24h", "window=7d&sort=-published_at", "window=7d&sort=published_at"] {
            let refused = app.get(&format!("/articles?{query}")).await.problem(400, "invalid_parameter");
            assert_eq!((&refused["errors"][0]["parameter"], &refused["errors"][0]["code"]), (&json!("window"), &json!("conflict")));
        }
        for query in ["sort=popular&window=1h", "sort=popular&window=", "sort=Popular"] {
            app.get(&format!("/articles?{query}")).await.problem(400, "invalid_parameter");
        }
        let id = ids(&app.get("/articles?limit=1").await.json()).remove(0);
        for more in ["sort=popular", "window=24h"] {
            app.get(&format!("/articles?ids={id}&{more}")).await.problem(400, "invalid_parameter");
        }
        // A cursor belongs to its window, and to the order.
        let cursor = text(&app.get("/articles?sort=popular&limit=1").await.json()["next_cursor"]);
        for foreign in ["", "?sort=-published_at", "?sort=popular&window=7d", "?sort=popular&section=world"] {
            let join = if foreign.is_empty() { '?' } else { '&' };
            app.get(&format!("/articles{foreign}{join}cursor={cursor}")).await.problem(400, "bad_cursor");
        }
        let dated = text(&app.get("/articles?limit=1").await.json()["next_cursor"]);
        app.get(&format!("/articles?sort=popular&cursor={dated}")).await.problem(400, "bad_cursor");
    }

    async fn caches_keep_it_until_the_next_ranking(app: TestApp) {
        newspaper(app, 3).await;
        assert_eq!(shared_seconds(&app.get("/articles?sort=popular").await), 5);
        for article in ["a", "b"] {
            read(app, article, 0..1).await;
        }
        app.rank();
        let reply = app.get("/articles?sort=popular&limit=1").await.expect(200);
        assert_eq!(shared_seconds(&reply), 30);
        let cursor = text(&reply.json()["next_cursor"]);
        let etag = reply.header("etag").to_owned();
        app.get("/articles?sort=popular&limit=1").header("if-none-match", &etag).await.expect(304);
        app.advance(FIVE_MINUTES - 10);
        assert_eq!(shared_seconds(&app.get("/articles?sort=popular&limit=1").await), 10);
        let empty = app.get("/articles?sort=popular&language=zh").await.expect(200);
        assert_eq!((shared_seconds(&empty), &empty.json()["items"]), (10, &json!([])));
        // The next page is of a ranking that lasts longer.
        let next = format!("/articles?sort=popular&limit=1&cursor={cursor}");
        assert_eq!(shared_seconds(&app.get(&next).await), 30);
        app.advance(20);
        assert_eq!(shared_seconds(&app.get("/articles?sort=popular&limit=1").await), 5, "it is awaited");
        app.rank();
        assert_eq!(shared_seconds(&app.get("/articles?sort=popular&limit=1").await), 30);
    }

    async fn two_servers_make_one_ranking(app: TestApp) {
        newspaper(app, 3).await;
        let other = app.beside(|_| {}).await;
        // Each counts for itself; both fold at once.
        read(app, "a", 0..2).await;
        read(&other, "b", 0..3).await;
        read(&other, "a", 0..2).await;
        std::thread::scope(|scope| {
            let ranking = [app, &other].map(|app| scope.spawn(|| app.rank()));
            for ranked in ranking {
                ranked.join().expect("it does no harm to come second");
            }
        });
        assert_eq!(views(app), 7);
        assert_eq!(app.count("SELECT SUM(views) FROM view_hours"), 7);
        let both = [popular(app, "").await, popular(&other, "").await];
        assert_eq!(both[0], both[1]);
        app.advance(FIVE_MINUTES);
        other.rank();
        app.rank();
        assert_eq!(app.count("SELECT count(DISTINCT ranked_at) FROM popular_rankings"), 2);
        assert_eq!(popular(app, "").await, ["a", "b"]);
        let page = app.get("/articles?sort=popular&limit=1").await.json();
        let next = format!("/articles?sort=popular&limit=1&cursor={}", text(&page["next_cursor"]));
        assert_eq!(slugs(&other.get(&next).await.expect(200).json()), ["b"]);
    }

    async fn a_clock_that_is_put_back_does_no_harm(app: TestApp) {
        newspaper(app, 2).await;
        app.advance(2 * HOUR);
        read(app, "a", 0..5).await;
        app.rank();
        app.advance(-2 * HOUR);
        assert!(popular(app, "").await.is_empty(), "that ranking is of the future");
        read(app, "b", 0..1).await;
        app.rank();
        assert_eq!(popular(app, "").await, ["b"]);
        app.advance(2 * HOUR);
        app.rank();
        assert_eq!(popular(app, "").await, ["a", "b"]);
    }

    async fn a_server_ranks_by_itself(app: TestApp) {
        let app = app.beside(|config| config.rank_every = std::time::Duration::from_millis(50)).await;
        newspaper(&app, 1).await;
        read(&app, "a", 0..1).await;
        tests::until("it is ranked", async || popular(&app, "").await == ["a"]).await;
    }

    async fn what_nobody_asks_for_any_more_is_swept_away(app: TestApp) {
        newspaper(app, 1).await;
        read(app, "a", 0..1).await;
        app.rank();
        app.advance(8 * 24 * HOUR);
        let sweeper = app.beside(|config| config.sweep_after = std::time::Duration::from_millis(1)).await;
        tests::until("the hours are gone", async || sweeper.count("SELECT count(*) FROM view_hours") == 0).await;
        assert_eq!(views(app), 1);
        let card: Value = app.get("/articles/a").await.json();
        assert_eq!(card["stats"]["views"], 1);
    }
}

//! Tags and authors that are merged into others, or deleted; and ids from before that lead on.

/// Makes a test of tags and one of authors of each.
macro_rules! of_both_kinds {
    ($(async fn $name:ident($app:ident, $noun:ident, $filter:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn check($app: &TestApp, ($noun, $filter): (&str, &str)) $body

            both! {
                async fn of_tags(app: TestApp) {
                    check(app, ("tags", "tag")).await;
                }

                async fn of_authors(app: TestApp) {
                    check(app, ("authors", "author")).await;
                }
            }
        }
    )+};
}

mod revisions;
mod together;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Call, Member, Reply, TestApp, both, ids, join_all, slugs, text};

/// Both kinds: how their paths and the fields of an article call them, and how filters do.
const NOUNS: [(&str, &str); 2] = [("tags", "tag"), ("authors", "author")];

/// A merge, and who asks for it is still to be said.
fn asking<'a>(app: &'a TestApp, noun: &str, one: &Value, version: i64, into: &str) -> Call<'a> {
    let path = format!("/manage/{noun}/{}/merge", text(&one["id"]));
    let call = app.post(&path).if_match(version);
    call.json(&json!({ "into": into }))
}

fn merging<'a>(app: &'a TestApp, noun: &str, one: &Value, version: i64, into: &str) -> Call<'a> {
    asking(app, noun, one, version, into).as_role("editor")
}

async fn merged(app: &TestApp, noun: &str, one: &Value, version: i64, into: &str) -> Reply {
    merging(app, noun, one, version, into).await
}

fn deleting<'a>(app: &'a TestApp, noun: &str, one: &Value, version: i64, query: &str) -> Call<'a> {
    let path = format!("/manage/{noun}/{}{query}", text(&one["id"]));
    app.delete(&path).as_role("editor").if_match(version)
}

/// Four of a kind, `a` to `d`, and a section.
async fn furnish(app: &TestApp, noun: &str) -> [Value; 4] {
    app.section("World", None).await;
    let mut made = Vec::new();
    for name in ["A", "B", "C", "D"] {
        made.push(match noun {
            "tags" => app.tag(name).await,
            _ => app.author(name).await,
        });
    }
    made.try_into().unwrap()
}

async fn article(app: &TestApp, noun: &str, title: &str, names: &[&str]) -> Value {
    app.article(json!({ "title": title, "section": "world", noun: names }))
        .await
}

async fn draft(app: &TestApp, noun: &str, title: &str, names: &[&str]) -> Value {
    app.draft(json!({ "title": title, "section": "world", noun: names }))
        .await
}

async fn managed(app: &TestApp, article: &Value, below: &str) -> Reply {
    let path = format!("/manage/articles/{}{below}", text(&article["id"]));
    app.get(&path).as_role("editor").await.expect(200)
}

/// What the page of an article calls them.
async fn shown(app: &TestApp, noun: &str, slug: &str) -> Vec<String> {
    let page = app
        .get(&format!("/articles/{slug}"))
        .await
        .expect(200)
        .json();
    slugs(&json!({ "items": page[noun] }))
}

/// The slugs of what a list holds, sorted.
async fn listed(app: &TestApp, path: &str) -> Vec<String> {
    let call = app.get(path);
    let call = if path.starts_with("/manage") {
        call.as_role("editor")
    } else {
        call
    };
    let mut listed = slugs(&call.await.expect(200).json());
    listed.sort();
    listed
}

/// Every list names what is there, and what is there alone.
fn assert_lists_are_right(app: &TestApp) {
    for (noun, scope) in NOUNS {
        for (articles, listings) in [
            ("published_articles", "listings"),
            ("articles", "working_listings"),
        ] {
            let stored = app.lines(&format!(
                "SELECT article_id || ' ' || scope_id AS line FROM {listings} WHERE scope = '{scope}' ORDER BY 1"
            ));
            let implied = app.lines(&format!(
                "SELECT p.id || ' ' || n.id AS line FROM {articles} p JOIN {noun} n
                 ON REPLACE(REPLACE(p.{scope}_ids, '[', ','), ']', ',') LIKE '%,' || n.id || ',%' ORDER BY 1"
            ));
            assert_eq!(stored, implied, "{listings} of {noun}");
            let named = app.count(&format!(
                "SELECT CAST(COALESCE(SUM(LENGTH({scope}_ids) - LENGTH(REPLACE({scope}_ids, ',', '')) + 1), 0) AS BIGINT)
                 FROM {articles} WHERE {scope}_ids <> '[]'"
            ));
            assert_eq!(
                named,
                i64::try_from(stored.len()).unwrap(),
                "{articles} name each {scope} once"
            );
        }
        let loose = format!(
            "SELECT count(*) FROM merged_ids m WHERE m.noun = '{scope}' AND m.into_id NOT IN (SELECT id FROM {noun})"
        );
        assert_eq!(
            app.count(&loose),
            0,
            "a merged {scope} leads to one in force"
        );
    }
}

async fn tie(app: &TestApp, author: &Value, version: i64, member: &Member) {
    let path = format!("/manage/authors/{}", text(&author["id"]));
    let body = json!({ "user": member.user.id.to_string() });
    let call = app
        .patch(&path)
        .bearer(&app.token_of("admin"))
        .if_match(version);
    call.json(&body).await.expect(200);
}

of_both_kinds! {
    async fn all_that_names_one_names_the_other_at_once(app, noun, filter) {
        let [a, b, ..] = furnish(app, noun).await;
        let cases: [(&str, &[&str], &[&str]); 6] = [
            ("one", &["a"], &["b"]), ("two", &["a", "b"], &["b"]), ("three", &["b", "c", "a", "d"], &["b", "c", "d"]),
            ("four", &["c", "a", "d", "b"], &["c", "b", "d"]), ("five", &["c", "b"], &["c", "b"]), ("six", &["d"], &["d"]),
        ];
        for (title, names, _) in cases {
            article(app, noun, title, names).await;
        }
        let unfinished = draft(app, noun, "unfinished", &["d", "b", "a"]).await;
        let five = app.get("/articles/five").await.expect(200).json();
        app.advance(5);
        let before = app.count("SELECT max(seq) FROM changes");
        let reply = merged(app, noun, &a, 1, "b").await.expect(200);
        assert_eq!((&reply.json()["id"], reply.version()), (&b["id"], 2));
        let log = app.lines(&format!("SELECT kind || ' ' || entity AS line FROM changes WHERE seq > {before} ORDER BY seq"));
        assert_eq!(log, [format!("merged {filter}"), format!("changed {filter}")], "one each, however many articles");
        assert_lists_are_right(app);
        for (slug, _, after) in cases {
            assert_eq!(shown(app, noun, slug).await, after, "{slug}");
            let copy = app.get(&format!("/manage/articles/{slug}")).as_role("editor").await.expect(200);
            assert_eq!((&copy.json()[noun], copy.version()), (&json!(after), 2), "{slug}");
            assert_eq!(copy.json()["has_unpublished_changes"], false, "{slug}");
        }
        let copy = managed(app, &unfinished, "").await;
        assert_eq!((&copy.json()[noun], copy.version()), (&json!(["d", "b"]), 1));
        let public = ["five", "four", "one", "three", "two"];
        for name in ["a", "b", &text(&a["id"]), &text(&b["id"])] {
            assert_eq!(listed(app, &format!("/articles?{filter}={name}")).await, public, "{name}");
            let page = app.get(&format!("/articles?{filter}={name}&section=world&limit=2&total=true")).await.expect(200).json();
            assert_eq!(page["total"], 5, "{name}");
            assert_eq!(app.walk(&format!("/articles?{filter}={name}&limit=2")).await.len(), 5, "{name}");
            let own = listed(app, &format!("/manage/articles?{filter}={name}")).await;
            assert_eq!(own, ["five", "four", "one", "three", "two", "unfinished"], "{name}");
        }
        if noun == "tags" {
            let page = app.get("/articles/one?include=related").await.expect(200).json();
            let related = slugs(&json!({ "items": page["related"] }));
            assert!(related.contains(&"five".to_owned()), "{related:?}");
        }
        // Nothing was written about the articles.
        let after = app.get("/articles/five").await.expect(200).json();
        assert_eq!((&after["updated_at"], &after["version"]), (&five["updated_at"], &five["version"]));
        assert_eq!(slugs(&app.get(&format!("/{noun}")).await.expect(200).json()), ["b", "c", "d"]);
        let one = app.get("/articles/one").await.expect(200);
        assert!(one.header("surrogate-key").contains(&format!("{filter}:{}", text(&b["id"]))));
    }

    async fn whatever_led_to_one_leads_to_the_other_in_one_step(app, noun, filter) {
        let [a, b, c, d] = furnish(app, noun).await;
        article(app, noun, "One", &["a"]).await;
        let path = format!("/manage/{noun}/{}", text(&a["id"]));
        app.patch(&path).as_role("editor").if_match(1).json(&json!({ "slug": "a-new" })).await.expect(200);
        merged(app, noun, &a, 2, "b").await.expect(200);
        merged(app, noun, &b, 2, &text(&c["id"])).await.expect(200);
        merged(app, noun, &c, 2, "d").await.expect(200);
        let names = ["a".to_owned(), "a-new".into(), "b".into(), "c".into(), text(&a["id"]), text(&b["id"]), text(&c["id"])];
        for name in &names {
            if noun == "authors" {
                let reply = app.get(&format!("/authors/{name}")).await.expect(301);
                assert_eq!(reply.header("location"), "/api/v1/authors/d");
                assert!(reply.header("surrogate-key").contains(&text(&d["id"])));
            }
            assert_eq!(listed(app, &format!("/articles?{filter}={name}")).await, ["one"]);
            app.get(&format!("/manage/{noun}/{name}")).as_role("editor").await.problem(404, "not_found");
            merged(app, noun, &d, 2, name).await.problem(422, "validation_failed");
        }
        let spent = app.fewest_statements(&format!("/articles?{filter}={}", text(&a["id"]))).await;
        assert_eq!(spent, 2, "an old id");
        let spent = app.fewest_statements(&format!("/articles?{filter}={}", text(&d["id"]))).await;
        assert_eq!(spent, 2, "an id");
        assert_lists_are_right(app);
        // It goes for good: nothing leads there any more.
        let made = managed(app, &app.get("/articles/one").await.json(), "").await.json();
        let made = app.patch_article(&made, &json!({ noun: [] })).await;
        app.publish(&made).await;
        deleting(app, noun, &d, 2, "").await.expect(204);
        assert_eq!(app.count("SELECT count(*) FROM merged_ids") + app.count("SELECT count(*) FROM moved_slugs"), 0);
        for name in names {
            app.get(&format!("/articles?{filter}={name}")).await.problem(400, "invalid_parameter");
            if noun == "authors" {
                app.get(&format!("/authors/{name}")).await.problem(404, "not_found");
            }
        }
    }

    async fn what_is_in_use_is_not_deleted(app, noun, filter) {
        let [a, b, c, d] = furnish(app, noun).await;
        let public = article(app, noun, "One", &["a"]).await;
        draft(app, noun, "Two", &["b"]).await;
        // No working copy has it any more, readers still do.
        app.patch_article(&public, &json!({ noun: [] })).await;
        for one in [&a, &b] {
            deleting(app, noun, one, 7, "").await.problem(412, "precondition_failed");
            deleting(app, noun, one, 1, "").await.problem(409, "conflict");
            let path = format!("/api/v1/manage/{noun}/{}", text(&one["id"]));
            app.call(Method::DELETE, &path).as_role("editor").await.problem(428, "precondition_required");
        }
        for (target, code) in [("a", "cycle"), ("nowhere", "unknown_reference"), ("a b", "bad_format")] {
            let query = format!("?move_to={}", target.replace(' ', "%20"));
            let problem = deleting(app, noun, &a, 1, &query).await.problem(400, "invalid_parameter");
            assert_eq!((&problem["errors"][0]["parameter"], &problem["errors"][0]["code"]), (&json!("move_to"), &json!(code)));
            let problem = merged(app, noun, &a, 1, target).await.problem(422, "validation_failed");
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/into"), &json!(code)));
        }
        assert_eq!(deleting(app, noun, &a, 1, "?move_to=d").await.expect(204).text(), "");
        assert_eq!(shown(app, noun, "one").await, ["d"]);
        assert_eq!(listed(app, &format!("/articles?{filter}=a")).await, ["one"]);
        deleting(app, noun, &c, 1, "").await.expect(204);
        let last = app.lines("SELECT kind || ' ' || entity AS line FROM changes ORDER BY seq DESC LIMIT 1");
        assert_eq!(last, [format!("deleted {filter}")]);
        app.get(&format!("/articles?{filter}=c")).await.problem(400, "invalid_parameter");
        deleting(app, noun, &c, 1, "").await.problem(404, "not_found");
        merged(app, noun, &d, 1, "b").await.problem(412, "precondition_failed");
        assert_lists_are_right(app);
    }

    async fn a_retry_of_a_merge_gets_the_first_answer(app, noun, _filter) {
        let [a, ..] = furnish(app, noun).await;
        let first = merging(app, noun, &a, 1, "b").header("idempotency-key", "once").await.expect(200);
        let again = merging(app, noun, &a, 1, "b").header("idempotency-key", "once").await.expect(200);
        assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", first.json()));
        merging(app, noun, &a, 2, "b").header("idempotency-key", "once").await.problem(422, "idempotency_key_reused");
        merged(app, noun, &a, 1, "b").await.problem(404, "not_found");
    }
}

both! {
    async fn a_tie_goes_with_its_author_if_whoever_merges_may_tie(app: TestApp) {
        app.section("World", None).await;
        let mut made = Vec::new();
        for name in ["Ada", "Bo", "Cy", "Di"] {
            made.push(app.author(name).await);
        }
        let (writer, other) = (app.member("author"), app.member("author"));
        tie(app, &made[0], 1, &writer).await;
        tie(app, &made[2], 1, &other).await;
        let me = async || app.get("/me").bearer(&writer.token).await.expect(200).json()["author"]["slug"].clone();
        let admin = app.token_of("admin");
        // To put an account behind another name, or take it from its own, is no editor's business.
        for into in ["bo", "cy"] {
            merged(app, "authors", &made[0], 2, into).await.problem(403, "forbidden");
            deleting(app, "authors", &made[0], 2, &format!("?move_to={into}")).await.problem(403, "forbidden");
        }
        deleting(app, "authors", &made[0], 2, "").await.problem(403, "forbidden");
        let both = asking(app, "authors", &made[0], 2, "cy").bearer(&admin).await.problem(409, "conflict");
        assert!(text(&both["detail"]).contains("tied"), "{both}");
        assert_eq!(me().await, "ada");
        let reply = asking(app, "authors", &made[0], 2, "bo").bearer(&admin).await.expect(200);
        assert_eq!((&reply.json()["user"], reply.version()), (&json!(writer.user.id.to_string()), 2));
        assert_eq!(me().await, "bo");
        // One whom nobody is tied to is merged into one who is, by any editor: no account gets another name.
        let reply = merged(app, "authors", &made[3], 1, "bo").await.expect(200);
        assert_eq!((&reply.json()["user"], reply.version()), (&json!(writer.user.id.to_string()), 3));
        app.delete(&format!("/manage/authors/{}", text(&made[2]["id"]))).bearer(&admin).if_match(2).await.expect(204);
        let body = json!({ "title": "T", "section": "world", "body": { "format": "markdown", "source": "B" } });
        let written = async |member: &Member| app.post("/manage/articles").bearer(&member.token).json(&body).await.expect(201).json()["authors"].clone();
        assert_eq!((written(&writer).await, written(&other).await), (json!(["bo"]), json!([])));
    }

    async fn a_list_that_is_empty_is_known_to_caches_by_its_place(app: TestApp) {
        let [a, ..] = furnish(app, "tags").await;
        let key = format!("tag:{}", text(&a["id"]));
        for name in ["a", &text(&a["id"])] {
            let empty = app.get(&format!("/articles?tag={name}&section=world")).await.expect(200);
            let keys = empty.header("surrogate-key");
            assert!(keys.contains(&key) && keys.contains("section:"), "{keys}");
        }
    }
}

//! What an answer tells of what lies behind it: nothing that it is not made to tell.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;
use tests::{Call, TestApp, both, spec::Operation, text};

use super::{changes, is_closed, real, things};
use crate::{conventions::filled, rights::plain};

/// Columns, tables, and how other servers are asked for them.
const FOREIGN: [&str; 21] = [
    "password_hash=a",
    "PASSWORD_HASH=a",
    "users.password_hash=a",
    "author.email=a",
    "updated_by.password_hash=a",
    "email[$ne]=a",
    "email__startswith=a",
    "where=1",
    "where[id]=1",
    "filter={}",
    "filter[email]=a",
    "$filter=email",
    "fields=password_hash",
    "select=*",
    "order_by=email",
    "sort[]=email",
    "_sort=email",
    "group_by=role",
    "populate=*",
    "include[]=sessions",
    "max=password_hash",
];

/// What is said on a failure of ours must hold nothing of this, whichever table failed.
const INSIDES: [&str; 14] = [
    "select ",
    "insert ",
    "update ",
    "sqlite",
    "postgres",
    "diesel",
    "no such",
    "relation",
    "column",
    "panic",
    "::",
    ".rs",
    "/tmp",
    "broadsheet_",
];

/// How often something is asked again, when what runs in the background may have been counted too.
const TRIES: usize = 20;

/// The last answers to two requests, and the fewest statements that each took. They are tried
/// again while one seems to take more than the other.
async fn side_by_side<'a>(app: &TestApp, calls: [&dyn Fn() -> Call<'a>; 2]) -> [(String, u64); 2] {
    let mut told = [(String::new(), u64::MAX), (String::new(), u64::MAX)];
    for _ in 0..TRIES {
        for (call, told) in calls.iter().zip(&mut told) {
            let before = app.statements();
            let reply = call().await;
            assert!((400..500).contains(&reply.status), "{}", reply.text());
            *told = (plain(&reply), told.1.min(app.statements() - before));
        }
        if told[0].1 == told[1].1 {
            break;
        }
    }
    told
}

both! {
    async fn no_read_can_be_asked_for_what_lies_behind_it(app: TestApp) {
        let admin = app.member("admin").token;
        let reads = app.spec().operations().into_iter().filter(|operation| operation.method == Method::GET);
        for operation in reads {
            let parameters = operation.value["parameters"].to_string();
            // What it knows takes no column, and what it does not know is unknown.
            let values = ["sort", "include", "body", "replies", "status", "role", "entity"].map(|name| {
                let known = parameters.contains(&format!("\"name\":\"{name}\""));
                (format!("{name}=password_hash"), if known { "invalid_parameter" } else { "unknown_parameter" })
            });
            let foreign = FOREIGN.iter().map(|query| ((*query).to_owned(), "unknown_parameter"));
            for (query, code) in foreign.chain(values) {
                let target = format!("{}?{query}", filled(&operation.path));
                for known in [true, false] {
                    if !known && is_closed(&operation) {
                        continue;
                    }
                    let mut statements = u64::MAX;
                    for _ in 0..TRIES {
                        let before = app.statements();
                        let call = app.call(Method::GET, &target);
                        let reply = if known { call.bearer(&admin).await } else { call.await };
                        reply.problem(400, code);
                        statements = statements.min(app.statements() - before);
                        if statements == 0 {
                            break;
                        }
                    }
                    assert_eq!(statements, 0, "{target}");
                }
            }
        }
    }

    async fn a_failure_shows_its_id_and_nothing_of_us(app: TestApp) {
        let mut things = things(app).await;
        let comment = app.comment(&json!({ "id": things[0].1 }), "hello", None).await;
        things.push(("{comment}", text(&comment["id"])));
        let admin = app.member("admin").token;
        // An export that fails has begun already, and can only break off.
        let reads: Vec<Operation> = app.spec().operations().into_iter()
            .filter(|operation| operation.method == Method::GET && operation.path != "/api/v1/me/export").collect();
        let mut tables = app.tables();
        tables.retain(|table| !table.starts_with("sqlite_") && !table.starts_with("__diesel"));
        let sql = |sql: &str| storage::testing::execute(app.database_url(), sql).expect("the SQL runs");
        let (mut broken, mut said) = (BTreeSet::new(), BTreeSet::new());
        for table in &tables {
            sql(&format!("ALTER TABLE {table} RENAME TO taken_away"));
            let mut calls: Vec<Call<'_>> = reads.iter().map(|operation| {
                let call = app.call(Method::GET, &real(&operation.path, &things));
                if is_closed(operation) { call.bearer(&admin) } else { call }
            }).collect();
            calls.push(app.post("/articles/ferry/comments").header("idempotency-key", "k")
                .json(&json!({ "body": "hello", "author_name": "Ines" })));
            calls.push(app.signing_in("nobody@harbourpost.example", "seven grey herrings"));
            calls.push(app.post("/manage/tags").as_role("admin").json(&json!({ "name": format!("Tag {table}") })));
            for call in calls {
                let reply = call.await;
                if !reply.is_server_error() {
                    continue;
                }
                let problem = reply.json();
                assert_eq!(reply.header("content-type"), "application/problem+json");
                let id = reply.header("x-request-id");
                assert!(!id.is_empty() && problem["instance"] == id, "{problem}");
                // The one header that names other headers is the same on every answer.
                let headers = reply.headers.iter().filter(|(name, _)| *name != "access-control-expose-headers");
                let all = format!("{:?}\n{}", headers.collect::<Vec<_>>(), reply.text()).replace(id, "").to_lowercase();
                let shown = INSIDES.iter().copied().chain(tables.iter().map(String::as_str)).find(|word| all.contains(*word));
                assert_eq!(shown, None, "{all}");
                assert!(!all.contains("taken_away") && !all.contains(app.database_url()), "{all}");
                broken.insert(table.clone());
                said.insert(text(&problem["code"]));
            }
            sql(&format!("ALTER TABLE taken_away RENAME TO {table}"));
        }
        for table in ["articles", "listings", "published_articles", "comments", "users", "sessions", "tags", "changes",
                      "attempts", "idempotency"] {
            assert!(broken.contains(table), "nothing failed without {table}: {broken:?}");
        }
        let expected: BTreeSet<String> = ["internal_error", "unavailable"].map(str::to_owned).into();
        assert!(said.contains("internal_error") && said.is_subset(&expected), "{said:?}");
        tests::until("everything works again", async || {
            app.get("/manage/articles").bearer(&admin).await.status == 200 && app.get("/articles/ferry").await.status == 200
        }).await;
    }

    async fn a_draft_is_as_absent_as_what_never_was(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Secret plan", "section": "world" })).await;
        let id = text(&draft["id"]);
        let comment = json!({ "body": "hello", "author_name": "Ines" });
        let calls = [
            (Method::GET, "/api/v1/articles/", ""), (Method::HEAD, "/api/v1/articles/", ""),
            (Method::PATCH, "/api/v1/articles/", ""), (Method::DELETE, "/api/v1/articles/", ""),
            (Method::GET, "/api/v1/articles/", "/comments"), (Method::HEAD, "/api/v1/articles/", "/comments"),
            (Method::POST, "/api/v1/articles/", "/comments"), (Method::GET, "/api/v1/manage/articles/", ""),
            (Method::HEAD, "/api/v1/manage/articles/", ""), (Method::PATCH, "/api/v1/manage/articles/", ""),
            (Method::DELETE, "/api/v1/manage/articles/", ""), (Method::POST, "/api/v1/manage/articles/", "/publish"),
        ];
        app.token_of("reader");
        app.token_of("author");
        let before = changes(app);
        for who in ["nobody", "a reader", "a reader's key", "another author"] {
            for (method, path, rest) in &calls {
                for pair in [[id.as_str(), "art_0000000000001"], ["secret-plan", "secret-plot"]] {
                    let ask = |name: &str| {
                        let call = app.call(method.clone(), &format!("{path}{name}{rest}"));
                        let call = match who {
                            "a reader" => call.as_user("reader"),
                            "a reader's key" => call.as_role("reader"),
                            "another author" => call.as_user("author"),
                            _ => call,
                        };
                        let read = [Method::GET, Method::HEAD].contains(method);
                        if read { call } else { call.if_match(1).json(&comment) }
                    };
                    let told = side_by_side(app, [&|| ask(pair[0]), &|| ask(pair[1])]).await;
                    assert_eq!(told[0], told[1], "{method} {path}{}{rest} by {who}", pair[0]);
                }
            }
        }
        assert_eq!(changes(app), before);
    }
}

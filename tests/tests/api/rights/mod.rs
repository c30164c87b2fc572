//! Who may do what: every operation of the document, called by everybody, about things in every
//! state, beside a table written by hand.

mod callers;
mod objects;
mod table;

use callers::{Caller, Kind};
use objects::{Object, Objects, Seen};
use reqwest::Method;
use table::{SCOPE_OF_WRITERS, TABLE, WRITERS, Who};
use tests::{Reply, TestApp, both};

/// How a call is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// By the handler: whatever it says, it is neither of those below.
    Through,
    /// 401.
    Unknown,
    /// 403.
    Denied,
    /// 404, to the byte like that for an id that nothing has.
    Hidden,
}

/// What ends the caller's own session: somebody new makes the call.
const ENDS_OWN: [&str; 2] = ["end_my_sessions", "end_my_session"];

fn expected(who: Who, caller: &Caller, object: &Object) -> Answer {
    use Answer::{Denied, Hidden, Through, Unknown};
    if caller.kind == Kind::Outcast && !matches!(who, Who::Bearer) {
        return Unknown;
    }
    let seen = match object.seen {
        Seen::Public => Through,
        Seen::Hidden => Hidden,
    };
    let known = |roles: &[&str], scope: Option<&str>| match &caller.kind {
        Kind::Nobody | Kind::Outcast => Unknown,
        _ if !roles.contains(&caller.role) => Denied,
        Kind::Person => Through,
        Kind::Key(own, elsewhere) => match (scope, own) {
            (None, _) => Denied,
            (Some(asked), Some(own)) if asked != *own => Denied,
            (Some("articles:read" | "articles:write" | "publish"), _) | (_, None) if !elsewhere => {
                Through
            }
            (Some("articles:read" | "articles:write" | "publish"), _) => {
                if object.state == "any" {
                    Through
                } else {
                    Hidden
                }
            }
            _ => Denied,
        },
    };
    match who {
        Who::Bearer => Through,
        Who::Everybody => seen,
        Who::Member => match caller.kind {
            Kind::Person if object.state == "foreign" => Hidden,
            Kind::Person => Through,
            Kind::Key(..) => Denied,
            Kind::Nobody | Kind::Outcast => Unknown,
        },
        Who::Staff(roles, scope) => known(roles, Some(scope)),
        Who::Person(roles) => known(roles, None),
        Who::Writer => match known(WRITERS, Some(SCOPE_OF_WRITERS)) {
            Through if caller.role == "author" && !object.own => Denied,
            answer => answer,
        },
    }
}

struct Operation {
    id: String,
    method: Method,
    path: String,
    who: Who,
    body: Option<&'static str>,
}

/// Every operation of the document with its line of the table, and no line without an operation.
fn operations(app: &TestApp) -> Vec<Operation> {
    let documented = app.spec().operations();
    let found: Vec<Operation> = documented
        .into_iter()
        .map(|operation| {
            let id = operation.value["operationId"]
                .as_str()
                .expect("an id")
                .to_owned();
            let line = TABLE.iter().find(|(name, ..)| *name == id);
            let (_, who, body) = line.unwrap_or_else(|| panic!("{id} has no line in the table"));
            Operation {
                id,
                method: operation.method,
                path: operation.path,
                who: *who,
                body: *body,
            }
        })
        .collect();
    for (name, ..) in TABLE {
        assert!(
            found.iter().any(|one| one.id == *name),
            "{name} is no operation"
        );
    }
    found
}

async fn call(app: &TestApp, operation: &Operation, caller: &Caller, path: &str) -> Reply {
    let mut call = app.call(operation.method.clone(), path);
    if let Some(token) = &caller.token {
        call = call.bearer(token);
    }
    // A version that nothing has: whoever passes is told so, and nothing changes.
    if path.contains("/manage/") && operation.method != Method::GET {
        call = call.if_match(1_000_000);
    }
    // A guest gives a name; whoever signed in has one.
    let guest = operation.id == "create_comment" && caller.kind != Kind::Person;
    let body = if guest {
        Some("{\"body\":\"x\",\"author_name\":\"Ines\"}")
    } else {
        operation.body
    };
    if let Some(body) = body {
        call = call.bytes("application/json", body);
    }
    call.await
}

/// What an answer tells, without what is another's each time.
fn told(reply: &Reply) -> (u16, Vec<(String, String)>, serde_json::Value) {
    let mut body = reply.json();
    body["instance"] = serde_json::Value::Null;
    let mut headers: Vec<(String, String)> = reply
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), format!("{value:?}")))
        .collect();
    headers.sort();
    (reply.status, headers, body)
}

/// An id that nothing has, of the same kind.
fn random(id: &str) -> String {
    format!("{}_000000000000y", id.split('_').next().unwrap_or_default())
}

async fn check(
    app: &TestApp,
    operation: &Operation,
    caller: &Caller,
    objects: &Objects,
    object: &Object,
) -> Answer {
    let path = objects.fill(&operation.path, &object.id);
    assert!(!path.contains('{'), "{path} needs a value in this test");
    let place = format!("{} as {}, {}", operation.id, caller.name, object.state);
    let reply = call(app, operation, caller, &path).await;
    let answer = expected(operation.who, caller, object);
    match answer {
        Answer::Unknown => {
            reply.problem(401, "unauthorized");
            assert!(
                reply.header("www-authenticate").starts_with("Bearer"),
                "{place}"
            );
        }
        Answer::Denied => {
            assert_eq!(reply.status, 403, "{place}: {}", reply.text());
            reply.problem(403, "forbidden");
        }
        Answer::Hidden => {
            assert_eq!(reply.status, 404, "{place}: {}", reply.text());
            let nowhere = objects.fill(&operation.path, &random(&object.id));
            let nothing = call(app, operation, caller, &nowhere).await;
            assert_eq!(told(&reply), told(&nothing), "{place}");
            if operation.method == Method::GET {
                let mut head = app.call(Method::HEAD, &path);
                if let Some(token) = &caller.token {
                    head = head.bearer(token);
                }
                head.await.expect(404);
            }
        }
        Answer::Through => {
            let turned_away = [401, 403, 404].contains(&reply.status);
            // A limited key has to name one of its sections when it lists.
            let limited = matches!(caller.kind, Kind::Key(_, true))
                && operation.id == "list_managed_articles";
            assert!(!turned_away || limited, "{place}: {}", reply.text());
            assert!(!reply.is_server_error(), "{place}: {}", reply.text());
        }
    }
    answer
}

/// What changes with every change.
fn log(app: &TestApp) -> i64 {
    app.count("SELECT max(seq) FROM changes")
}

both! {
    async fn everybody_passes_or_not_as_the_table_says(app: TestApp) {
        let objects = Objects::make(app).await;
        let callers = callers::all(app).await;
        let operations = operations(app);
        let (mut cells, mut states, mut refused) = (0, std::collections::BTreeSet::new(), 0);
        for operation in &operations {
            // First whoever is turned away: that must have left no trace.
            let before = log(app);
            let mut passing = Vec::new();
            for caller in &callers {
                for object in objects.states(&operation.path, &caller.user, &caller.session) {
                    cells += 1;
                    states.insert(object.state);
                    if expected(operation.who, caller, &object) == Answer::Through {
                        passing.push((caller.clone(), object));
                        continue;
                    }
                    refused += 1;
                    if object.own && operation.path.contains("{article}") {
                        objects::give(app, &object.id, &caller.label);
                    }
                    check(app, operation, caller, &objects, &object).await;
                }
            }
            assert_eq!(log(app), before, "{}: a refused call changed something", operation.id);
            for (caller, mut object) in passing {
                let mut caller = caller;
                if ENDS_OWN.contains(&operation.id.as_str()) {
                    caller = Caller::person(app, caller.role);
                    if object.own {
                        object.id.clone_from(&caller.session);
                    }
                }
                if object.own && operation.path.contains("{article}") {
                    objects::give(app, &object.id, &caller.label);
                }
                check(app, operation, &caller, &objects, &object).await;
            }
        }
        println!(
            "rights: {} operations x {} callers x {} states = {cells} cells, {refused} of them refused",
            operations.len(), callers.len(), states.len(),
        );
    }
}

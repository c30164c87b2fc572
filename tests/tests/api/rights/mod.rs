//! Who may do what: every operation of the document, called by everybody, upon everything.

mod callers;
mod moderated;
mod objects;
mod table;
mod world;

use std::collections::BTreeMap;
use std::io::Write as _;

use callers::{Caller, Kind, everybody};
use domain::id::CommentId;
use objects::{Object, states};
use reqwest::Method;
use serde_json::{Value, json};
use storage::{Store, changes};
use table::{Outcome, Rule, TABLE, expected};
use tests::{Call, Mailbox, Reply, TestApp, both, members, spec::Operation};
use world::{Target, World};

/// Calls that nobody can make succeed with nothing but rights: the words in their bodies are wrong.
/// What they say is about those words.
const WRONG_WORDS: [&str; 5] = ["verify", "login", "refresh", "reset", "erase_me"];

/// How many times an operation has to succeed.
const FEW: usize = 4;

/// What the cells came to.
#[derive(Default)]
struct Tally {
    cells: usize,
    /// The calls that were let through, by operation.
    let_through: BTreeMap<String, Passed>,
}

/// The calls of one operation that were let through.
#[derive(Default)]
struct Passed {
    all: usize,
    /// How many of them succeeded.
    good: usize,
    /// The fewest statements that one of these took: what runs beside it does not count.
    statements: Option<u64>,
}

impl Passed {
    fn add(&mut self, reply: &Reply, statements: u64) {
        self.all += 1;
        if reply.status < 400 {
            self.good += 1;
            let fewest = self
                .statements
                .map_or(statements, |one| one.min(statements));
            self.statements = Some(fewest);
        }
    }
}

/// One server with everything and everybody.
struct Scene<'a> {
    app: &'a TestApp,
    store: &'a Store,
    world: World<'a>,
    callers: Vec<Caller>,
}

fn name_of(operation: &Operation) -> &str {
    operation.value["operationId"].as_str().expect("a name")
}

/// What the table says of an operation.
///
/// # Panics
/// When it says nothing.
fn rule_of(operation: &Operation) -> Rule {
    let name = name_of(operation);
    let line = TABLE.iter().find(|(known, _)| *known == name);
    let Some((_, rule)) = line else {
        panic!("the table of rights has no line for {name}: who may call it?")
    };
    *rule
}

impl Scene<'_> {
    /// Whether calling this may end the caller's own session or account.
    fn is_fatal(operation: &Operation, object: Object) -> bool {
        let own = object == Object::Theirs(objects::Whose::Own);
        let mine = operation.path.starts_with("/api/v1/me") || name_of(operation) == "logout";
        operation.method != Method::GET && (own || mine)
    }

    async fn cell(
        &self,
        tally: &mut Tally,
        operation: &Operation,
        caller: &Caller,
        object: Object,
    ) -> Reply {
        let expected = expected(rule_of(operation), caller, object);
        let passes = expected == Outcome::LetThrough;
        // Whoever may do harm to themselves is somebody new.
        let victim = (passes && caller.kind == Kind::Person && Self::is_fatal(operation, object))
            .then(|| Caller::person(self.app, self.store, caller.role));
        let caller = victim.as_ref().unwrap_or(caller);
        let new = passes && operation.method != Method::GET;
        let target = self
            .world
            .target(&operation.path, object, caller, new)
            .await;
        let before = self.log();
        let earlier = self.app.statements();
        let reply = self
            .call(operation, &operation.method, caller, &target)
            .await;
        let spent = self.app.statements() - earlier;
        let what = format!("{} as {} upon {object:?}", name_of(operation), caller.name);
        assert_eq!(
            outcome(&reply),
            expected,
            "{what}: {} {}",
            reply.status,
            reply.text()
        );
        if !passes {
            assert_eq!(
                self.log(),
                before,
                "{what} was refused and changed something"
            );
        }
        let challenge = reply.header("www-authenticate").starts_with("Bearer");
        assert!(challenge || reply.status != 401, "{what}: no challenge");
        tally.cells += 1;
        if passes {
            let name = name_of(operation).to_owned();
            tally
                .let_through
                .entry(name)
                .or_default()
                .add(&reply, spent);
        }
        reply
    }

    async fn call(
        &self,
        operation: &Operation,
        method: &Method,
        caller: &Caller,
        target: &Target,
    ) -> Reply {
        let (name, path) = (name_of(operation), operation.path.as_str());
        let path = objects::parameter(path).map_or_else(
            || path.to_owned(),
            |parameter| path.replace(&format!("{{{parameter}}}"), &target.id),
        );
        // Every article has a first revision.
        let path = path.replace("{revision}", "1");
        // And a correction and a preview link, which have its number.
        let correction = target.id.replace("art_", "cor_");
        let path = path.replace("{correction}", &correction);
        let path = path.replace("{link}", &target.id.replace("art_", "prv_"));
        let query = match name {
            "list_managed_articles" | "count_managed_articles" => "?section=desk",
            "list_addresses" | "list_my_votes" => "?article=matter-1",
            "resolve" => "?path=/desk",
            "search_articles" | "suggest" => "?q=ferry",
            "get_comment_counts" => "?articles=art_0000000000001",
            _ => "",
        };
        let call = self.app.call(method.clone(), &format!("{path}{query}"));
        let call = caller.dress(call);
        let call = if asks_for_version(operation) {
            call.if_match(target.version)
        } else {
            call
        };
        let call = match CommentId::parse(&target.id) {
            Ok(comment) => call.header("X-Edit-Token", &members::secret().edit_token(comment)),
            Err(_) => call,
        };
        self.with_body(call, operation, caller).await
    }

    /// Puts a body on that the handler can take.
    fn with_body<'c>(&self, call: Call<'c>, operation: &Operation, caller: &Caller) -> Call<'c> {
        let n = self.world.next();
        let body = match name_of(operation) {
            "create_comment" if caller.kind == Kind::Person => json!({ "body": "Hello." }),
            "create_comment" => json!({ "body": "Hello.", "author_name": "Ines" }),
            "create_ban" => json!({ "kind": "account", "user": self.world.banned }),
            "decide_comment" => json!({ "decision": "approve" }),
            "decide_comments" => {
                json!({ "decision": "approve", "items": [{ "comment": "cmt_0000000000001", "version": 1 }] })
            }
            "add_comment_note" => json!({ "text": "Hello." }),
            "edit_comment" | "edit_managed_comment" => json!({ "body": "Hello again." }),
            "create_article" => json!({ "title": format!("Ferry {n}"), "section": "desk",
                                        "body": { "format": "markdown", "source": "It came." } }),
            "patch_article" => json!({ "title": format!("Ferry {n}") }),
            "create_correction" => json!({ "text": "It was Tuesday." }),
            "publish_article" => json!({}),
            "create_section" | "create_author" | "create_tag" => {
                json!({ "name": format!("New {n}") })
            }
            "merge_section" => json!({ "into": "elsewhere" }),
            "merge_author" => json!({ "into": "ada" }),
            "merge_tag" => json!({ "into": "ships" }),
            "move_section" => json!({ "parent": null }),
            "patch_author" => json!({ "bio": "Writes." }),
            "patch_settings" => json!({ "comments": "open" }),
            "patch_section" | "patch_tag" => json!({ "description": "What it is." }),
            "invite_user" => {
                json!({ "email": format!("new{n}@news.example"), "name": "New", "role": "reader" })
            }
            "create_api_key" => json!({ "name": format!("new {n}"), "role": "reader" }),
            "patch_me" | "patch_user" => json!({ "name": "Another" }),
            _ => {
                let content = &operation.value["requestBody"]["content"]["application/json"];
                match &content["example"] {
                    Value::Null => return call,
                    example => example.clone(),
                }
            }
        };
        call.json(&body)
    }

    /// The number of the newest entry of the change log.
    fn log(&self) -> i64 {
        self.store
            .read_blocking(changes::head)
            .expect("the log can be read")
    }

    /// Calls one operation by everybody: again, if it succeeds too rarely to tell what it takes from
    /// what runs beside it.
    async fn rows(&self, tally: &mut Tally, operation: &Operation) {
        for _turn in 0..FEW {
            for caller in &self.callers {
                self.row(tally, operation, caller).await;
            }
            let passed = tally.let_through.get(name_of(operation));
            if !passed.is_some_and(|passed| (1..FEW).contains(&passed.good)) {
                break;
            }
        }
    }

    /// Calls one operation by one caller upon everything. What is refused or hidden looks the same
    /// whatever it is.
    async fn row(&self, tally: &mut Tally, operation: &Operation, caller: &Caller) {
        let mut refusals: Vec<(Outcome, String)> = Vec::new();
        for object in states(&operation.path) {
            let reply = self.cell(tally, operation, caller, *object).await;
            let outcome = outcome(&reply);
            if outcome == Outcome::LetThrough {
                continue;
            }
            let mut seen = vec![(outcome, plain(&reply))];
            if operation.method == Method::GET {
                let target = self
                    .world
                    .target(&operation.path, *object, caller, false)
                    .await;
                let head = self.call(operation, &Method::HEAD, caller, &target).await;
                assert_eq!(head.status, reply.status, "HEAD {}", operation.path);
                assert!(head.body.is_empty());
                seen.push((outcome, plain(&head)));
            }
            if refusals.iter().all(|(known, _)| *known != outcome) {
                refusals.extend(seen);
                continue;
            }
            for one in seen {
                let what = format!("{} as {} upon {object:?}", name_of(operation), caller.name);
                assert!(
                    refusals.contains(&one),
                    "{what} tells more than {refusals:#?}: {one:#?}"
                );
            }
        }
    }
}

pub(super) fn asks_for_version(operation: &Operation) -> bool {
    let parameters = operation.value["parameters"].as_array();
    parameters.is_some_and(|all| {
        all.iter().any(|one| {
            one["name"] == "If-Match"
                || one["$ref"]
                    .as_str()
                    .is_some_and(|name| name.ends_with("/If-Match"))
        })
    })
}

/// What an answer says about rights. A handler may answer 401 or 403 for reasons of its own, which
/// have codes of their own.
fn outcome(reply: &Reply) -> Outcome {
    if reply.status < 400 {
        return Outcome::LetThrough;
    }
    match reply.json()["code"].as_str() {
        Some("unauthorized") => Outcome::Unauthorized,
        Some("forbidden") => Outcome::Forbidden,
        Some("not_found") => Outcome::Hidden,
        Some("gone") => Outcome::Gone,
        Some(_) if reply.status < 500 => Outcome::LetThrough,
        _ => panic!("{} is no answer: {}", reply.status, reply.text()),
    }
}

/// What an operation takes that goes on depends on who else listens (`live.rs` looks at it).
const STREAMS: [&str; 2] = ["follow_article_comments", "follow_desk"];

/// How many statements each operation takes upon the simplest of what it is for.
fn spent(tally: &Tally) -> String {
    let passed = tally.let_through.iter();
    let passed = passed.filter(|(name, _)| !STREAMS.iter().any(|stream| *stream == **name));
    let lines = passed.filter_map(|(name, passed)| {
        let statements = passed.statements?;
        Some(format!("{statements:>3} {name}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// An answer without what is different each time.
pub(super) fn plain(reply: &Reply) -> String {
    let request = reply.header("x-request-id");
    let mut lines: Vec<String> = reply
        .headers
        .iter()
        .filter(|(name, _)| !["connection", "date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    lines.sort();
    format!(
        "{}\n{}\n{}",
        reply.status,
        lines.join("\n"),
        reply.text().replace(request, "")
    )
}

both! {
    async fn everybody_may_do_what_the_table_says_and_nothing_else(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        let store = app.store();
        let world = World::new(app, &store).await;
        let sections = [("desk", world.desk), ("elsewhere", world.elsewhere)];
        let callers = everybody(app, &store, &sections).await;
        let scene = Scene { app, store: &store, world, callers };
        let operations = app.spec().operations();
        let mut tally = Tally::default();
        for operation in &operations {
            scene.rows(&mut tally, operation).await;
        }
        for (name, _) in TABLE {
            let known = operations.iter().any(|operation| name_of(operation) == *name);
            assert!(known, "the table has a line for {name}, which is no operation");
            let none = Passed::default();
            let Passed { all, good, .. } = tally.let_through.get(*name).unwrap_or(&none);
            let succeeds = *good > 0 || WRONG_WORDS.contains(name);
            assert!(*all > 0 && succeeds, "{name}: of {all} calls that were let through {good} succeeded");
        }
        let passed: usize = tally.let_through.values().map(|passed| passed.all).sum();
        // Only PostgreSQL is asked for locks.
        let (database, _) = app.database_url().split_once(':').expect("a scheme");
        insta::assert_snapshot!(format!("statements_on_{database}"), spent(&tally));
        let line = format!(
            "rights: {} operations × {} callers × their states = {} cells, {passed} of them let through\n",
            operations.len(), scene.callers.len(), tally.cells,
        );
        // Past the capture of the test's output: it is told every time.
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        store.close();
    }
}

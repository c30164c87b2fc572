//! What is called for: articles, comments, accounts in every state.

use domain::id::ArticleId;
use serde_json::{Value, json};
use tests::{TestApp, members, text};

/// Whether readers can find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Public,
    Hidden,
}

/// One thing in one state.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) state: &'static str,
    pub(super) id: String,
    pub(super) seen: Seen,
    /// Whether it was made to be whoever calls' own: it is given to each caller in turn.
    pub(super) own: bool,
}

/// Everything, by the parameter that names it.
#[derive(Debug)]
pub(super) struct Objects {
    pub(super) articles: Vec<Object>,
    pub(super) comments: Vec<Object>,
    section: String,
    author: String,
    tag: String,
    key: String,
    /// Somebody else, and a session of theirs.
    user: String,
    session: String,
}

fn object(state: &'static str, thing: &Value, seen: Seen) -> Object {
    Object {
        state,
        id: text(&thing["id"]),
        seen,
        own: state == "own draft",
    }
}

impl Objects {
    pub(super) async fn make(app: &TestApp) -> Self {
        let section = app.section("World", None).await;
        let author = app.author("Ada").await;
        let tag = app.tag("Shipping").await;
        let of = |title: &str| json!({ "title": title, "section": "world" });
        let later = json!({ "visible_from": app.in_seconds(3600) });
        let scheduled = app.draft(of("Scheduled")).await;
        let scheduled = app.publish_with(&scheduled, &later).await;
        let published = app.article(of("Published")).await;
        let unpublished = app.article(of("Unpublished")).await;
        let taken_down = app.article(of("Taken down")).await;
        let said = app.comment(&published, "Said in public", None).await;
        let held = app.comment(&published, "Said and held", None).await;
        let beneath = app.comment(&unpublished, "Said beneath", None).await;
        take_back(app, &unpublished, "unpublished");
        take_back(app, &taken_down, "taken_down");
        hold(app, &held);
        let other = app.member("editor");
        Self {
            articles: vec![
                object("own draft", &app.draft(of("Own")).await, Seen::Hidden),
                object(
                    "foreign draft",
                    &app.draft(of("Foreign")).await,
                    Seen::Hidden,
                ),
                object("scheduled", &scheduled, Seen::Hidden),
                object("published", &published, Seen::Public),
                object("unpublished", &unpublished, Seen::Hidden),
                object("taken down", &taken_down, Seen::Hidden),
            ],
            comments: vec![
                object("published", &said, Seen::Public),
                object("held", &held, Seen::Hidden),
                object("under a hidden article", &beneath, Seen::Hidden),
            ],
            section: text(&section["id"]),
            author: text(&author["id"]),
            tag: text(&tag["id"]),
            key: "key_0000000000001".to_owned(),
            user: other.user.id.to_string(),
            session: other.session.to_string(),
        }
    }

    /// The states in which an operation can be called, each with what stands in its path.
    pub(super) fn states(&self, path: &str, user: &str, session: &str) -> Vec<Object> {
        let plain = |state, id: &str, seen| Object {
            state,
            id: id.to_owned(),
            seen,
            own: state == "own",
        };
        match path {
            _ if path.contains("{article}") => self.articles.clone(),
            _ if path.contains("{comment}") => self.comments.clone(),
            _ if path.contains("{user}") => vec![
                plain("own", user, Seen::Public),
                plain("foreign", &self.user, Seen::Public),
            ],
            _ if path.contains("{session}") => vec![
                plain("own", session, Seen::Public),
                plain("foreign", &self.session, Seen::Hidden),
            ],
            _ => vec![plain("any", "", Seen::Public)],
        }
    }

    /// The path with everything filled in.
    pub(super) fn fill(&self, path: &str, id: &str) -> String {
        let filled = ["{article}", "{comment}", "{user}", "{session}"]
            .iter()
            .fold(path.to_owned(), |path, name| path.replace(name, id));
        filled
            .replace("{section}", &self.section)
            .replace("{author}", &self.author)
            .replace("{tag}", &self.tag)
            .replace("{key}", &self.key)
    }
}

/// Takes an article from readers. The state that no route leads to yet is written beside them.
fn take_back(app: &TestApp, article: &Value, state: &str) {
    let id = ArticleId::parse(&text(&article["id"])).expect("an id");
    let version = article["version"].as_i64().expect("a version");
    let store = app.store();
    members::write(&store, app.now(), move |tx| {
        storage::articles::unpublish(tx, id, version)
    });
    store.close();
    run(
        app,
        &format!(
            "UPDATE articles SET state = '{state}' WHERE id = {}",
            id.raw()
        ),
    );
}

fn hold(app: &TestApp, comment: &Value) {
    let id = domain::id::CommentId::parse(&text(&comment["id"])).expect("an id");
    let held = "UPDATE comments SET status = 'held', visible = FALSE WHERE id =";
    run(app, &format!("{held} {}", id.raw()));
}

/// Gives the draft that is to be everybody's own to whoever calls next.
pub(super) fn give(app: &TestApp, article: &str, label: &str) {
    let id = ArticleId::parse(article).expect("an id");
    let given = format!(
        "UPDATE articles SET created_by = '{label}' WHERE id = {}",
        id.raw()
    );
    run(app, &given);
}

fn run(app: &TestApp, sql: &str) {
    storage::testing::execute(app.database_url(), sql).expect("the statement runs");
}

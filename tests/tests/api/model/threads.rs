//! What readers say below the small newspaper's articles, and what moderators make of it.

use serde_json::{Value, json};
use tests::{TestApp, ids, text};

use super::newspaper::Newspaper;

/// How long an author may change a comment, in milliseconds.
const EDITABLE: i64 = 900_000;
/// How deep a thread may be here, so that nothing is put elsewhere.
const DEEPEST: usize = 8;
/// So many members vote.
pub(super) const MEMBERS: usize = 3;

/// What somebody does to a comment.
#[derive(Debug, Clone)]
pub(super) enum Talk {
    Reply,
    /// A member, and their vote; nothing takes it back.
    Vote(usize, Option<i64>),
    /// A moderator's word.
    Decide(&'static str),
    Edit(usize),
    Withdraw,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Published,
    Rejected,
    Spam,
    Deleted,
}

#[derive(Debug)]
struct Comment {
    id: String,
    token: String,
    article: usize,
    parent: Option<usize>,
    status: Status,
    /// What it was before a moderator deleted it.
    before: Option<Status>,
    votes: [i64; MEMBERS],
    text: String,
    pinned: bool,
    posted_at: i64,
}

/// All comments, in the order in which they were posted.
#[derive(Debug, Default)]
pub(super) struct Threads {
    all: Vec<Comment>,
    /// The tokens of those who vote.
    pub(super) members: Vec<String>,
}

impl Threads {
    fn children(&self, index: usize) -> impl Iterator<Item = usize> {
        (0..self.all.len()).filter(move |other| self.all[*other].parent == Some(index))
    }

    /// Published, or answered by something that is shown.
    fn is_shown(&self, index: usize) -> bool {
        self.all[index].status == Status::Published
            || self.children(index).any(|child| self.is_shown(child))
    }

    fn shown_children(&self, index: usize) -> Vec<usize> {
        let children = self.children(index);
        children.filter(|child| self.is_shown(*child)).collect()
    }

    fn depth(&self, index: usize) -> usize {
        self.all[index]
            .parent
            .map_or(0, |parent| self.depth(parent) + 1)
    }

    /// How many comments under an article can be read.
    pub(super) fn published(&self, article: usize) -> usize {
        let published =
            |comment: &&Comment| comment.article == article && comment.status == Status::Published;
        self.all.iter().filter(published).count()
    }

    /// The comment of a step, counted round.
    fn nth(&self, number: usize) -> Option<usize> {
        number.checked_rem(self.all.len())
    }

    fn names(&self, comments: &[usize]) -> Vec<String> {
        let names = comments.iter().map(|index| self.all[*index].id.clone());
        names.collect()
    }

    /// What is decided: whether it can be.
    fn decide(&mut self, index: usize, decision: &str) -> bool {
        let comment = &mut self.all[index];
        let there = comment.status != Status::Deleted;
        let (to, before) = match decision {
            "approve" if there => (Status::Published, None),
            "reject" if there => (Status::Rejected, None),
            "spam" if there => (Status::Spam, None),
            "delete" if there => (Status::Deleted, Some(comment.status)),
            "delete" => (Status::Deleted, comment.before),
            "restore" if !there => match comment.before {
                Some(before) => (before, None),
                None => return false,
            },
            "pin" => {
                let may = comment.status == Status::Published && comment.parent.is_none();
                comment.pinned |= may;
                return may;
            }
            _ => return false,
        };
        if decision == "delete" && before.is_none() {
            return false;
        }
        comment.status = to;
        comment.before = before;
        comment.pinned &= to == Status::Published;
        true
    }
}

/// A guest says something below an article, or below a comment.
pub(super) async fn say(
    app: &TestApp,
    paper: &mut Newspaper,
    article: usize,
    parent: Option<usize>,
) {
    let (id, now) = (paper.article(article).id.clone(), paper.now);
    let answered = parent.map(|parent| &paper.threads.all[parent]);
    let body = json!({ "body": "Well said", "author_name": "Bo", "parent_id": answered.map(|one| one.id.clone()) });
    let reply = app
        .post(&format!("/articles/{id}/comments"))
        .json(&body)
        .await;
    let admitted = paper.admits(article);
    let expected = match answered {
        Some(answered) if admitted == 201 && answered.status != Status::Published => 422,
        _ => admitted,
    };
    assert_eq!(reply.status, expected, "{}", reply.text());
    if expected == 201 {
        let made = reply.json();
        paper.threads.all.push(Comment {
            id: text(&made["id"]),
            token: text(&made["edit_token"]),
            article,
            parent,
            status: Status::Published,
            before: None,
            votes: [0; MEMBERS],
            text: "Well said".to_owned(),
            pinned: false,
            posted_at: now,
        });
    }
}

/// Does it to both, and holds what they say about it side by side.
pub(super) async fn talk(app: &TestApp, paper: &mut Newspaper, number: usize, talk: &Talk) {
    let Some(index) = paper.threads.nth(number) else {
        return;
    };
    let public = paper.admits(paper.threads.all[index].article) == 201;
    match talk {
        Talk::Reply if paper.threads.depth(index) < DEEPEST => {
            let article = paper.threads.all[index].article;
            say(app, paper, article, Some(index)).await;
        }
        Talk::Reply => {}
        Talk::Vote(member, value) => vote(app, paper, index, *member, *value, public).await,
        Talk::Decide(decision) => decide(app, paper, index, decision).await,
        Talk::Edit(_) | Talk::Withdraw => change(app, paper, index, talk, public).await,
    }
}

async fn vote(
    app: &TestApp,
    paper: &mut Newspaper,
    index: usize,
    member: usize,
    value: Option<i64>,
    public: bool,
) {
    let token = paper.threads.members[member].clone();
    let comment = &mut paper.threads.all[index];
    let path = format!("/comments/{}/vote", comment.id);
    let call = match value {
        Some(value) => app.put(&path).json(&json!({ "value": value })),
        None => app.delete(&path),
    };
    let reply = call.bearer(&token).await;
    if !public || comment.status != Status::Published {
        reply.problem(404, "not_found");
        return;
    }
    comment.votes[member] = value.unwrap_or(0);
    assert_eq!(reply.expect(200).json()["votes"], sums(comment));
}

async fn decide(app: &TestApp, paper: &mut Newspaper, index: usize, decision: &str) {
    let path = format!("/manage/comments/{}", paper.threads.all[index].id);
    let version = app.get(&path).as_role("moderator").await.version();
    let call = app
        .post(&format!("{path}/decisions"))
        .as_role("moderator")
        .if_match(version);
    let reply = call.json(&json!({ "decision": decision })).await;
    let expected = if paper.threads.decide(index, decision) {
        200
    } else {
        409
    };
    assert_eq!(reply.status, expected, "{decision}: {}", reply.text());
}

/// Its author changes it, or takes it back.
async fn change(app: &TestApp, paper: &mut Newspaper, index: usize, talk: &Talk, public: bool) {
    let now = paper.now;
    let comment = &mut paper.threads.all[index];
    let in_time = now < comment.posted_at + EDITABLE;
    let path = format!("/comments/{}", comment.id);
    let token = comment.token.clone();
    if let Talk::Edit(number) = talk {
        let words = format!("Version {number}");
        let call = app.patch(&path).header("X-Edit-Token", &token);
        let reply = call.json(&json!({ "body": words })).await;
        let expected = match comment.status {
            _ if !in_time => 409,
            Status::Rejected => 409,
            Status::Published | Status::Spam if public => 200,
            Status::Published | Status::Spam | Status::Deleted => 404,
        };
        assert_eq!(reply.status, expected, "{}", reply.text());
        if expected == 200 {
            comment.text = words;
        }
        return;
    }
    let reply = app.delete(&path).header("X-Edit-Token", &token).await;
    let done = in_time || comment.status == Status::Deleted;
    assert_eq!(
        reply.status,
        if done { 204 } else { 409 },
        "{}",
        reply.text()
    );
    if in_time && comment.status != Status::Deleted {
        comment.status = Status::Deleted;
        comment.before = None;
        comment.pinned = false;
    }
}

fn sums(comment: &Comment) -> Value {
    let of = |value: i64| comment.votes.iter().filter(|vote| **vote == value).count();
    let score: i64 = comment.votes.iter().sum();
    json!({ "up": of(1), "down": of(-1), "score": score })
}

/// Reads what stands below an article that can be read, and every comment by itself.
pub(super) async fn look(app: &TestApp, paper: &Newspaper, article: usize) {
    let threads = &paper.threads;
    let id = &paper.article(article).id;
    let of_article = |index: &usize| threads.all[*index].article == article;
    let all: Vec<usize> = (0..threads.all.len()).filter(of_article).collect();
    let roots = all
        .iter()
        .copied()
        .filter(|index| threads.all[*index].parent.is_none());
    let roots: Vec<usize> = roots.filter(|index| threads.is_shown(*index)).collect();
    let path = format!("/articles/{id}/comments?limit=100&sort=");
    let oldest = app.get(&format!("{path}oldest")).await.expect(200).json();
    assert_eq!(ids(&oldest), threads.names(&roots));
    let best = app.get(&format!("{path}best")).await.expect(200).json();
    let pinned: Vec<bool> = items(&best)
        .iter()
        .map(|item| item["pinned"] == true)
        .collect();
    assert!(
        pinned.is_sorted_by(|first, second| first >= second),
        "{pinned:?}"
    );
    let page = app.get(&format!("/articles/{id}?body=none")).await.json();
    assert_eq!(page["stats"]["comments"], threads.published(article));
    for index in all {
        let comment = &threads.all[index];
        let path = format!("/comments/{}", comment.id);
        let reply = app.get(&path).await;
        if !threads.is_shown(index) {
            reply.problem(404, "not_found");
            continue;
        }
        let answer = reply.expect(200).json();
        let children = threads.shown_children(index);
        assert_eq!(answer["reply_count"], children.len());
        if comment.status == Status::Published {
            let said = (&answer["body"]["text"], &answer["votes"], &answer["pinned"]);
            assert_eq!(
                said,
                (&json!(comment.text), &sums(comment), &json!(comment.pinned))
            );
        } else {
            assert_eq!(
                (&answer["status"], &answer["body"]["text"]),
                (&json!("deleted"), &Value::Null)
            );
        }
        if !children.is_empty() {
            let replies = app.get(&format!("{path}/replies?limit=100")).await;
            assert_eq!(ids(&replies.expect(200).json()), threads.names(&children));
        }
    }
}

fn items(page: &Value) -> &[Value] {
    page["items"].as_array().expect("a list")
}

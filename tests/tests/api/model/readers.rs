//! Everybody who reads: each public answer beside the small newspaper.

use std::collections::HashMap;

use serde_json::Value;
use tests::{Reply, TestApp, text};

use super::SECTIONS;
use super::newspaper::{Article, NOTICE, Newspaper, written};

/// What caches hold: the tag and the body of the last answer of each address.
#[derive(Default)]
pub(super) struct Seen(HashMap<String, (String, String)>);

impl Seen {
    /// Reads everything.
    pub(super) async fn look(&mut self, app: &TestApp, paper: &Newspaper) {
        for article in paper.articles() {
            self.article(app, paper, article).await;
        }
        lists(app, paper).await;
        counts(app, paper).await;
    }

    async fn article(&mut self, app: &TestApp, paper: &Newspaper, article: &Article) {
        let id = article.id.as_str();
        let Some(live) = article.seen(paper.now) else {
            let gone = article.is_gone();
            let mut addresses = vec![id.to_owned()];
            addresses.extend(article.addresses().map(str::to_owned));
            for address in addresses {
                for below in ["", "/comments"] {
                    let path = format!("/articles/{address}{below}");
                    hidden(&app.get(&path).await, gone, &path);
                }
                let path = format!("/resolve?path=/world/{address}");
                if !address.starts_with("art_") {
                    hidden(&app.get(&path).await, gone, &path);
                }
            }
            return;
        };
        let path = path_of(article, paper);
        let reply = app.get(&format!("/articles/{id}?include=neighbors")).await;
        let page = reply.expect(200).json();
        assert_eq!(page["slug"], live.slug);
        assert_eq!(page["title"], article.title);
        assert_eq!(page["path"], path);
        assert_eq!(
            page["published_at"],
            article
                .published_at
                .map_or(Value::Null, |at| written(at).into())
        );
        neighbors(paper, article, &page);
        let comments = app.get(&format!("/articles/{id}/comments")).await;
        assert_eq!(items(&comments.expect(200).json()).len(), article.comments);
        for old in article.addresses() {
            let reply = app.get(&format!("/articles/{old}")).await;
            if old == live.slug {
                reply.expect(200);
            } else {
                let reply = reply.expect(301);
                assert_eq!(
                    reply.header("location"),
                    format!("/api/v1/articles/{}", live.slug)
                );
            }
        }
        self.resolved(app, article, &path).await;
        self.again(app, &format!("/articles/{}", live.slug)).await;
    }

    async fn resolved(&self, app: &TestApp, article: &Article, path: &str) {
        for old in article.addresses() {
            for prefix in ["/world/europe", "/sport"] {
                let asked = format!("{prefix}/{old}");
                let reply = app.get(&format!("/resolve?path={asked}")).await;
                let expected = if asked == path { 200 } else { 301 };
                let reply = reply.expect(expected);
                assert_eq!(reply.json()["id"], article.id.as_str());
                assert_eq!(reply.json()["path"], path);
            }
        }
    }

    /// Asks for what a cache holds: 304 if and only if nothing has changed.
    async fn again(&mut self, app: &TestApp, path: &str) {
        let fresh = app.get(path).await.expect(200);
        if let Some((tag, body)) = self.0.get(path) {
            let reply = app.get(path).header("if-none-match", tag).await;
            let expected = if *body == fresh.text() { 304 } else { 200 };
            assert_eq!(reply.status, expected, "{path}");
        }
        let tag = fresh.header("etag").to_owned();
        self.0.insert(path.to_owned(), (tag, fresh.text()));
    }
}

fn hidden(reply: &Reply, gone: bool, path: &str) {
    if gone {
        reply.problem(410, "gone");
        assert!(reply.text().contains(NOTICE), "{path}: {}", reply.text());
    } else {
        reply.problem(404, "not_found");
    }
}

fn path_of(article: &Article, paper: &Newspaper) -> String {
    article.seen(paper.now).map_or_else(String::new, |live| {
        let (own, parent) = SECTIONS[live.section];
        let above = parent.map_or_else(String::new, |parent| format!("/{parent}"));
        format!("{above}/{own}/{}", live.slug)
    })
}

/// The next older and the next newer of the very same section.
fn neighbors(paper: &Newspaper, article: &Article, page: &Value) {
    let section = article.seen(paper.now).map(|live| live.section);
    let beside: Vec<&Article> = paper
        .listed(section)
        .into_iter()
        .filter(|other| other.seen(paper.now).map(|live| live.section) == section)
        .collect();
    let place = beside.iter().position(|other| other.id == article.id);
    let place = place.expect("it is listed itself");
    let id = |place: Option<usize>| {
        place
            .and_then(|place| beside.get(place))
            .map(|other| other.id.clone())
    };
    let shown = |name: &str| page["neighbors"][name]["id"].as_str().map(str::to_owned);
    assert_eq!(shown("previous"), id(Some(place + 1)));
    assert_eq!(shown("next"), id(place.checked_sub(1)));
}

fn items(list: &Value) -> &[Value] {
    list["items"].as_array().expect("a list")
}

fn ids(list: &Value) -> Vec<String> {
    items(list).iter().map(|item| text(&item["id"])).collect()
}

async fn lists(app: &TestApp, paper: &Newspaper) {
    let sections = (0..SECTIONS.len()).map(Some);
    for section in std::iter::once(None).chain(sections) {
        let query = section.map_or_else(String::new, |index| {
            format!("&section={}", SECTIONS[index].0)
        });
        let path = format!("/articles?total=true{query}");
        let list = app.get(&path).await.expect(200).json();
        let expected: Vec<String> = paper
            .listed(section)
            .into_iter()
            .map(|article| article.id.clone())
            .collect();
        assert_eq!(ids(&list), expected, "{path}");
        assert_eq!(list["total"], expected.len(), "{path}");
    }
    let all: Vec<String> = paper.articles().map(|article| article.id.clone()).collect();
    if !all.is_empty() {
        let list = app.get(&format!("/articles?ids={}", all.join(","))).await;
        let expected: Vec<String> = paper
            .articles()
            .filter(|article| article.seen(paper.now).is_some())
            .map(|article| article.id.clone())
            .collect();
        assert_eq!(ids(&list.expect(200).json()), expected);
    }
}

/// How many comments are told of each, and how many the whole site shows.
async fn counts(app: &TestApp, paper: &Newspaper) {
    let seen: Vec<&Article> = paper
        .articles()
        .filter(|article| article.seen(paper.now).is_some())
        .collect();
    let newest = app.get("/comments?limit=100").await.expect(200).json();
    let comments: usize = seen.iter().map(|article| article.comments).sum();
    assert_eq!(items(&newest).len(), comments);
}

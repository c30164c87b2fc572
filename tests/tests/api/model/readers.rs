//! Everybody who reads: each public answer beside the small newspaper.

use std::collections::HashMap;

use domain::popular::Window;
use serde_json::{Value, json};
use tests::{Reply, TestApp, ids, text};

use super::newspaper::{Article, NOTICE, Newspaper, TAGS, Text, written};
use super::sections::FIRST;
use super::threads;

/// How long a section's count of articles may be true no more.
const COUNTS_KEPT: i64 = 60_000;

/// What readers were shown before.
#[derive(Default)]
pub(super) struct Seen {
    /// What caches hold: the tag and the body of the last answer of each address.
    held: HashMap<String, (String, String)>,
    /// How many articles each section listed, and when.
    counted: Vec<(i64, Vec<usize>)>,
}

impl Seen {
    /// Reads everything.
    pub(super) async fn look(&mut self, app: &TestApp, paper: &Newspaper) {
        for article in paper.articles() {
            self.article(app, paper, article).await;
        }
        lists(app, paper).await;
        popular(app, paper).await;
        self.sections(app, paper).await;
        comments(app, paper).await;
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
        let path = format!("{}/{}", paper.sections.path(live.section), live.slug);
        let around = format!("/articles/{id}?include=neighbors,related,breadcrumbs");
        let page = app.get(&around).await.expect(200).json();
        assert_eq!(page["slug"], live.slug);
        assert_eq!(page["title"], format!("Title {}", live.title));
        assert_eq!(page["path"], path);
        let tags: Vec<&str> = live.tags.iter().map(|tag| TAGS[*tag]).collect();
        assert_eq!(slugs(&page["tags"]), tags);
        assert_eq!(page["stats"]["views"], paper.views.of(paper.index(article)));
        let crumbs = slugs(&page["breadcrumbs"]).join("/");
        assert_eq!(format!("/{crumbs}"), paper.sections.path(live.section));
        let corrections = page["corrections"].as_array().map(Vec::len);
        assert_eq!(corrections, Some(article.corrections));
        assert_eq!(
            page["published_at"],
            article
                .published_at
                .map_or(Value::Null, |at| written(at).into())
        );
        neighbors(paper, article, live, &page);
        let related = ids(&json!({ "items": page["related"] }));
        assert_eq!(related, paper.related(id, live), "related to {id}");
        threads::look(app, paper, paper.index(article)).await;
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
            for prefix in ["/world/europe", "/place-0"] {
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
        if let Some((tag, body)) = self.held.get(path) {
            let reply = app.get(path).header("if-none-match", tag).await;
            let expected = if *body == fresh.text() { 304 } else { 200 };
            assert_eq!(reply.status, expected, "{path}");
        }
        let tag = fresh.header("etag").to_owned();
        self.held.insert(path.to_owned(), (tag, fresh.text()));
    }

    /// Each section by every slug it ever had, and how much it holds.
    async fn sections(&mut self, app: &TestApp, paper: &Newspaper) {
        let now = (0..FIRST.len()).map(|index| paper.listed_in(index).len());
        self.counted.push((paper.now, now.collect()));
        self.counted.retain(|(at, _)| paper.now - at < COUNTS_KEPT);
        for (index, section) in paper.sections.all().enumerate() {
            let path = paper.sections.path(index);
            let page = app.get(&format!("/sections/{}", section.slug)).await;
            let page = page.expect(200).json();
            assert_eq!(page["path"], path);
            let count = page["article_count"].as_u64();
            let possible = |counts: &[usize]| u64::try_from(counts[index]).ok() == count;
            let mut lately = self.counted.iter();
            assert!(lately.any(|(_, counts)| possible(counts)), "{page}");
            for old in &section.before {
                let reply = app.get(&format!("/sections/{old}")).await.expect(301);
                let led = format!("/api/v1/sections/{}", section.slug);
                assert_eq!(reply.header("location"), led);
                let reply = app.get(&format!("/resolve?path=/{old}")).await.expect(301);
                assert_eq!(reply.json()["path"], path);
            }
        }
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

fn slugs(named: &Value) -> Vec<String> {
    let named = named.as_array().expect("a list").iter();
    named.map(|one| text(&one["slug"])).collect()
}

/// The next older and the next newer of the very same section.
fn neighbors(paper: &Newspaper, article: &Article, live: &Text, page: &Value) {
    let beside = paper.listed(|text| text.section == live.section);
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

/// The whole site, each section by every slug it had, and each tag.
async fn lists(app: &TestApp, paper: &Newspaper) {
    list(app, "", &paper.listed(|_| true)).await;
    for (index, section) in paper.sections.all().enumerate() {
        let expected = paper.listed_in(index);
        for slug in std::iter::once(&section.slug).chain(&section.before) {
            list(app, &format!("&section={slug}"), &expected).await;
        }
    }
    for (index, tag) in TAGS.iter().enumerate() {
        let expected = paper.listed(|text| text.tags.contains(&index));
        list(app, &format!("&tag={tag}"), &expected).await;
    }
    let all: Vec<String> = paper.articles().map(|article| article.id.clone()).collect();
    if !all.is_empty() {
        let batch = app.get(&format!("/articles?ids={}", all.join(","))).await;
        assert_eq!(ids(&batch.expect(200).json()), of(&seen(paper)));
    }
}

/// What is read most, on the whole site and in each section.
async fn popular(app: &TestApp, paper: &Newspaper) {
    for window in Window::ALL {
        let path = format!("/articles?sort=popular&window={}", window.as_str());
        let list = app
            .get(&format!("{path}&total=true"))
            .await
            .expect(200)
            .json();
        let expected = of(&paper.popular(*window, |_| true));
        assert_eq!(ids(&list), expected, "{path}");
        assert_eq!(list["total"], expected.len(), "{path}");
        for (index, section) in paper.sections.all().enumerate() {
            let within = |text: &Text| paper.sections.is_within(text.section, index);
            let path = format!("{path}&section={}", section.slug);
            let list = app.get(&path).await.expect(200).json();
            assert_eq!(ids(&list), of(&paper.popular(*window, within)), "{path}");
        }
    }
}

async fn list(app: &TestApp, query: &str, expected: &[&Article]) {
    let mut expected = of(expected);
    let path = format!("/articles?total=true{query}");
    let list = app.get(&path).await.expect(200).json();
    assert_eq!(list["total"], expected.len(), "{path}");
    assert_eq!(ids(&list), expected, "{path}");
    let oldest = app
        .get(&format!("/articles?sort=published_at{query}"))
        .await;
    expected.reverse();
    assert_eq!(ids(&oldest.expect(200).json()), expected, "{query}");
}

fn of(articles: &[&Article]) -> Vec<String> {
    articles.iter().map(|article| article.id.clone()).collect()
}

/// What can be read now, in the order in which it was made.
fn seen(paper: &Newspaper) -> Vec<&Article> {
    let seen = |article: &&Article| article.seen(paper.now).is_some();
    paper.articles().filter(seen).collect()
}

/// How many comments are told of each article, and how many the whole site shows.
async fn comments(app: &TestApp, paper: &Newspaper) {
    let newest = app.get("/comments?limit=100").await.expect(200).json();
    let seen = seen(paper);
    let told = |article: &&Article| paper.threads.published(paper.index(article));
    let comments: usize = seen.iter().map(told).sum();
    assert_eq!(ids(&newest).len(), comments);
    let all: Vec<String> = paper.articles().map(|article| article.id.clone()).collect();
    if !all.is_empty() {
        let path = format!("/comment-counts?articles={}", all.join(","));
        let counts = app.get(&path).await.expect(200).json();
        let expected: Vec<Value> = seen
            .iter()
            .map(|article| json!({ "article_id": article.id, "comments": told(article) }))
            .collect();
        assert_eq!(counts["items"], Value::from(expected));
    }
}

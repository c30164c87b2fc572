//! What tests put in, through the API like anybody else.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::TestApp;

impl TestApp {
    /// A section; `parent` is a slug or an id.
    pub async fn section(&self, name: &str, parent: Option<&str>) -> Value {
        let body = json!({ "name": name, "parent": parent });
        self.post("/manage/sections")
            .as_role("admin")
            .json(&body)
            .await
            .expect(201)
            .json()
    }

    pub async fn author(&self, name: &str) -> Value {
        let body = json!({ "name": name });
        self.post("/manage/authors")
            .as_role("admin")
            .json(&body)
            .await
            .expect(201)
            .json()
    }

    pub async fn tag(&self, name: &str) -> Value {
        let body = json!({ "name": name });
        self.post("/manage/tags")
            .as_role("admin")
            .json(&body)
            .await
            .expect(201)
            .json()
    }

    /// A draft with these fields; what is not named gets a plain value.
    pub async fn draft(&self, fields: Value) -> Value {
        let mut body = json!({
            "title": "A quiet day on the river",
            "body": { "format": "markdown", "source": "The ferry was late.\n\n## Later\n\nIt came." },
        });
        merge(&mut body, fields);
        self.post("/manage/articles")
            .as_role("editor")
            .json(&body)
            .await
            .expect(201)
            .json()
    }

    /// Publishes a draft now; the manage answer.
    pub async fn publish(&self, article: &Value) -> Value {
        self.publish_with(article, &json!({})).await
    }

    /// Publishes with `visible_from` or `visible_until`.
    pub async fn publish_with(&self, article: &Value, schedule: &Value) -> Value {
        let id = article["id"].as_str().expect("an id");
        let version = article["version"].as_i64().expect("a version");
        self.post(&format!("/manage/articles/{id}/publish"))
            .as_role("editor")
            .if_match(version)
            .json(schedule)
            .await
            .expect(200)
            .json()
    }

    /// A published article; the manage answer.
    pub async fn article(&self, fields: Value) -> Value {
        let draft = self.draft(fields).await;
        self.publish(&draft).await
    }

    /// Changes an article's working copy; the manage answer.
    pub async fn patch_article(&self, article: &Value, fields: &Value) -> Value {
        let id = article["id"].as_str().expect("an id");
        let version = article["version"].as_i64().expect("a version");
        self.patch(&format!("/manage/articles/{id}"))
            .as_role("editor")
            .if_match(version)
            .json(fields)
            .await
            .expect(200)
            .json()
    }

    /// A guest's comment.
    pub async fn comment(&self, article: &Value, text: &str, parent: Option<&str>) -> Value {
        let path = format!(
            "/articles/{}/comments",
            article["id"].as_str().expect("an id")
        );
        let body = json!({ "body": text, "author_name": "Ines", "parent_id": parent });
        self.post(&path).json(&body).await.expect(201).json()
    }

    /// The ids of every item on a walk from `path` to its end.
    pub async fn walk(&self, path: &str) -> Vec<String> {
        let mut ids = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let join = if path.contains('?') { '&' } else { '?' };
            let target = cursor.as_ref().map_or_else(
                || path.to_owned(),
                |cursor| format!("{path}{join}cursor={cursor}"),
            );
            let page = self.get(&target).await.expect(200).json();
            let items = page["items"].as_array().expect("items");
            ids.extend(items.iter().map(|item| text(&item["id"])));
            assert!(ids.len() < 10_000, "{path} does not end");
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return ids,
            }
        }
    }
}

/// A JSON string as text.
///
/// # Panics
/// When it is none.
#[track_caller]
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// The slugs of a list's items.
#[track_caller]
pub fn slugs(page: &Value) -> Vec<String> {
    page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| text(&item["slug"]))
        .collect()
}

/// The ids of a list's items.
#[track_caller]
pub fn ids(page: &Value) -> Vec<String> {
    page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| text(&item["id"]))
        .collect()
}

fn merge(into: &mut Value, fields: Value) {
    if let (Value::Object(into), Value::Object(fields)) = (into, fields) {
        into.extend(fields);
    }
}

/// Every byte of a text as a query carries it.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    })
}

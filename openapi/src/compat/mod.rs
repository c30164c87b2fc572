//! Whether a new document keeps the promises of an old one.
//!
//! Version 1 only grows. A request that was good stays good, so requests may loosen; an answer
//! keeps every field it had with the type it had, so answers may gain fields. Enumerations in
//! answers may gain values too: the document tells clients to expect that.

mod schema;

use std::collections::BTreeMap;

use serde_json::Value;

use schema::{Comparison, Direction};

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Every promise of `old` that `new` breaks, one line each; empty when a client of `old` can go on
/// as it is. Both are whole `OpenAPI` 3.1 documents. A list of alternatives (`oneOf`, `anyOf`) is
/// compared as if all of them held at once, which is exact for a value or `null`.
#[must_use]
pub fn breaking_changes(old: &Value, new: &Value) -> Vec<String> {
    let mut changes = Vec::new();
    for (path, old_item) in members(&old["paths"]) {
        for method in METHODS {
            let Some(old_operation) = old_item.get(method) else {
                continue;
            };
            let place = format!("{} {path}", method.to_uppercase());
            match new["paths"].get(path).and_then(|item| item.get(method)) {
                None => changes.push(format!("{place}: removed")),
                Some(new_operation) => Operations {
                    documents: Comparison::new(old, new),
                    place,
                    old: old_operation,
                    new: new_operation,
                    changes: &mut changes,
                }
                .compare(),
            }
        }
    }
    changes
}

/// One operation, before and after.
struct Operations<'a> {
    documents: Comparison<'a>,
    place: String,
    old: &'a Value,
    new: &'a Value,
    changes: &'a mut Vec<String>,
}

impl<'a> Operations<'a> {
    fn compare(mut self) {
        if self.old["operationId"] != self.new["operationId"] {
            self.broken("", "its operation id changed");
        }
        if is_open(self.old) && !is_open(self.new) {
            self.broken("", "needs credentials now");
        }
        self.parameters();
        self.request_body();
        self.responses();
    }

    fn broken(&mut self, part: &str, what: &str) {
        let gap = if part.is_empty() { "" } else { " " };
        self.changes
            .push(format!("{}{gap}{part}: {what}", self.place));
    }

    fn schemas(&mut self, direction: Direction, part: &str, old: &'a Value, new: &'a Value) {
        let found = self.documents.compare(direction, part, old, new);
        self.changes.extend(
            found
                .into_iter()
                .map(|line| format!("{} {line}", self.place)),
        );
    }

    fn parameters(&mut self) {
        let old = parameters(self.documents.old, self.old);
        let new = parameters(self.documents.new, self.new);
        for (key, now) in &new {
            let was_required = old.get(key).is_some_and(|was| was["required"] == true);
            if now["required"] == true && !was_required {
                self.broken(&format!("parameter {}", key.1), "is required now");
            }
        }
        for (key, was) in &old {
            let part = format!("parameter {}", key.1);
            let Some(now) = new.get(key) else {
                self.broken(&part, "removed");
                continue;
            };
            if (&was["style"], &was["explode"]) != (&now["style"], &now["explode"]) {
                self.broken(&part, "is written otherwise now");
            }
            self.schemas(Direction::Request, &part, &was["schema"], &now["schema"]);
        }
    }

    fn request_body(&mut self) {
        let old = self.documents.old_target(&self.old["requestBody"]);
        let new = self.documents.new_target(&self.new["requestBody"]);
        if new["required"] == true && old["required"] != true {
            self.broken("request body", "is required now");
        }
        for (media, was) in members(&old["content"]) {
            let part = format!("request body {media}");
            match new["content"].get(media) {
                None => self.broken(&part, "is not taken any more"),
                Some(now) => {
                    self.schemas(Direction::Request, &part, &was["schema"], &now["schema"]);
                }
            }
        }
    }

    fn responses(&mut self) {
        for (status, was) in members(&self.old["responses"]) {
            let was = self.documents.old_target(was);
            let part = format!("response {status}");
            let Some(now) = self.new["responses"].get(status) else {
                // A problem that does not occur any more breaks nobody.
                if status.starts_with('2') || status.starts_with('3') {
                    self.broken(&part, "removed");
                }
                continue;
            };
            let now = self.documents.new_target(now);
            for (name, _) in members(&was["headers"]) {
                if now["headers"].get(name).is_none() {
                    self.broken(&format!("{part} header {name}"), "removed");
                }
            }
            for (media, was) in members(&was["content"]) {
                let part = format!("{part} {media}");
                match now["content"].get(media) {
                    None => self.broken(&part, "is not given any more"),
                    Some(now) => {
                        self.schemas(Direction::Response, &part, &was["schema"], &now["schema"]);
                    }
                }
            }
        }
    }
}

/// The parameters of an operation by place and name.
fn parameters<'a>(
    document: &'a Value,
    operation: &'a Value,
) -> BTreeMap<(&'a str, &'a str), &'a Value> {
    operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| schema::target(document, parameter))
        .filter_map(|parameter| {
            Some((
                (parameter["in"].as_str()?, parameter["name"].as_str()?),
                parameter,
            ))
        })
        .collect()
}

/// Whether an operation can be used without credentials.
fn is_open(operation: &Value) -> bool {
    operation["security"].as_array().is_none_or(|all| {
        all.is_empty()
            || all
                .iter()
                .any(|one| one.as_object().is_some_and(serde_json::Map::is_empty))
    })
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests;

//! `openapi/v1.json` against the routes.

use std::collections::HashSet;

use openapi::{compat, lint};
use serde_json::Value;

fn committed() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/v1.json");
    let text = std::fs::read_to_string(path).expect("openapi/v1.json is committed");
    serde_json::from_str(&text).expect("openapi/v1.json is JSON")
}

fn served() -> Value {
    serde_json::to_value(api::routes::document()).expect("the document is JSON")
}

#[test]
fn the_committed_document_is_the_one_of_the_routes() {
    let (committed, served) = (committed(), served());
    if committed != served {
        let difference = first_difference(&committed, &served, "");
        panic!(
            "openapi/v1.json differs at {difference}; write it again with `cargo run -- openapi > openapi/v1.json`"
        );
    }
}

fn first_difference(left: &Value, right: &Value, at: &str) -> String {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let names: HashSet<&String> = left.keys().chain(right.keys()).collect();
            names
                .into_iter()
                .find(|name| left.get(*name) != right.get(*name))
                .map_or_else(
                    || at.to_owned(),
                    |name| {
                        let null = Value::Null;
                        let (left, right) = (
                            left.get(name).unwrap_or(&null),
                            right.get(name).unwrap_or(&null),
                        );
                        first_difference(left, right, &format!("{at}/{name}"))
                    },
                )
        }
        _ => format!("{at}: {left} is now {right}"),
    }
}

#[test]
fn nothing_that_was_published_is_broken() {
    let breaking = compat::breaking_changes(&committed(), &served());
    assert!(breaking.is_empty(), "{breaking:#?}");
}

#[test]
fn every_operation_is_described_to_the_end() {
    let findings = lint::lint(&api::routes::document());
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn operations_have_names_of_their_own() {
    let document = served();
    let mut names = HashSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let name = operation["operationId"]
                .as_str()
                .unwrap_or_else(|| panic!("{method} {path} has no name"));
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert!(
                operation["x-access"].is_string(),
                "{method} {path} has no access rule"
            );
        }
    }
    assert!(names.len() >= 30, "{names:?}");
}

//! Takes away the components that nothing refers to.

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::openapi::{Components, OpenApi};

const PREFIX: &str = "#/components/";

/// Removes unused components: some are made for operations that this build does not have.
pub(super) fn unused(document: &mut OpenApi) {
    let Some(mut shared) = document.components.take() else {
        return;
    };
    let mut used = BTreeSet::new();
    // Neither can fail: both are plain data with text keys.
    let paths = serde_json::to_value(&document.paths).unwrap_or_default();
    let components = serde_json::to_value(&shared).unwrap_or_default();
    follow(&paths, &components, &mut used);
    retain(&mut shared, &used);
    document.components = Some(shared);
}

/// Collects what a part of the document refers to, directly or through other components.
fn follow(part: &Value, components: &Value, used: &mut BTreeSet<String>) {
    match part {
        Value::Array(items) => {
            for item in items {
                follow(item, components, used);
            }
        }
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str)
                && let Some(name) = name.strip_prefix(PREFIX)
                && used.insert(name.to_owned())
                && let Some(target) = components.pointer(&format!("/{name}"))
            {
                follow(target, components, used);
            }
            for member in members.values() {
                follow(member, components, used);
            }
        }
        _ => {}
    }
}

fn retain(shared: &mut Components, used: &BTreeSet<String>) {
    let keep = |kind: &str, name: &str| used.contains(&format!("{kind}/{name}"));
    shared.schemas.retain(|name, _| keep("schemas", name));
    shared.headers.retain(|name, _| keep("headers", name));
    shared.parameters.retain(|name, _| keep("parameters", name));
    shared.responses.retain(|name, _| keep("responses", name));
}

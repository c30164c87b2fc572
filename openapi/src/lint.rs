//! What every operation of the document must have. The rules are ours: what a general linter
//! cannot know, or only warns of.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::path::{HttpMethod, Operation, Parameter};
use utoipa::openapi::{Content, OpenApi, RefOr};

use crate::document::{ACCESS, operations};

/// Everything wrong with a finished document, one line each; empty when nothing is.
#[must_use]
pub fn lint(document: &OpenApi) -> Vec<String> {
    let described: BTreeSet<&str> = document
        .tags
        .iter()
        .flatten()
        .filter(|tag| tag.description.is_some())
        .map(|tag| tag.name.as_str())
        .collect();
    let mut faults = ambiguous(document);
    let mut ids = BTreeSet::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in operations(item) {
            let place = format!("{} {path}", name(&method));
            let id = operation.operation_id.as_deref().unwrap_or_default();
            if !ids.insert(id) {
                faults.push(format!("{place}: the operation id {id:?} is another's too"));
            }
            let own = check(document, path, operation, &described);
            faults.extend(own.into_iter().map(|fault| format!("{place}: {fault}")));
        }
    }
    faults
}

fn check(
    document: &OpenApi,
    path: &str,
    operation: &Operation,
    described: &BTreeSet<&str>,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, fault: &str| {
        if !holds {
            faults.push(fault.to_owned());
        }
    };
    must(filled(operation.operation_id.as_ref()), "no operation id");
    must(filled(operation.summary.as_ref()), "no summary");
    must(filled(operation.description.as_ref()), "no description");
    let tags = operation.tags.as_deref().unwrap_or_default();
    must(tags.len() == 1, "not exactly one tag");
    must(
        tags.iter().all(|tag| described.contains(tag.as_str())),
        "a tag that `document/text.rs` does not describe",
    );
    must(operation.security.is_some(), "no security");
    let access = operation
        .extensions
        .as_ref()
        .is_some_and(|more| more.contains_key(ACCESS));
    must(access || !path.starts_with("/api/"), "no access rule");
    faults.extend(check_parameters(document, path, operation));
    faults.extend(check_contents(operation));
    faults
}

fn check_parameters(document: &OpenApi, path: &str, operation: &Operation) -> Vec<String> {
    let parameters = || {
        operation
            .parameters
            .iter()
            .flatten()
            .filter_map(|parameter| match parameter {
                RefOr::T(parameter) => Some(parameter),
                RefOr::Ref(_) => None,
            })
    };
    let mut faults = Vec::new();
    for part in path.split('/') {
        let declared = |name: &str| parameters().any(|parameter| parameter.name == name);
        if let Some(name) = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
            && !declared(name)
        {
            faults.push(format!("the path parameter `{name}` is not declared"));
        }
    }
    for parameter in parameters() {
        if !filled(parameter.description.as_ref()) {
            faults.push(format!(
                "the parameter `{}` has no description",
                parameter.name
            ));
        }
        if !has_example(document, parameter) {
            faults.push(format!("the parameter `{}` has no example", parameter.name));
        }
    }
    faults
}

fn check_contents(operation: &Operation) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(RefOr::T(body)) = &operation.request_body {
        for (media, content) in &body.content {
            if !is_shown(content) {
                faults.push(format!("the request body {media} has no example"));
            }
        }
    }
    for (status, response) in &operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if response.description.is_empty() {
            faults.push(format!("the response {status} has no description"));
        }
        for (media, content) in &response.content {
            if !is_shown(content) {
                faults.push(format!("the response {status} {media} has no example"));
            }
        }
    }
    let statuses = || operation.responses.responses.keys();
    if !statuses().any(|status| status.starts_with('2')) {
        faults.push("no response of success".to_owned());
    }
    faults
}

/// Paths that one address could mean both of, such as `/a/{b}` and `/a/{c}`.
fn ambiguous(document: &OpenApi) -> Vec<String> {
    let mut shapes: BTreeMap<String, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for path in document.paths.paths.keys() {
        let parts: Vec<&str> = path
            .split('/')
            .map(|part| if part.starts_with('{') { "{}" } else { part })
            .collect();
        if let Some(other) = shapes.insert(parts.join("/"), path) {
            faults.push(format!("{path} and {other} cannot be told apart"));
        }
    }
    faults
}

fn filled(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn is_shown(content: &RefOr<Content>) -> bool {
    match content {
        RefOr::T(content) => content.example.is_some() || !content.examples.is_empty(),
        RefOr::Ref(_) => true,
    }
}

/// utoipa keeps a parameter's example to itself; what is written shows it.
/// Whether the parameter shows a value: itself, or through its schema, here or as a component.
fn has_example(document: &OpenApi, parameter: &Parameter) -> bool {
    let Ok(written) = serde_json::to_value(parameter) else {
        return false;
    };
    let component = written
        .pointer("/schema/$ref")
        .and_then(|reference| reference.as_str()?.rsplit('/').next())
        .and_then(|name| document.components.as_ref()?.schemas.get(name))
        .and_then(|schema| serde_json::to_value(schema).ok());
    written.get("example").is_some()
        || written.pointer("/schema/examples").is_some()
        || component.is_some_and(|schema| schema.get("examples").is_some())
}

fn name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Delete => "DELETE",
        HttpMethod::Options => "OPTIONS",
        HttpMethod::Head => "HEAD",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Trace => "TRACE",
    }
}

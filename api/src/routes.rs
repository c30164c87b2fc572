//! The pieces of the route table: each line names a handler and who may call it.
//!
//! The access rule travels through the `OpenAPI` document (`x-access` and `security` on the
//! operation), and the gate reads it from there: a route that is not in the document does not
//! exist, and one without a rule does not pass.

use actix_web::{
    App,
    dev::{AppService, HttpServiceFactory},
};
use domain::{Access, Action};
use serde_json::Value;
use utoipa::openapi::{
    OpenApi, Paths, RefOr, Schema,
    extensions::Extensions,
    path::{Operation, ParameterIn, PathItem},
    security::SecurityRequirement,
};
use utoipa_actix_web::{AppExt as _, OpenApiFactory, service_config::ServiceConfig};

use crate::gate::Media;

/// The member of an operation that holds its access rule.
const ACCESS: &str = "x-access";
/// The name of the security scheme, as `openapi` declares it.
const SCHEME: &str = "bearer";

/// A handler with its access rule: one line of the route table.
pub fn route<F>(access: Access, handler: F) -> Routed<F> {
    Routed { access, handler }
}

/// What [`route`] makes.
#[derive(Debug)]
pub struct Routed<F> {
    access: Access,
    handler: F,
}

impl<F: HttpServiceFactory> HttpServiceFactory for Routed<F> {
    fn register(self, config: &mut AppService) {
        self.handler.register(config);
    }
}

impl<F: OpenApiFactory> OpenApiFactory for Routed<F> {
    fn paths(&self) -> Paths {
        let mut paths = self.handler.paths();
        for item in paths.paths.values_mut() {
            for operation in operations_mut(item) {
                mark(operation, self.access);
            }
        }
        paths
    }

    fn schemas(&self, schemas: &mut Vec<(String, RefOr<Schema>)>) {
        self.handler.schemas(schemas);
    }
}

fn mark(operation: &mut Operation, access: Access) {
    operation
        .extensions
        .get_or_insert_with(Extensions::default)
        .insert(ACCESS.to_owned(), Value::from(access.as_str()));
    let key = SecurityRequirement::new(SCHEME, Vec::<String>::new());
    operation.security = Some(match access {
        Access::Staff(_) | Access::Account => vec![key],
        Access::Auth => vec![SecurityRequirement::default()],
        // Credentials are welcome and not needed; whoever sends them is checked.
        Access::Public | Access::Comment => vec![SecurityRequirement::default(), key],
    });
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
    ]
    .into_iter()
    .filter_map(Option::as_mut)
}

/// Every route with its method and rule, from the document.
pub(crate) fn rules(document: &OpenApi) -> Vec<(String, &'static str, Access)> {
    let mut rules = Vec::new();
    for (path, item) in &document.paths.paths {
        let methods = [
            ("GET", &item.get),
            ("PUT", &item.put),
            ("POST", &item.post),
            ("DELETE", &item.delete),
            ("PATCH", &item.patch),
        ];
        for (method, operation) in methods {
            let rule = operation
                .as_ref()
                .and_then(|operation| operation.extensions.as_ref())
                .and_then(|extensions| extensions.get(ACCESS))
                .and_then(Value::as_str)
                .and_then(from_label);
            if let Some(access) = rule {
                rules.push((path.clone(), method, access));
            }
        }
    }
    rules
}

fn operation<'d>(document: &'d OpenApi, path: &str, method: &str) -> Option<&'d Operation> {
    let item = document.paths.paths.get(path)?;
    match method {
        "GET" => item.get.as_ref(),
        "PUT" => item.put.as_ref(),
        "POST" => item.post.as_ref(),
        "DELETE" => item.delete.as_ref(),
        _ => item.patch.as_ref(),
    }
}

/// What an operation of the document answers in.
pub(crate) fn media(document: &OpenApi, path: &str, method: &str) -> Media {
    let answers = operation(document, path, method).map(|operation| &operation.responses.responses);
    let events = answers.is_some_and(|answers| {
        answers.values().any(|answer| match answer {
            RefOr::T(answer) => answer.content.contains_key("text/event-stream"),
            RefOr::Ref(_) => false,
        })
    });
    if events { Media::Events } else { Media::Json }
}

/// Whether an operation of the document takes a body.
pub(crate) fn has_body(document: &OpenApi, path: &str, method: &str) -> bool {
    operation(document, path, method).is_some_and(|operation| operation.request_body.is_some())
}

/// Whether an operation of the document has query parameters.
pub(crate) fn has_query(document: &OpenApi, path: &str, method: &str) -> bool {
    operation(document, path, method)
        .and_then(|operation| operation.parameters.as_ref())
        .is_some_and(|all| {
            all.iter().any(|parameter| match parameter {
                RefOr::T(parameter) => matches!(parameter.parameter_in, ParameterIn::Query),
                // The parameters that operations share are headers.
                RefOr::Ref(_) => false,
            })
        })
}

fn from_label(text: &str) -> Option<Access> {
    match text {
        "public" => Some(Access::Public),
        "comment" => Some(Access::Comment),
        "auth" => Some(Access::Auth),
        "account" => Some(Access::Account),
        other => Action::parse(other).ok().map(Access::Staff),
    }
}

/// Everything under `/api/v1`, with its place in the document.
pub(crate) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(route(Access::Public, crate::docs::spec));
    crate::v1::configure(config);
}

/// The `OpenAPI` document of the routes as they are.
#[must_use]
pub fn document() -> OpenApi {
    let (_, document) = App::new()
        .into_utoipa_app()
        .configure(configure)
        .split_for_parts();
    openapi::document::finish(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_can_be_written_and_read_back() {
        let staff = Action::ALL.iter().map(|action| Access::Staff(*action));
        let others = [
            Access::Public,
            Access::Comment,
            Access::Auth,
            Access::Account,
        ];
        for access in staff.chain(others) {
            assert_eq!(from_label(access.as_str()), Some(access));
        }
        assert_eq!(from_label("anything"), None);
    }

    #[test]
    fn every_operation_of_the_document_has_a_rule() {
        let document = document();
        let operations: usize = document
            .paths
            .paths
            .values()
            .map(|item| operations_mut(&mut item.clone()).count())
            .sum();
        assert_eq!(rules(&document).len(), operations);
    }
}

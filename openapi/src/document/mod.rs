//! The finished `OpenAPI` document.
//!
//! The handlers declare what is theirs: path, summary, parameters, request and answer. What holds
//! for whole classes of operations (headers, problems, security, examples) is written once here
//! and put onto every operation by [`finish`], so that no operation can lack it.

mod components;
mod headers;
mod operation;
mod optional;
mod parameters;
mod prune;
mod responses;
#[cfg(test)]
mod tests;
mod text;

use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, OpenApi, Ref, Server, info};

/// The member of an operation that holds its access rule; the route table sets it.
pub const ACCESS: &str = "x-access";
/// The name of the security scheme: a token or an API key in `Authorization: Bearer`.
pub const SCHEME: &str = "bearer";
/// The version of the interface, not of the program: a release that changes no route changes no
/// document. The middle number counts additions.
pub const VERSION: &str = "1.1.0";

/// Completes the document that was collected from the routes.
///
/// Adds the general text, the tags and the security scheme; gives every operation the headers,
/// problems and examples of its class; adds every shared component and takes away those nothing
/// refers to. Finishing a finished document changes nothing.
#[must_use]
pub fn finish(mut document: OpenApi) -> OpenApi {
    document.info = about();
    document.servers = Some(vec![here()]);
    document.external_docs = None;
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_mut(item) {
            operation::finish(path, &method, operation);
            optional::describe_parameters(operation.parameters.iter_mut().flatten());
        }
    }
    let mut shared = document.components.take().unwrap_or_default();
    add_components(&mut shared);
    optional::describe_schemas(&mut shared.schemas);
    optional::describe_parameters(shared.parameters.values_mut());
    document.components = Some(shared);
    document.tags = Some(text::tags(&document));
    prune::unused(&mut document);
    document
}

fn about() -> info::Info {
    let mut license = info::License::new("MIT OR Apache-2.0");
    license.identifier = Some("MIT OR Apache-2.0".to_owned());
    info::InfoBuilder::new()
        .title("Broadsheet")
        .version(VERSION)
        .description(Some(text::INTRODUCTION))
        .license(Some(license))
        .build()
}

/// Relative, so that the document holds under whatever name the server is reached.
fn here() -> Server {
    let mut server = Server::new("/");
    server.description = Some("The server this document comes from.".to_owned());
    server
}

fn add_components(shared: &mut Components) {
    components::add_schemas(shared);
    components::name_page_items(shared);
    shared.headers.extend(headers::all());
    shared.parameters.extend(parameters::all());
    shared.responses.extend(responses::all());
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.bearer_format = Some("JWT, or an API key (`bsk_…`)".to_owned());
    scheme.description = Some(text::CREDENTIALS.to_owned());
    shared.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
}

/// The operations of one path with their methods.
pub(crate) fn operations(item: &PathItem) -> impl Iterator<Item = (HttpMethod, &Operation)> {
    [
        (HttpMethod::Get, item.get.as_ref()),
        (HttpMethod::Put, item.put.as_ref()),
        (HttpMethod::Post, item.post.as_ref()),
        (HttpMethod::Delete, item.delete.as_ref()),
        (HttpMethod::Patch, item.patch.as_ref()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

/// A reference to a component, such as `headers/ETag`.
fn reference(kind: &str, name: &str) -> Ref {
    Ref::new(format!("#/components/{kind}/{name}"))
}

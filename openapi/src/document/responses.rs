//! The problem responses, one per status, and the 304 and 301 of public reads.

use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::{headers, reference};
use crate::examples;
use crate::problem::Code;

/// The component that stands for every problem whose status an operation does not list.
pub(super) const ANY: &str = "Problem";
/// The component for 304.
pub(super) const NOT_MODIFIED: &str = "NotModified";
/// The component for 301.
pub(super) const MOVED: &str = "MovedPermanently";

/// Statuses that operations list by themselves. The rest, such as 405 for another method, come
/// before an operation is reached: they are in [`ANY`].
const LISTED: &[(u16, &str)] = &[
    (400, "BadRequest"),
    (401, "Unauthorized"),
    (403, "Forbidden"),
    (404, "NotFound"),
    (406, "NotAcceptable"),
    (408, "RequestTimeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (412, "PreconditionFailed"),
    (413, "PayloadTooLarge"),
    (414, "UriTooLong"),
    (415, "UnsupportedMediaType"),
    (422, "UnprocessableContent"),
    (428, "PreconditionRequired"),
    (429, "TooManyRequests"),
    (431, "HeadersTooLarge"),
    (500, "InternalServerError"),
    (501, "NotImplemented"),
    (503, "ServiceUnavailable"),
];

/// Every shared response as a component.
pub(super) fn all() -> Vec<(String, RefOr<Response>)> {
    let mut all: Vec<_> = LISTED
        .iter()
        .map(|(status, name)| ((*name).to_owned(), RefOr::T(of_status(*status))))
        .collect();
    all.push((ANY.to_owned(), RefOr::T(any())));
    all.push((NOT_MODIFIED.to_owned(), RefOr::T(not_modified())));
    all.push((MOVED.to_owned(), RefOr::T(moved())));
    all
}

/// A reference to the response for a problem's status.
pub(super) fn of(status: u16) -> Ref {
    let name = LISTED
        .iter()
        .find(|(listed, _)| *listed == status)
        .map_or(ANY, |(_, name)| name);
    reference("responses", name)
}

fn of_status(status: u16) -> Response {
    let codes: Vec<Code> = Code::ALL
        .iter()
        .copied()
        .filter(|code| code.status() == status)
        .collect();
    let mut response = problem(&describe(&codes), &codes);
    match status {
        401 | 403 => headers::attach(&mut response, &["WWW-Authenticate"]),
        429 | 503 => headers::attach(&mut response, &["Retry-After"]),
        _ => {}
    }
    response
}

fn any() -> Response {
    let codes: Vec<Code> = Code::ALL
        .iter()
        .copied()
        .filter(|code| LISTED.iter().all(|(status, _)| *status != code.status()))
        .collect();
    let text = format!("Any other problem. {}", describe(&codes));
    let mut response = problem(&text, &codes);
    headers::attach(&mut response, &["Allow", "Retry-After"]);
    response
}

fn describe(codes: &[Code]) -> String {
    let lines: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.as_str(), code.documentation()))
        .collect();
    lines.join("\n\n")
}

fn problem(description: &str, codes: &[Code]) -> Response {
    let mut content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    for code in codes {
        let example = ExampleBuilder::new()
            .summary(code.title())
            .value(Some(examples::problem(*code)))
            .build();
        content = content.examples_from_iter([(code.as_str(), example)]);
    }
    let mut response = ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content.build())
        .build();
    headers::attach(&mut response, &["X-Request-Id", "Cache-Control", "Vary"]);
    headers::attach(&mut response, headers::LIMITS);
    response
}

fn not_modified() -> Response {
    let mut response = ResponseBuilder::new()
        .description("The copy named in `If-None-Match` is still right. There is no body.")
        .build();
    headers::attach(&mut response, &["X-Request-Id", "ETag", "Last-Modified"]);
    headers::attach(&mut response, headers::CACHED);
    headers::attach(&mut response, headers::LIMITS);
    response
}

fn moved() -> Response {
    let mut response = ResponseBuilder::new()
        .description(
            "The slug is an old one. `Location` leads to the same thing under its present slug, \
             in one step and with the same query.",
        )
        .build();
    attach_moved(&mut response);
    attach_place(&mut response);
    response
}

/// The body of a 301: where the article stands now.
pub(super) fn attach_place(response: &mut Response) {
    let body = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Resolved")))
        .example(examples::of("Resolved"))
        .build();
    response
        .content
        .insert("application/json".to_owned(), RefOr::T(body));
}

/// The headers of a 301, shared or an operation's own.
pub(super) fn attach_moved(response: &mut Response) {
    headers::attach(response, &["X-Request-Id", "Location"]);
    headers::attach(response, headers::CACHED);
    headers::attach(response, headers::LIMITS);
}

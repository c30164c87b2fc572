//! The response headers, each described once.

use serde_json::Value;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::{Object, RefOr, Response, Type};

use super::reference;

/// Name, type, example and description of every response header that is part of the contract.
const HEADERS: &[(&str, Kind, &str, &str)] = &[
    (
        "Allow",
        Kind::Text,
        "GET, HEAD, POST",
        "With 405: the methods this address has.",
    ),
    (
        "Cache-Control",
        Kind::Text,
        "public, max-age=0, s-maxage=30, stale-while-revalidate=30, stale-if-error=300",
        "How long the answer may be kept and by whom. It ends no later than the next moment at \
         which something in the answer appears or goes by its schedule. `private, no-store` with \
         `Authorization` and on everything personal.",
    ),
    (
        "Cache-Groups",
        Kind::Text,
        "\"article-art_38g7v6cxq6t9y\", \"section-sec_38g7v57j28ge8\"",
        "What the answer contains, for caches that invalidate by group (RFC 9875).",
    ),
    (
        "Cache-Tag",
        Kind::Text,
        "article-art_38g7v6cxq6t9y,section-sec_38g7v57j28ge8",
        "What the answer contains, separated by commas, for a CDN that purges by tag.",
    ),
    (
        "ETag",
        Kind::Text,
        "\"9f3b1c8a7d20e645\"",
        "A strong validator of this representation. Under `/manage` it is the version, and what \
         `If-Match` takes.",
    ),
    (
        "Idempotency-Replayed",
        Kind::Text,
        "true",
        "`true` when this is the stored answer to an earlier request with the same \
         `Idempotency-Key`; absent otherwise.",
    ),
    (
        "Last-Modified",
        Kind::Text,
        "Mon, 23 Nov 2026 10:00:00 GMT",
        "The newest change of anything in the answer.",
    ),
    (
        "Link",
        Kind::Text,
        "</api/v1/articles?cursor=AX8mGq3rBvYc0Jt5nKpLw2s>; rel=\"next\"",
        "The next page, as `rel=\"next\"`; absent on the last one.",
    ),
    (
        "Location",
        Kind::Text,
        "/api/v1/articles/the-last-ferry-to-halden",
        "Where the thing is, relative to the server.",
    ),
    (
        "RateLimit",
        Kind::Text,
        "\"reads\";r=593;t=1",
        "How many requests may follow at once (`r`), and after how many seconds at the latest there \
         is one more (`t`). Absent on answers that caches may keep.",
    ),
    (
        "RateLimit-Policy",
        Kind::Text,
        "\"reads\";q=600;w=60",
        "The quota that this request counted against: `q` requests in `w` seconds, which come back \
         one by one. Absent on answers that caches may keep.",
    ),
    (
        "Retry-After",
        Kind::Seconds,
        "1",
        "How many seconds to wait before trying again.",
    ),
    (
        "Surrogate-Key",
        Kind::Text,
        "article-art_38g7v6cxq6t9y section-sec_38g7v57j28ge8",
        "What the answer contains, separated by spaces, for a CDN that purges by key.",
    ),
    (
        "Vary",
        Kind::Text,
        "Accept-Encoding",
        "The request headers the answer depends on; also `Origin`, where that decides who may read it.",
    ),
    (
        "WWW-Authenticate",
        Kind::Text,
        "Bearer realm=\"broadsheet\", error=\"invalid_token\"",
        "Which credentials are asked for, and what is wrong with those that were sent.",
    ),
    (
        "X-Accel-Buffering",
        Kind::Text,
        "no",
        "Tells proxies to pass each event on as it comes.",
    ),
    (
        "X-Request-Id",
        Kind::Text,
        "req_5f0c2d7be1a94c36",
        "The id of this request, in the log and in problems.",
    ),
    (
        "X-Robots-Tag",
        Kind::Text,
        "noindex",
        "What search engines are told of an answer that is not for everybody.",
    ),
];

/// What every public answer carries that caches may keep.
pub(super) const CACHED: &[&str] = &[
    "Cache-Control",
    "Vary",
    "Surrogate-Key",
    "Cache-Tag",
    "Cache-Groups",
];

/// What every answer carries that caches may not keep: also a public one, when it was asked for
/// with credentials.
pub(super) const LIMITS: &[&str] = &["RateLimit", "RateLimit-Policy"];

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Seconds,
}

/// Every header as a component.
pub(super) fn all() -> impl Iterator<Item = (String, RefOr<Header>)> {
    HEADERS.iter().map(|(name, kind, example, description)| {
        let (kind, example) = match kind {
            Kind::Text => (Type::String, Value::from(*example)),
            Kind::Seconds => (
                Type::Integer,
                example.parse::<u32>().map_or(Value::Null, Value::from),
            ),
        };
        let header = HeaderBuilder::new()
            .schema(Some(Object::with_type(kind)))
            .description(Some(*description))
            .example(Some(example))
            .build();
        ((*name).to_owned(), RefOr::T(header))
    })
}

/// Puts headers onto a response, by reference.
pub(super) fn attach(response: &mut Response, names: &[&str]) {
    for name in names {
        response
            .headers
            .insert((*name).to_owned(), RefOr::Ref(reference("headers", name)));
    }
}

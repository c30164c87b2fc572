//! How an answer is made from what a handler found.

mod cache;
mod compress;
mod conditional;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{
            AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap,
            HeaderName, HeaderValue, LAST_MODIFIED, LINK, LOCATION, VARY,
        },
    },
    web::Data,
};
use serde::Serialize;

pub use cache::{Cache, Windows};
use compress::Coding;
use conditional::{Validators, entity_tag, http_date, not_modified};

use crate::{error::ApiError, state::App};

/// What may not be kept by anybody but the caller, and not even there.
pub(crate) const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");
const JSON: &str = "application/json";
/// Nothing shorter gains from being compressed.
const WORTH_COMPRESSING: usize = 1024;

/// A public answer: the same for everybody, with validators, cache rules and tags, compressed
/// when the client takes that.
pub fn public_json<T: Serialize>(
    request: &HttpRequest,
    body: &T,
    cache: &Cache,
) -> Result<HttpResponse, ApiError> {
    let bytes = serde_json::to_vec(body).map_err(ApiError::internal)?;
    public_bytes(request, bytes, JSON, cache)
}

/// A public answer of any type, from its identity bytes.
pub(crate) fn public_bytes(
    request: &HttpRequest,
    bytes: Vec<u8>,
    content_type: &str,
    cache: &Cache,
) -> Result<HttpResponse, ApiError> {
    let coding = if bytes.len() < WORTH_COMPRESSING {
        Coding::Identity
    } else {
        Coding::choose(request.headers())
    };
    let etag = entity_tag(&bytes, coding);
    let validators = Validators {
        etag: &etag,
        last_modified: cache.proof(),
    };
    let fresh = not_modified(request.headers(), &validators);
    let mut answer = HttpResponse::build(if fresh {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    });
    answer.insert_header((ETAG, etag.as_str()));
    if let Some(at) = cache.modified() {
        answer.insert_header((LAST_MODIFIED, http_date(at)));
    }
    public_headers(request, &mut answer, cache)?;
    if fresh {
        return Ok(answer.finish());
    }
    answer.insert_header((CONTENT_TYPE, content_type));
    if let Some(cursor) = cache.next_cursor() {
        answer.insert_header((LINK, next_link(request, cursor)));
    }
    let bytes = match coding.apply(bytes).map_err(ApiError::internal)? {
        compress::Coded::Identity(bytes) => bytes,
        compress::Coded::Compressed(bytes) => {
            answer.insert_header((CONTENT_ENCODING, coding.as_str()));
            bytes
        }
    };
    Ok(answer.body(bytes))
}

/// 301 to the final address of what was asked for, with its query string. `path` is relative.
pub fn moved(request: &HttpRequest, path: &str, cache: &Cache) -> Result<HttpResponse, ApiError> {
    let mut answer = HttpResponse::MovedPermanently();
    answer.insert_header((LOCATION, with_query(request, path)));
    public_headers(request, &mut answer, cache)?;
    Ok(answer.finish())
}

/// 301 to exactly this address, which is relative, with what stands there in the body.
pub(crate) fn moved_with<T: Serialize>(
    request: &HttpRequest,
    location: String,
    body: &T,
    cache: &Cache,
) -> Result<HttpResponse, ApiError> {
    let mut answer = HttpResponse::MovedPermanently();
    answer.insert_header((LOCATION, location));
    public_headers(request, &mut answer, cache)?;
    json(answer, body)
}

/// The same address below another path, with the query string of the request.
pub(crate) fn with_query(request: &HttpRequest, path: &str) -> String {
    match request.query_string() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// What every public answer that may be kept carries, whatever its status.
fn public_headers(
    request: &HttpRequest,
    answer: &mut HttpResponseBuilder,
    cache: &Cache,
) -> Result<(), ApiError> {
    let app = app(request)?;
    answer.insert_header((VARY, "Accept-Encoding"));
    if request.headers().contains_key(AUTHORIZATION) {
        answer.insert_header((CACHE_CONTROL, PRIVATE));
        return Ok(());
    }
    answer.insert_header((CACHE_CONTROL, cache.control(&app.config.cache, app.now())));
    for (name, separator, quote) in TAG_HEADERS {
        if let Some(value) = cache.tag_header(separator, quote) {
            answer.insert_header((HeaderName::from_static(name), value));
        }
    }
    Ok(())
}

/// One set of tags, in the words of Fastly, of Cloudflare and of RFC 9875.
const TAG_HEADERS: [(&str, &str, &str); 3] = [
    ("surrogate-key", " ", ""),
    ("cache-tag", ",", ""),
    ("cache-groups", ", ", "\""),
];

/// The same address with another cursor.
fn next_link(request: &HttpRequest, cursor: &str) -> String {
    let mut query: String = request
        .query_string()
        .split('&')
        .filter(|part| !part.is_empty() && *part != "cursor" && !part.starts_with("cursor="))
        .flat_map(|part| [part, "&"])
        .collect();
    query.push_str("cursor=");
    query.push_str(cursor);
    // What would end the link early is escaped; a client may have sent it raw.
    let query = query.replace('<', "%3C").replace('>', "%3E");
    format!("<{}?{query}>; rel=\"next\"", request.path())
}

/// An answer under `/manage`: for this caller alone, with the version as its entity tag.
pub fn manage_json<T: Serialize>(body: &T, version: i64) -> Result<HttpResponse, ApiError> {
    let mut answer = private(StatusCode::OK);
    answer.insert_header((ETAG, version_tag(version)));
    json(answer, body)
}

/// A list under `/manage`.
pub fn manage_list<T: Serialize>(
    request: &HttpRequest,
    body: &T,
    next_cursor: Option<&str>,
) -> Result<HttpResponse, ApiError> {
    let mut answer = private(StatusCode::OK);
    if let Some(cursor) = next_cursor {
        answer.insert_header((LINK, next_link(request, cursor)));
    }
    json(answer, body)
}

/// 201 for what was made under `/manage`, where the answer may not be kept to be given again.
/// `location` is relative.
pub fn created<T: Serialize>(
    location: &str,
    version: i64,
    body: &T,
) -> Result<HttpResponse, ApiError> {
    let mut answer = private(StatusCode::CREATED);
    answer.insert_header((LOCATION, location));
    answer.insert_header((ETAG, version_tag(version)));
    json(answer, body)
}

/// Any other answer for this caller alone.
pub fn private_json<T: Serialize>(status: StatusCode, body: &T) -> Result<HttpResponse, ApiError> {
    json(private(status), body)
}

/// An answer without a body, for this caller alone.
#[must_use]
pub fn private_empty(status: StatusCode) -> HttpResponse {
    private(status).finish()
}

/// The entity tag of a version.
#[must_use]
pub fn version_tag(version: i64) -> String {
    format!("\"{version}\"")
}

pub(crate) fn private(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CACHE_CONTROL, PRIVATE));
    answer
}

fn json<T: Serialize>(mut answer: HttpResponseBuilder, body: &T) -> Result<HttpResponse, ApiError> {
    let bytes = serde_json::to_vec(body).map_err(ApiError::internal)?;
    Ok(answer.insert_header((CONTENT_TYPE, JSON)).body(bytes))
}

fn app(request: &HttpRequest) -> Result<&Data<App>, ApiError> {
    request
        .app_data::<Data<App>>()
        .ok_or_else(|| ApiError::internal("a request without its app"))
}

/// Whether the client may keep what others see.
pub(crate) fn is_anonymous(headers: &HeaderMap) -> bool {
    !headers.contains_key(AUTHORIZATION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_next_link_keeps_the_query_and_takes_the_new_cursor() {
        let request = TestRequest::with_uri("/api/v1/articles?limit=2&cursor=old&section=a")
            .to_http_request();
        assert_eq!(
            next_link(&request, "new"),
            "</api/v1/articles?limit=2&section=a&cursor=new>; rel=\"next\""
        );
        let request = TestRequest::with_uri("/api/v1/articles").to_http_request();
        assert_eq!(
            next_link(&request, "new"),
            "</api/v1/articles?cursor=new>; rel=\"next\""
        );
    }
}

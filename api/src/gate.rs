//! What every request passes before a handler sees it: route, method, credentials, access.
//!
//! The table is made from the `OpenAPI` document, so what is served and what is documented are
//! one thing. It matches the path as it came, byte for byte: an encoded letter, a doubled slash
//! or a slash at the end is another address, and nothing is there.

use std::{collections::HashMap, sync::Arc};

use actix_web::{
    HttpRequest,
    http::header::{ACCEPT, HeaderMap},
};
use domain::{Access, Actor, access::may};
use metrics::SharedString;
use openapi::problem::Code;

use crate::{
    auth::{Stranger, identify},
    error::ApiError,
    extract,
    limits::Class,
    state::App,
};

/// The longest path with its query, in bytes.
const MAX_URI: usize = 8 * 1024;
/// All names and values of the headers together, in bytes.
const MAX_HEADERS: usize = 32 * 1024;

/// The addresses outside the document. The paths below `/docs` are files.
const UNVERSIONED: [&str; 8] = [
    "/",
    "/livez",
    "/readyz",
    JWKS,
    "/.well-known/security.txt",
    "/problems/{code}",
    "/docs",
    "/docs/{file}",
];

/// What asks after our health as often as it likes: it must not be turned away when others flood.
const UNLIMITED: [&str; 2] = ["/livez", "/readyz"];

/// The keys that access tokens are signed with. They lie in the database.
const JWKS: &str = "/.well-known/jwks.json";

/// The document itself, which needs no database.
const SPEC: &str = "/api/v1/openapi.json";

/// What stands in a path for a secret that opens what is there.
const SECRET: &str = "{token}";

/// What an operation answers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Json,
    /// Server-sent events.
    Events,
}

impl Media {
    /// Whether a range of `Accept` takes it. A problem is JSON wherever it is met.
    fn is_in(self, range: &str) -> bool {
        match self {
            Self::Json => matches!(
                range,
                "*/*" | "application/*" | "application/json" | "application/problem+json"
            ),
            Self::Events => matches!(range, "*/*" | "text/*" | "text/event-stream"),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Events => "text/event-stream",
        }
    }
}

/// One method of one path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) access: Access,
    /// What it answers in, if `Accept` is asked.
    pub(crate) media: Option<Media>,
    /// Whether it has query parameters.
    pub(crate) query: bool,
    /// Whether it takes a body.
    pub(crate) body: bool,
    /// Whether it is answered from the database.
    pub(crate) needs_data: bool,
    /// Whose quotas it counts against; `None`: nobody's.
    pub(crate) class: Option<Class>,
}

/// One path and what can be done there.
#[derive(Debug)]
pub(crate) struct Entry {
    pattern: SharedString,
    methods: Vec<(&'static str, Rule)>,
}

impl Entry {
    /// The path with its parameters by name, without a copy: what metrics call the route.
    pub(crate) fn label(&self) -> SharedString {
        self.pattern.clone()
    }

    /// The rule for a method. `HEAD` is `GET` without its body.
    pub(crate) fn rule(&self, method: &str) -> Option<Rule> {
        let method = if method == "HEAD" { "GET" } else { method };
        self.methods
            .iter()
            .find(|(name, _)| *name == method)
            .map(|(_, rule)| *rule)
    }

    /// Whether everybody is answered alike there. What is one's own is not, even where a guest may
    /// ask for it.
    pub(crate) fn is_public(&self) -> bool {
        let public = |rule: &Rule| matches!(rule.access, Access::Public | Access::Comment);
        !is_private(&self.pattern) && self.methods.iter().all(|(_, rule)| public(rule))
    }

    /// Whether its addresses open something by themselves: none is told to anybody, and no answer
    /// there is kept.
    pub(crate) fn is_secret(&self) -> bool {
        self.pattern.contains(SECRET)
    }

    /// The methods it has, as `Allow` lists them.
    pub(crate) fn allow(&self) -> String {
        let mut names: Vec<&str> = self.methods.iter().map(|(name, _)| *name).collect();
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.sort_unstable();
        names.join(", ")
    }
}

/// Where nothing is public: not even that there is nothing.
const PRIVATE_PLACES: [&str; 3] = ["/api/v1/manage", "/api/v1/me", "/api/v1/auth"];

/// Whether a path is one of those places or below one.
pub(crate) fn is_private(path: &str) -> bool {
    PRIVATE_PLACES.iter().any(|place| {
        let rest = path.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Every path there is.
#[derive(Debug, Default)]
pub(crate) struct Table {
    root: Node,
    entries: Vec<Entry>,
}

#[derive(Debug, Default)]
struct Node {
    fixed: HashMap<String, Node>,
    parameter: Option<Box<Node>>,
    entry: Option<usize>,
}

impl Table {
    /// The table of the routes in the document and of the few outside it.
    pub(crate) fn new(document: &utoipa::openapi::OpenApi) -> Self {
        let mut table = Self::default();
        for (path, method, access) in crate::routes::rules(document) {
            let rule = Rule {
                access,
                media: Some(crate::routes::media(document, &path, method)),
                query: crate::routes::has_query(document, &path, method),
                body: crate::routes::has_body(document, &path, method),
                needs_data: path != SPEC,
                class: Some(Class::of(access, method, &path)),
            };
            table.add(&path, method, rule);
        }
        for path in UNVERSIONED {
            let rule = Rule {
                access: Access::Public,
                media: None,
                query: path.starts_with("/docs"),
                body: false,
                needs_data: path == JWKS,
                class: (!UNLIMITED.contains(&path)).then_some(Class::Reads),
            };
            table.add(path, "GET", rule);
        }
        table
    }

    fn add(&mut self, path: &str, method: &'static str, rule: Rule) {
        let mut node = &mut self.root;
        for segment in path.split('/').skip(1) {
            node = if segment.starts_with('{') {
                node.parameter.get_or_insert_default()
            } else {
                node.fixed.entry(segment.to_owned()).or_default()
            };
        }
        let at = *node.entry.get_or_insert_with(|| {
            self.entries.push(Entry {
                pattern: SharedString::from_shared(Arc::from(path)),
                methods: Vec::new(),
            });
            self.entries.len() - 1
        });
        if let Some(entry) = self.entries.get_mut(at) {
            entry.methods.push((method, rule));
        }
    }

    /// The entry of a path.
    pub(crate) fn find(&self, path: &str) -> Option<&Entry> {
        let mut node = &self.root;
        for segment in path.split('/').skip(1) {
            node = match node.fixed.get(segment) {
                Some(next) => next,
                None if segment.is_empty() => return None,
                None => node.parameter.as_deref()?,
            };
        }
        node.entry.and_then(|at| self.entries.get(at))
    }
}

/// What a request asks for and who is asking, or why that cannot be told. What is made of it by
/// [`admit`] comes after the limits: the order of the checks is part of the contract. `looked`:
/// whether credentials that nobody knows have been looked for.
pub(crate) fn recognize(
    request: &HttpRequest,
    entry: Option<&Entry>,
    app: &App,
    looked: bool,
) -> Result<(Actor, Rule), Stranger> {
    let rule = asked_for(request, entry)?;
    let actor = identify(request.headers(), rule.access, app, looked)?;
    Ok((actor, rule))
}

fn asked_for(request: &HttpRequest, entry: Option<&Entry>) -> Result<Rule, ApiError> {
    bounded(request)?;
    let entry = entry.ok_or_else(|| ApiError::not_found("There is nothing at this address."))?;
    entry.rule(request.method().as_str()).ok_or_else(|| {
        let allow = entry.allow();
        ApiError::new(
            Code::MethodNotAllowed,
            format!("This address has only: {allow}."),
        )
        .allow(allow)
    })
}

/// Lets a caller through to what they ask for, or says why not.
pub(crate) fn admit(request: &HttpRequest, actor: &Actor, rule: Rule) -> Result<(), ApiError> {
    may(actor, rule.access)?;
    if let Some(media) = rule
        .media
        .filter(|media| !accepts(request.headers(), *media))
    {
        let media = media.as_str();
        return Err(ApiError::new(
            Code::NotAcceptable,
            format!("This answers in {media} (and application/problem+json) only."),
        ));
    }
    if !rule.query {
        extract::refuse_all(request.query_string())?;
    }
    Ok(())
}

fn bounded(request: &HttpRequest) -> Result<(), ApiError> {
    let uri = request
        .uri()
        .path_and_query()
        .map_or(0, |uri| uri.as_str().len());
    if uri > MAX_URI {
        let detail = format!("An address has at most {MAX_URI} bytes, with its query.");
        return Err(ApiError::new(Code::UriTooLong, detail));
    }
    let headers: usize = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if headers > MAX_HEADERS {
        let detail = format!("All headers together have at most {MAX_HEADERS} bytes.");
        return Err(ApiError::new(Code::HeadersTooLarge, detail));
    }
    Ok(())
}

/// Whether this is among what the caller takes. No `Accept` means anything.
fn accepts(headers: &HeaderMap, media: Media) -> bool {
    let mut asked = false;
    for value in headers.get_all(ACCEPT) {
        let Ok(text) = value.to_str() else { continue };
        for range in text
            .split(',')
            .map(str::trim)
            .filter(|range| !range.is_empty())
        {
            asked = true;
            let mut parts = range.split(';').map(str::trim);
            let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
            let refused = parts.any(|part| {
                part.strip_prefix("q=")
                    .and_then(|quality| quality.parse::<f32>().ok())
                    .is_some_and(|quality| quality <= 0.0)
            });
            if media.is_in(&essence) && !refused {
                return true;
            }
        }
    }
    !asked
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn table() -> Table {
        let mut table = Table::default();
        let rule = Rule {
            access: Access::Public,
            media: Some(Media::Json),
            query: true,
            body: false,
            needs_data: true,
            class: Some(Class::Reads),
        };
        for (path, method) in [
            ("/", "GET"),
            ("/api/v1/articles", "GET"),
            ("/api/v1/articles/{article}", "GET"),
            ("/api/v1/articles/{article}", "PATCH"),
            ("/api/v1/articles/{article}/comments", "POST"),
            ("/api/v1/articles/featured", "GET"),
        ] {
            table.add(path, method, rule);
        }
        table
    }

    #[test]
    fn a_path_leads_to_its_own_entry_and_nothing_else_does() {
        let table = table();
        let pattern = |path: &str| table.find(path).map(|entry| &*entry.pattern);
        assert_eq!(pattern("/"), Some("/"));
        assert_eq!(pattern("/api/v1/articles"), Some("/api/v1/articles"));
        assert_eq!(
            pattern("/api/v1/articles/x"),
            Some("/api/v1/articles/{article}")
        );
        assert_eq!(
            pattern("/api/v1/articles/featured"),
            Some("/api/v1/articles/featured")
        );
        for nowhere in [
            "",
            "/api",
            "/api/v1/articles/",
            "/api/v1//articles",
            "/API/v1/articles",
            "/api/v1/%61rticles",
            "/api/v1/articles/x/",
            "/api/v1/articles/x/y",
            "//",
            "/api/v1/articles/x/comments;a",
        ] {
            assert_eq!(pattern(nowhere), None, "{nowhere}");
        }
        let entry = table.find("/api/v1/articles/x").unwrap();
        assert_eq!(entry.allow(), "GET, HEAD, PATCH");
        assert!(entry.rule("HEAD").is_some() && entry.rule("POST").is_none());
    }

    #[test]
    fn accept_is_asked_for_json() {
        let takes = |value: &str, media| {
            accepts(
                TestRequest::get()
                    .insert_header((ACCEPT, value))
                    .to_http_request()
                    .headers(),
                media,
            )
        };
        for yes in [
            "*/*",
            "text/html, application/*;q=0.1",
            "application/json",
            "",
            "Application/JSON;q=1",
        ] {
            assert!(takes(yes, Media::Json), "{yes}");
        }
        for no in ["text/html", "application/json;q=0", "image/*, text/*"] {
            assert!(!takes(no, Media::Json), "{no}");
        }
        assert!(accepts(
            TestRequest::get().to_http_request().headers(),
            Media::Json
        ));
        for (value, taken) in [
            ("text/event-stream", true),
            ("application/json, text/*;q=0.5", true),
            ("application/json", false),
            ("text/event-stream;q=0", false),
        ] {
            assert_eq!(takes(value, Media::Events), taken, "{value}");
        }
    }
}

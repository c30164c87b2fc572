//! What every operation of a class has.

use utoipa::openapi::path::{HttpMethod, Operation, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, RefOr, Required, Response};

use super::{ACCESS, SCHEME, headers, parameters, reference, responses};
use crate::examples;

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Where a `POST` is answered with a secret.
const SECRETS: &[&str] = &["/manage/api-keys", "/manage/users", LINKS];

/// Where a `POST` makes a link to a revision of an article.
const LINKS: &str = "/preview-links";
/// Where a `POST` makes something that belongs to a thing and changes nothing of it.
const ADDED: &[&str] = &[LINKS, "/notes"];

/// Where a `POST` says what would be, and changes nothing.
const TRIALS: &[&str] = &["/dry-run"];

/// Where numbers are answered, which have no version.
const NUMBERS: &[&str] = &["/article-counts", "/comment-statistics"];

/// What stands in a path for a secret that opens what is there.
const SECRET: &str = "{token}";

/// Where what a `POST` makes is not to be read by whoever made it, and so is nowhere.
const NOWHERE: &str = "/reports";

/// Transitions that have to be told something.
const TOLD: &[&str] = &["/takedown", "/decisions"];

/// Completes one operation.
pub(super) fn finish(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let class = Class::of(path, method, operation);
    operation.security = Some(class.security());
    take_headers(&class, operation);
    take_body(&class, operation);
    answer(&class, operation);
    refuse(&class, operation);
}

/// Who an operation is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// Everybody; credentials change nothing.
    Public,
    /// Everybody, but an article may refuse guests.
    Guest,
    /// Whoever brings credentials in the body.
    Auth,
    /// Whoever signed in, about their own account.
    Member,
    /// The newsroom: credentials needed, nothing cached, changes by version.
    Staff,
}

/// What is known of an operation from its place.
struct Class<'a> {
    path: &'a str,
    method: &'a HttpMethod,
    caller: Caller,
    body: bool,
    query: bool,
    /// Goes on for as long as the client listens.
    streams: bool,
}

impl<'a> Class<'a> {
    fn of(path: &'a str, method: &'a HttpMethod, operation: &Operation) -> Self {
        let access = operation
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.get(ACCESS))
            .and_then(|access| access.as_str());
        let caller = match access {
            Some("public") => Caller::Public,
            Some("comment") => Caller::Guest,
            Some("auth") => Caller::Auth,
            Some("account") => Caller::Member,
            None if !path.contains("/manage/") => Caller::Public,
            _ => Caller::Staff,
        };
        let query = operation.parameters.iter().flatten().any(|parameter| {
            matches!(parameter, RefOr::T(one) if one.parameter_in == ParameterIn::Query)
        });
        let streams = operation.responses.responses.values().any(
            |answer| matches!(answer, RefOr::T(answer) if answer.content.contains_key(EVENTS)),
        );
        Self {
            streams,
            path,
            method,
            caller,
            body: operation.request_body.is_some(),
            query,
        }
    }

    fn security(&self) -> Vec<SecurityRequirement> {
        let key = SecurityRequirement::new(SCHEME, Vec::<String>::new());
        match self.caller {
            Caller::Staff | Caller::Member => vec![key],
            Caller::Auth => vec![SecurityRequirement::default()],
            Caller::Public | Caller::Guest => vec![SecurityRequirement::default(), key],
        }
    }

    fn managed(&self) -> bool {
        self.caller == Caller::Staff
    }

    fn read(&self) -> bool {
        *self.method == HttpMethod::Get
    }

    fn cached(&self) -> bool {
        self.read()
            && !self.opened()
            && !self.personal()
            && !self.streams
            && matches!(self.caller, Caller::Public | Caller::Guest)
    }

    /// About what is one's own, even for somebody without an account.
    fn personal(&self) -> bool {
        self.path.contains("/me/")
    }

    /// For whoever has the address, and for no cache.
    fn opened(&self) -> bool {
        self.path.contains(SECRET)
    }

    /// Adds to a thing what changes nothing of it.
    fn adds(&self) -> bool {
        *self.method == HttpMethod::Post && ADDED.iter().any(|path| self.path.ends_with(path))
    }

    /// About a single thing, named in the path.
    fn item(&self) -> bool {
        self.path.contains('{')
    }

    /// About an article that may have moved or been taken down.
    fn article(&self) -> bool {
        !self.managed() && (self.path.contains("{article}") || self.path_of_version() == "/resolve")
    }

    /// Creates or changes content by `POST`, and so may be repeated under a key. An answer that
    /// carries a secret is not kept to be given again.
    fn repeatable(&self) -> bool {
        *self.method == HttpMethod::Post
            && matches!(self.caller, Caller::Guest | Caller::Member | Caller::Staff)
            && !SECRETS.iter().any(|path| self.path.ends_with(path))
            && !self.tries()
    }

    /// Says what would be, and changes nothing.
    fn tries(&self) -> bool {
        TRIALS.iter().any(|path| self.path.ends_with(path))
    }

    /// Answers numbers alone.
    fn counts(&self) -> bool {
        NUMBERS.iter().any(|path| self.path.ends_with(path))
    }

    /// Changes something that has a version; what there is one of is not named in the path.
    fn versioned(&self) -> bool {
        let changes = self.item() || *self.method == HttpMethod::Patch;
        self.managed() && !self.read() && changes && !self.adds()
    }

    /// Does nothing but send a mail.
    fn mails(&self) -> bool {
        ["/auth/resend", "/auth/forgot"].contains(&self.path_of_version())
    }

    /// Takes no body as well as one without any field.
    fn bodiless(&self) -> bool {
        let told = TOLD.iter().any(|path| self.path.ends_with(path));
        self.versioned() && !told
            || self.path.ends_with(LINKS)
            || self.path_of_version() == "/auth/logout"
    }

    fn path_of_version(&self) -> &str {
        self.path.strip_prefix("/api/v1").unwrap_or(self.path)
    }

    /// The statuses of the problems this class can give.
    fn problems(&self) -> Vec<u16> {
        [
            (400, true),
            (401, true),
            (403, self.caller != Caller::Public),
            (404, self.item() || self.query),
            (406, true),
            (408, !self.read()),
            (409, self.body || self.repeatable() || self.versioned()),
            (410, self.article() || self.opened()),
            (412, self.versioned()),
            (413, !self.read()),
            (414, true),
            (415, self.body),
            (422, self.body || self.repeatable()),
            (428, self.versioned()),
            (429, true),
            (431, true),
            (500, true),
            (501, self.mails()),
            (503, true),
        ]
        .into_iter()
        .filter_map(|(status, given)| given.then_some(status))
        .collect()
    }
}

fn take_headers(class: &Class<'_>, operation: &mut Operation) {
    let mut own = operation.parameters.take().unwrap_or_default();
    parameters::join_lists(&mut own);
    if class.cached() {
        parameters::attach(&mut own, parameters::IF_NONE_MATCH);
    }
    if class.versioned() {
        parameters::attach(&mut own, parameters::IF_MATCH);
    }
    if class.repeatable() {
        parameters::attach(&mut own, parameters::IDEMPOTENCY_KEY);
    }
    operation.parameters = Some(own);
}

fn take_body(class: &Class<'_>, operation: &mut Operation) {
    let Some(RefOr::T(body)) = operation.request_body.as_mut() else {
        return;
    };
    for content in body.content.values_mut() {
        if let RefOr::T(content) = content {
            show(content, examples::of);
        }
    }
    if *class.method == HttpMethod::Patch {
        take_merge_patch(body);
    } else if class.bodiless() {
        // A transition without required fields takes no body, an empty one, or `{}`.
        body.required = Some(Required::False);
    }
    if body.description.is_none() {
        body.description = Some(if *class.method == HttpMethod::Patch {
            "The fields to change (RFC 7396). Both media types mean the same.".to_owned()
        } else {
            "Unknown and repeated fields are refused.".to_owned()
        });
    }
}

fn take_merge_patch(body: &mut RequestBody) {
    if let Some(json) = body.content.get(JSON).cloned() {
        body.content.entry(MERGE_PATCH.to_owned()).or_insert(json);
    }
}

fn answer(class: &Class<'_>, operation: &mut Operation) {
    let given = operation.responses.responses.iter_mut();
    for (status, response) in given.filter(|(status, _)| status.starts_with('2')) {
        let RefOr::T(response) = response else {
            continue;
        };
        let waits = status == "202";
        let list = is_list(response);
        for content in response.content.values_mut() {
            if let RefOr::T(content) = content {
                show(content, |name| {
                    match (class.caller == Caller::Guest, waits) {
                        (true, _) => examples::posted(name, waits),
                        (false, _) => examples::of(name),
                    }
                });
            }
        }
        attach_headers(class, status, list, response);
    }
    if let Some(RefOr::T(moved)) = operation.responses.responses.get_mut("301") {
        responses::attach_moved(moved);
        if class.article() {
            responses::attach_place(moved);
        }
    }
}

fn attach_headers(class: &Class<'_>, status: &str, list: bool, response: &mut Response) {
    headers::attach(response, &["X-Request-Id"]);
    if class.cached() {
        headers::attach(response, &["ETag"]);
        headers::attach(response, headers::CACHED);
        if !list {
            headers::attach(response, &["Last-Modified"]);
        }
    } else {
        headers::attach(response, &["Cache-Control", "Vary"]);
    }
    if class.streams {
        headers::attach(response, &["X-Accel-Buffering"]);
    }
    headers::attach(response, headers::LIMITS);
    if class.opened() {
        headers::attach(response, &["X-Robots-Tag"]);
    }
    if list && class.read() {
        headers::attach(response, &["Link"]);
    }
    let versioned = !list && !class.tries() && !class.streams && !class.counts();
    if class.managed() && versioned && !response.content.is_empty() {
        headers::attach(response, &["ETag"]);
    }
    if class.repeatable() {
        headers::attach(response, &["Idempotency-Replayed"]);
    }
    let made = status == "201" || (status == "202" && class.repeatable());
    if made && !class.path.ends_with(NOWHERE) {
        headers::attach(response, &["Location"]);
    }
}

fn refuse(class: &Class<'_>, operation: &mut Operation) {
    let all = &mut operation.responses.responses;
    let mut add = |status: String, component| {
        all.entry(status).or_insert(RefOr::Ref(component));
    };
    if class.cached() {
        add(
            "304".to_owned(),
            reference("responses", responses::NOT_MODIFIED),
        );
    }
    if class.cached() && class.article() {
        add("301".to_owned(), reference("responses", responses::MOVED));
    }
    for status in class.problems() {
        add(status.to_string(), responses::of(status));
    }
    add("default".to_owned(), reference("responses", responses::ANY));
}

/// Whether it is a page of a list, alone or with something beside it.
fn is_list(response: &Response) -> bool {
    response
        .content
        .values()
        .filter_map(|content| match content {
            RefOr::T(content) => schema_name(content),
            RefOr::Ref(_) => None,
        })
        .any(|name| name.starts_with("Page_") || name.ends_with("Page") && name != "ArticlePage")
}

/// Adds the example of the schema, where there is none.
fn show(content: &mut Content, example: impl Fn(&str) -> Option<serde_json::Value>) {
    if content.example.is_none() && content.examples.is_empty() {
        content.example = schema_name(content).and_then(example);
    }
}

fn schema_name(content: &Content) -> Option<&str> {
    match content.schema.as_ref()? {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next(),
        RefOr::T(_) => None,
    }
}

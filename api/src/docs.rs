//! The documentation that the server carries: the document of the API, the page that shows it
//! without the network, what each problem means, and whom to tell about a vulnerability.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
        },
    },
    web::{Data, Path, ServiceConfig},
};
use openapi::problem::Code;
use serde_json::json;
use utoipa::openapi::OpenApi;

use crate::{
    error::ApiError,
    respond::{Cache, private_json, public_bytes},
    state::App,
};

const SPEC: &str = "/api/v1/openapi.json";
/// The page draws itself with styles of its own and with images it holds in itself, and talks to
/// nobody but this server.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";
/// Half a year in seconds: how long what security.txt says is meant to hold.
const CONTACT_HOLDS: i64 = 182 * 24 * 60 * 60;

/// What is made once.
pub(crate) struct Documents {
    spec: Vec<u8>,
    page: Arc<utoipa_swagger_ui::Config<'static>>,
}

impl Documents {
    pub(crate) fn new(document: &OpenApi) -> Result<Self, serde_json::Error> {
        Ok(Self {
            spec: serde_json::to_vec(document)?,
            page: Arc::new(
                utoipa_swagger_ui::Config::from(SPEC)
                    .try_it_out_enabled(true)
                    .display_request_duration(true)
                    .validator_url("none"),
            ),
        })
    }
}

/// Read this document
///
/// Every operation, parameter, answer and problem of this version, in the format that generators of
/// clients read.
#[utoipa::path(
    operation_id = "get_openapi_document",
    tag = "meta",
    responses((
        status = 200,
        description = "The document.",
        body = serde_json::Value,
        content_type = "application/json",
        example = json!({"openapi": "3.1.0", "info": {"title": "Broadsheet", "version": "1"}, "paths": {}}),
    )),
)]
#[get("/api/v1/openapi.json")]
pub(crate) async fn spec(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let cache = Cache::new().tag("openapi");
    public_bytes(
        &request,
        app.documents.spec.clone(),
        "application/json",
        &cache,
    )
}

/// Everything outside the version.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(root)
        .service(crate::health::livez)
        .service(crate::health::readyz)
        .service(problem)
        .service(security)
        .service(jwks)
        .service(docs)
        .service(docs_file);
}

fn leads_to(path: &str) -> HttpResponse {
    HttpResponse::TemporaryRedirect()
        .insert_header((LOCATION, path))
        .finish()
}

#[get("/")]
async fn root() -> HttpResponse {
    leads_to("/docs")
}

/// The names in the page are relative to `/docs/`.
#[get("/docs")]
async fn docs() -> HttpResponse {
    leads_to("/docs/index.html")
}

#[get("/docs/{file}")]
async fn docs_file(app: Data<App>, name: Path<String>) -> Result<HttpResponse, ApiError> {
    let file = utoipa_swagger_ui::serve(&name, Arc::clone(&app.documents.page))
        .map_err(ApiError::internal)?
        .ok_or_else(|| ApiError::not_found("The documentation has no such file."))?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CONTENT_TYPE, file.content_type));
    answer.insert_header((CACHE_CONTROL, "no-cache"));
    answer.insert_header((CONTENT_SECURITY_POLICY, DOCS_POLICY));
    if file.gzpipped {
        answer.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(answer.body(file.bytes.into_owned()))
}

/// What a code means: where `type` of every problem leads.
#[get("/problems/{code}")]
async fn problem(name: Path<String>) -> Result<HttpResponse, ApiError> {
    let code = Code::parse(&name)
        .ok_or_else(|| ApiError::not_found("There is no problem with this code."))?;
    private_json(
        StatusCode::OK,
        &json!({
            "code": code.as_str(),
            "type": code.documentation_path(),
            "status": code.status(),
            "title": code.title(),
            "documentation": code.documentation(),
        }),
    )
}

/// RFC 9116. The date is reckoned from today, so that it is never past. Until the operator names
/// a contact, it leads to the site itself.
#[get("/.well-known/security.txt")]
async fn security(app: Data<App>) -> HttpResponse {
    let config = &app.config;
    let public = config.origin();
    let mut text = String::new();
    for (name, value) in [
        (
            "Contact",
            config.security_contact.as_ref().unwrap_or(&public),
        ),
        (
            "Expires",
            &app.now().plus_seconds(CONTACT_HOLDS).to_string(),
        ),
        ("Preferred-Languages", &"en".to_owned()),
        ("Canonical", &format!("{public}/.well-known/security.txt")),
    ] {
        text.extend([name, ": ", value, "\n"]);
    }
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "max-age=86400"))
        .body(text)
}

/// The public keys of access tokens (RFC 7517), so that other services can check them. Whoever
/// meets a token of a key that is not in their copy fetches it again, as usual.
#[get("/.well-known/jwks.json")]
async fn jwks(app: Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/jwk-set+json"))
        .insert_header((CACHE_CONTROL, "max-age=60"))
        .body(app.identity.jwks(app.now()).to_string())
}

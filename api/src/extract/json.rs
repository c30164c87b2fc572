//! A JSON body: its type, its size, its pace, its form and its fields, in that order.

use std::{future::Future, ops::Deref, pin::Pin, sync::Arc, time::Duration};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    dev::Payload,
    http::{
        Method,
        header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
    },
    web::BytesMut,
};
use futures_util::StreamExt as _;
use openapi::problem::{Code, ProblemError};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use super::{
    node::{self, Node, Unreadable},
    value::{Kind, Refused},
};
use crate::{admission::Lane, error::ApiError};

/// The largest body of an article, in bytes.
pub const ARTICLE_BYTES: usize = 2 * 1024 * 1024;
/// The largest body of a comment, in bytes.
pub const COMMENT_BYTES: usize = 64 * 1024;
/// So much is made ready before anything has come.
const READY_BYTES: usize = 16 * 1024;
/// A body may take this long to begin with …
const PATIENCE: Duration = Duration::from_secs(10);
/// … and one second more for each so many bytes that have come.
const BYTES_PER_SECOND: u64 = 64 * 1024;

/// Tells two bodies apart, so that an idempotency key is not used for both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyHash(pub String);

impl BodyHash {
    fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).to_hex().to_string())
    }
}

/// A JSON body of at most `MAX` bytes. An empty one counts as `{}` where nothing is required.
#[derive(Debug, Clone)]
pub struct Json<T, const MAX: usize = ARTICLE_BYTES> {
    /// What it says.
    pub value: T,
    /// Its bytes, in short.
    pub hash: BodyHash,
}

impl<T, const MAX: usize> Json<T, MAX> {
    /// What it says.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T, const MAX: usize> Deref for Json<T, MAX> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: DeserializeOwned + 'static, const MAX: usize> FromRequest for Json<T, MAX> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let typed = media_type(&request)?;
            let body = receive(&request, payload, MAX).await?;
            take_turn(&request).await?;
            if !typed && !body.is_empty() {
                return Err(unsupported(
                    "There is a body and no Content-Type.",
                    &request,
                ));
            }
            Ok(Self {
                value: parse(&body)?,
                hash: BodyHash::of(&body),
            })
        })
    }
}

/// Waits for a place in the lane that the edge has left with the request. Now, and not before the
/// body: however slowly that comes, it keeps nobody else from working.
async fn take_turn(request: &HttpRequest) -> Result<(), ApiError> {
    let lane = request.extensions().get::<Arc<Lane>>().cloned();
    if let Some(lane) = lane {
        let turn = lane.enter().await?;
        request.extensions_mut().insert(turn);
    }
    Ok(())
}

/// Whether the body says that it is JSON. `false` when it says nothing, which an empty one may.
fn media_type(request: &HttpRequest) -> Result<bool, ApiError> {
    let mut encodings = request.headers().get_all(CONTENT_ENCODING);
    if encodings.any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(unsupported("A body is taken uncompressed only.", request));
    }
    let mut types = request.headers().get_all(CONTENT_TYPE);
    let Some(value) = types.next() else {
        return Ok(false);
    };
    if types.next().is_some() {
        return Err(unsupported(
            "Content-Type is given more than once.",
            request,
        ));
    }
    let text = value.to_str().unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let merge_patch = request.method() == Method::PATCH;
    let known =
        essence == "application/json" || (merge_patch && essence == "application/merge-patch+json");
    let utf8 = parts.filter(|part| !part.is_empty()).all(|part| {
        let part = part.to_ascii_lowercase();
        part.strip_prefix("charset=")
            .is_none_or(|set| set.trim_matches('"') == "utf-8")
    });
    if known && utf8 {
        return Ok(true);
    }
    Err(unsupported(
        &format!("`{}` is not read here.", text.escape_debug()),
        request,
    ))
}

fn unsupported(what: &str, request: &HttpRequest) -> ApiError {
    let takes = if request.method() == Method::PATCH {
        "application/merge-patch+json or application/json"
    } else {
        "application/json"
    };
    ApiError::new(
        Code::UnsupportedMediaType,
        format!("{what} Send Content-Type: {takes}, in UTF-8."),
    )
}

async fn receive(
    request: &HttpRequest,
    mut payload: Payload,
    max: usize,
) -> Result<BytesMut, ApiError> {
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(too_large(max));
    }
    let began = Instant::now();
    // What is only announced must not cost memory: many may announce much and send nothing.
    let mut body = BytesMut::with_capacity(announced.unwrap_or(0).min(READY_BYTES));
    loop {
        let come = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let deadline = began + PATIENCE + Duration::from_millis(come * 1000 / BYTES_PER_SECOND);
        match timeout_at(deadline, payload.next()).await {
            Err(_) => {
                return Err(ApiError::new(
                    Code::RequestTimeout,
                    "The body did not come fast enough. Nothing was stored; send it again.",
                )
                .close());
            }
            Ok(None) => return Ok(body),
            Ok(Some(Ok(chunk))) if body.len() + chunk.len() <= max => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(Ok(_))) => return Err(too_large(max)),
            Ok(Some(Err(error))) => {
                return Err(ApiError::new(
                    Code::BadRequest,
                    "The body could not be received whole.",
                )
                .cause(error)
                .close());
            }
        }
    }
}

fn too_large(max: usize) -> ApiError {
    ApiError::new(
        Code::PayloadTooLarge,
        format!("A body has at most {} KiB here.", max / 1024),
    )
    .close()
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Node::Object(Vec::new()).into_value().map_err(|_: Refused| {
            ApiError::new(
                Code::MalformedJson,
                "There is no body; this operation takes a JSON object.",
            )
        });
    }
    match node::read(body) {
        Ok(node) => node.into_value().map_err(|refused| refusal(&refused)),
        Err(Unreadable::Malformed(why)) => Err(ApiError::new(
            Code::MalformedJson,
            format!("The body cannot be taken as JSON: {why}."),
        )),
    }
}

fn refusal(refused: &Refused) -> ApiError {
    let place = ProblemError {
        pointer: Some(refused.pointer()),
        ..ProblemError::default()
    };
    let place = refused.describe(place);
    let code = match refused.kind {
        Kind::UnknownField { .. } => Code::UnknownField,
        _ => Code::ValidationFailed,
    };
    let at = if refused.path.is_empty() {
        "the body".to_owned()
    } else {
        refused.pointer()
    };
    ApiError::new(code, format!("At {at}: {}", place.detail)).place(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{http::header::ContentType, test::TestRequest};
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Note {
        #[serde(default)]
        text: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    struct Needed {
        #[expect(dead_code, reason = "only its being required matters")]
        text: String,
    }

    async fn read<T: DeserializeOwned + 'static>(request: TestRequest) -> Result<T, Code> {
        let (request, mut payload) = request.to_http_parts();
        Json::<T, 64>::from_request(&request, &mut payload)
            .await
            .map(Json::into_inner)
            .map_err(|error| error.code())
    }

    #[actix_web::test]
    async fn bodies_are_read_or_refused_with_the_right_code() {
        let json = || TestRequest::post().insert_header(ContentType::json());
        let note = read::<Note>(json().set_payload(r#"{"text":"a"}"#))
            .await
            .unwrap();
        assert_eq!(note.text.as_deref(), Some("a"));
        assert!(read::<Note>(TestRequest::post()).await.is_ok());
        assert!(read::<Note>(json()).await.is_ok());
        assert_eq!(
            read::<Needed>(json()).await.unwrap_err(),
            Code::MalformedJson
        );
        let untyped = TestRequest::post().set_payload("{}");
        assert_eq!(
            read::<Note>(untyped).await.unwrap_err(),
            Code::UnsupportedMediaType
        );
        for media in [
            "text/plain",
            "application/merge-patch+json",
            "application/json; charset=latin1",
        ] {
            let request = TestRequest::post()
                .insert_header((CONTENT_TYPE, media))
                .set_payload("{}");
            assert_eq!(
                read::<Note>(request).await.unwrap_err(),
                Code::UnsupportedMediaType
            );
        }
        let patch = TestRequest::patch()
            .insert_header((CONTENT_TYPE, "application/merge-patch+json; charset=UTF-8"))
            .set_payload("{}");
        assert!(read::<Note>(patch).await.is_ok());
        let squeezed = json()
            .insert_header((CONTENT_ENCODING, "gzip"))
            .set_payload("{}");
        assert_eq!(
            read::<Note>(squeezed).await.unwrap_err(),
            Code::UnsupportedMediaType
        );
        let long = json().set_payload(format!("{{\"text\":\"{}\"}}", "x".repeat(80)));
        assert_eq!(read::<Note>(long).await.unwrap_err(), Code::PayloadTooLarge);
        assert_eq!(
            read::<Note>(json().set_payload("{")).await.unwrap_err(),
            Code::MalformedJson
        );
        let unknown = json().set_payload(r#"{"txet":1}"#);
        assert_eq!(read::<Note>(unknown).await.unwrap_err(), Code::UnknownField);
        let wrong = json().set_payload(r#"{"text":1}"#);
        assert_eq!(
            read::<Note>(wrong).await.unwrap_err(),
            Code::ValidationFailed
        );
    }
}

//! One effect for one key: a retried request gets the answer of the first.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CONTENT_TYPE, ETAG, HeaderName, LOCATION},
    },
};
use domain::Actor;
use openapi::problem::Code;
use serde::{Serialize, de::DeserializeOwned};
use storage::{
    Tx,
    idempotency::{self, Claim, Stored},
};

use crate::{
    error::ApiError,
    extract::{BodyHash, Caller, IdempotencyKey},
    respond::{private, version_tag},
    state::App,
};

/// An answer that can be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(Stored);

impl Answer {
    /// An answer with a JSON body.
    pub fn new<T: Serialize>(status: StatusCode, body: &T) -> Result<Self, ApiError> {
        Ok(Self(Stored {
            status: i32::from(status.as_u16()),
            location: None,
            etag: None,
            body: serde_json::to_string(body).map_err(ApiError::internal)?,
        }))
    }

    /// Where what was made is to be found, relative to this server.
    #[must_use]
    pub fn location(mut self, path: impl Into<String>) -> Self {
        self.0.location = Some(path.into());
        self
    }

    /// The version, as the entity tag.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.0.etag = Some(version_tag(version));
        self
    }

    /// The same as what came of a request of several effects, each of which has its own key.
    #[must_use]
    pub fn into_outcome(self, replayed: bool) -> Outcome {
        Outcome {
            stored: self.0,
            replayed,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    stored: Stored,
    /// Whether this is the answer to an earlier request with the same key.
    pub replayed: bool,
}

impl Outcome {
    /// Adds a member to the body that must not be stored, such as a guest's edit token, and that the
    /// body does not have. The body is an object with other members.
    #[must_use]
    pub fn with_text(mut self, member: &str, text: &str) -> Self {
        if let Some(open) = self.stored.body.strip_suffix('}') {
            let text = serde_json::Value::from(text);
            self.stored.body = format!("{open},\"{member}\":{text}}}");
        }
        self
    }

    /// What the body says.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_str(&self.stored.body).map_err(ApiError::internal)
    }

    /// The answer itself: for this caller alone.
    #[must_use]
    pub fn respond(self) -> HttpResponse {
        let status = u16::try_from(self.stored.status)
            .ok()
            .and_then(|status| StatusCode::from_u16(status).ok())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = private(status);
        if let Some(location) = self.stored.location {
            answer.insert_header((LOCATION, location));
        }
        if let Some(etag) = self.stored.etag {
            answer.insert_header((ETAG, etag));
        }
        if self.replayed {
            answer.insert_header((HeaderName::from_static("idempotency-replayed"), "true"));
        }
        answer
            .insert_header((CONTENT_TYPE, "application/json"))
            .body(self.stored.body)
    }
}

/// Runs `job` in a write transaction, once for each key.
///
/// Without a key it just runs. With one, its answer is stored in the same transaction and given
/// again to whoever sends the same request under the same key within a day. A refusal undoes
/// the transaction, so it is not stored and the key stays free.
pub async fn idempotent<J, E>(
    app: &App,
    request: &HttpRequest,
    caller: &Caller,
    key: IdempotencyKey,
    body: &BodyHash,
    job: J,
) -> Result<Outcome, E>
where
    J: FnOnce(&mut Tx<'_>) -> Result<Answer, E> + Send + 'static,
    E: From<ApiError> + From<storage::Error> + Send + 'static,
{
    let actor = caller.0.clone();
    let Some(key) = key.0 else {
        let Answer(stored) = app.store.write(actor, app.now(), job).await?;
        return Ok(Outcome {
            stored,
            replayed: false,
        });
    };
    let id = scope(&actor, request, &key);
    let body = body.0.clone();
    app.store
        .write(actor, app.now(), move |tx| once(tx, &id, &body, job))
        .await
}

fn once<E: From<ApiError> + From<storage::Error>>(
    tx: &mut Tx<'_>,
    id: &str,
    body: &str,
    job: impl FnOnce(&mut Tx<'_>) -> Result<Answer, E>,
) -> Result<Outcome, E> {
    match idempotency::claim(tx, id, body).map_err(waited_in_vain)? {
        Claim::Replay(stored) => Ok(Outcome {
            stored,
            replayed: true,
        }),
        Claim::Mismatch => Err(reused().into()),
        Claim::New => {
            let Answer(stored) = job(tx)?;
            idempotency::finish(tx, id, &stored)?;
            Ok(Outcome {
                stored,
                replayed: false,
            })
        }
    }
}

fn reused() -> ApiError {
    ApiError::new(
        Code::IdempotencyKeyReused,
        "This Idempotency-Key was used for another request within the last 24 hours.",
    )
    .header(
        "Idempotency-Key",
        Code::IdempotencyKeyReused.as_str(),
        "Send a new key with a new request, and the same key only with the same body.",
    )
}

fn waited_in_vain(error: storage::Error) -> ApiError {
    match error {
        storage::Error::Overloaded => ApiError::new(
            Code::IdempotencyInProgress,
            "The first request with this Idempotency-Key is still being worked on.",
        )
        .retry_after(1),
        other => other.into(),
    }
}

/// A key counts for one caller, one method and one path. Each part is preceded by its length, so
/// that no two scopes are written alike.
fn scope(actor: &Actor, request: &HttpRequest, key: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [
        &actor.label(),
        request.method().as_str(),
        request.path(),
        key,
    ] {
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_key_is_bound_to_its_caller_method_and_path() {
        let one = TestRequest::post().uri("/a/b").to_http_request();
        let other = TestRequest::post().uri("/a/c").to_http_request();
        let guest = Actor::Anonymous;
        let system = Actor::System(domain::SystemActor::Demo);
        assert_eq!(scope(&guest, &one, "k"), scope(&guest, &one, "k"));
        assert_ne!(scope(&guest, &one, "k"), scope(&guest, &other, "k"));
        assert_ne!(scope(&guest, &one, "k"), scope(&system, &one, "k"));
        assert_ne!(scope(&guest, &one, "k"), scope(&guest, &one, "l"));
    }

    #[test]
    fn an_answer_is_completed_when_it_is_given() {
        let body = serde_json::json!({ "id": "cmt_1" });
        let Answer(stored) = Answer::new(StatusCode::CREATED, &body)
            .unwrap()
            .location("/api/v1/comments/cmt_1")
            .version(1);
        let outcome = Outcome {
            stored,
            replayed: true,
        };
        let completed = outcome.with_text("token", "a\"b");
        assert_eq!(completed.stored.body, r#"{"id":"cmt_1","token":"a\"b"}"#);
        let answer = completed.respond();
        assert_eq!(answer.status(), StatusCode::CREATED);
        assert_eq!(
            answer.headers().get("idempotency-replayed").unwrap(),
            "true"
        );
        assert_eq!(answer.headers().get(ETAG).unwrap(), "\"1\"");
    }
}

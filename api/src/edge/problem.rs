//! Refusals in their form on the wire.

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::ServiceResponse,
    http::{
        StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use openapi::problem::{Code, Problem};

use super::RequestId;
use crate::error::ApiError;

/// The answer to a request that did not get past the gate.
pub(super) fn answer(
    request: HttpRequest,
    refusal: &ApiError,
    id: &RequestId,
) -> ServiceResponse<BoxBody> {
    ServiceResponse::new(request, render(refusal, id))
}

/// The answer of a handler, or its refusal rendered. Whatever else fails on the way is brought
/// into the same form by its status.
pub(super) fn rendered<B: MessageBody + 'static>(
    answer: ServiceResponse<B>,
    id: &RequestId,
) -> ServiceResponse<BoxBody> {
    let refusal = match answer.response().error() {
        None if is_bare_refusal(answer.response()) => Some(by_status(answer.status())),
        None => None,
        Some(error) => Some(match error.as_error::<ApiError>() {
            Some(refusal) => refusal.clone(),
            None => by_status(answer.status()).cause(error),
        }),
    };
    match refusal {
        None => answer.map_into_boxed_body(),
        Some(refusal) => {
            let (request, _) = answer.into_parts();
            ServiceResponse::new(request, render(&refusal, id))
        }
    }
}

/// A refusal that no handler of ours made: it has no body that says why.
fn is_bare_refusal<B>(response: &HttpResponse<B>) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error())
        && !response.headers().contains_key(CONTENT_TYPE)
}

fn by_status(status: StatusCode) -> ApiError {
    match Code::ALL
        .iter()
        .find(|code| code.status() == status.as_u16())
    {
        Some(code) if !status.is_server_error() => ApiError::new(*code, code.documentation()),
        _ if status.is_client_error() => {
            ApiError::new(Code::BadRequest, Code::BadRequest.documentation())
        }
        _ => ApiError::internal(format!("an answer with {status}")),
    }
}

/// What a caller is told of a refusal in the request of this id; the rest goes into the log.
pub(crate) fn told(refusal: &ApiError, id: &str) -> Problem {
    if let Some(cause) = refusal.log_cause() {
        // A database quotes what it was sent, and may do so on several lines.
        let cause = cause.replace(char::is_control, " ");
        let code = refusal.code().as_str();
        if refusal.status().is_server_error() {
            tracing::error!(request = id, code, "{cause}");
        } else {
            tracing::debug!(request = id, code, "{cause}");
        }
    }
    refusal.problem(id)
}

pub(super) fn render(refusal: &ApiError, id: &RequestId) -> HttpResponse {
    let mut answer = HttpResponse::build(refusal.status());
    answer.insert_header((CONTENT_TYPE, "application/problem+json"));
    answer.insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")));
    if let Some(methods) = refusal.allowed_methods() {
        answer.insert_header((ALLOW, methods));
    }
    if let Some(seconds) = refusal.retry_seconds() {
        answer.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    if refusal.status() == StatusCode::UNAUTHORIZED {
        let challenge = if refusal.has_bad_credentials() {
            "Bearer realm=\"broadsheet\", error=\"invalid_token\""
        } else {
            "Bearer realm=\"broadsheet\""
        };
        answer.insert_header((WWW_AUTHENTICATE, challenge));
    }
    if refusal.status() == StatusCode::FORBIDDEN {
        let challenge = "Bearer realm=\"broadsheet\", error=\"insufficient_scope\"";
        answer.insert_header((WWW_AUTHENTICATE, challenge));
    }
    if refusal.closes() {
        answer.force_close();
    }
    let body = serde_json::to_vec(&told(refusal, &id.0)).unwrap_or_default();
    answer.body(body)
}

/// What is left to say when a handler has panicked. The process goes on, and the panic is in the
/// log.
pub(super) fn after_panic(id: &RequestId) -> HttpResponse {
    render(&ApiError::internal("a handler panicked"), id)
}

/// A refusal as it goes over the wire, for the HTTP layer's own. The connection ends with it.
pub(super) fn raw(status: u16, id: &str) -> Vec<u8> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let refusal = by_status(status);
    let body = serde_json::to_string(&refusal.problem(id)).unwrap_or_default();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\nx-request-id: {id}\r\n\
         connection: close\r\n\r\n{body}",
        body.len(),
        status = refusal.status(),
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::to_bytes;

    #[actix_web::test]
    async fn a_panic_becomes_a_problem() {
        let answer = after_panic(&RequestId("req_1".to_owned()));
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = to_bytes(answer.into_body()).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], "internal_error");
        assert!(!body.to_string().contains("panicked"));
    }

    #[test]
    fn what_is_no_request_is_answered_in_our_form() {
        let text = String::from_utf8(raw(431, "req_1")).unwrap();
        assert!(
            text.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"),
            "{text}"
        );
        assert!(text.contains("\r\nx-request-id: req_1\r\n"));
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["code"], "headers_too_large");
        assert!(text.contains(&format!("content-length: {}\r\n", body_length(&text))));
        assert!(
            String::from_utf8(raw(400, "r"))
                .unwrap()
                .contains("bad_request")
        );
    }

    fn body_length(text: &str) -> usize {
        text.split_once("\r\n\r\n")
            .map(|(_, body)| body.len())
            .unwrap()
    }
}

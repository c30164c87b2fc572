//! A client that holds every answer against the served document.

use std::{future::IntoFuture, pin::Pin};

use reqwest::{
    Method, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;

use crate::{TestApp, spec::Exchange};

/// One request under way; `.await` sends it.
pub struct Call<'a> {
    app: &'a TestApp,
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    checked: bool,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    request: String,
}

impl<'a> Call<'a> {
    pub(crate) fn new(app: &'a TestApp, method: Method, target: String) -> Self {
        Self {
            app,
            method,
            target,
            headers: HeaderMap::new(),
            body: None,
            checked: true,
        }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.append(
            HeaderName::from_bytes(name.as_bytes()).expect("a header name"),
            HeaderValue::from_bytes(value.as_bytes()).expect("a header value"),
        );
        self
    }

    /// Calls with the API key of a role.
    #[must_use]
    pub fn as_role(self, role: &str) -> Self {
        let key = crate::key_of(role);
        self.bearer(&key)
    }

    /// Calls with a fresh access token of the one person of this server who has this role.
    #[must_use]
    pub fn as_user(self, role: &str) -> Self {
        let token = self.app.token_of(role);
        self.bearer(&token)
    }

    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    #[must_use]
    pub fn if_match(self, version: i64) -> Self {
        self.header("if-match", &format!("\"{version}\""))
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    #[must_use]
    pub fn bytes(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        if content_type.is_empty() {
            self
        } else {
            self.header("content-type", content_type)
        }
    }

    /// Leaves the answer unchecked against the document.
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.checked = false;
        self
    }

    async fn send(self) -> Reply {
        let url = format!("{}{}", self.app.base(), self.target);
        let request = format!("{} {}", self.method, self.target);
        let mut builder = self
            .app
            .http()
            .request(self.method.clone(), &url)
            .headers(self.headers);
        if let Some(body) = self.body {
            builder = builder.body(body);
        }
        let response = builder
            .send()
            .await
            .unwrap_or_else(|error| panic!("{request}: no answer: {error:?}"));
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = if headers
            .get(CONTENT_TYPE)
            .is_some_and(|value| value == "text/event-stream")
        {
            first_event(response).await
        } else {
            let whole = response.bytes().await.expect("the body arrives whole");
            whole.to_vec()
        };
        let reply = Reply {
            status,
            headers,
            body,
            request,
        };
        self.app.search(&self.method, &self.target, &reply);
        if self.checked {
            self.app.validate(&self.method, &self.target, &reply);
        }
        reply
    }
}

/// The first event of a stream, which would not end by itself.
async fn first_event(mut response: reqwest::Response) -> Vec<u8> {
    let mut body = Vec::new();
    while !body.ends_with(b"\n\n") {
        match response.chunk().await.expect("the stream goes on") {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => break,
        }
    }
    body
}

impl<'a> IntoFuture for Call<'a> {
    type Output = Reply;
    type IntoFuture = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "often only the check is wanted"
)]
impl Reply {
    /// The same answer, provided it has this status.
    ///
    /// # Panics
    /// When it has another one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.request, self.text());
        self
    }

    /// The problem of this status and code.
    ///
    /// # Panics
    /// When it is another answer.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.request, self.text());
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.request
        );
        let problem = self.json();
        assert_eq!(problem["code"], code, "{}: {problem}", self.request);
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], format!("/problems/{code}"), "{problem}");
        problem
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.request, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The `version` of a manage answer.
    #[track_caller]
    pub fn version(&self) -> i64 {
        self.json()["version"].as_i64().expect("a version")
    }

    pub(crate) fn as_exchange<'a>(&'a self, method: &'a Method, path: &'a str) -> Exchange<'a> {
        Exchange {
            method,
            path,
            status: self.status,
            headers: &self.headers,
            body: &self.body,
        }
    }

    pub fn is_server_error(&self) -> bool {
        StatusCode::from_u16(self.status).is_ok_and(|status| status.is_server_error())
    }
}

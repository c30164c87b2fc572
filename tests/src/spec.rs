//! Holds every answer against the `OpenAPI` document the server serves.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::{Draft, Resource, Validator};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::{Map, Value, json};

use crate::coding;

const DOCUMENT: &str = "https://broadsheet.test/openapi.json";

/// Headers that any HTTP answer may carry; all others have to be documented.
const GENERAL: &[&str] = &[
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "transfer-encoding",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
    "content-security-policy",
    "cross-origin-resource-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "permissions-policy",
];

/// The document, and the validators made from it so far.
pub struct Spec {
    pub document: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// What was sent and what came back.
pub struct Exchange<'a> {
    pub method: &'a Method,
    /// Path without the query.
    pub path: &'a str,
    pub status: u16,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// One operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: Method,
    pub path: String,
    pub value: Value,
}

impl Spec {
    pub fn new(document: Value) -> Self {
        Self {
            document,
            validators: Mutex::default(),
        }
    }

    /// Every operation, in the document's order.
    pub fn operations(&self) -> Vec<Operation> {
        let mut found = Vec::new();
        for (path, item) in object(&self.document["paths"]) {
            for (method, value) in object(item) {
                if let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes())
                    && value.get("responses").is_some()
                {
                    found.push(Operation {
                        method,
                        path: path.clone(),
                        value: value.clone(),
                    });
                }
            }
        }
        found
    }

    /// The documented path that `path` belongs to; a literal segment beats a
    /// parameter.
    pub fn template(&self, path: &str) -> Option<&str> {
        object(&self.document["paths"])
            .map(|(template, _)| template.as_str())
            .filter(|template| fits(template, path))
            .min_by_key(|template| template.matches('{').count())
    }

    /// Everything about the answer that the document does not allow.
    pub fn complaints(&self, exchange: &Exchange<'_>) -> Vec<String> {
        let Some(template) = self.template(exchange.path) else {
            return self.stray(exchange);
        };
        let method = match *exchange.method {
            // The document describes GET; HEAD is the same without the body.
            Method::HEAD => "get".to_owned(),
            ref other => other.as_str().to_lowercase(),
        };
        let operation = &self.document["paths"][template][&method];
        if operation.is_null() {
            return self.stray(exchange);
        }
        let status = exchange.status.to_string();
        let responses = &operation["responses"];
        let fallback = if exchange.status >= 400 {
            &responses["default"]
        } else {
            &Value::Null
        };
        let response = self
            .resolve(responses.get(&status).unwrap_or(fallback))
            .clone();
        let pointer = format!("#/paths/{}/{method}/responses/{status}", escape(template));
        if response.is_null() {
            return vec![format!("{pointer}: the status is not documented")];
        }
        let mut found = Vec::new();
        self.check_headers(&response, exchange, &pointer, &mut found);
        if *exchange.method != Method::HEAD && exchange.status != 304 {
            self.check_body(&response, exchange, &pointer, &mut found);
        }
        found
    }

    /// An answer to what no operation describes has to be a problem.
    fn stray(&self, exchange: &Exchange<'_>) -> Vec<String> {
        let place = format!("{} {}", exchange.method, exchange.path);
        if !exchange.path.starts_with("/api/") || exchange.method == Method::OPTIONS {
            return Vec::new();
        }
        if !(400..600).contains(&exchange.status) {
            return vec![format!(
                "{place}: {} is not documented at all",
                exchange.status
            )];
        }
        if exchange.method == Method::HEAD {
            return Vec::new();
        }
        let Ok(body) = serde_json::from_slice::<Value>(exchange.body) else {
            return vec![format!("{place}: {} without a JSON body", exchange.status)];
        };
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        let mut found = Vec::new();
        self.check_value(&schema, &body, &place, &mut found);
        found
    }

    fn check_headers(
        &self,
        response: &Value,
        exchange: &Exchange<'_>,
        pointer: &str,
        found: &mut Vec<String>,
    ) {
        let documented: Vec<(String, Value)> = object(&response["headers"])
            .map(|(name, header)| (name.to_lowercase(), self.resolve(header).clone()))
            .collect();
        for name in exchange
            .headers
            .keys()
            .map(reqwest::header::HeaderName::as_str)
        {
            let known = documented.iter().any(|(known, _)| known == name);
            if !known && !GENERAL.contains(&name) {
                found.push(format!("{pointer}: the header {name} is not documented"));
            }
        }
        for (name, header) in documented {
            let sent = exchange
                .headers
                .get(&name)
                .and_then(|value| value.to_str().ok());
            match sent {
                None if header["required"] == json!(true) => {
                    found.push(format!("{pointer}: the required header {name} is missing"));
                }
                None => {}
                Some(sent) => {
                    let schema = self.resolve(&header["schema"]);
                    let kind = schema["type"].as_str().unwrap_or("string");
                    let value = match kind {
                        "integer" => sent.parse::<i64>().map_or(json!(sent), Value::from),
                        "boolean" => sent.parse::<bool>().map_or(json!(sent), Value::from),
                        _ => json!(sent),
                    };
                    let place = format!("{pointer}/headers/{name}");
                    self.check_value(&header["schema"], &value, &place, found);
                }
            }
        }
    }

    fn check_body(
        &self,
        response: &Value,
        exchange: &Exchange<'_>,
        pointer: &str,
        found: &mut Vec<String>,
    ) {
        let sent = exchange
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = sent
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_lowercase();
        let documented = &response["content"];
        if documented.as_object().is_none_or(Map::is_empty) {
            if !exchange.body.is_empty() {
                found.push(format!(
                    "{pointer}: a body of {sent:?} that is not documented"
                ));
            }
            return;
        }
        let Some(media) = documented.get(&essence) else {
            found.push(format!(
                "{pointer}: the content type {sent:?} is not documented"
            ));
            return;
        };
        if !essence.ends_with("json") {
            return;
        }
        match serde_json::from_slice::<Value>(&coding::decoded(exchange.headers, exchange.body)) {
            Ok(body) => self.check_value(&media["schema"], &body, pointer, found),
            Err(error) => found.push(format!("{pointer}: the body is not JSON: {error}")),
        }
    }

    /// Validates `value`, and finds fields that the schema does not name.
    fn check_value(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        let validator = self.validator(schema);
        for error in validator.iter_errors(value) {
            found.push(format!(
                "{place}: {} at {:?}",
                error,
                error.instance_path.to_string()
            ));
        }
        self.undeclared(&[schema], value, "", place, found);
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let key = schema.to_string();
        let mut validators = self
            .validators
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = validators.get(&key) {
            return Arc::clone(validator);
        }
        let absolute = with_absolute_refs(schema);
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_resource(
                DOCUMENT,
                Resource::from_contents(self.document.clone()).expect("the document is a resource"),
            )
            .build(&absolute)
            .unwrap_or_else(|error| panic!("{key} is no schema: {error}"));
        let validator = Arc::new(validator);
        validators.insert(key, Arc::clone(&validator));
        validator
    }

    /// Fields that none of `schemas` declares. Schemas of the document allow
    /// additions, as v1 grows; the server itself must not send what it does
    /// not document.
    fn undeclared(
        &self,
        schemas: &[&Value],
        value: &Value,
        at: &str,
        place: &str,
        found: &mut Vec<String>,
    ) {
        let mut views = Vec::new();
        for schema in schemas {
            self.views(schema, &mut views);
        }
        match value {
            Value::Object(fields) => {
                let typed = views.iter().any(|view| view.get("properties").is_some());
                for (name, field) in fields {
                    let mut inner: Vec<&Value> = views
                        .iter()
                        .filter_map(|view| view["properties"].get(name))
                        .collect();
                    let open = views
                        .iter()
                        .filter_map(|view| view.get("additionalProperties"));
                    inner.extend(open.filter(|schema| schema.is_object()));
                    if inner.is_empty() && typed {
                        found.push(format!("{place}: {at}/{name} is sent but not documented"));
                    }
                    self.undeclared(&inner, field, &format!("{at}/{name}"), place, found);
                }
            }
            Value::Array(items) => {
                let inner: Vec<&Value> =
                    views.iter().filter_map(|view| view.get("items")).collect();
                for (index, item) in items.iter().enumerate() {
                    self.undeclared(&inner, item, &format!("{at}/{index}"), place, found);
                }
            }
            _ => {}
        }
    }

    /// `schema` and everything it is composed of.
    fn views<'a>(&'a self, schema: &'a Value, views: &mut Vec<&'a Value>) {
        let schema = self.resolve(schema);
        if views.iter().any(|view| std::ptr::eq(*view, schema)) {
            return;
        }
        views.push(schema);
        for word in ["allOf", "oneOf", "anyOf"] {
            for part in schema[word].as_array().into_iter().flatten() {
                self.views(part, views);
            }
        }
    }

    /// Follows `$ref` inside the document.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        while let Some(reference) = value["$ref"].as_str() {
            let pointer = reference.trim_start_matches('#');
            value = self.document.pointer(pointer).unwrap_or(&Value::Null);
        }
        value
    }
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn fits(template: &str, path: &str) -> bool {
    let mut wanted = template.split('/');
    let mut given = path.split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(segment), Some(part)) if segment.starts_with('{') && !part.is_empty() => {}
            (Some(segment), Some(part)) if segment == part => {}
            _ => return false,
        }
    }
}

fn escape(template: &str) -> String {
    template.replace('~', "~0").replace('/', "~1")
}

fn with_absolute_refs(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if name == "$ref" && text.starts_with('#') => {
                    (name.clone(), json!(format!("{DOCUMENT}{text}")))
                }
                other => (name.clone(), with_absolute_refs(other)),
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(with_absolute_refs).collect(),
        other => other.clone(),
    }
}

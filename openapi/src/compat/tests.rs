use serde_json::{Value, json};

use super::breaking_changes;

fn document() -> Value {
    json!({
        "paths": {"/things/{thing}": {
            "get": {
                "operationId": "get_thing",
                "security": [{}, {"bearer": []}],
                "parameters": [
                    {"name": "thing", "in": "path", "required": true, "schema": {"type": "string"}},
                    {"$ref": "#/components/parameters/limit"},
                ],
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {
                            "schema": {"$ref": "#/components/schemas/Thing"},
                        }},
                    },
                    "404": {"description": "no"},
                },
            },
            "patch": {
                "operationId": "patch_thing",
                "security": [{"bearer": []}],
                "requestBody": {"required": true, "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Change"},
                }}},
                "responses": {"204": {"description": "done"}},
            },
        }},
        "components": {
            "parameters": {"limit": {
                "name": "limit", "in": "query", "required": false,
                "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
            }},
            "schemas": {
                "Thing": {"allOf": [
                    {"type": "object", "required": ["id"], "properties": {
                        "id": {"type": "string", "pattern": "^x"},
                    }},
                    {"type": "object", "required": ["note", "state"], "properties": {
                        "note": {"oneOf": [{"type": "string"}, {"type": "null"}]},
                        "state": {"type": "string", "enum": ["a", "b"]},
                        "more": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                    }},
                ]},
                "Change": {
                    "type": "object", "additionalProperties": false, "required": ["name"],
                    "properties": {
                        "name": {"type": "string", "maxLength": 10},
                        "kind": {"type": "string", "enum": ["a", "b"]},
                        "at": {"type": ["string", "null"], "format": "date-time"},
                    },
                },
            },
        },
    })
}

const GET: &str = "/paths/~1things~1{thing}/get";
const PATCH: &str = "/paths/~1things~1{thing}/patch";
const LIMIT: &str = "/components/parameters/limit";
const CHANGE: &str = "/components/schemas/Change";
const THING: &str = "/components/schemas/Thing/allOf/1";

/// What is found when the value at a pointer becomes another one; `Null` takes it away.
fn after(base: &str, member: &str, value: Value) -> Vec<String> {
    let old = document();
    let mut new = document();
    let target = new.pointer_mut(base).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        target.remove(member).unwrap();
    } else {
        target.insert(member.to_owned(), value);
    }
    breaking_changes(&old, &new)
}

#[track_caller]
fn breaks(base: &str, member: &str, value: Value, line: &str) {
    let found = after(base, member, value);
    assert!(
        found.iter().any(|one| one.contains(line)),
        "{line:?} is not in {found:#?}"
    );
}

#[track_caller]
fn holds(base: &str, member: &str, value: Value) {
    assert_eq!(after(base, member, value), Vec::<String>::new());
}

#[test]
fn a_document_keeps_its_own_promises() {
    assert_eq!(
        breaking_changes(&document(), &document()),
        Vec::<String>::new()
    );
}

#[test]
fn operations_stay() {
    breaks(
        "/paths",
        "/things/{thing}",
        Value::Null,
        "GET /things/{thing}: removed",
    );
    breaks(
        "/paths/~1things~1{thing}",
        "patch",
        Value::Null,
        "PATCH /things/{thing}: removed",
    );
    breaks(GET, "operationId", json!("read"), "operation id changed");
    breaks(
        GET,
        "security",
        json!([{"bearer": []}]),
        "needs credentials",
    );
    holds(PATCH, "security", json!([{}]));
    holds("/paths", "/others", json!({"get": {"responses": {}}}));
}

#[test]
fn parameters_stay_and_new_ones_are_optional() {
    let thing = json!({"name": "thing", "in": "path", "required": true,
        "schema": {"type": "string"}});
    let limit = json!({"$ref": "#/components/parameters/limit"});
    let extra = |required: bool| json!({"name": "extra", "in": "query", "required": required, "schema": {"type": "string"}});
    breaks(
        GET,
        "parameters",
        json!([thing]),
        "parameter limit: removed",
    );
    breaks(
        GET,
        "parameters",
        json!([thing, limit, extra(true)]),
        "extra: is required now",
    );
    holds(GET, "parameters", json!([thing, limit, extra(false)]));
    breaks(LIMIT, "required", json!(true), "limit: is required now");
    breaks(LIMIT, "explode", json!(false), "is written otherwise");
}

#[test]
fn values_that_were_taken_still_are() {
    let limit = format!("{LIMIT}/schema");
    breaks(&limit, "maximum", json!(50), "maximum is tighter");
    breaks(&limit, "minimum", json!(2), "minimum is tighter");
    breaks(&limit, "default", json!(10), "another default");
    breaks(&limit, "type", json!("string"), "parameter limit: was");
    holds(&limit, "maximum", json!(200));
    holds(&limit, "type", json!(["integer", "string"]));
}

#[test]
fn request_bodies_may_loosen() {
    let body = format!("{PATCH}/requestBody");
    let properties = format!("{CHANGE}/properties");
    let name = format!("{properties}/name");
    let kind = format!("{properties}/kind");
    breaks(PATCH, "requestBody", Value::Null, "is not taken any more");
    breaks(&properties, "kind", Value::Null, "/kind: removed");
    breaks(
        CHANGE,
        "required",
        json!(["name", "kind"]),
        "/kind: is required now",
    );
    breaks(&name, "maxLength", json!(5), "maxLength is tighter");
    breaks(&name, "pattern", json!("^a"), "another pattern");
    breaks(&kind, "enum", json!(["a"]), "takes fewer values");
    breaks(&name, "enum", json!(["a"]), "takes fewer values");
    breaks(
        &format!("{properties}/at"),
        "type",
        json!("string"),
        "/at: was",
    );
    holds(&body, "required", json!(false));
    holds(CHANGE, "required", json!([]));
    holds(&name, "maxLength", json!(20));
    holds(&kind, "enum", json!(["a", "b", "c"]));
    holds(&properties, "new", json!({"type": "string"}));
}

#[test]
fn a_body_may_not_become_required() {
    let mut old = document();
    old.pointer_mut(PATCH).unwrap()["requestBody"]["required"] = json!(false);
    let found = breaking_changes(&old, &document());
    assert_eq!(
        found,
        ["PATCH /things/{thing} request body: is required now"]
    );
}

#[test]
fn answers_may_only_grow() {
    let properties = format!("{THING}/properties");
    let state = format!("{properties}/state");
    breaks(&properties, "note", Value::Null, "/note: removed");
    breaks(
        &properties,
        "note",
        json!({"type": "integer"}),
        "/note: was",
    );
    breaks(
        THING,
        "required",
        json!(["note"]),
        "/state: may be missing now",
    );
    breaks(&state, "type", json!(["string", "null"]), "/state: was");
    breaks(&state, "enum", Value::Null, "is not a closed list");
    breaks(&state, "format", json!("uuid"), "another format");
    breaks(
        "/components/schemas/Thing/allOf/0/properties/id",
        "pattern",
        json!("^y"),
        "pattern",
    );
    breaks(
        &properties,
        "more",
        json!({"type": "array", "items": {"type": "string"}}),
        "[]: was",
    );
    holds(&state, "enum", json!(["a", "b", "c"]));
    holds(&properties, "note", json!({"type": "string"}));
    holds(&properties, "new", json!({"type": "string"}));
    holds(THING, "required", json!(["note", "state", "more"]));
}

#[test]
fn statuses_headers_and_media_types_of_answers_stay() {
    let responses = format!("{GET}/responses");
    let answer = format!("{responses}/200");
    breaks(&responses, "200", Value::Null, "response 200: removed");
    breaks(&answer, "headers", Value::Null, "header ETag: removed");
    breaks(
        &answer,
        "content",
        Value::Null,
        "application/json: is not given any more",
    );
    holds(&responses, "404", Value::Null);
    holds(&responses, "410", json!({"description": "gone"}));
}

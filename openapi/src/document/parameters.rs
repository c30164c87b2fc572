//! The request headers that whole classes of operations take.

use serde_json::json;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::{RefOr, Required, Schema, Type};

use super::reference;

/// The name of the `If-Match` component.
pub(super) const IF_MATCH: &str = "If-Match";
/// The name of the `If-None-Match` component.
pub(super) const IF_NONE_MATCH: &str = "If-None-Match";
/// The name of the `Idempotency-Key` component.
pub(super) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Every shared parameter as a component.
pub(super) fn all() -> [(String, RefOr<Parameter>); 3] {
    [
        header(
            IF_MATCH,
            Required::True,
            "\"3\"",
            "The `ETag` of the version this change builds on: the version number in double \
             quotes. Without it the answer is 428, and 412 when somebody was faster.",
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1)),
        ),
        header(
            IF_NONE_MATCH,
            Required::False,
            "\"9f3b1c8a7d20e645\"",
            "One or more `ETag`s of copies at hand. If one is still right, the answer is 304 \
             without a body.",
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1)),
        ),
        header(
            IDEMPOTENCY_KEY,
            Required::False,
            "5a0d1f0e-8e0f-4a6c-9d0a-6f1f3a1f2b7c",
            "Unique text of 1 to 255 visible ASCII characters, such as a UUID, with or without double \
             quotes. Repeated with the same body within 24 hours, the \
             request has no second effect and gets the first answer; with another body, 422.",
            ObjectBuilder::new()
                .schema_type(Type::String)
                .pattern(Some(r#"^("[!#-\[\]-~]{1,255}"|[!#-\[\]-~]{1,255})$"#)),
        ),
    ]
}

fn header(
    name: &str,
    required: Required,
    example: &str,
    description: &str,
    schema: ObjectBuilder,
) -> (String, RefOr<Parameter>) {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(schema))
        .example(Some(json!(example)))
        .build();
    (name.to_owned(), RefOr::T(parameter))
}

/// Adds a shared parameter to an operation's own, unless it is there.
pub(super) fn attach(parameters: &mut Vec<RefOr<Parameter>>, name: &str) {
    let there = parameters.iter().any(|parameter| match parameter {
        RefOr::Ref(reference) => reference.ref_location.ends_with(&format!("/{name}")),
        RefOr::T(parameter) => parameter.name.eq_ignore_ascii_case(name),
    });
    if !there {
        parameters.push(RefOr::Ref(reference("parameters", name)));
    }
}

/// Lists in a query are one parameter with commas, which `OpenAPI` calls a form without explode.
pub(super) fn join_lists(parameters: &mut [RefOr<Parameter>]) {
    for parameter in parameters {
        let RefOr::T(parameter) = parameter else {
            continue;
        };
        if matches!(parameter.schema, Some(RefOr::T(Schema::Array(_)))) {
            parameter.style = Some(ParameterStyle::Form);
            parameter.explode = Some(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use utoipa::openapi::schema::ArrayBuilder;

    use super::*;

    #[test]
    fn only_lists_are_joined() {
        let list = ParameterBuilder::new()
            .name("ids")
            .schema(Some(ArrayBuilder::new()))
            .build();
        let mut parameters = vec![RefOr::T(list), RefOr::T(Parameter::new("q"))];
        join_lists(&mut parameters);
        let written = serde_json::to_value(&parameters).unwrap();
        assert_eq!(written[0]["explode"], false);
        assert_eq!(written[0]["style"], "form");
        assert!(written[1].get("explode").is_none());
    }
}

//! Where the example of something that may be left out stands.
//!
//! A page that lets its reader try an operation fills a form with the parameters' `example`s. One
//! that filters, pages or revalidates would then ask for what nobody has. Examples of optional
//! parameters are therefore those of their schemas, in `examples` of JSON Schema, which describe
//! and fill in nothing.

use std::collections::BTreeMap;

use utoipa::openapi::path::Parameter;
use utoipa::openapi::{RefOr, Required, Schema};

/// Moves a component schema's one example among its `examples`.
pub(super) fn describe_schemas(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    for schema in schemas.values_mut() {
        if let RefOr::T(Schema::Object(object)) = schema
            && let Some(example) = object.example.take()
        {
            object.examples.push(example);
        }
    }
}

/// Moves the examples of optional parameters into their schemas. A schema that is a component has
/// examples of its own.
pub(super) fn describe_parameters<'a>(parameters: impl Iterator<Item = &'a mut RefOr<Parameter>>) {
    for parameter in parameters {
        if let RefOr::T(parameter) = parameter
            && parameter.required != Required::True
            && let Some(moved) = with_example_in_schema(parameter)
        {
            *parameter = moved;
        }
    }
}

/// `None` where there is no example. The parameter is written and read again without it, since
/// its type lets nobody take an example back.
fn with_example_in_schema(parameter: &Parameter) -> Option<Parameter> {
    let mut written = serde_json::to_value(parameter).ok()?;
    let members = written.as_object_mut()?;
    let example = members.remove("example")?;
    members.remove("schema");
    let mut moved: Parameter = serde_json::from_value(written).ok()?;
    moved.schema.clone_from(&parameter.schema);
    match &mut moved.schema {
        Some(RefOr::T(Schema::Object(object))) => object.examples.push(example),
        Some(RefOr::T(Schema::Array(array))) => array.examples.push(example),
        _ => {}
    }
    Some(moved)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
    use utoipa::openapi::schema::ObjectBuilder;

    use super::*;

    fn parameter(required: Required) -> RefOr<Parameter> {
        let built = ParameterBuilder::new()
            .name("section")
            .parameter_in(ParameterIn::Query)
            .required(required)
            .example(Some(json!("city")))
            .schema(Some(ObjectBuilder::new()));
        RefOr::T(built.build())
    }

    #[test]
    fn only_what_may_be_left_out_is_not_filled_in() {
        let mut parameters = [parameter(Required::False), parameter(Required::True)];
        describe_parameters(parameters.iter_mut());
        let [optional, required] = parameters.map(|one| serde_json::to_value(one).unwrap());
        assert_eq!(optional["schema"]["examples"], json!(["city"]));
        assert!(optional.get("example").is_none());
        assert_eq!(required["example"], "city");
    }
}

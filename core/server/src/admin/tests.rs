//! The table, the OpenAPI document and the scopes say the same.

use super::openapi::{self, all_schemas};
use super::table::{Answers, TABLE};
use gatewright_domain::admin_scope::{ADMIN_SCOPES, EVERYTHING};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn every_operation_is_documented_and_nothing_else_is() {
    let document = openapi::document("https://id.example");
    let paths = document["paths"].as_object().unwrap();
    let documented: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |method| format!("{method} {path}")))
        .collect();
    let served: Vec<String> =
        TABLE.iter().map(|one| format!("{} {}", one.method.as_str().to_lowercase(), one.path)).collect();
    assert_eq!(documented, served.iter().cloned().collect());
    assert_eq!(documented.len(), served.len(), "two operations of one method and path");
    let ids: BTreeSet<&str> = TABLE.iter().map(|one| one.id).collect();
    assert_eq!(ids.len(), TABLE.len());
}

#[test]
fn every_scope_that_an_operation_needs_can_be_given() {
    for operation in TABLE {
        if let Some(needs) = operation.needs {
            assert!(ADMIN_SCOPES.contains(&needs.value().as_str()), "{}", operation.id);
            assert_eq!(needs.access == "write", operation.is_write(), "{}", operation.id);
        }
    }
    assert!(ADMIN_SCOPES.contains(&EVERYTHING));
    let open: Vec<&str> = TABLE.iter().filter(|one| one.needs.is_none()).map(|one| one.id).collect();
    assert_eq!(open, ["openapi.show"]);
}

#[test]
fn every_schema_that_is_named_is_there_and_every_one_that_is_there_is_named() {
    let document = openapi::document("https://id.example").to_string();
    for schema in all_schemas() {
        let named = format!("\"#/components/schemas/{}\"", schema.name);
        assert!(document.contains(&named), "{} is not used", schema.name);
    }
    for name in document.split("#/components/schemas/").skip(1) {
        let name = name.split('"').next().unwrap();
        assert!(all_schemas().any(|schema| schema.name == name), "{name}");
    }
    for operation in TABLE {
        let answers = match operation.answers {
            Answers::Document(name)
            | Answers::Created(name)
            | Answers::PageOf(name)
            | Answers::ListOf(name)
            | Answers::LinesOf(name) => name,
            Answers::Done | Answers::Events | Answers::Bundle => continue,
        };
        assert!(all_schemas().any(|schema| schema.name == answers), "{}", operation.id);
    }
}

#[test]
fn every_example_is_read_and_written_as_it_is_and_holds_to_its_schema() {
    for schema in all_schemas() {
        let example = (schema.example)();
        if let Some(again) = schema.again {
            assert_eq!(again(example.clone()).unwrap(), example, "{}", schema.name);
        }
        let shape = (schema.shape)();
        let required = shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for member in required {
            assert!(example.get(member).is_some(), "{}: {member}", schema.name);
        }
        for member in example.as_object().unwrap().keys().filter(|_| shape.get("properties").is_some()) {
            assert!(shape["properties"].get(member).is_some(), "{}: {member} is not in the schema", schema.name);
        }
    }
}

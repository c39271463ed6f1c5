//! A shape admits just what the contract's own parser does.

use super::*;
use crate::hooks::{
    AfterAuthenticationInput, AuthenticateInput, ClaimsInput, ConsentInput, CustomizeTokenInput, HookInput,
    SelectAcrInput,
};

/// Whether a value is of a shape, as far as shapes say anything.
fn fits(shape: &Value, value: &Value) -> bool {
    if let Some(any) = shape.get("anyOf").and_then(Value::as_array) {
        return any.iter().any(|shape| fits(shape, value));
    }
    if let Some(words) = shape.get("enum").and_then(Value::as_array) {
        return words.contains(value);
    }
    match shape["type"].as_str().unwrap() {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_i64().is_some_and(|number| {
            let bound = |name: &str| shape.get(name).and_then(Value::as_i64);
            bound("minimum").is_none_or(|least| number >= least) && bound("maximum").is_none_or(|most| number <= most)
        }),
        "array" => value.as_array().is_some_and(|items| items.iter().all(|item| fits(&shape["items"], item))),
        "object" => value.as_object().is_some_and(|members| {
            let Some(known) = shape.get("properties").and_then(Value::as_object) else { return true };
            let required = shape["required"].as_array().unwrap();
            required.iter().all(|name| members.contains_key(name.as_str().unwrap()))
                && members.iter().all(|(name, member)| known.get(name).is_some_and(|shape| fits(shape, member)))
        }),
        other => panic!("no shape has the type {other}"),
    }
}

fn sample(hook: HookKind) -> Value {
    let mut sample = match HookInput::sample(hook) {
        HookInput::SelectAcr(input) => serde_json::to_value(input),
        HookInput::Authenticate(input) => serde_json::to_value(input),
        HookInput::AfterAuthentication(input) => serde_json::to_value(input),
        HookInput::Consent(input) => serde_json::to_value(input),
        HookInput::Claims(input) => serde_json::to_value(input),
        HookInput::CustomizeToken(input) => serde_json::to_value(input),
    }
    .unwrap();
    // With everything that may be absent.
    let more = serde_json::to_value(AfterAuthenticationInput::sample()).unwrap();
    for name in ["session", "user"] {
        if sample.get(name).is_some_and(Value::is_null) {
            sample[name] = more[name].clone();
        }
    }
    sample
}

fn parses(hook: HookKind, input: &Value) -> bool {
    let input = input.clone();
    match hook {
        HookKind::SelectAcr => serde_json::from_value::<SelectAcrInput>(input).is_ok(),
        HookKind::Authenticate => serde_json::from_value::<AuthenticateInput>(input).is_ok(),
        HookKind::AfterAuthentication => serde_json::from_value::<AfterAuthenticationInput>(input).is_ok(),
        HookKind::Consent => serde_json::from_value::<ConsentInput>(input).is_ok(),
        HookKind::Claims => serde_json::from_value::<ClaimsInput>(input).is_ok(),
        HookKind::CustomizeToken => serde_json::from_value::<CustomizeTokenInput>(input).is_ok(),
    }
}

/// Pointers to every value in a document, as far as the contract says what is there.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    if !at.is_empty() {
        found.push(at.to_owned());
    }
    match value {
        Value::Object(members) if !at.ends_with("/claims") => {
            members.iter().for_each(|(name, member)| places(member, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, item)| places(item, &format!("{at}/{place}"), found));
        }
        _ => {}
    }
}

#[test]
fn every_sample_has_its_shape_and_every_member_of_the_shape() {
    for hook in HookKind::ALL {
        let (shape, sample) = (hook.input_shape(), sample(hook));
        assert!(fits(&shape, &sample), "{hook}");
        let names = |members: &Value| members.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&shape["properties"]), names(&sample), "{hook}");
        let said = shape["properties"].as_object().unwrap().values();
        assert!(said.clone().all(|member| !member["description"].as_str().unwrap().is_empty()), "{hook}");
    }
}

#[test]
fn what_is_of_another_type_or_absent_is_refused_by_the_shape_as_by_the_parser() {
    let others = [
        json!(null),
        json!(7),
        json!(-7),
        json!(1_u64 << 40),
        json!(true),
        json!("word"),
        json!([]),
        json!([7]),
        json!({}),
    ];
    let mut refused = 0;
    for hook in HookKind::ALL {
        let (shape, sample) = (hook.input_shape(), sample(hook));
        let mut all = Vec::new();
        places(&sample, "", &mut all);
        for place in &all {
            for other in &others {
                let mut changed = sample.clone();
                *changed.pointer_mut(place).unwrap() = other.clone();
                let parses = parses(hook, &changed);
                assert_eq!(fits(&shape, &changed), parses, "{hook}{place} = {other}");
                refused += usize::from(!parses);
            }
            let (parent, name) = place.rsplit_once('/').unwrap();
            let mut changed = sample.clone();
            if let Some(Value::Object(members)) = changed.pointer_mut(parent) {
                members.remove(name);
                assert_eq!(fits(&shape, &changed), parses(hook, &changed), "{hook} without {place}");
            }
        }
    }
    assert!(refused > 500, "{refused}");
}

#[test]
fn every_word_of_an_enumeration_is_in_its_shape() {
    let mut met = 0;
    for hook in HookKind::ALL {
        let (shape, sample) = (hook.input_shape(), sample(hook));
        for (name, member) in shape["properties"].as_object().unwrap() {
            let Some(words) = member.get("enum").and_then(Value::as_array) else { continue };
            let mut changed = sample.clone();
            changed[name] = json!("no such word");
            // The parser says which words there are.
            let said = match hook {
                HookKind::Authenticate => serde_json::from_value::<AuthenticateInput>(changed).unwrap_err(),
                HookKind::Claims => serde_json::from_value::<ClaimsInput>(changed).unwrap_err(),
                HookKind::CustomizeToken => serde_json::from_value::<CustomizeTokenInput>(changed).unwrap_err(),
                _ => panic!("{hook} has no enumeration so far"),
            };
            let known: Vec<Value> = said.to_string().split('`').skip(1).step_by(2).skip(1).map(Value::from).collect();
            assert_eq!(&known, words, "{hook}.{name}");
            met += 1;
        }
    }
    assert_eq!(met, 3);
}

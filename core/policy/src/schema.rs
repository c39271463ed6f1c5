//! The contracts for editors and programs: a JSON Schema (2020-12) for what each hook is told, and one for what it decides,
//! in the form that tests see a decision in.

use gatewright_domain::hooks::{HookKind, LIFETIME_S_MAX};
use serde_json::{Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Every schema, with the name of its file: `select_acr.input.json`, `select_acr.decision.json`.
pub fn documents() -> Vec<(String, Value)> {
    let documents = HookKind::ALL.into_iter().flat_map(|hook| {
        [
            (format!("{hook}.input.json"), headed(&format!("What {hook} is told"), hook.input_shape())),
            (format!("{hook}.decision.json"), headed(&format!("What {hook} decides"), decision(hook))),
        ]
    });
    documents.collect()
}

/// A schema as its file has it.
pub fn written(schema: &Value) -> String {
    format!("{schema:#}\n")
}

fn headed(title: &str, shape: Value) -> Value {
    let mut document = json!({ "$schema": DIALECT, "title": title });
    if let (Value::Object(document), Value::Object(shape)) = (&mut document, shape) {
        document.extend(shape);
    }
    document
}

/// The shape of a hook's decisions.
fn decision(hook: HookKind) -> Value {
    let any = match hook {
        HookKind::SelectAcr => vec![
            one("use_acr", "One of these ACRs must be reached; the first is asked for.", &[("acr", texts(1))]),
            one("enrol_acr", "As use_acr; who has no factor for it enrols one.", &[("acr", texts(1))]),
            one("pass", "The next binding decides, at last the server.", &[]),
            denied(),
        ],
        HookKind::Authenticate => vec![
            one("authenticated", "This is the end-user.", &[("subject", text()), ("amr", texts(0))]),
            one("fail", "Nobody signed in.", &[("reason", text())]),
            one("delegate", "The binding of another ACR takes over.", &[("acr", text())]),
        ],
        HookKind::AfterAuthentication => vec![
            one("proceed", "It is enough.", &[]),
            one("ask_consent", "Consent is asked for, though it was given.", &[]),
            one("step_up", "This ACR must be reached first.", &[("acr", text())]),
            denied(),
        ],
        HookKind::Consent => vec![
            one(
                "grant",
                "The client may have these scope values.",
                &[("scope", texts(0)), ("remember", json!({ "type": "boolean" }))],
            ),
            one("built_in", "The built-in page asks.", &[]),
            denied(),
        ],
        HookKind::Claims => vec![one("claims", "Claims to add; pass() adds none.", &[("claims", claims())])],
        HookKind::CustomizeToken => {
            let lifetime = json!({ "type": "integer", "minimum": 1, "maximum": LIFETIME_S_MAX });
            let changes = [
                ("claims", claims()),
                ("lifetime", or_null(lifetime)),
                ("audience", or_null(texts(1))),
                ("scope", or_null(texts(0))),
            ];
            vec![one("keep", "The token with these changes; null changes nothing.", &changes), denied()]
        }
    };
    json!({ "anyOf": any })
}

fn one(decision: &str, about: &str, members: &[(&str, Value)]) -> Value {
    let mut shape = json!({
        "type": "object",
        "description": about,
        "properties": { "decision": { "const": decision } },
        "required": ["decision"],
        "additionalProperties": false,
    });
    for (name, member) in members {
        shape["properties"][name] = member.clone();
        if let Value::Array(required) = &mut shape["required"] {
            required.push((*name).into());
        }
    }
    shape
}

fn denied() -> Value {
    one("deny", "The request is refused.", &[("reason", text())])
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn texts(at_least: usize) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "minItems": at_least })
}

fn claims() -> Value {
    json!({ "type": "object" })
}

fn or_null(shape: Value) -> Value {
    json!({ "anyOf": [shape, { "type": "null" }] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::decision_shown;
    use gatewright_domain::hooks::{
        AfterAuthenticationDecision, AuthenticateDecision, ClaimsDecision, ConsentDecision, CustomizeTokenDecision,
        HookDecision, SelectAcrDecision, TokenChanges,
    };
    use gatewright_domain::identifiers::Subject;
    use gatewright_protocol::acr::Acr;
    use gatewright_protocol::scope::Scope;

    fn acr() -> Acr {
        Acr::try_from("otp").unwrap()
    }

    fn scope() -> Scope {
        serde_json::from_value(json!("openid payments")).unwrap()
    }

    /// Every decision of a hook; a new one is missed by no `match` here.
    fn decisions(hook: HookKind) -> Vec<HookDecision> {
        let reason = || "no".to_owned();
        match hook {
            HookKind::SelectAcr => [
                SelectAcrDecision::Use(vec![acr()]),
                SelectAcrDecision::Enrol(vec![acr()]),
                SelectAcrDecision::Pass,
                SelectAcrDecision::Deny { reason: reason() },
            ]
            .map(HookDecision::SelectAcr)
            .into(),
            HookKind::Authenticate => [
                AuthenticateDecision::Authenticated { subject: Subject::parse("s1").unwrap(), amr: vec![] },
                AuthenticateDecision::Fail { reason: reason() },
                AuthenticateDecision::Delegate { acr: acr() },
            ]
            .map(HookDecision::Authenticate)
            .into(),
            HookKind::AfterAuthentication => [
                AfterAuthenticationDecision::Proceed,
                AfterAuthenticationDecision::AskConsent,
                AfterAuthenticationDecision::StepUp { acr: acr() },
                AfterAuthenticationDecision::Deny { reason: reason() },
            ]
            .map(HookDecision::AfterAuthentication)
            .into(),
            HookKind::Consent => [
                ConsentDecision::Grant { scope: scope(), remember: true },
                ConsentDecision::BuiltIn,
                ConsentDecision::Deny { reason: reason() },
            ]
            .map(HookDecision::Consent)
            .into(),
            HookKind::Claims => vec![HookDecision::Claims(ClaimsDecision::default())],
            HookKind::CustomizeToken => {
                let changed = TokenChanges {
                    lifetime_s: Some(60),
                    audience: Some(vec!["https://api.example.com".into()]),
                    scope: Some(scope()),
                    ..TokenChanges::default()
                };
                [
                    CustomizeTokenDecision::Change(TokenChanges::default()),
                    CustomizeTokenDecision::Change(changed),
                    CustomizeTokenDecision::Deny { reason: reason() },
                ]
                .map(HookDecision::CustomizeToken)
                .into()
            }
        }
    }

    /// Whether a value is of a shape, as far as these shapes say anything.
    fn fits(shape: &Value, value: &Value) -> bool {
        if let Some(any) = shape.get("anyOf").and_then(Value::as_array) {
            return any.iter().any(|shape| fits(shape, value));
        }
        if let Some(word) = shape.get("const") {
            return word == value;
        }
        match shape["type"].as_str().unwrap() {
            "null" => value.is_null(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.as_u64().is_some_and(|number| (1..=LIFETIME_S_MAX).contains(&number)),
            "array" => value.as_array().is_some_and(|items| {
                let enough = items.len() as u64 >= shape["minItems"].as_u64().unwrap();
                enough && items.iter().all(|item| fits(&shape["items"], item))
            }),
            "object" => value.as_object().is_some_and(|members| {
                let Some(known) = shape.get("properties").and_then(Value::as_object) else { return true };
                members.len() == known.len()
                    && members.iter().all(|(name, member)| known.get(name).is_some_and(|shape| fits(shape, member)))
            }),
            other => panic!("no shape has the type {other}"),
        }
    }

    #[test]
    fn every_decision_has_the_shape_of_its_hook_and_of_no_word_too_many() {
        for hook in HookKind::ALL {
            let shape = decision(hook);
            let mut met = std::collections::BTreeSet::new();
            for decision in decisions(hook) {
                let shown = decision_shown(&decision);
                assert!(fits(&shape, &shown), "{hook}: {shown}");
                let mut more = shown.clone();
                more["more"] = true.into();
                assert!(!fits(&shape, &more), "{more}");
                met.insert(shown["decision"].as_str().unwrap().to_owned());
            }
            assert_eq!(met.len(), shape["anyOf"].as_array().unwrap().len(), "{hook}: {met:?}");
        }
    }

    #[test]
    fn each_hook_has_two_documents_that_say_what_they_are() {
        let documents = documents();
        assert_eq!(documents.len(), 2 * HookKind::ALL.len());
        assert!(documents.iter().all(|(_, schema)| schema["$schema"] == DIALECT && schema["title"].is_string()));
    }
}

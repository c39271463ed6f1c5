//! A page's answer in JSON: one flat object of strings, the fields with `action` and `step` beside them.

use crate::pages::STEP_FIELD;
use gatewright_domain::page::Submission;
use gatewright_domain::secret::SecretText;
use gatewright_protocol::error::Refusal;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

/// Most members of an answer: more than any form has fields.
pub const MEMBERS_MAX: usize = 64;

/// The member that says what was pressed.
const ACTION: &str = "action";

/// What every refusal ends with.
const WANTED: &str = "Send one flat object of strings: the page's fields, its step, and the action.";

/// Reads an answer: the token of its page, and the rest.
///
/// # Errors
/// `invalid_request` for whatever is no such object, or names no page. What stands in it is not said back: it may be a
/// secret.
pub fn read(body: &[u8]) -> Result<(String, Submission), Refusal> {
    let Members(members) = serde_json::from_slice(body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "The answer is no object, or has too many members.",
            _ => "The answer is no JSON document.",
        };
        refused(what)
    })?;
    let mut values = BTreeMap::new();
    for (name, member) in members {
        let Member::Text(text) = member else { return Err(refused("A member of the answer is no string.")) };
        match values.entry(name) {
            Entry::Vacant(place) => drop(place.insert(text)),
            Entry::Occupied(_) => return Err(refused("A member of the answer is repeated.")),
        }
    }
    let step = values.remove(STEP_FIELD).ok_or_else(|| refused("The answer does not bring back the page's step."))?;
    let action = values.remove(ACTION).map(|action| action.expose().to_owned());
    Ok((step.expose().to_owned(), Submission { values, action }))
}

fn refused(what: &str) -> Refusal {
    Refusal::invalid_request(format!("{what} {WANTED}"))
}

/// The members of an object in their order, repeated ones too.
struct Members(Vec<(String, Member)>);

enum Member {
    Text(SecretText),
    Other,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            if members.len() == MEMBERS_MAX {
                return Err(A::Error::custom("too many members"));
            }
            members.push(member);
        }
        Ok(Members(members))
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberVisitor)
    }
}

struct MemberVisitor;

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Member, E> {
        Ok(Member::Text(SecretText::new(text)))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Member, E> {
        Ok(Member::Text(SecretText::new(text)))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Member, E> {
        Ok(Member::Other)
    }

    /// What is nested is not kept, and not descended into: however deep it is, it takes no room.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Member, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Member::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Member, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Member::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_flat_object_of_strings() {
        let body = br#"{"step": "s", "username": "Jos\u00e9", "password": "p\"w", "action": "login"}"#;
        let (step, submission) = read(body).unwrap();
        assert_eq!((step.as_str(), submission.action.as_deref()), ("s", Some("login")));
        let values: Vec<_> = submission.values.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        assert_eq!(values, [("password", "p\"w"), ("username", "José")]);
    }

    #[test]
    fn what_is_no_such_object_is_refused_by_what_it_is() {
        let deep = format!("{{\"step\":{}1{}}}", "[".repeat(30_000), "]".repeat(30_000));
        let many = |count: usize| {
            let members: Vec<String> = (0..count).map(|n| format!("\"f{n}\":\"\"")).collect();
            format!("{{\"step\":\"s\",{}}}", members.join(","))
        };
        assert!(read(many(MEMBERS_MAX - 1).as_bytes()).is_ok());
        let table = [
            ("", "no JSON"),
            ("step=s", "no JSON"),
            ("{\"step\":\"s\"", "no JSON"),
            ("{\"step\":\"s\"}x", "no JSON"),
            ("{\"step\":\"\\ud800\"}", "no JSON"),
            ("\u{feff}{\"step\":\"s\"}", "no JSON"),
            ("[]", "no object"),
            ("\"s\"", "no object"),
            ("null", "no object"),
            ("{}", "step"),
            ("{\"step\":1}", "no string"),
            ("{\"step\":null}", "no string"),
            ("{\"step\":\"s\",\"code\":123456}", "no string"),
            ("{\"step\":\"s\",\"code\":-1.5e3}", "no string"),
            ("{\"step\":\"s\",\"remember\":true}", "no string"),
            ("{\"step\":\"s\",\"key\":{\"id\":\"x\"}}", "no string"),
            ("{\"step\":\"s\",\"a\":\"1\",\"a\":\"1\"}", "repeated"),
            ("{\"step\":\"s\",\"step\":\"s\"}", "repeated"),
            (many(MEMBERS_MAX).as_str(), "too many"),
            (deep.as_str(), "no"),
        ]
        .map(|(body, what)| (body.to_owned(), what));
        for (body, what) in table {
            let refused = read(body.as_bytes()).unwrap_err();
            let shown: String = body.chars().take(60).collect();
            assert!(refused.description().contains(what), "{shown}: {}", refused.description());
            assert!(!refused.description().contains("123456"));
        }
        assert!(read(b"{\"step\":\"\xff\"}").is_err());
    }
}

//! What is in a world, as a JSON document says it: the same things that a test gives, by the same names.

use gatewright_domain::hooks::{Given, Misuse};
use serde_json::{Map, Value, json};

/// The parts of a document.
const PARTS: [&str; 8] = ["users", "time", "kv", "secrets", "http", "factors", "providers", "waits"];

/// A world for who gives none: the end-user of the sample inputs, with a password, and the secrets that are lent.
pub fn usual<'s>(secrets: impl IntoIterator<Item = &'s String>) -> Vec<Given> {
    let user = json!({
        "username": "alice",
        "subject": "248289761001",
        "password": "wonderland",
        "claims": { "name": "Alice Liddell", "email": "alice@example.com" },
    });
    let secret = |name: &String| Given::Secret { name: name.clone(), text: "secret".to_owned() };
    let user = user.as_object().cloned().unwrap_or_default();
    std::iter::once(Given::User(user)).chain(secrets.into_iter().map(secret)).collect()
}

/// What a document gives:
///
/// ```json
/// { "users": [{ "username": "alice", "password": "wonderland" }], "time": 1790000000, "kv": { "seen": 3 },
///   "secrets": { "key": "…" }, "http": { "https://a.example/": { "status": 200, "json": {} } },
///   "factors": [{ "user": "alice", "kind": "totp", "code": "123456" }],
///   "providers": { "corporate": { "subject": "c-7" } }, "waits": { "alice": 30 } }
/// ```
///
/// # Errors
/// A part that is none, or not of its form.
pub fn givens(document: Value) -> Result<Vec<Given>, Misuse> {
    let mut parts = object("what is given", document)?;
    let mut all = Vec::new();
    // The time first, for what counts from it; users before what belongs to them.
    if let Some(time) = parts.remove("time") {
        let seconds = time.as_i64().ok_or_else(|| Misuse::new("the `time` is a number of seconds since 1970"))?;
        all.push(Given::Time(seconds));
    }
    for user in list("users", &mut parts)? {
        all.push(Given::User(object("each of the `users`", user)?));
    }
    for factor in list("factors", &mut parts)? {
        all.push(Given::Factor(object("each of the `factors`", factor)?));
    }
    for (key, value) in members("kv", &mut parts)? {
        all.push(Given::Value { key, value });
    }
    for (name, text) in members("secrets", &mut parts)? {
        let text = text.as_str().ok_or_else(|| Misuse::new(format!("the secret `{name}` is a text")))?.to_owned();
        all.push(Given::Secret { name, text });
    }
    for (url, response) in members("http", &mut parts)? {
        all.push(Given::Http { response: object("a response", response)?, url });
    }
    for (name, account) in members("providers", &mut parts)? {
        all.push(Given::Provider { signed_in: object("who signs in at a provider", account)?, name });
    }
    for (username, seconds) in members("waits", &mut parts)? {
        let seconds = seconds.as_i64().ok_or_else(|| Misuse::new("each of the `waits` is a number of seconds"))?;
        all.push(Given::Wait { username, seconds });
    }
    match parts.keys().next() {
        None => Ok(all),
        Some(part) => Err(Misuse::new(format!("`{part}` is no part of what is given: {}", PARTS.join(", ")))),
    }
}

fn object(what: &str, value: Value) -> Result<Map<String, Value>, Misuse> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(Misuse::new(format!("{what} is a JSON object"))),
    }
}

fn members(part: &str, parts: &mut Map<String, Value>) -> Result<Map<String, Value>, Misuse> {
    parts.remove(part).map_or(Ok(Map::new()), |members| object(&format!("`{part}`"), members))
}

fn list(part: &str, parts: &mut Map<String, Value>) -> Result<Vec<Value>, Misuse> {
    match parts.remove(part) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Misuse::new(format!("`{part}` is a JSON array"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_read() {
        let document = json!({
            "waits": { "alice": 3 }, "providers": { "p": { "subject": "x" } }, "http": { "https://a.example/": { "status": 200 } },
            "secrets": { "key": "k" }, "kv": { "n": 1 }, "factors": [{ "user": "alice" }], "users": [{ "username": "alice" }],
            "time": 7,
        });
        let all = givens(document.clone()).unwrap();
        assert_eq!(all.len(), PARTS.len());
        assert_eq!(document.as_object().unwrap().len(), PARTS.len());
        assert!(matches!(all[..3], [Given::Time(7), Given::User(_), Given::Factor(_)]));
    }

    #[test]
    fn what_is_not_of_its_form_is_told_by_name() {
        let said = |document: Value| givens(document).unwrap_err().to_string();
        assert!(said(json!({ "user": [] })).starts_with("`user` is no part of what is given: users, time"));
        assert_eq!(said(json!([])), "what is given is a JSON object");
        assert_eq!(said(json!({ "users": {} })), "`users` is a JSON array");
        assert_eq!(said(json!({ "kv": [] })), "`kv` is a JSON object");
        assert_eq!(said(json!({ "users": ["alice"] })), "each of the `users` is a JSON object");
        assert_eq!(said(json!({ "secrets": { "k": 1 } })), "the secret `k` is a text");
        assert!(said(json!({ "time": "noon" })).contains("seconds since 1970"));
        assert!(said(json!({ "waits": { "alice": "long" } })).contains("number of seconds"));
    }
}

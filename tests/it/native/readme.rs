//! The walk that the README shows, walked: its documents are what comes. `…` stands for what differs from one time to the next,
//! and members may be left out.

use super::App;
use crate::world::{RelyingParty, Server};
use serde_json::{Value, json};
use std::path::Path;

fn shown() -> Vec<Value> {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let blocks = readme.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.map(|block| serde_json::from_str(block).unwrap_or_else(|error| panic!("{error} in {block}"))).collect()
}

/// Where `came` is not what is shown.
fn difference(shown: &Value, came: &Value) -> Option<String> {
    match (shown, came) {
        (Value::Object(shown), Value::Object(came)) => shown.iter().find_map(|(name, value)| {
            difference(value, came.get(name).unwrap_or(&Value::Null)).map(|what| format!("{name}: {what}"))
        }),
        (Value::Array(shown), Value::Array(came)) if shown.len() == came.len() => {
            shown.iter().zip(came).find_map(|(shown, came)| difference(shown, came))
        }
        (Value::String(shown), Value::String(came)) => {
            let mut rest = came.as_str();
            let fits = shown.split('…').all(|part| match rest.find(part) {
                Some(at) => {
                    rest = &rest[at + part.len()..];
                    true
                }
                None => false,
            });
            let whole = fits && (rest.is_empty() || shown.ends_with('…')) && came.starts_with(shown.split('…').next()?);
            (!whole).then(|| format!("{came} is not {shown}"))
        }
        _ => (shown != came).then(|| format!("{came} is not {shown}")),
    }
}

#[test]
fn a_document_that_differs_is_seen() {
    for (shown, came) in [
        (json!("a…"), json!("b")),
        (json!("a"), json!("ab")),
        (json!("…b"), json!("bc")),
        (json!({ "x": 1 }), json!({})),
        (json!([1]), json!([1, 2])),
        (json!({ "x": [{ "y": "a" }] }), json!({ "x": [{ "y": "b" }] })),
    ] {
        assert!(difference(&shown, &came).is_some(), "{shown} {came}");
    }
    assert_eq!(difference(&json!({ "x": "a…c…" }), &json!({ "x": "abcd", "y": 1 })), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_that_the_readme_shows_is_what_comes() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server).asking("openid");
    let at_home = |document: &Value| {
        let text = document.to_string().replace("http://localhost:8080", &server.issuer);
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let [page, answer, consent, end] = <[Value; 4]>::try_from(shown()).expect("four documents");
    let app = App::new();
    let url = client.authorization_url(&[]).replace("&state=state-1", "");
    let came = app.reads(&url).await;
    assert_eq!(difference(&at_home(&page), &came), None);
    let typed: Vec<(&str, &str)> =
        answer.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let typed: Vec<(&str, &str)> = typed.into_iter().filter(|(name, _)| *name != "step").collect();
    let came = app.goes_on(&came, &typed).await;
    assert_eq!(difference(&at_home(&consent), &came), None);
    let came = app.goes_on(&came, &[("action", "allow")]).await;
    assert_eq!(difference(&at_home(&end), &came), None);
}

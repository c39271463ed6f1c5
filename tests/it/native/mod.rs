//! A native app that draws the pages itself: it asks for JSON, posts JSON, and reads the code where the walk ends.

mod elsewhere;
mod faces;
mod readme;
mod walk;

use crate::world::{Answer, Browser};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;

/// An app, with cookies as a browser keeps them.
pub struct App {
    pub browser: Browser,
}

impl App {
    pub fn new() -> Self {
        Self { browser: Browser::new() }
    }

    /// Opens a URL.
    pub async fn opens(&self, url: &str) -> Answer {
        self.browser.send_json(url, None).await
    }

    /// Opens a URL at which there must be a document.
    pub async fn reads(&self, url: &str) -> Value {
        document(&self.opens(url).await)
    }

    /// Answers a page with these members beside its step.
    pub async fn answers(&self, page: &Value, members: &[(&str, &str)]) -> Answer {
        let mut document = json!({ "step": page["step"] });
        for (name, value) in members {
            document[*name] = json!(value);
        }
        self.browser.send_json(page["post_to"].as_str().unwrap(), Some(&document)).await
    }

    /// Answers a page; what comes must be a document.
    pub async fn goes_on(&self, page: &Value, members: &[(&str, &str)]) -> Value {
        document(&self.answers(page, members).await)
    }
}

/// The document of an answer, which nobody keeps and no other site loads.
pub fn document(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("vary", "Accept"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.headers[name], value, "{name}");
    }
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    let document = answer.json();
    assert_eq!(document["version"], 1, "{document}");
    document
}

/// The parameters that the end of a walk brings the client.
pub fn brought(end: &Value) -> BTreeMap<String, String> {
    let to = end["redirect_to"].as_str().unwrap_or_else(|| panic!("no end: {end}"));
    let to = Url::parse(to).unwrap();
    let text = to.fragment().or(to.query()).unwrap_or_default();
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// A field of a page.
pub fn field<'p>(page: &'p Value, name: &str) -> &'p Value {
    let fields = page["fields"].as_array().unwrap_or_else(|| panic!("no page: {page}"));
    fields.iter().find(|field| field["name"] == name).unwrap_or_else(|| panic!("no field {name}: {page}"))
}

/// What a page's answer may press.
pub fn actions(page: &Value) -> Vec<&str> {
    page["actions"].as_array().unwrap().iter().map(|action| action["name"].as_str().unwrap()).collect()
}

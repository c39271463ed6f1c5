//! A page as its reader sees it: the form, its fields, its text. Reads only what our own pages are made of.

use super::browser::Answer;
use std::collections::BTreeMap;
use url::Url;

/// A page with a form.
#[derive(Debug, Clone)]
pub struct Page {
    pub form_id: String,
    pub action: Url,
    pub hidden: BTreeMap<String, String>,
    pub html: String,
}

impl Page {
    pub fn read(answer: &Answer) -> Self {
        let html = answer.body.clone();
        let form = tags(&html, "form").into_iter().next();
        let form = form.unwrap_or_else(|| panic!("no form at {}:\n{html}", answer.url));
        let action = attribute(&form, "action").filter(|action| !action.is_empty());
        let action = action.map_or_else(|| answer.url.clone(), |action| answer.url.join(&action).unwrap());
        let hidden = tags(&html, "input")
            .iter()
            .filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"))
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
            .collect();
        Self { form_id: attribute(&form, "id").unwrap_or_default(), action, hidden, html }
    }

    /// Whether it has an input of that name.
    pub fn has_field(&self, name: &str) -> bool {
        tags(&self.html, "input").iter().any(|tag| attribute(tag, "name").as_deref() == Some(name))
    }

    /// Whether some element has that id.
    pub fn has_id(&self, id: &str) -> bool {
        self.html.contains(&format!("id=\"{id}\""))
    }

    /// What the main button is called.
    pub fn main_button(&self) -> String {
        let buttons = tags(&self.html, "button");
        let main = buttons.iter().find(|tag| attribute(tag, "class").as_deref() == Some("main"));
        main.and_then(|tag| attribute(tag, "value")).unwrap_or_else(|| panic!("no main button:\n{}", self.html))
    }

    /// The heading.
    pub fn heading(&self) -> String {
        heading(&self.html)
    }
}

/// The text of the first `h1`.
pub fn heading(html: &str) -> String {
    let start = html.find("<h1").and_then(|at| html[at..].find('>').map(|end| at + end + 1)).unwrap_or(0);
    let end = html[start..].find("</h1>").map_or(start, |end| start + end);
    html[start..end].trim().to_owned()
}

fn tags(html: &str, name: &str) -> Vec<String> {
    let open = format!("<{name}");
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(&open) {
        rest = &rest[at + open.len()..];
        if rest.starts_with(|c: char| c.is_whitespace() || c == '>') {
            let end = rest.find('>').unwrap_or(rest.len());
            found.push(rest[..end].to_owned());
        }
    }
    found
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let open = format!("{name}=\"");
    let at = tag.match_indices(&open).find(|(at, _)| tag[..*at].ends_with(char::is_whitespace))?.0;
    let value = &tag[at + open.len()..];
    let value = &value[..value.find('"')?];
    Some(value.replace("&amp;", "&").replace("&#x2f;", "/").replace("&#x27;", "'").replace("&quot;", "\""))
}

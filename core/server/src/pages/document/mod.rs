//! A page as a native app reads it: the same views as the HTML is drawn from, as a document of which the end-user's app
//! draws what it likes. The format is our own; what it is for is that of OAuth 2.0 for First-Party Applications.
//!
//! Its texts are the HTML's, in the same language. What an end-user typed into a secret field is in none.

mod builtin;
mod field;
mod problem;
#[cfg(test)]
mod tests;

pub use problem::Problem;

use super::faces::ClientDocument;
use super::scopes::{ClaimModel, ScopeModel};
use super::{AccountFace, FormView, Frame, actions, presentable};
use field::FieldDocument;
use gatewright_domain::page::Form;
use serde::Serialize;

/// The version that every document names. Members may come without another one; none goes, and none means anything else.
pub const DOCUMENT_VERSION: u32 = 1;

/// A page of the walk.
#[derive(Debug, Serialize)]
pub struct PageDocument<'a> {
    version: u32,
    /// `form`, `consent`, `choose_account` or `failed_tries`.
    page: &'static str,
    language: &'a str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// What went wrong or is to be noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<ClientDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountDocument<'a>>,
    fields: Vec<FieldDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<WordsDocument>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims: Vec<WordsDocument>,
    actions: Vec<ActionDocument<'a>>,
    /// Seconds after which a look at `post_to` takes the page on.
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_s: Option<u32>,
    /// Where the answer is posted. A GET there shows the page as it stands.
    post_to: &'a str,
    /// What the answer must bring back.
    step: &'a str,
}

/// Whose account it is.
#[derive(Debug, Serialize)]
struct AccountDocument<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
}

/// A scope value or a claim, and what it means.
#[derive(Debug, Serialize)]
struct WordsDocument {
    name: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// What the answer's `action` may be.
#[derive(Debug, Serialize)]
struct ActionDocument<'a> {
    name: &'a str,
    label: String,
    /// Whether it leaves the fields as they are.
    skips_fields: bool,
}

impl<'a> PageDocument<'a> {
    /// A form, whose answer is posted to `post_to`.
    pub fn form(view: FormView<'a>, post_to: &'a str) -> Self {
        let FormView { frame, form, material, refresh_s, step } = view;
        let shown = |text: &str| presentable::block(&frame.language.text(text));
        let fields = form.fields.iter().map(|field| FieldDocument::new(field, material, &frame.language)).collect();
        Self {
            text: form.text.as_deref().map(shown),
            notice: form.notice.as_deref().map(shown),
            fields,
            wait_s: refresh_s,
            ..Self::bare("form", frame, shown(&form.title), (post_to, step))
        }
        .acting(form_actions(form, frame))
    }

    fn bare(page: &'static str, frame: &'a Frame, title: String, (post_to, step): (&'a str, &'a str)) -> Self {
        Self {
            version: DOCUMENT_VERSION,
            page,
            language: frame.language.tag(),
            title,
            text: None,
            notice: None,
            client: frame.client.as_ref().map(super::ClientFace::document),
            account: None,
            fields: Vec::new(),
            scopes: Vec::new(),
            claims: Vec::new(),
            actions: Vec::new(),
            wait_s: None,
            post_to,
            step,
        }
    }

    fn acting(self, actions: Vec<ActionDocument<'a>>) -> Self {
        Self { actions, ..self }
    }

    fn of_account(self, account: &'a AccountFace) -> Self {
        let (name, username) = account.names();
        Self { account: Some(AccountDocument { name, username }), ..self }
    }
}

fn form_actions<'a>(form: &'a Form, frame: &Frame) -> Vec<ActionDocument<'a>> {
    if form.actions.is_empty() {
        let label = frame.language.filled("form.continue", &[]);
        return vec![ActionDocument { name: actions::CONTINUE, label, skips_fields: false }];
    }
    let action = |action: &'a gatewright_domain::page::Action| ActionDocument {
        name: &action.name,
        label: presentable::block(&frame.language.text(&action.label)),
        skips_fields: action.skips_fields,
    };
    form.actions.iter().map(action).collect()
}

impl WordsDocument {
    fn of_scope(model: ScopeModel, frame: &Frame) -> Self {
        let (name, title, text) = model.into_words();
        let title = title.unwrap_or_else(|| frame.language.filled("consent.unknown_scope", &[("scope", &name)]));
        Self { name, title, text }
    }

    fn of_claim(model: ClaimModel, frame: &Frame) -> Self {
        let (name, title) = model.into_words();
        let title = title.unwrap_or_else(|| frame.language.filled("consent.unknown_claim", &[("claim", &name)]));
        Self { name, title, text: None }
    }
}

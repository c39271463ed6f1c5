//! A page as a hook describes it. The host draws it; a hook never emits HTML.

mod answer;
mod form;

pub use answer::{AnswerValue, FormAnswer, Submission, VALUE_BYTES_MAX};
pub use form::{
    ACTIONS_MAX, Action, Choice, FIELDS_MAX, Field, FieldKind, Form, InvalidPage, OPTIONS_MAX, QR_BYTES_MAX, QrContent,
    TEXT_CHARS_MAX, WAIT_ACTION, WAIT_S_MAX,
};

use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};

/// What the end-user is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "page", rename_all = "snake_case")]
pub enum Page {
    /// A form with fields.
    Form(Form),
    /// The question whether the client may have these scopes, and the claims that the request asks for by name.
    Consent(ConsentQuestion),
}

/// The built-in consent question (OpenID Connect Core 3.1.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentQuestion {
    /// What is asked for, in the order of the request.
    pub scope: Scope,
}

//! The page that posts an authorization response to the client (OAuth 2.0 Form Post Response Mode 1.0).

use super::{FormTargets, Frame, Needs, Pages, Rendered};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_domain::fault::Fault;
use gatewright_protocol::authorization_response::AuthorizationResponse;
use gatewright_protocol::response_mode::Carrier;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The one script of all pages: posts the form at once. Without JavaScript its button does the same.
const SUBMIT_SCRIPT: &str = "document.forms[0].submit()";

/// A response on its way by form post.
#[derive(Debug, Clone, Copy)]
pub struct FormPostView<'a> {
    /// What the pages of this visit share.
    pub frame: &'a Frame,
    /// The response; its mode must be `form_post`.
    pub response: &'a AuthorizationResponse,
}

/// What `form_post.html` is given.
#[derive(Debug, Serialize)]
pub(super) struct FormPostModel<'a> {
    to: &'a str,
    fields: Vec<FieldModel<'a>>,
    script: &'static str,
}

#[derive(Debug, Serialize)]
struct FieldModel<'a> {
    name: &'a str,
    value: &'a str,
}

impl FormPostModel<'static> {
    /// A model that brings `value` to `to`.
    pub(super) fn sample(to: &'static str, value: &'static str) -> Self {
        Self { to, fields: vec![FieldModel { name: "code", value }], script: SUBMIT_SCRIPT }
    }
}

impl Pages {
    /// Draws the page that posts the response.
    ///
    /// # Errors
    /// A fault when the response travels another way, or an operator's template fails.
    pub fn form_post(&self, view: FormPostView<'_>) -> Result<Rendered, Fault> {
        if view.response.mode().carrier() != Carrier::FormPost {
            return Err(Fault::new("pages", "a response of another mode is to be posted"));
        }
        let fields = view.response.parameters().iter().map(|(name, value)| FieldModel { name, value }).collect();
        let model = FormPostModel { to: view.response.redirect_uri().as_str(), fields, script: SUBMIT_SCRIPT };
        let needs = Needs {
            form_targets: FormTargets::Anywhere,
            script_sha256: Some(STANDARD.encode(Sha256::digest(SUBMIT_SCRIPT))),
            tells_origin: true,
            ..Needs::default()
        };
        self.draw("form_post.html", view.frame, &model, &needs)
    }
}

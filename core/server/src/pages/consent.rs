//! The question whether a client may have what it asks for (OpenID Connect Core 3.1.2.4, RFC 6749 10.2).

use super::scopes::{ClaimModel, ScopeModel};
use super::{AccountFace, Frame, Pages, Rendered};
use gatewright_domain::fault::Fault;
use gatewright_protocol::scope::Scope;
use serde::Serialize;

/// The consent question. The frame must name the client.
#[derive(Debug, Clone, Copy)]
pub struct ConsentView<'a> {
    /// What the pages of this visit share.
    pub frame: &'a Frame,
    /// Who is asked.
    pub account: &'a AccountFace,
    /// What is asked for.
    pub scope: &'a Scope,
    /// Claims asked for by name, beyond what the scope stands for (OpenID Connect Core 5.5).
    pub claims: &'a [String],
    /// Whether "not you?" is offered; it posts [`super::actions::OTHER_ACCOUNT`].
    pub offers_other_account: bool,
    /// What the answer must bring back in [`super::STEP_FIELD`].
    pub step: &'a str,
}

#[derive(Debug, Serialize)]
struct ConsentModel<'a> {
    account: &'a AccountFace,
    scopes: Vec<ScopeModel>,
    claims: Vec<ClaimModel>,
    offers_other_account: bool,
    step: &'a str,
}

impl Pages {
    /// Draws the consent page.
    ///
    /// # Errors
    /// A fault when the frame names no client, or an operator's template fails.
    pub fn consent(&self, view: ConsentView<'_>) -> Result<Rendered, Fault> {
        let ConsentView { frame, account, scope, claims, offers_other_account, step } = view;
        if frame.client.is_none() {
            return Err(Fault::new("pages", "consent is asked for no client"));
        }
        let scopes = scope.iter().map(|value| ScopeModel::new(value, &frame.language)).collect();
        let claims = claims.iter().map(|name| ClaimModel::new(name, &frame.language)).collect();
        let model = ConsentModel { account, scopes, claims, offers_other_account, step };
        self.draw("consent.html", frame, &model, &frame.form_needs())
    }
}

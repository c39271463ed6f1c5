//! Signing out: the question before (OpenID Connect RP-Initiated Logout 1.0, 2) and the page after.

use super::{AccountFace, Frame, Needs, Pages, Rendered};
use gatewright_domain::fault::Fault;
use serde::Serialize;

/// The question whether to sign out.
#[derive(Debug, Clone, Copy)]
pub struct SignOutView<'a> {
    /// What the pages of this visit share; its client is the one that asks, where one does.
    pub frame: &'a Frame,
    /// Who is signed in, where that is known.
    pub account: Option<&'a AccountFace>,
    /// Where "Stay signed in" leads: a path of ours, or the client. Not offered where absent.
    pub stay: Option<&'a str>,
    /// What the answer must bring back in [`super::STEP_FIELD`]; "Sign out" posts [`super::actions::SIGN_OUT`].
    pub step: &'a str,
}

#[derive(Debug, Serialize)]
struct SignOutModel<'a> {
    account: Option<&'a AccountFace>,
    stay: Option<&'a str>,
    step: &'a str,
}

/// The page after.
#[derive(Debug, Clone, Copy)]
pub struct SignedOutView<'a> {
    /// What the pages of this visit share; the client's own address is offered where it registered one.
    pub frame: &'a Frame,
    /// Whether somebody was signed in at all.
    pub was_signed_in: bool,
}

#[derive(Debug, Serialize)]
struct SignedOutModel {
    was_signed_in: bool,
}

impl Pages {
    /// Draws the question.
    ///
    /// # Errors
    /// A fault when an operator's template fails.
    pub fn sign_out(&self, view: SignOutView<'_>) -> Result<Rendered, Fault> {
        let SignOutView { frame, account, stay, step } = view;
        self.draw("sign_out.html", frame, &SignOutModel { account, stay, step }, &frame.form_needs())
    }

    /// Draws the page after.
    ///
    /// # Errors
    /// A fault when an operator's template fails.
    pub fn signed_out(&self, view: SignedOutView<'_>) -> Result<Rendered, Fault> {
        let needs = Needs { alone: true, ..view.frame.needs() };
        self.draw("signed_out.html", view.frame, &SignedOutModel { was_signed_in: view.was_signed_in }, &needs)
    }
}

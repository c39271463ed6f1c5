//! That others tried to sign in as the end-user and failed: shown once, at the next sign-in.

use super::{AccountFace, Frame, Pages, Rendered};
use crate::moment;
use gatewright_domain::failed_tries::StrangeTries;
use gatewright_domain::fault::Fault;
use serde::Serialize;

/// What happened.
#[derive(Debug, Clone, Copy)]
pub struct FailedTriesView<'a> {
    /// What the pages of this visit share.
    pub frame: &'a Frame,
    /// Who signed in; "Continue" posts [`super::actions::CONTINUE`].
    pub account: &'a AccountFace,
    /// The tries.
    pub tries: &'a StrangeTries,
    /// What the answer must bring back in [`super::STEP_FIELD`].
    pub step: &'a str,
}

#[derive(Debug, Serialize)]
struct FailedTriesModel<'a> {
    account: &'a AccountFace,
    tries: u32,
    last: String,
    address: Option<String>,
    step: &'a str,
}

impl FailedTriesView<'_> {
    /// When it was the last time. One way to write a moment in every language: a page knows nobody's time zone.
    pub(super) fn last(&self) -> String {
        format!("{} UTC", moment::shown(self.tries.last))
    }
}

impl Pages {
    /// Draws it.
    ///
    /// # Errors
    /// A fault when an operator's template fails.
    pub fn failed_tries(&self, view: FailedTriesView<'_>) -> Result<Rendered, Fault> {
        let FailedTriesView { frame, account, tries, step } = view;
        let address = tries.address.map(|address| address.to_string());
        let last = view.last();
        let model = FailedTriesModel { account, tries: tries.tries, last, address, step };
        self.draw("failed_tries.html", frame, &model, &frame.form_needs())
    }
}

//! Which account to go on with: `prompt=select_account` (OpenID Connect Core 3.1.2.1).

use super::{AccountFace, Frame, Pages, Rendered};
use gatewright_domain::fault::Fault;
use serde::Serialize;

/// The account that is signed in, or another one.
#[derive(Debug, Clone, Copy)]
pub struct ChooseAccountView<'a> {
    /// What the pages of this visit share.
    pub frame: &'a Frame,
    /// Who is signed in; "Continue as …" posts [`super::actions::CONTINUE`], "another account"
    /// [`super::actions::OTHER_ACCOUNT`].
    pub account: &'a AccountFace,
    /// What the answer must bring back in [`super::STEP_FIELD`].
    pub step: &'a str,
}

#[derive(Debug, Serialize)]
struct ChooseAccountModel<'a> {
    account: &'a AccountFace,
    step: &'a str,
}

impl Pages {
    /// Draws the choice.
    ///
    /// # Errors
    /// A fault when an operator's template fails.
    pub fn choose_account(&self, view: ChooseAccountView<'_>) -> Result<Rendered, Fault> {
        let model = ChooseAccountModel { account: view.account, step: view.step };
        self.draw("choose_account.html", view.frame, &model, &view.frame.form_needs())
    }
}

//! Draws the account's pages from a sample, full and empty, and holds them to what they need to be answered.

use super::super::proof::{must_bring_back_the_step, must_hold};
use super::super::{AccountFace, Frame, Pages, PagesError};
use super::events::EventLine;
use super::lines::{ClientLine, FactorLine, MethodLine, SessionModel};
use super::{AccountModel, AccountNotice, FactorModel, RecoveryModel};

impl Pages {
    /// Proves them in the frame's language; `step` stands for the token.
    pub(in crate::pages) fn prove_account(&self, frame: &Frame, step: &str) -> Result<(), PagesError> {
        let notices = AccountNotice::ALL.into_iter().map(Some).chain([None]);
        for (place, notice) in notices.enumerate() {
            let html = self.drawn("account.html", frame, &sample(step, notice, place % 2 == 0))?;
            if place % 2 == 0 {
                must_bring_back_the_step("account.html", &html)?;
                for action in ["enrol", "end_session", "disconnect"] {
                    must_hold("account.html", &html, &format!("value=\"{action}\""), "a button of each kind")?;
                }
            }
        }
        for typed in [None, Some("typed")] {
            let model = FactorModel { base: "", step, factor: FactorLine::sample(), typed, max_length: 64 };
            for template in ["account_rename.html", "account_remove.html"] {
                must_bring_back_the_step(template, &self.drawn(template, frame, &model)?)?;
            }
            let html = self.drawn("account_rename.html", frame, &model)?;
            must_hold("account_rename.html", &html, "name=\"label\"", "the field \"label\"")?;
        }
        for left in [0, 3] {
            let model = RecoveryModel { base: "", step, left, of: 10, codes: &[] };
            must_bring_back_the_step("account_recovery.html", &self.drawn("account_recovery.html", frame, &model)?)?;
        }
        let model = RecoveryModel { base: "", step, left: 10, of: 10, codes: &["proof-code"] };
        let html = self.drawn("account_recovery.html", frame, &model)?;
        must_hold("account_recovery.html", &html, "proof-code", "the new codes, {{ page.codes }}")
    }
}

fn sample(step: &str, notice: Option<AccountNotice>, full: bool) -> AccountModel<'_> {
    AccountModel {
        account: AccountFace::sample(),
        base: "",
        step,
        notice,
        factors: if full { vec![FactorLine::sample()] } else { vec![] },
        methods: if full { vec![MethodLine::sample()] } else { vec![] },
        recovery: full.then_some(3),
        of: 10,
        sessions: if full { vec![SessionModel::sample()] } else { vec![] },
        clients: if full { vec![ClientLine::sample()] } else { vec![] },
        events: if full { EventLine::samples() } else { vec![] },
    }
}

//! Changes of what an end-user signs in with: each needs a session that is fresh and as strong as the account can be.

use super::Trip;
use super::door::{AccountForm, Change, Visit};
use crate::Engine;
use crate::browser::Browser;
use crate::error::WalkError;
use gatewright_domain::capabilities::CallFailed;
use gatewright_domain::factor::{Factor, FactorView, is_label};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::FactorId;
use gatewright_domain::secret::SecretText;
use gatewright_domain::security_event::SecurityEventKind;
use gatewright_protocol::acr::Acr;

impl Engine {
    /// The end-user's factor of that name, for a page about it.
    ///
    /// # Errors
    /// A fault of the stores.
    pub async fn own_factor(&self, id: &str, browser: &Browser) -> Result<Change<(FactorView, String)>, WalkError> {
        let Some(visit) = self.account_visit(browser).await? else { return Ok(Change::SignInNeeded) };
        if !self.is_strong(&visit.session).await? {
            return Ok(Change::StepUpNeeded);
        }
        let token = self.account_token(&visit.session);
        let found = self.find_own(&visit, id).await?;
        Ok(found.map_or(Change::Gone, |factor| Change::Done((FactorView::from(&factor), token))))
    }

    /// The trip that enrols the factor of the method of that ACR, where it enrols one.
    ///
    /// # Errors
    /// A direct error for a form of another page, or a fault.
    pub async fn enrolment(&self, form: AccountForm<'_>, acr: &str) -> Result<Change<Trip>, WalkError> {
        if self.form_visit(&form).await?.is_none() {
            return Ok(Change::SignInNeeded);
        }
        let policy = self.world.policies.live();
        let acr = Acr::try_from(acr).ok();
        let method = acr.and_then(|acr| policy.acrs().find(&acr).cloned());
        let method = method.filter(|method| method.enrollable().is_some());
        Ok(method.map_or(Change::Gone, |method| Change::Done(Trip::Enrol { acr: method.acr })))
    }

    /// Gives a factor another label.
    ///
    /// # Errors
    /// A direct error for a form of another page, or a fault.
    pub async fn rename_factor(&self, form: AccountForm<'_>, id: &str, label: &str) -> Result<Change, WalkError> {
        let visit = match self.strong_visit(&form).await? {
            Ok(visit) => visit,
            Err(needed) => return Ok(needed),
        };
        let Some(factor) = self.find_own(&visit, id).await? else { return Ok(Change::Gone) };
        let label = label.trim();
        if !is_label(label) {
            return Ok(Change::Unfit);
        }
        if factor.label == label {
            return Ok(Change::Done(()));
        }
        let renamed = Factor { label: label.to_owned(), ..factor };
        // Used or removed at this very moment: the page shows how it is now.
        if !self.world.stores.factors.replace(&renamed).await? {
            return Ok(Change::Gone);
        }
        let (kind, label) = (renamed.kind, renamed.label);
        self.note(&visit.user.subject, form.browser, SecurityEventKind::FactorRenamed { kind, label }).await?;
        Ok(Change::Done(()))
    }

    /// Removes a factor.
    ///
    /// # Errors
    /// A direct error for a form of another page, or a fault.
    pub async fn remove_factor(&self, form: AccountForm<'_>, id: &str) -> Result<Change, WalkError> {
        let visit = match self.strong_visit(&form).await? {
            Ok(visit) => visit,
            Err(needed) => return Ok(needed),
        };
        let Some(factor) = self.find_own(&visit, id).await? else { return Ok(Change::Gone) };
        if !self.world.stores.factors.remove(&visit.user.subject, &factor.id).await? {
            return Ok(Change::Gone);
        }
        let (kind, label) = (factor.kind, factor.label);
        self.note(&visit.user.subject, form.browser, SecurityEventKind::FactorRemoved { kind, label }).await?;
        Ok(Change::Done(()))
    }

    /// Makes a new set of recovery codes; those of an older one no longer count.
    ///
    /// # Errors
    /// A direct error for a form of another page, or a fault.
    pub async fn renew_recovery_codes(&self, form: AccountForm<'_>) -> Result<Change<Vec<SecretText>>, WalkError> {
        let visit = match self.strong_visit(&form).await? {
            Ok(visit) => visit,
            Err(Change::SignInNeeded) => return Ok(Change::SignInNeeded),
            Err(_) => return Ok(Change::StepUpNeeded),
        };
        let codes = match self.world.recovery.renew(&visit.user.subject).await {
            Ok(codes) => codes,
            Err(CallFailed::Capability(_)) => return Ok(Change::Gone),
            Err(CallFailed::Fault(fault)) => return Err(fault.into()),
        };
        self.note(&visit.user.subject, form.browser, SecurityEventKind::RecoveryCodesRenewed).await?;
        Ok(Change::Done(codes))
    }

    /// The end-user whose form this is, strong enough to change what they sign in with; or what they need first.
    async fn strong_visit(&self, form: &AccountForm<'_>) -> Result<Result<Visit, Change>, WalkError> {
        let Some(visit) = self.form_visit(form).await? else { return Ok(Err(Change::SignInNeeded)) };
        let strong = self.is_strong(&visit.session).await?;
        Ok(if strong { Ok(visit) } else { Err(Change::StepUpNeeded) })
    }

    /// A confirmed factor of this end-user and of nobody else.
    async fn find_own(&self, visit: &Visit, id: &str) -> Result<Option<Factor>, Fault> {
        let Ok(id) = FactorId::parse(id) else { return Ok(None) };
        let found = self.world.stores.factors.find(&id, self.now()).await?;
        Ok(found.filter(|factor| factor.subject == visit.user.subject && factor.pending_until.is_none()))
    }
}

//! What end-users enrolled, as a test has it: factors of a binding's own kind, authenticator apps and recovery codes.
//!
//! An authenticator app shows the one code that the test gave it; as in life it counts once in a step of 30 seconds. An
//! app that is enrolled in the test shows [`NEW_APP_CODE`].

use super::{State, World};
use async_trait::async_trait;
use gatewright_domain::capabilities::factors::{Factors, FactorsAnswer, FactorsCall};
use gatewright_domain::capabilities::recovery::{RECOVERY_CODES, Recovery};
use gatewright_domain::capabilities::totp::{Totp, TotpKey};
use gatewright_domain::capabilities::{Attempt, CallFailed, CapabilityError};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::{ENROLMENT_S, FactorView, RECOVERY, TOTP};
use gatewright_domain::identifiers::{FactorId, FactorKind, Subject};
use gatewright_domain::secret::SecretText;
use serde_json::Value;

/// What an authenticator app shows that is enrolled in a test.
pub const NEW_APP_CODE: &str = "123456";
/// How long an app shows a code, in seconds (RFC 6238 5.2).
const STEP_S: i64 = 30;

/// A factor.
pub(super) struct Enrolled {
    pub(super) view: FactorView,
    pub(super) reference: Option<String>,
    pub(super) proof: Proof,
    /// When its enrolment ends unless it is confirmed.
    pub(super) pending_until: Option<i64>,
}

/// What of it proves who its end-user is.
pub(super) enum Proof {
    /// A binding stored this with it.
    Kept(Value),
    /// An app shows this code; and in which step of time it counted last.
    App { code: String, counted_at: Option<i64> },
    /// A passkey.
    Passkey { user_verified: bool },
    /// Recovery codes that are left.
    Codes(Vec<String>),
}

impl State {
    /// A new factor; answers its id.
    pub(super) fn enrol(
        &mut self,
        (subject, kind, label): (&Subject, &str, &str),
        reference: Option<String>,
        proof: Proof,
    ) -> Result<FactorId, CallFailed> {
        let subject = self.account(subject)?.subject.clone();
        let invalid = |error: gatewright_domain::identifiers::InvalidIdentifier| invalid(error.to_string());
        let id = FactorId::parse(self.name("factor")).map_err(invalid)?;
        let kind = FactorKind::parse(kind).map_err(invalid)?;
        let created_at = Timestamp(self.now_s());
        let view = FactorView { id: id.clone(), subject, kind, label: label.to_owned(), created_at, used_at: None };
        self.enrolled.push(Enrolled { view, reference, proof, pending_until: None });
        Ok(id)
    }

    /// Factors whose enrolment is confirmed.
    pub(super) fn confirmed(&mut self) -> impl Iterator<Item = &mut Enrolled> {
        self.enrolled.iter_mut().filter(|factor| factor.pending_until.is_none())
    }

    /// The factor of a binding's own kind that has this id.
    fn own(&mut self, kind: &FactorKind, id: &FactorId) -> Option<&mut Enrolled> {
        self.confirmed().find(|factor| factor.view.kind == *kind && factor.view.id == *id)
    }
}

#[async_trait]
impl Factors for World {
    async fn call(&self, kind: &FactorKind, call: &FactorsCall, now: Timestamp) -> Result<FactorsAnswer, CallFailed> {
        let mut state = self.state();
        Ok(match call {
            FactorsCall::List { subject } => {
                let own = state.confirmed().filter(|factor| factor.view.subject == *subject);
                FactorsAnswer::Listed(own.map(|factor| factor.view.clone()).collect())
            }
            FactorsCall::Enrol { subject, label, reference, data } => {
                let taken = |factor: &mut Enrolled| factor.view.kind == *kind && factor.reference == *reference;
                if reference.is_some() && state.confirmed().any(taken) {
                    return Err(invalid("another factor has this reference"));
                }
                let proof = Proof::Kept(data.clone());
                FactorsAnswer::Enrolled(state.enrol((subject, kind.as_str(), label), reference.clone(), proof)?)
            }
            FactorsCall::Find { reference } => {
                let named =
                    |factor: &&mut Enrolled| factor.view.kind == *kind && factor.reference.as_ref() == Some(reference);
                FactorsAnswer::Found(state.confirmed().find(named).map(|factor| factor.view.clone()))
            }
            FactorsCall::Data { id } => FactorsAnswer::Data(match state.own(kind, id).map(|factor| &factor.proof) {
                Some(Proof::Kept(data)) => Some(data.clone()),
                _ => None,
            }),
            FactorsCall::Update { id, before, to } => FactorsAnswer::Done(match state.own(kind, id) {
                Some(factor) if matches!(&factor.proof, Proof::Kept(data) if data == before) => {
                    factor.proof = Proof::Kept(to.clone());
                    factor.view.used_at = Some(now);
                    true
                }
                _ => false,
            }),
            FactorsCall::Remove { id } => {
                let is = state.own(kind, id).is_some();
                state.enrolled.retain(|factor| !is || factor.view.id != *id);
                FactorsAnswer::Done(is)
            }
        })
    }
}

#[async_trait]
impl Totp for World {
    async fn begin(&self, subject: &Subject) -> Result<FactorId, CallFailed> {
        let mut state = self.state();
        let proof = Proof::App { code: NEW_APP_CODE.to_owned(), counted_at: None };
        let id = state.enrol((subject, TOTP, "pending"), None, proof)?;
        let until = Timestamp(state.now_s()).plus(ENROLMENT_S).0;
        state.enrolled.iter_mut().filter(|factor| factor.view.id == id).for_each(|f| f.pending_until = Some(until));
        Ok(id)
    }

    async fn key(&self, _: &FactorId) -> Result<Option<TotpKey>, CallFailed> {
        // Nobody looks at the page of a test.
        Ok(None)
    }

    async fn confirm(&self, enrolment: &FactorId, label: &str, code: &SecretText) -> Result<bool, CallFailed> {
        let mut state = self.state();
        let now = state.now_s();
        let begun = |factor: &&mut Enrolled| {
            factor.view.id == *enrolment && factor.pending_until.is_some_and(|until| now < until)
        };
        let Some(factor) = state.enrolled.iter_mut().find(begun) else { return Ok(false) };
        let confirmed = factor.shows(code, now);
        if confirmed {
            factor.pending_until = None;
            label.clone_into(&mut factor.view.label);
        }
        Ok(confirmed)
    }

    async fn verify(&self, attempt: &Attempt<'_>, code: &SecretText) -> Result<Option<FactorId>, CallFailed> {
        let mut state = self.state();
        let now = state.now_s();
        let mut own = state.confirmed().filter(|factor| factor.view.subject == *attempt.subject);
        let found = own.find_map(|factor| factor.shows(code, now).then_some(factor));
        Ok(found.map(|factor| {
            factor.view.used_at = Some(Timestamp(now));
            factor.view.id.clone()
        }))
    }
}

impl Enrolled {
    /// Whether it is an app that shows this code, for the first time in this step.
    fn shows(&mut self, typed: &SecretText, now: i64) -> bool {
        let Proof::App { code, counted_at } = &mut self.proof else { return false };
        let step = Some(now.div_euclid(STEP_S));
        let counts = code == typed.expose() && *counted_at != step;
        if counts {
            *counted_at = step;
        }
        counts
    }
}

#[async_trait]
impl Recovery for World {
    async fn renew(&self, subject: &Subject) -> Result<Vec<SecretText>, CallFailed> {
        let mut state = self.state();
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| state.name("recovery")).collect();
        state.enrolled.retain(|factor| factor.view.kind.as_str() != RECOVERY || factor.view.subject != *subject);
        state.enrol((subject, RECOVERY, RECOVERY), None, Proof::Codes(codes.clone()))?;
        Ok(codes.into_iter().map(SecretText::new).collect())
    }

    async fn remaining(&self, subject: &Subject) -> Result<usize, CallFailed> {
        let mut state = self.state();
        let own = state.confirmed().filter(|factor| factor.view.subject == *subject);
        Ok(own.map(|factor| if let Proof::Codes(codes) = &factor.proof { codes.len() } else { 0 }).sum())
    }

    async fn verify(&self, attempt: &Attempt<'_>, typed: &SecretText) -> Result<bool, CallFailed> {
        let mut state = self.state();
        let now = Timestamp(state.now_s());
        for factor in state.confirmed().filter(|factor| factor.view.subject == *attempt.subject) {
            let Proof::Codes(codes) = &mut factor.proof else { continue };
            if let Some(place) = codes.iter().position(|code| code == typed.expose()) {
                codes.remove(place);
                factor.view.used_at = Some(now);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

pub(super) fn invalid(why: impl Into<String>) -> CallFailed {
    CapabilityError::Invalid { why: why.into() }.into()
}

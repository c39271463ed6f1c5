//! A flow on a record: what another policy's flow asked of the host answers this one's calls, and nothing is performed.
//!
//! A call is met by what it is, not by its place: the policy that is tried may ask in another order. Each entry answers
//! once, so that a counter that was raised once is not raised twice; what only reads answers again alike. A call that
//! is not in the record ends the run, for nobody knows what it would have brought.

use super::call::{HostAnswer, HostCall, SecretRef, UsersCall};
use super::fault::FaultKind;
use super::host::not_lent;
use super::journal::{Entry, Journal};
use crate::capabilities::factors::FactorsCall;
use crate::capabilities::http::{HttpBody, HttpText};
use crate::capabilities::kv::KvCall;
use crate::capabilities::loan::Loan;
use crate::capabilities::mail::MailCall;
use crate::capabilities::oidc::OidcCall;
use crate::capabilities::recovery::RecoveryCall;
use crate::capabilities::totp::TotpCall;
use crate::capabilities::webauthn::WebauthnCall;
use crate::identifiers::BindingName;
use std::collections::BTreeMap;
use std::mem::discriminant;
use std::sync::{Arc, Mutex, PoisonError};

/// What bindings asked of the host to answer one question, and what they were answered.
#[derive(Debug, Default)]
pub struct Record {
    at_ms: i64,
    journals: usize,
    lines: Mutex<Vec<Line>>,
}

/// One entry of one journal.
#[derive(Debug)]
struct Line {
    binding: BindingName,
    /// Which journal, and where in it: by this a typed secret is known.
    page: PageRef,
    entry: Entry,
    used: bool,
}

/// A place in one of the record's journals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PageRef {
    journal: usize,
    entry: usize,
}

impl Record {
    /// An empty record of a question that was asked at `at_ms`, in milliseconds since 1970: the time that is answered to
    /// whoever asks for it where the record knows no other.
    pub fn new(at_ms: i64) -> Self {
        Self { at_ms, ..Self::default() }
    }

    /// With the calls of one more run.
    #[must_use]
    pub fn with(mut self, binding: &BindingName, journal: &Journal) -> Self {
        let lines = self.lines.get_mut().unwrap_or_else(PoisonError::into_inner);
        lines.extend(journal.entries().iter().enumerate().map(|(place, entry)| Line {
            binding: binding.clone(),
            page: PageRef { journal: self.journals, entry: place },
            entry: entry.clone(),
            used: false,
        }));
        self.journals += 1;
        self
    }
}

/// One flow's view of a record.
#[derive(Debug)]
pub struct Recorded {
    record: Arc<Record>,
    /// Which recorded page answered each of this flow's: a typed secret is known by its page.
    pages: BTreeMap<usize, PageRef>,
}

impl Recorded {
    /// A flow at its beginning. What other flows on the same record have used up is used up for this one.
    pub fn new(record: Arc<Record>) -> Self {
        Self { record, pages: BTreeMap::new() }
    }

    /// The record.
    pub fn record(&self) -> &Arc<Record> {
        &self.record
    }

    /// Answers the call at `place` of the flow's own journal; nothing for a page or a visit that is not in the record:
    /// for that the flow waits.
    pub(super) fn answer(
        &mut self,
        binding: &BindingName,
        loan: &Loan,
        place: usize,
        call: &HostCall,
    ) -> Result<Option<HostAnswer>, FaultKind> {
        if let Some(what) = unlent(loan, call) {
            return Ok(Some(not_lent(&what)));
        }
        let mut lines = self.record.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let meets = |line: &Line| self.meets(line, call);
        let own = |line: &Line| line.binding == *binding && meets(line);
        // The values of one binding are not those of another.
        let others = |line: &Line| !matches!(call, HostCall::Kv(_)) && meets(line);
        let found = lines.iter().position(|line| !line.used && own(line));
        let found = found.or_else(|| lines.iter().position(|line| !line.used && others(line)));
        let again = || lines.iter().rposition(own).or_else(|| lines.iter().rposition(others));
        let found = found.or_else(|| if reads(call) { again() } else { None });
        if let Some(line) = found.and_then(|found| lines.get_mut(found)) {
            line.used = true;
            if matches!(call, HostCall::Ask(_)) {
                self.pages.insert(place, line.page);
            }
            return Ok(Some(line.entry.answer.clone()));
        }
        self.unasked(call)
    }

    /// What a call is answered that the recorded flow did not make.
    fn unasked(&self, call: &HostCall) -> Result<Option<HostAnswer>, FaultKind> {
        Ok(match call {
            HostCall::Ask(_) | HostCall::Visit(_) => None,
            HostCall::Now => Some(HostAnswer::Time(self.record.at_ms)),
            HostCall::Log { .. } => Some(HostAnswer::Done),
            HostCall::Secret { name } => Some(HostAnswer::Secret(SecretRef::Configured { name: name.clone() })),
            // No browser will bring it back: the visit that it is for is not in the record either.
            HostCall::ReturnState => Some(HostAnswer::State("unrecorded".to_owned())),
            _ => return Err(FaultKind::Unrecorded { call: call.name() }),
        })
    }

    /// Whether it is the same call, wherever the secrets in it were typed.
    fn meets(&self, line: &Line, call: &HostCall) -> bool {
        if discriminant(&line.entry.call) != discriminant(call) {
            return false;
        }
        let (mut asked, mut recorded) = (call.clone(), line.entry.call.clone());
        let (typed, known) = (typed_secrets(&mut asked), typed_secrets(&mut recorded));
        if typed.len() != known.len() {
            return false;
        }
        for ((place, field), (recorded_place, recorded_field)) in typed.into_iter().zip(known) {
            let page = PageRef { entry: *recorded_place, ..line.page };
            if self.pages.get(place) != Some(&page) || field != recorded_field {
                return false;
            }
            *place = *recorded_place;
        }
        asked == recorded
    }
}

/// What the call needs and the binding was not lent.
fn unlent(loan: &Loan, call: &HostCall) -> Option<String> {
    let (lent, what) = match call {
        HostCall::Users(_) => (loan.users, "users"),
        HostCall::Kv(_) => (loan.kv, "kv"),
        HostCall::Http(_) => (loan.http.is_some(), "http"),
        HostCall::Factors(_) => (loan.factors.is_some(), "factors"),
        HostCall::Totp(_) => (loan.totp, "totp"),
        HostCall::Webauthn(_) => (loan.webauthn, "webauthn"),
        HostCall::Mail(_) => (loan.mail, "mail"),
        HostCall::Recovery(_) => (loan.recovery, "recovery"),
        HostCall::Log { .. } => (loan.log, "log"),
        HostCall::Oidc(OidcCall::AuthorizationUrl { provider, .. } | OidcCall::Redeem { provider, .. }) => {
            return (!loan.oidc.contains(provider)).then(|| format!("the OpenID Provider `{provider}`"));
        }
        HostCall::Secret { name } => {
            return (!loan.secrets.contains(name)).then(|| format!("the secret `{name}`"));
        }
        HostCall::Ask(_) | HostCall::Visit(_) | HostCall::ReturnState | HostCall::Now | HostCall::Random { .. } => {
            return None;
        }
    };
    (!lent).then(|| what.to_owned())
}

/// Whether the call changes nothing, so that it may be answered again alike.
fn reads(call: &HostCall) -> bool {
    match call {
        HostCall::Users(call) => matches!(call, UsersCall::Find(_) | UsersCall::WaitS { .. }),
        HostCall::Kv(call) => matches!(call, KvCall::Get { .. }),
        HostCall::Http(call) => matches!(call.method.as_str(), "GET" | "HEAD"),
        HostCall::Factors(call) => {
            matches!(call, FactorsCall::List { .. } | FactorsCall::Find { .. } | FactorsCall::Data { .. })
        }
        HostCall::Recovery(call) => matches!(call, RecoveryCall::Remaining { .. }),
        HostCall::Secret { .. } | HostCall::Now | HostCall::Random { .. } | HostCall::Log { .. } => true,
        HostCall::Ask(_)
        | HostCall::ReturnState
        | HostCall::Visit(_)
        | HostCall::Totp(_)
        | HostCall::Webauthn(_)
        | HostCall::Mail(_)
        | HostCall::Oidc(_) => false,
    }
}

/// The typed secrets in a call: the entry each was typed into, and its field.
fn typed_secrets(call: &mut HostCall) -> Vec<(&mut usize, &String)> {
    let held: Vec<&mut SecretRef> = match call {
        HostCall::Users(UsersCall::VerifyPassword { password, .. }) => vec![password],
        HostCall::Totp(TotpCall::Confirm { code, .. } | TotpCall::Verify { code, .. })
        | HostCall::Mail(MailCall::VerifyCode { code, .. })
        | HostCall::Recovery(RecoveryCall::Verify { code, .. }) => vec![code],
        HostCall::Webauthn(
            WebauthnCall::FinishRegistration { response, .. } | WebauthnCall::FinishAuthentication { response, .. },
        ) => vec![response],
        HostCall::Http(call) => {
            let body: Vec<&mut HttpText> = match &mut call.body {
                Some(HttpBody::Form(fields)) => fields.values_mut().collect(),
                _ => Vec::new(),
            };
            call.headers.values_mut().chain(body).filter_map(secret_in).collect()
        }
        _ => Vec::new(),
    };
    let typed = held.into_iter().filter_map(|secret| match secret {
        SecretRef::Typed { entry, field } => Some((entry, &*field)),
        SecretRef::Configured { .. } => None,
    });
    typed.collect()
}

fn secret_in(text: &mut HttpText) -> Option<&mut SecretRef> {
    match text {
        HttpText::Secret { secret, .. } => Some(secret),
        HttpText::Plain(_) => None,
    }
}

//! What end-users have in a test and prove with it: factors, passkeys, mail, other providers.

use super::account::Proof;
use super::elsewhere::{Ceremony, Challenge};
use super::factor_call::{FactorCall, FactorReply};
use super::run::Mail;
use super::world::{World, unstorable};
use crate::bindings::factors::Factor;
use crate::bindings::oidc::SignedIn;
use crate::bindings::types::{Failure, Secret, Value as Wire};
use crate::value::{Value, from_wire, to_wire};
use std::collections::{BTreeMap, BTreeSet};

/// What every code says that is mailed in a test.
pub const MAILED_CODE: &str = "654321";
/// What an authenticator app shows that is enrolled in a test.
pub const NEW_APP_CODE: &str = "123456";
/// The plugin's own kind of factor in a test; the operator chooses another.
pub const OWN_KIND: &str = "own";
/// How long an app shows a code, in seconds (RFC 6238 5.2).
const STEP_S: i64 = 30;
/// How long an enrolment lasts, in seconds.
const LIFE_S: i64 = 600;
/// Longest label, in characters.
const LABEL_CHARS_MAX: usize = 64;
/// Longest reference, in bytes.
const REFERENCE_BYTES_MAX: usize = 1_024;
/// Largest value stored with a factor, as JSON.
const FACTOR_BYTES_MAX: usize = 16 * 1024;

type Answered = Result<FactorReply, Failure>;

/// What is kept of all that.
#[derive(Debug, Clone, Default)]
pub(super) struct Proofs {
    pub(super) enrolled: Vec<Enrolled>,
    pub(super) mails: Vec<Mail>,
    pub(super) providers: BTreeMap<String, SignedIn>,
    pub(super) ceremonies: BTreeMap<String, Ceremony>,
    pub(super) challenges: BTreeMap<String, Challenge>,
    pub(super) visited: BTreeSet<(String, String)>,
    named: usize,
}

/// A factor.
#[derive(Debug, Clone)]
pub(super) struct Enrolled {
    pub(super) seen: Factor,
    reference: Option<String>,
    pub(super) proof: Proof,
    /// When its enrolment ends unless it is confirmed.
    pending_until: Option<i64>,
}

impl Proofs {
    pub(super) fn name(&mut self, of: &str) -> String {
        self.named += 1;
        format!("{of}-{}", self.named)
    }

    /// A new factor; answers its id.
    pub(super) fn add(
        &mut self,
        (of, label): (&str, &str),
        reference: Option<String>,
        proof: Proof,
        now: i64,
    ) -> String {
        let kind = match proof {
            Proof::Kept(_) => OWN_KIND,
            Proof::App { .. } => "totp",
            Proof::Passkey { .. } => "passkey",
            Proof::Codes(_) => "recovery",
        };
        let id = self.name("factor");
        let seen = Factor {
            id: id.clone(),
            subject: of.to_owned(),
            kind: kind.to_owned(),
            label: label.to_owned(),
            created_at: now,
            used_at: None,
        };
        self.enrolled.push(Enrolled { seen, reference, proof, pending_until: None });
        id
    }

    pub(super) fn confirmed(&mut self) -> impl Iterator<Item = &mut Enrolled> {
        self.enrolled.iter_mut().filter(|factor| factor.pending_until.is_none())
    }

    fn own(&mut self, id: &str) -> Option<&mut Enrolled> {
        self.confirmed().find(|factor| factor.seen.id == id && matches!(factor.proof, Proof::Kept(_)))
    }

    fn find(&mut self, reference: &str) -> Option<Factor> {
        let found = self.confirmed().find(|factor| factor.reference.as_deref() == Some(reference));
        found.map(|factor| factor.seen.clone())
    }

    fn update(&mut self, id: &str, before: &Wire, to: Value, now: i64) -> bool {
        let before = from_wire(before.clone());
        match self.own(id) {
            Some(factor) if factor.proof == Proof::Kept(before) => {
                factor.proof = Proof::Kept(to);
                factor.seen.used_at = Some(now);
                true
            }
            _ => false,
        }
    }

    fn remove(&mut self, id: &str) -> bool {
        let is = self.own(id).is_some();
        self.enrolled.retain(|factor| !is || factor.seen.id != id);
        is
    }
}

impl Enrolled {
    /// Whether it is an app that shows this code, for the first time in this step.
    fn shows(&mut self, typed: &str, now: i64) -> bool {
        let Proof::App { code, counted_at } = &mut self.proof else { return false };
        let step = Some(now.div_euclid(STEP_S));
        let counts = code == typed && *counted_at != step;
        if counts {
            *counted_at = step;
        }
        counts
    }
}

impl World {
    /// Performs a call; the last page or visit before it is at `page`.
    pub(super) fn prove(&mut self, call: &FactorCall, page: Option<usize>) -> Result<Answered, String> {
        if let Err(failure) = self.lent(call.capability()) {
            return Ok(Err(failure));
        }
        let typed = match call {
            FactorCall::ConfirmApp(_, _, secret)
            | FactorCall::VerifyApp(_, secret)
            | FactorCall::FinishRegistration(_, _, secret)
            | FactorCall::FinishAuthentication(_, secret)
            | FactorCall::VerifyCode(_, secret)
            | FactorCall::VerifyRecovery(_, secret) => self.typed_text(*secret, page)?,
            _ => String::new(),
        };
        Ok(match call {
            FactorCall::List(_)
            | FactorCall::Enrol { .. }
            | FactorCall::Find(_)
            | FactorCall::Data(_)
            | FactorCall::Update(..)
            | FactorCall::Remove(_) => self.own_factors(call),
            FactorCall::Send(to, message) => self.post(to, message, None).map(|()| FactorReply::Sent),
            FactorCall::SendCode(to, message) => self.post_code(to, message),
            FactorCall::AuthorizationUrl(provider, state) => Ok(self.authorization_url(provider, state)),
            FactorCall::Redeem(provider, state, returned) => self.redeem(provider, state, returned),
            other => self.compare(other, &typed),
        })
    }

    fn typed_text(&self, secret: Secret, page: Option<usize>) -> Result<String, String> {
        self.clear(secret, page).map(ToOwned::to_owned)
    }

    pub(super) fn now_s(&self) -> i64 {
        self.now_ms.div_euclid(1_000)
    }

    pub(super) fn someone(&self, subject: &str) -> Result<(), Failure> {
        let is = self.accounts.iter().any(|account| account.subject == subject);
        let why = || Failure::Invalid(format!("the test gives no account whose subject is `{subject}`; add .user(…)"));
        if is { Ok(()) } else { Err(why()) }
    }

    fn own_factors(&mut self, call: &FactorCall) -> Answered {
        let now = self.now_s();
        Ok(match call {
            FactorCall::List(of) => {
                let own = self.proofs.confirmed().filter(|factor| factor.seen.subject == *of);
                FactorReply::Listed(own.map(|factor| factor.seen.clone()).collect())
            }
            FactorCall::Enrol { of, label, reference, data } => {
                self.someone(of)?;
                admit_label(label)?;
                let data = admit_data(data)?;
                if let Some(reference) = reference {
                    admit_reference(reference)?;
                    if self.proofs.find(reference).is_some() {
                        return Err(Failure::Invalid("another factor has this reference".into()));
                    }
                }
                FactorReply::Name(self.proofs.add((of, label), reference.clone(), Proof::Kept(data), now))
            }
            FactorCall::Find(reference) => {
                admit_reference(reference)?;
                FactorReply::Found(self.proofs.find(reference))
            }
            FactorCall::Data(id) => FactorReply::Data(match self.proofs.own(id).map(|factor| &factor.proof) {
                Some(Proof::Kept(data)) => Some(to_wire(data)),
                _ => None,
            }),
            FactorCall::Update(id, before, to) => {
                let to = admit_data(to)?;
                FactorReply::Holds(self.proofs.update(id, before, to, now))
            }
            FactorCall::Remove(id) => FactorReply::Holds(self.proofs.remove(id)),
            _ => FactorReply::Holds(false),
        })
    }

    fn compare(&mut self, call: &FactorCall, typed: &str) -> Answered {
        let now = self.now_s();
        Ok(match call {
            FactorCall::BeginApp(of) => {
                self.someone(of)?;
                let proof = Proof::App { code: NEW_APP_CODE.to_owned(), counted_at: None };
                let id = self.proofs.add((of, "pending"), None, proof, now);
                let begun = self.proofs.enrolled.iter_mut().filter(|factor| factor.seen.id == id);
                begun.for_each(|factor| factor.pending_until = Some(now + LIFE_S));
                FactorReply::Name(id)
            }
            FactorCall::ConfirmApp(enrolment, label, _) => {
                admit_label(label)?;
                let pending = |factor: &Enrolled| factor.pending_until.is_some_and(|until| now < until);
                let begun = |factor: &&mut Enrolled| factor.seen.id == *enrolment && pending(factor);
                let found = self.proofs.enrolled.iter_mut().find(begun);
                let shown = found.and_then(|factor| factor.shows(typed, now).then_some(factor));
                FactorReply::Id(shown.map(|factor| {
                    factor.pending_until = None;
                    label.clone_into(&mut factor.seen.label);
                    factor.seen.id.clone()
                }))
            }
            FactorCall::VerifyApp(of, _) => {
                let mut own = self.proofs.confirmed().filter(|factor| factor.seen.subject == *of);
                FactorReply::Id(own.find_map(|factor| factor.shows(typed, now).then_some(factor)).map(|factor| {
                    factor.seen.used_at = Some(now);
                    factor.seen.id.clone()
                }))
            }
            FactorCall::BeginRegistration(of) => self.begin(true, Some(of))?,
            FactorCall::BeginAuthentication(of) => self.begin(false, of.as_deref())?,
            FactorCall::FinishRegistration(ceremony, label, _) => {
                admit_label(label)?;
                let who = self.finish(true, ceremony, typed);
                let proof = Proof::Passkey { user_verified: true };
                FactorReply::Id(who.map(|who| self.proofs.add((&who, label), None, proof, now)))
            }
            FactorCall::FinishAuthentication(ceremony, _) => {
                let who = self.finish(false, ceremony, typed);
                FactorReply::Verified(who.and_then(|who| self.signed(&who)))
            }
            FactorCall::VerifyCode(challenge, _) => FactorReply::Holds(self.solves(challenge, typed)),
            FactorCall::Remaining(of) => {
                let own = self.proofs.confirmed().filter(|factor| factor.seen.subject == *of);
                let left = own.map(|factor| if let Proof::Codes(codes) = &factor.proof { codes.len() } else { 0 });
                FactorReply::Count(left.sum::<usize>().try_into().unwrap_or(u32::MAX))
            }
            FactorCall::VerifyRecovery(of, _) => {
                let own = self.proofs.confirmed().filter(|factor| factor.seen.subject == *of);
                let is = |factor: &mut Enrolled| match &mut factor.proof {
                    Proof::Codes(codes) => codes.iter().position(|code| code == typed).map(|at| codes.remove(at)),
                    _ => None,
                };
                FactorReply::Holds(own.filter_map(is).next().is_some())
            }
            _ => FactorReply::Holds(false),
        })
    }
}

fn admit_label(label: &str) -> Result<(), Failure> {
    let fits = (1..=LABEL_CHARS_MAX).contains(&label.chars().count()) && !label.chars().any(char::is_control);
    let why = || format!("a factor's label has 1 to {LABEL_CHARS_MAX} characters, on one line");
    if fits { Ok(()) } else { Err(Failure::Invalid(why())) }
}

fn admit_reference(reference: &str) -> Result<(), Failure> {
    let fits = (1..=REFERENCE_BYTES_MAX).contains(&reference.len()) && !reference.contains('\0');
    let why = || format!("a factor's reference has 1 to {REFERENCE_BYTES_MAX} bytes, none of them NUL");
    if fits { Ok(()) } else { Err(Failure::Invalid(why())) }
}

fn admit_data(data: &Wire) -> Result<Value, Failure> {
    let data = from_wire(data.clone());
    if let Some(why) = unstorable(&data) {
        return Err(Failure::Invalid(format!("this cannot be stored: {why}")));
    }
    if data.to_string().len() > FACTOR_BYTES_MAX {
        return Err(Failure::Invalid(format!(
            "what is stored with a factor has at most {FACTOR_BYTES_MAX} bytes of JSON"
        )));
    }
    Ok(data)
}

//! The host of one hook: meets its calls from the journal, and performs what is pending.

use super::call::{HostAnswer, HostCall, SecretRef, UsersCall};
use super::desk::Desk;
use super::fault::{FaultKind, HookFault};
use super::{Flow, Tools, Wait};
use crate::capabilities::CapabilityError;
use crate::capabilities::http::{HttpBody, HttpCall, HttpRequest, HttpText};
use crate::capabilities::kv::{KEY_BYTES_MAX, KvCall, TTL_S_MAX, VALUE_BYTES_MAX};
use crate::capabilities::loan::Loan;
use crate::fault::Fault;
use crate::identifiers::BindingName;
use crate::page::Page;
use crate::secret::SecretText;
use crate::trace::Spent;
use std::collections::BTreeMap;

/// Most host calls of one flow, pages among them, over all its runs.
pub const HOST_CALLS_MAX: usize = 256;

/// The host as one binding sees it, for one call of its hook.
pub struct Host<'f> {
    binding: &'f BindingName,
    pub(super) loan: &'f Loan,
    pub(super) tools: &'f Tools,
    pub(super) flow: &'f mut Flow,
    next: usize,
    interactive: bool,
    spent: Spent,
}

/// How a call was met.
#[derive(Debug)]
pub enum Met {
    /// Here is its answer.
    Answered(HostAnswer),
    /// It has none yet: stop the run and give this to [`Host::perform`].
    Pending(Pending),
}

/// A call without an answer.
#[derive(Debug)]
pub struct Pending(pub(super) HostCall);

impl<'f> Host<'f> {
    /// A host for `binding`. Only an `interactive` hook (authenticate, consent) may ask and visit.
    pub fn new(
        binding: &'f BindingName,
        loan: &'f Loan,
        tools: &'f Tools,
        flow: &'f mut Flow,
        interactive: bool,
    ) -> Self {
        Self { binding, loan, tools, flow, next: 0, interactive, spent: Spent::default() }
    }

    /// What the binding was lent.
    pub fn loan(&self) -> &Loan {
        self.loan
    }

    /// The binding's name.
    pub fn binding(&self) -> &BindingName {
        self.binding
    }

    /// What the runs on this host took so far. Its runtime counts operations or instructions; the time is for whoever
    /// waits for the run to measure.
    pub fn spent(&mut self) -> &mut Spent {
        &mut self.spent
    }

    /// Before each run from the top.
    pub fn rewind(&mut self) {
        self.next = 0;
    }

    /// Place in the journal that the next call will have: names a typed secret.
    pub fn place(&self) -> usize {
        self.next
    }

    /// Meets a call: from the journal, or at once where that needs no waiting, or as pending.
    ///
    /// # Errors
    /// A fault of the hook: it took another path than in its last run, or made too many calls.
    pub fn meet(&mut self, call: HostCall) -> Result<Met, HookFault> {
        let mut desk = self.desk();
        let met = desk.meet(call);
        self.resume(desk);
        met.map_err(|kind| self.fault(kind))
    }

    /// Hands out the desk for one run. The journal goes with it: until [`Host::resume`] this host has none.
    pub fn desk(&mut self) -> Desk {
        Desk {
            journal: std::mem::take(&mut self.flow.journal),
            next: self.next,
            interactive: self.interactive,
            binding: self.binding.clone(),
            interaction: self.flow.interaction.clone(),
            log: self.loan.log,
            lent_secrets: self.loan.secrets.clone(),
            clock: self.tools.clock.clone(),
            entropy: self.tools.entropy.clone(),
            vault: self.tools.secrets.clone(),
            recorded: self.flow.recorded.take().map(|recorded| (recorded, self.loan.clone())),
        }
    }

    /// Takes the desk back after the run.
    pub fn resume(&mut self, desk: Desk) {
        self.flow.journal = desk.journal;
        self.flow.recorded = desk.recorded.map(|(recorded, _)| recorded);
        self.next = desk.next;
    }

    /// Performs a pending call. A page or a visit is what the flow now waits for; anything else is done and
    /// journaled, and the hook is to run again from its start.
    ///
    /// # Errors
    /// A fault of the hook (a page over a limit, a typed secret of an earlier request) or of what it called.
    pub async fn perform(&mut self, pending: Pending) -> Result<Option<Wait>, HookFault> {
        let Pending(call) = pending;
        if self.flow.recorded.is_some() && !matches!(call, HostCall::Ask(_) | HostCall::Visit(_)) {
            return Err(self.fault(FaultKind::Unrecorded { call: call.name() }));
        }
        let answer = match &call {
            HostCall::Ask(page) => {
                if let Page::Form(form) = page {
                    form.admit().map_err(|error| self.fault(FaultKind::Page(error)))?;
                }
                let wait = Wait::Page(page.clone());
                self.flow.journal.wait(call);
                return Ok(Some(wait));
            }
            HostCall::Visit(visit) => {
                let wait = Wait::Visit(visit.clone());
                self.flow.journal.wait(call);
                return Ok(Some(wait));
            }
            HostCall::Users(users) => self.users(users).await?,
            HostCall::Kv(kv) => self.kv(kv).await?,
            HostCall::Http(http) => self.http(http).await?,
            HostCall::Factors(_)
            | HostCall::Totp(_)
            | HostCall::Webauthn(_)
            | HostCall::Mail(_)
            | HostCall::Recovery(_)
            | HostCall::Oidc(_) => self.factor_call(&call).await?,
            HostCall::ReturnState
            | HostCall::Secret { .. }
            | HostCall::Now
            | HostCall::Random { .. }
            | HostCall::Log { .. } => HostAnswer::Done,
        };
        self.flow.journal.push(call, answer);
        Ok(None)
    }

    /// A fault of this hook.
    pub fn fault(&self, kind: FaultKind) -> HookFault {
        HookFault::new(self.binding.clone(), kind)
    }

    async fn users(&self, call: &UsersCall) -> Result<HostAnswer, HookFault> {
        if !self.loan.users {
            return Ok(not_lent("users"));
        }
        let found = match call {
            UsersCall::Find(key) => self.tools.users.find(key).await,
            UsersCall::VerifyPassword { username, password } => {
                let password = self.resolve(password)?;
                self.tools.users.verify_password(username, &password, self.flow.address).await
            }
            UsersCall::WaitS { username } => {
                let waits = self.tools.users.wait_s(username, self.flow.address).await;
                return waits.map(HostAnswer::Count).map_err(|fault| self.broken(fault));
            }
        };
        found.map(HostAnswer::User).map_err(|fault| self.broken(fault))
    }

    async fn kv(&self, call: &KvCall) -> Result<HostAnswer, HookFault> {
        if !self.loan.kv {
            return Ok(not_lent("kv"));
        }
        if let Err(why) = admit_kv(call) {
            return Ok(invalid(why));
        }
        let namespace = self.binding.as_str();
        let now = self.tools.clock.now();
        let value = self.tools.kv.call(namespace, call, now).await;
        value.map(HostAnswer::Value).map_err(|fault| self.broken(fault))
    }

    async fn http(&self, call: &HttpCall) -> Result<HostAnswer, HookFault> {
        let Some(loan) = &self.loan.http else { return Ok(not_lent("http")) };
        let mut headers = BTreeMap::new();
        for (name, value) in &call.headers {
            headers.insert(name.clone(), self.in_clear(value)?);
        }
        let body = match &call.body {
            None => None,
            Some(HttpBody::Json(value)) => Some(("application/json", SecretText::new(value.to_string()))),
            Some(HttpBody::Text(text)) => Some(("text/plain; charset=utf-8", SecretText::new(text.clone()))),
            Some(HttpBody::Form(fields)) => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                for (name, value) in fields {
                    form.append_pair(name, self.in_clear(value)?.expose());
                }
                Some(("application/x-www-form-urlencoded", SecretText::new(form.finish())))
            }
        };
        let HttpCall { method, url, timeout_ms, .. } = call.clone();
        let request = HttpRequest { method, url, headers, body, timeout_ms };
        Ok(match self.tools.http.send(loan, request).await {
            Ok(response) => HostAnswer::Http(response),
            Err(error) => HostAnswer::Failed(error),
        })
    }

    fn in_clear(&self, text: &HttpText) -> Result<SecretText, HookFault> {
        match text {
            HttpText::Plain(text) => Ok(SecretText::new(text.clone())),
            HttpText::Secret { before, secret } => {
                let secret = self.resolve(secret)?;
                Ok(SecretText::new(format!("{before}{}", secret.expose())))
            }
        }
    }

    pub(super) fn resolve(&self, secret: &SecretRef) -> Result<SecretText, HookFault> {
        let found = match secret {
            SecretRef::Typed { entry, field } => self.flow.live.get(*entry, field).cloned(),
            SecretRef::Configured { name } if self.loan.secrets.contains(name) => self.tools.secrets.secret(name),
            SecretRef::Configured { .. } => None,
        };
        found.ok_or_else(|| self.fault(FaultKind::SecretGone))
    }

    pub(super) fn broken(&self, fault: Fault) -> HookFault {
        self.fault(FaultKind::Unavailable { what: fault.to_string() })
    }
}

pub(super) fn not_lent(what: &str) -> HostAnswer {
    HostAnswer::Failed(CapabilityError::NotLent { what: what.to_owned() })
}

pub(super) fn invalid(why: String) -> HostAnswer {
    HostAnswer::Failed(CapabilityError::Invalid { why })
}

fn admit_kv(call: &KvCall) -> Result<(), String> {
    let (key, ttl_s) = match call {
        KvCall::Get { key } | KvCall::Delete { key } => (key, 1),
        KvCall::Put { key, ttl_s, .. } | KvCall::Add { key, ttl_s, .. } => (key, *ttl_s),
    };
    if key.is_empty() || key.len() > KEY_BYTES_MAX || key.contains('\0') {
        return Err(format!("a kv key has 1 to {KEY_BYTES_MAX} bytes, none of them NUL"));
    }
    if !(1..=TTL_S_MAX).contains(&ttl_s) {
        return Err(format!("a kv value lives 1 to {TTL_S_MAX} seconds"));
    }
    match call {
        KvCall::Put { value, .. } if value.to_string().len() > VALUE_BYTES_MAX => {
            Err(format!("a kv value has at most {VALUE_BYTES_MAX} bytes of JSON"))
        }
        _ => Ok(()),
    }
}

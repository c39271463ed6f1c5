//! The desk: the part of the host that meets a hook's calls while it runs, as a value of its own.
//!
//! A runtime whose native functions must outlive every borrow (Rhai's, wasmtime's store) takes the desk from
//! the host for the time of one run and gives it back; what needs waiting is then performed by the host.

use super::Met;
use super::call::{HostAnswer, HostCall, LOG_CHARS_MAX, LogLevel, RANDOM_BYTES_MAX, SecretRef};
use super::fault::FaultKind;
use super::host::{HOST_CALLS_MAX, Pending, invalid, not_lent};
use super::journal::Journal;
use super::recorded::Recorded;
use super::visit;
use crate::capabilities::loan::Loan;
use crate::capabilities::vault::SecretVault;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::identifiers::{BindingName, InteractionId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Meets calls from the journal it holds, or at once where that needs no waiting.
pub struct Desk {
    pub(super) journal: Journal,
    pub(super) next: usize,
    pub(super) interactive: bool,
    pub(super) binding: BindingName,
    pub(super) interaction: Option<InteractionId>,
    pub(super) log: bool,
    pub(super) lent_secrets: BTreeSet<String>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) vault: Arc<dyn SecretVault>,
    /// The record that answers, and what the binding was lent.
    pub(super) recorded: Option<(Recorded, Loan)>,
}

impl Desk {
    /// Place in the journal that the next call will have: names a typed secret.
    pub fn place(&self) -> usize {
        self.next
    }

    /// Meets a call: from the journal, or at once where that needs no waiting, or as pending.
    ///
    /// # Errors
    /// The hook took another path than in its last run, made too many calls, or asked where it may not.
    pub fn meet(&mut self, call: HostCall) -> Result<Met, FaultKind> {
        if let Some(entry) = self.journal.entries().get(self.next) {
            if entry.call != call {
                return Err(FaultKind::Nondeterministic { place: self.next });
            }
            self.next += 1;
            return Ok(Met::Answered(entry.answer.clone()));
        }
        if self.next >= HOST_CALLS_MAX {
            return Err(FaultKind::Overrun { limit: "host calls", max: HOST_CALLS_MAX as u64 });
        }
        if matches!(call, HostCall::Ask(_) | HostCall::Visit(_) | HostCall::ReturnState) && !self.interactive {
            return Err(FaultKind::NotInteractive);
        }
        if let Some(answer) = self.answer(&call)? {
            self.journal.push(call, answer.clone());
            self.next += 1;
            return Ok(Met::Answered(answer));
        }
        Ok(Met::Pending(Pending(call)))
    }

    fn answer(&mut self, call: &HostCall) -> Result<Option<HostAnswer>, FaultKind> {
        let Some((recorded, loan)) = &mut self.recorded else { return Ok(self.at_once(call)) };
        let answer = recorded.answer(&self.binding, loan, self.next, call)?;
        Ok(match call {
            HostCall::Visit(visit) => answer.or_else(|| visit::refused(visit, &self.journal)),
            _ => answer,
        })
    }

    fn at_once(&self, call: &HostCall) -> Option<HostAnswer> {
        match call {
            HostCall::Now => Some(HostAnswer::Time(self.clock.now_ms())),
            HostCall::Random { bytes } => {
                let mut drawn = vec![0u8; (*bytes).min(RANDOM_BYTES_MAX)];
                self.entropy.fill(&mut drawn);
                Some(HostAnswer::Bytes(URL_SAFE_NO_PAD.encode(drawn)))
            }
            HostCall::Log { level, message } => Some(self.log(*level, message)),
            HostCall::Secret { name } => Some(self.configured(name)),
            HostCall::ReturnState => {
                Some(HostAnswer::State(visit::draw_state(self.interaction.as_ref(), self.entropy.as_ref())))
            }
            HostCall::Visit(visit) => visit::refused(visit, &self.journal),
            _ => None,
        }
    }

    fn log(&self, level: LogLevel, message: &str) -> HostAnswer {
        if !self.log {
            return not_lent("log");
        }
        let message: String = message.chars().filter(|c| !c.is_control()).take(LOG_CHARS_MAX).collect();
        let binding = self.binding.as_str();
        match level {
            LogLevel::Debug => tracing::debug!(hook.binding = binding, "{message}"),
            LogLevel::Info => tracing::info!(hook.binding = binding, "{message}"),
            LogLevel::Warn => tracing::warn!(hook.binding = binding, "{message}"),
        }
        HostAnswer::Done
    }

    fn configured(&self, name: &str) -> HostAnswer {
        if !self.lent_secrets.contains(name) {
            return not_lent(&format!("the secret `{name}`"));
        }
        match self.vault.secret(name) {
            Some(_) => HostAnswer::Secret(SecretRef::Configured { name: name.to_owned() }),
            None => invalid(format!("the secret `{name}` is not configured; add it under [secrets]")),
        }
    }
}

//! What a stubbed interactive hook walks with: the real [`Host`], driven without a runtime.

use gatewright_domain::flow::{FlowEnd, HookFault, Host, HostAnswer, HostCall, Met, SecretRef, Wait};
use gatewright_domain::page::{AnswerValue, FormAnswer, Page};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The host as a closure sees it. Calls are journaled and replayed as they are for a script.
pub struct StubHost<'f> {
    host: Host<'f>,
    wait: Option<Wait>,
}

/// A form as the end-user filled it in.
#[derive(Debug, Clone)]
pub struct Filled {
    entry: usize,
    /// The answer.
    pub answer: FormAnswer,
}

impl Filled {
    /// The text typed into `field`; empty where it is none.
    pub fn text(&self, field: &str) -> String {
        match self.answer.values.get(field) {
            Some(AnswerValue::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    /// The secret typed into `field`, by reference.
    pub fn secret(&self, field: &str) -> SecretRef {
        SecretRef::Typed { entry: self.entry, field: field.to_owned() }
    }
}

impl<'f> StubHost<'f> {
    pub(super) fn new(host: Host<'f>) -> Self {
        Self { host, wait: None }
    }

    /// The host itself.
    pub fn host(&mut self) -> &mut Host<'f> {
        &mut self.host
    }

    /// Makes a call; none when it must wait: then return [`StubHost::waiting`].
    ///
    /// # Errors
    /// A fault of the hook.
    ///
    /// # Panics
    /// When a capability does not answer at once: stubs do.
    pub fn call(&mut self, call: HostCall) -> Result<Option<HostAnswer>, HookFault> {
        match self.host.meet(call.clone())? {
            Met::Answered(answer) => return Ok(Some(answer)),
            Met::Pending(pending) => self.wait = at_once(self.host.perform(pending))?,
        }
        if self.wait.is_some() {
            return Ok(None);
        }
        match self.host.meet(call)? {
            Met::Answered(answer) => Ok(Some(answer)),
            Met::Pending(_) => unreachable!("what was performed is in the journal"),
        }
    }

    /// Asks a page; none when it is yet to be answered: then return [`StubHost::waiting`].
    ///
    /// # Errors
    /// A fault of the hook.
    pub fn ask(&mut self, page: Page) -> Result<Option<Filled>, HookFault> {
        let entry = self.host.place();
        Ok(self.call(HostCall::Ask(page))?.map(|answer| match answer {
            HostAnswer::Form(answer) => Filled { entry, answer },
            other => panic!("a form was answered with {other:?}"),
        }))
    }

    /// The end of a run whose last call waits.
    ///
    /// # Errors
    /// Never; it has the type that a closure returns.
    ///
    /// # Panics
    /// When nothing waits.
    pub fn waiting<D>(&mut self) -> Result<FlowEnd<D>, HookFault> {
        match self.wait.take() {
            Some(wait) => Ok(FlowEnd::Waiting(wait)),
            None => panic!("no call waits"),
        }
    }
}

fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("a stub capability answers at once"),
    }
}

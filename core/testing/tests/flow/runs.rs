//! A runtime of a few lines.

use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::flow::{Flow, HookFault, Host, HostAnswer, HostCall, Met, Pending, Wait};
use gatewright_domain::identifiers::BindingName;
use gatewright_domain::page::{Field, FieldKind, Form, Page, Submission};
use gatewright_domain::secret::SecretText;
use gatewright_testing::capabilities::{StubTools, everything};
use gatewright_testing::samples;

/// Why a run stopped before its end.
pub enum Stop {
    Pending(Pending),
    Fault(HookFault),
}

/// How a flow's request ended.
#[derive(Debug, PartialEq)]
pub enum Ended<T> {
    Decided(T),
    Waiting(Wait),
    Fault(HookFault),
}

/// A binding with everything lent, unless a test takes it away.
pub struct Bench {
    pub stubs: StubTools,
    pub loan: Loan,
    pub flow: Flow,
    pub interactive: bool,
    pub runs: usize,
    pub binding: BindingName,
}

impl Bench {
    pub fn new() -> Self {
        Self {
            stubs: StubTools::new(),
            loan: everything(),
            flow: Flow::default(),
            interactive: true,
            runs: 0,
            binding: samples::word("authenticate/test"),
        }
    }

    /// A request: runs the hook until it decides, waits or fails.
    pub async fn request<T>(
        &mut self,
        mut hook: impl FnMut(&mut dyn FnMut(HostCall) -> Result<HostAnswer, Stop>) -> Result<T, Stop>,
    ) -> Ended<T> {
        let mut host = Host::new(&self.binding, &self.loan, &self.stubs.tools, &mut self.flow, self.interactive);
        loop {
            self.runs += 1;
            host.rewind();
            let outcome = hook(&mut |call| match host.meet(call) {
                Ok(Met::Answered(answer)) => Ok(answer),
                Ok(Met::Pending(pending)) => Err(Stop::Pending(pending)),
                Err(fault) => Err(Stop::Fault(fault)),
            });
            let pending = match outcome {
                Ok(decision) => return Ended::Decided(decision),
                Err(Stop::Fault(fault)) => return Ended::Fault(fault),
                Err(Stop::Pending(pending)) => pending,
            };
            match host.perform(pending).await {
                Ok(None) => {}
                Ok(Some(wait)) => return Ended::Waiting(wait),
                Err(fault) => return Ended::Fault(fault),
            }
        }
    }

    /// The next request brings `text` for `field` of `page`; secrets of earlier requests are gone.
    pub fn answer(&mut self, page: &Page, field: &str, text: &str) {
        let Page::Form(form) = page else { panic!("{page:?}") };
        let values = [(field.to_owned(), SecretText::new(text))].into();
        let (answer, typed) = form.read(Submission { values, action: None }).unwrap();
        self.flow.live = Default::default();
        self.flow.live.keep(self.flow.journal.entries().len(), typed);
        assert!(self.flow.journal.answer(HostAnswer::Form(answer)));
    }

    /// One call and its answer, on a flow of its own.
    pub async fn call(&mut self, call: HostCall) -> Ended<HostAnswer> {
        self.flow = Flow::default();
        self.request(|host| host(call.clone())).await
    }
}

/// A page with one field.
pub fn page(title: &str, field: &str, kind: FieldKind) -> Page {
    let field = Field { name: field.to_owned(), label: None, kind, value: None, error: None, optional: false };
    Page::Form(Form { title: title.to_owned(), fields: vec![field], ..Form::default() })
}

//! One run of a hook: its calls are met from the journal, or performed and written into it.
//!
//! After each performed call the run is left by unwinding and begins again from its start, so that a hook which does
//! not take the same path twice is found out wherever it leaves it.

use super::answering;
use super::call::{Call, Reply};
use super::page::Page;
use super::world::World;
use std::cell::RefCell;
use std::panic::resume_unwind;

/// Most calls of one flow, over all its pages.
pub(crate) const HOST_CALLS_MAX: usize = 256;

/// What the end-user does next.
#[derive(Debug, Clone)]
pub(crate) enum Turn {
    Answer(Vec<(String, String)>),
    Return(Vec<(String, String)>),
    /// Takes so many seconds.
    Wait(i64),
}

/// Why a run was left.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A call was performed: run again.
    Performed,
    /// It shows this page and the test does not say what is answered.
    Page(Box<Page>),
    /// It shows the server's own question about these scope values and the test does not say what is answered.
    Consent(Vec<String>),
    /// It sends the browser to this URL and the test does not say what it comes back with.
    Visit(String),
    /// The server would call this a fault of the hook.
    Fault(String),
    /// The test is wrong, or the hook is not one that can be run again.
    Mistake(String),
}

/// Where a run stands.
pub(crate) struct Stage {
    pub(super) world: World,
    pub(super) journal: Vec<(Call, Reply)>,
    pub(super) next: usize,
    pub(super) turns: std::vec::IntoIter<Turn>,
    pub(super) pages: Vec<Page>,
    pub(super) interactive: bool,
    pub(super) asks_consent: bool,
}

thread_local! {
    static STAGE: RefCell<Option<Stage>> = const { RefCell::new(None) };
}

/// Sets the stage for a run.
pub(crate) fn enter(stage: Stage) {
    STAGE.set(Some(stage));
}

/// Takes the stage back after it.
pub(crate) fn leave() -> Option<Stage> {
    STAGE.take()
}

/// Meets a call of the hook that runs.
///
/// # Panics
/// Outside of a run.
pub(crate) fn meet(call: Call) -> Reply {
    match with(|stage| stage.meet(call)) {
        Ok(reply) => reply,
        Err(stop) => resume_unwind(Box::new(stop)),
    }
}

/// The stage of the hook that runs.
pub(crate) fn with<T>(act: impl FnOnce(&mut Stage) -> T) -> T {
    STAGE.with_borrow_mut(|stage| match stage {
        Some(stage) => act(stage),
        None => panic!("there is no server here: run the hook by `gatewright_plugin::testing`"),
    })
}

impl Stage {
    fn meet(&mut self, call: Call) -> Result<Reply, Stop> {
        if let Some((before, reply)) = self.journal.get(self.next) {
            if *before != call {
                let (before, now) = before.told_apart(&call);
                return Err(Stop::Mistake(otherwise(self.next, &before, &now)));
            }
            self.next += 1;
            return Ok(reply.clone());
        }
        if self.next >= HOST_CALLS_MAX {
            return Err(Stop::Fault(format!("it reached its limit of {HOST_CALLS_MAX} host calls")));
        }
        let reply = self.perform(&call)?;
        self.journal.push((call, reply));
        Err(Stop::Performed)
    }

    /// How many states were given out.
    fn states(&self) -> usize {
        self.journal.iter().filter(|(call, _)| *call == Call::ReturnState).count()
    }

    /// Whether a state was given out since the last visit.
    fn has_unspent_state(&self) -> bool {
        let since = self.journal.iter().rev().map(|(call, _)| call).take_while(|call| !matches!(call, Call::Visit(_)));
        since.into_iter().any(|call| *call == Call::ReturnState)
    }

    /// What the end-user does next, after the time they take for it.
    fn turn(&mut self) -> Option<Turn> {
        loop {
            match self.turns.next() {
                Some(Turn::Wait(seconds)) => self.world.now_ms += seconds * 1000,
                other => return other,
            }
        }
    }

    fn perform(&mut self, call: &Call) -> Result<Reply, Stop> {
        match call {
            Call::Ask(_) | Call::Visit(_) | Call::ReturnState if !self.interactive => {
                Err(Stop::Fault("this hook cannot show pages; only authenticate and consent can".into()))
            }
            Call::AskConsent(_) if !self.asks_consent => {
                Err(Stop::Fault("this hook cannot ask for consent; only consent can".into()))
            }
            Call::AskConsent(scope) => match self.turn() {
                None => Err(Stop::Consent(scope.clone())),
                Some(Turn::Answer(values)) => allowed(&values).map(Reply::Allowed).map_err(Stop::Mistake),
                Some(Turn::Return(_) | Turn::Wait(_)) => Err(Stop::Mistake(format!(
                    "expected: a visit to come back from\n     got: the server's question about {}",
                    scope.join(" ")
                ))),
            },
            Call::Ask(form) => {
                let page = Page(form.clone());
                page.admit().map_err(|why| Stop::Fault(format!("its page cannot be shown: {why}")))?;
                self.pages.push(page.clone());
                match self.turn() {
                    None => Err(Stop::Page(Box::new(page))),
                    Some(Turn::Answer(values)) => {
                        let entry = self.journal.len();
                        answering::read(&page, values, |text| self.world.typed(entry, text))
                            .map(Reply::Answer)
                            .map_err(Stop::Mistake)
                    }
                    Some(Turn::Return(_) | Turn::Wait(_)) => {
                        Err(Stop::Mistake(format!("expected: a visit to come back from\n     got: the {page}")))
                    }
                }
            }
            Call::ReturnState => Ok(Reply::State(format!("state-{}", self.states() + 1))),
            Call::Visit(_) if !self.has_unspent_state() => {
                Err(Stop::Fault("visit needs a `state` of its own: call return_state() before each visit".into()))
            }
            Call::Visit(url) => match self.turn() {
                None => Err(Stop::Visit(url.clone())),
                Some(Turn::Return(parameters)) => Ok(Reply::Returned(parameters)),
                Some(Turn::Answer(_) | Turn::Wait(_)) => {
                    Err(Stop::Mistake(format!("expected: a page to answer\n     got: a visit to {url}")))
                }
            },
            other => {
                let page = self
                    .journal
                    .iter()
                    .rposition(|(call, _)| matches!(call, Call::Ask(_) | Call::AskConsent(_) | Call::Visit(_)));
                self.world.perform(other, page).map_err(Stop::Fault)
            }
        }
    }
}

/// What is answered to the server's own question.
fn allowed(values: &[(String, String)]) -> Result<bool, String> {
    match values {
        [(name, value)] if name == "allowed" && matches!(value.as_str(), "true" | "false") => Ok(value == "true"),
        _ => Err("answer the server's question with [(\"allowed\", \"true\")] or \"false\"".to_owned()),
    }
}

/// What is said of a hook that took another path when it ran again.
pub(crate) fn otherwise(place: usize, before: &str, now: &str) -> String {
    format!(
        "it ran differently the second time (host call {place})\nexpected: {before}\n     got: {now}\n\
         The server runs a hook again from its start and answers earlier calls from a journal, so it decides by its \
         input and by what the server tells it: `clock` and `random`, never anything else."
    )
}

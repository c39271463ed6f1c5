//! Runs a hook from its start, again and again, until it ends; then once more, to see that it ends the same.

use super::call::{Call, Reply};
use super::contracts::{Contract, Serves};
use super::page::Page;
use super::run::{End, Run};
use super::stage::{self, Stage, Stop, Turn, otherwise};
use super::world::World;
use crate::failure::Outcome;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What is kept between runs.
struct Flow {
    journal: Vec<(Call, Reply)>,
    turns: std::vec::IntoIter<Turn>,
    pages: Vec<Page>,
}

/// How one run went.
enum Went<D> {
    Again,
    Ended(End<D>),
    Mistaken(String),
}

/// Runs the hook of `P` until it ends.
///
/// # Errors
/// What is wrong with the hook or the test.
pub(super) fn replay<C: Contract, P: Serves<C>>(
    input: &C::Input,
    world: &mut World,
    turns: Vec<Turn>,
) -> Result<Run<C::Decision>, String> {
    let mut flow = Flow { journal: Vec::new(), turns: turns.into_iter(), pages: Vec::new() };
    let mut before: Option<End<C::Decision>> = None;
    loop {
        let end = match once::<C, P>(input, world, &mut flow) {
            Went::Again if before.is_some() => return Err(longer(&flow)),
            Went::Again => continue,
            Went::Mistaken(mistake) => return Err(mistake),
            Went::Ended(end) => end,
        };
        match before.take() {
            Some(before) if before != end => {
                let place = flow.journal.len();
                return Err(otherwise(place, &format!("{before:?}"), &format!("{end:?}")));
            }
            // A run that waits has no end to be compared: its page was not journaled.
            None if matches!(end, End::Decision(_) | End::Fault(_)) => before = Some(end),
            _ => return ended(flow, world, end),
        }
    }
}

fn ended<D>(flow: Flow, world: &World, end: End<D>) -> Result<Run<D>, String> {
    match flow.turns.len() {
        0 => Ok(Run { end, pages: flow.pages, world: world.clone() }),
        left => Err(format!("it ended while {left} of the test's answers were left over")),
    }
}

fn longer(flow: &Flow) -> String {
    let (call, _) = &flow.journal[flow.journal.len() - 1];
    otherwise(flow.journal.len() - 1, "the end of the hook", &call.to_string())
}

fn once<C: Contract, P: Serves<C>>(input: &C::Input, world: &mut World, flow: &mut Flow) -> Went<C::Decision> {
    crate::pages::forget_notice();
    stage::enter(Stage {
        world: std::mem::replace(world, World::new()),
        journal: std::mem::take(&mut flow.journal),
        next: 0,
        turns: std::mem::take(&mut flow.turns),
        pages: std::mem::take(&mut flow.pages),
        interactive: C::INTERACTIVE,
        asks_consent: C::NAME == "consent",
    });
    let input = input.clone();
    let result = catch_unwind(AssertUnwindSafe(|| P::serve(input)));
    let Some(stage) = stage::leave() else {
        return Went::Mistaken("the stage was taken away while the hook ran".into());
    };
    let met = stage.next;
    *world = stage.world;
    *flow = Flow { journal: stage.journal, turns: stage.turns, pages: stage.pages };
    match result {
        Ok(outcome) => finished(outcome, met, flow),
        Err(left) => stopped(left, met, flow),
    }
}

fn finished<D>(outcome: Outcome<D>, met: usize, flow: &Flow) -> Went<D> {
    if let Some((call, _)) = flow.journal.get(met) {
        return Went::Mistaken(otherwise(met, &call.to_string(), "the end of the hook"));
    }
    Went::Ended(match outcome {
        Ok(decision) => End::Decision(decision),
        Err(fault) => End::Fault(fault.to_string()),
    })
}

fn stopped<D>(left: Box<dyn Any + Send>, met: usize, flow: &Flow) -> Went<D> {
    match left.downcast::<Stop>() {
        Ok(stop) => match *stop {
            Stop::Performed => Went::Again,
            Stop::Mistake(mistake) => Went::Mistaken(mistake),
            Stop::Consent(scope) => Went::Ended(End::Consent(scope)),
            Stop::Page(page) => Went::Ended(End::Page(*page)),
            Stop::Visit(url) => Went::Ended(End::Visit(url)),
            Stop::Fault(why) => Went::Ended(End::Fault(why)),
        },
        // The hook's own panic, which its message has told already.
        Err(panic) => {
            eprintln!("the hook panicked after {met} of {} host calls", flow.journal.len());
            resume_unwind(panic)
        }
    }
}

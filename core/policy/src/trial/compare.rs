//! How a candidate's answer differs from the live one's.

use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::{
    AfterAuthenticationDecision, AuthenticateDecision, CustomizeTokenDecision, HookDecision, SelectAcrDecision,
    TokenChanges,
};
use gatewright_domain::trace::{Answer, Asked, RunEnd};
use gatewright_domain::trial::Finding;
use serde_json::{Map, Value};

/// A candidate is slower when it takes this many times as long as the live one …
pub const SLOWER_TIMES: u64 = 3;
/// … and this many microseconds more: of very short runs a multiple says nothing.
pub const SLOWER_MICROS: u64 = 20_000;

/// A difference, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) finding: Finding,
    /// The binding that makes it; empty where none does.
    pub(crate) binding: String,
    /// Which claims, or which parts of a token.
    pub(crate) names: Vec<String>,
}

/// Everything in which `tried` differs from `live`.
pub(super) fn differences(live: &Asked, tried: &Asked) -> Vec<Difference> {
    let mut found: Vec<Difference> = answers(live, tried).into_iter().collect();
    let unknown = found.iter().any(|difference| difference.finding == Finding::Unrecorded);
    let (before, now) = (micros(live), micros(tried));
    if !unknown && now >= before.saturating_mul(SLOWER_TIMES).saturating_add(SLOWER_MICROS) {
        let slowest = tried.runs.iter().max_by_key(|run| run.spent.micros);
        let binding = slowest.map(|run| run.binding.to_string()).unwrap_or_default();
        found.push(Difference { finding: Finding::Time, binding, names: Vec::new() });
    }
    found
}

/// What all runs of a question took, in microseconds.
pub(super) fn micros(asked: &Asked) -> u64 {
    asked.runs.iter().fold(0, |sum, run| sum.saturating_add(run.spent.micros))
}

/// In what `tried` answers otherwise than `live`, however long either took.
pub(crate) fn answers(live: &Asked, tried: &Asked) -> Option<Difference> {
    let (finding, binding, names) = match (&live.answer, &tried.answer) {
        (_, Answer::Fault(fault)) if matches!(fault.kind, FaultKind::Unrecorded { .. }) => {
            (Finding::Unrecorded, fault.binding.to_string(), Vec::new())
        }
        (Answer::Fault(_), Answer::Fault(_)) => return None,
        (_, Answer::Fault(fault)) | (Answer::Fault(fault), _) => {
            (Finding::Fault, fault.binding.to_string(), Vec::new())
        }
        (live_answer, tried_answer) if live_answer == tried_answer => return None,
        (Answer::Decided(before), Answer::Decided(now)) => {
            let (finding, names) = decisions(before, now);
            (finding, deciding(live, tried, &names), names)
        }
        _ => (Finding::Decision, deciding(live, tried, &[]), Vec::new()),
    };
    Some(Difference { finding, binding, names })
}

/// What two decisions of one hook differ in. They are not equal.
fn decisions(before: &HookDecision, now: &HookDecision) -> (Finding, Vec<String>) {
    match (before, now) {
        (HookDecision::SelectAcr(before), HookDecision::SelectAcr(now)) => {
            let denies = |decision: &SelectAcrDecision| matches!(decision, SelectAcrDecision::Deny { .. });
            (if denies(before) || denies(now) { Finding::Decision } else { Finding::Acr }, Vec::new())
        }
        (HookDecision::Authenticate(before), HookDecision::Authenticate(now)) => {
            let delegates = |decision: &AuthenticateDecision| matches!(decision, AuthenticateDecision::Delegate { .. });
            (if delegates(before) && delegates(now) { Finding::Acr } else { Finding::Decision }, Vec::new())
        }
        (HookDecision::AfterAuthentication(before), HookDecision::AfterAuthentication(now)) => {
            let steps =
                |decision: &AfterAuthenticationDecision| matches!(decision, AfterAuthenticationDecision::StepUp { .. });
            (if steps(before) && steps(now) { Finding::Acr } else { Finding::Decision }, Vec::new())
        }
        (HookDecision::Claims(before), HookDecision::Claims(now)) => {
            (Finding::Claims, different(&before.claims, &now.claims))
        }
        (
            HookDecision::CustomizeToken(CustomizeTokenDecision::Change(before)),
            HookDecision::CustomizeToken(CustomizeTokenDecision::Change(now)),
        ) => (Finding::Token, parts(before, now)),
        _ => (Finding::Decision, Vec::new()),
    }
}

/// The names whose values differ.
fn different(before: &Map<String, Value>, now: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<String> = before.keys().chain(now.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| before.get(name) != now.get(name));
    names
}

fn parts(before: &TokenChanges, now: &TokenChanges) -> Vec<String> {
    let mut names = different(&before.claims, &now.claims);
    let others = [
        ("lifetime_s", before.lifetime_s != now.lifetime_s),
        ("audience", before.audience != now.audience),
        ("scope", before.scope != now.scope),
    ];
    names.extend(others.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()));
    names
}

/// The binding that makes the difference: one of the candidate's that names what differs, or whose decision is the
/// answer, or the last it ran; else one of the live policy's by the same rule.
fn deciding(live: &Asked, tried: &Asked, names: &[String]) -> String {
    let by_name = |asked: &Asked| {
        let run = asked.runs.iter().find(|run| match &run.end {
            RunEnd::Decided(decision) => mentioned(decision, names),
            _ => false,
        });
        run.map(|run| run.binding.to_string())
    };
    let by_answer = |asked: &Asked| {
        let run = asked.runs.iter().find(|run| match (&run.end, &asked.answer) {
            (RunEnd::Decided(decision), Answer::Decided(answer)) => decision == answer,
            (RunEnd::Waiting(wait), Answer::Waiting(answer)) => wait == answer,
            _ => false,
        });
        run.or(asked.runs.last()).map(|run| run.binding.to_string())
    };
    let named = by_name(tried).or_else(|| by_name(live));
    named.or_else(|| by_answer(tried)).or_else(|| by_answer(live)).unwrap_or_default()
}

fn mentioned(decision: &HookDecision, names: &[String]) -> bool {
    let claims = match decision {
        HookDecision::Claims(decision) => &decision.claims,
        HookDecision::CustomizeToken(CustomizeTokenDecision::Change(changes)) => {
            let parts = parts(&TokenChanges::default(), changes);
            return names.iter().any(|name| parts.contains(name));
        }
        _ => return false,
    };
    names.iter().any(|name| claims.contains_key(name))
}

#[cfg(test)]
mod tests;

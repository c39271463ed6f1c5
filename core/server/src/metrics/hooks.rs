//! The policy at work, counted by hook and binding. Names of bindings are the operator's own: a closed list.

use super::{Metrics, OTHER};
use gatewright_domain::trace::{Asked, HookRun, Observer, RunEnd};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;

/// Upper bounds of the histogram, in seconds: a small script takes tens of microseconds, one that sends a request
/// waits for its answer.
const RUN_S: [f64; 12] = [0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0];

/// The counters of the policy at work.
pub(super) struct HookMetrics {
    calls: Family<BindingLabels, Counter>,
    decisions: Family<DecisionLabels, Counter>,
    faults: Family<FaultLabels, Counter>,
    duration: Family<BindingLabels, Histogram, fn() -> Histogram>,
    operations: Family<BindingLabels, Counter>,
    instructions: Family<BindingLabels, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BindingLabels {
    hook: &'static str,
    binding: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DecisionLabels {
    hook: &'static str,
    binding: String,
    decision: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FaultLabels {
    hook: &'static str,
    binding: String,
    kind: &'static str,
}

impl HookMetrics {
    pub(super) fn new() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(RUN_S);
        Self {
            calls: Family::default(),
            decisions: Family::default(),
            faults: Family::default(),
            duration: Family::new_with_constructor(histogram),
            operations: Family::default(),
            instructions: Family::default(),
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("hook_calls", "Runs of a binding", self.calls.clone());
        registry.register("hook_decisions", "Runs of a binding that decided", self.decisions.clone());
        registry.register("hook_faults", "Runs of a binding that failed", self.faults.clone());
        let duration = self.duration.clone();
        let help = "Time of a run of a binding, with what the host did for it";
        registry.register_with_unit("hook_duration", help, Unit::Seconds, duration);
        registry.register("hook_operations", "Operations of scripts", self.operations.clone());
        registry.register("hook_instructions", "Instructions of plugins", self.instructions.clone());
    }

    fn ran(&self, hook: &'static str, run: &HookRun) {
        let name = run.binding.as_str();
        let binding = name.split_once('/').map_or(OTHER, |(_, binding)| binding).to_owned();
        let labels = BindingLabels { hook, binding: binding.clone() };
        self.calls.get_or_create(&labels).inc();
        self.duration.get_or_create(&labels).observe(run.spent.micros as f64 / 1e6);
        if let Some(operations) = run.spent.operations {
            self.operations.get_or_create(&labels).inc_by(operations);
        }
        if let Some(fuel) = run.spent.fuel {
            self.instructions.get_or_create(&labels).inc_by(fuel);
        }
        match &run.end {
            RunEnd::Decided(decision) => {
                let decision = decision.name();
                self.decisions.get_or_create(&DecisionLabels { hook, binding, decision }).inc();
            }
            RunEnd::Fault { fault, .. } => {
                let kind = fault.kind.name();
                self.faults.get_or_create(&FaultLabels { hook, binding, kind }).inc();
            }
            RunEnd::Waiting(_) => {}
        }
    }
}

impl Observer for Metrics {
    fn asked(&self, asked: &Arc<Asked>) {
        let hook = asked.hook().name();
        asked.runs.iter().for_each(|run| self.hooks.ran(hook, run));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::flow::{FaultKind, HookFault, Journal};
    use gatewright_domain::hooks::{HookDecision, HookInput, HookKind, SelectAcrDecision};
    use gatewright_domain::identifiers::{BindingName, BundleDigest};
    use gatewright_domain::trace::{AfterFault, Answer, Spent};

    fn run(binding: &str, end: RunEnd, spent: Spent) -> HookRun {
        let binding = BindingName::parse(binding).unwrap();
        HookRun { binding, journal: Journal::default(), known: 0, end, spent }
    }

    #[test]
    fn runs_are_counted_by_hook_and_binding_with_what_they_took() {
        let pass = HookDecision::SelectAcr(SelectAcrDecision::Pass);
        let fault = HookFault::new(
            BindingName::parse("select_acr/a").unwrap(),
            FaultKind::Overrun { limit: "operations", max: 1 },
        );
        let script = Spent { micros: 60, operations: Some(7), fuel: None };
        let plugin = Spent { micros: 600, operations: None, fuel: Some(900) };
        let asked = Asked {
            bundle: BundleDigest::parse("b").unwrap(),
            input: HookInput::sample(HookKind::SelectAcr),
            at_ms: 0,
            answer: Answer::Decided(pass.clone()),
            runs: vec![
                run("select_acr/a", RunEnd::Fault { fault, then: AfterFault::Skip }, script),
                run("select_acr/b", RunEnd::Decided(pass), plugin),
            ],
        };
        let metrics = Metrics::new();
        metrics.asked(&Arc::new(asked));
        let text = metrics.encode();
        for line in [
            "gatewright_hook_calls_total{hook=\"select_acr\",binding=\"a\"} 1",
            "gatewright_hook_calls_total{hook=\"select_acr\",binding=\"b\"} 1",
            "gatewright_hook_faults_total{hook=\"select_acr\",binding=\"a\",kind=\"overrun\"} 1",
            "gatewright_hook_decisions_total{hook=\"select_acr\",binding=\"b\",decision=\"pass\"} 1",
            "gatewright_hook_operations_total{hook=\"select_acr\",binding=\"a\"} 7",
            "gatewright_hook_instructions_total{hook=\"select_acr\",binding=\"b\"} 900",
            "gatewright_hook_duration_seconds_bucket{le=\"0.0001\",hook=\"select_acr\",binding=\"a\"} 1",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line} is not in {text}");
        }
    }
}

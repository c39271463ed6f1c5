//! Quarantine of the live policy: every incident is told in the log, in the audit log and in the metrics.

use super::Assembly;
use crate::configuration::Configuration;
use crate::metrics::Metrics;
use gatewright_domain::audit::{Actor, AuditEntry, AuditOutcome};
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::AuditId;
use gatewright_domain::store::{AuditStore, Stores};
use gatewright_policy::activation::Activations;
use gatewright_policy::live::LivePolicies;
use gatewright_policy::quarantine::{Incident, Quarantine, QuarantineSetup, Reaction};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Time between an incident that could not be looked at and the next look.
const PAUSE: Duration = Duration::from_secs(1);

/// What watches the live policy, where the configuration has a budget for it.
pub(super) fn quarantine(
    configuration: &Configuration,
    policies: &Arc<LivePolicies>,
    stores: &Stores,
    clock: &Arc<dyn Clock>,
) -> Option<Arc<Quarantine>> {
    let budget = configuration.policy.quarantine.budget()?;
    let activations = Activations { store: stores.activations.clone(), clock: clock.clone() };
    let setup = QuarantineSetup { budget, policies: policies.clone(), activations };
    Some(Arc::new(Quarantine::new(setup)))
}

/// Tells incidents.
struct Teller {
    metrics: Arc<Metrics>,
    audit: Arc<dyn AuditStore>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Assembly {
    /// Reacts to incidents, and tells each, for ever.
    pub(super) fn quarantined(&self, quarantine: Arc<Quarantine>) -> impl Future<Output = ()> + Send + use<> {
        let teller = Teller {
            metrics: self.metrics.clone(),
            audit: self.stores.audit.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        };
        async move {
            loop {
                let told = match quarantine.next().await {
                    Ok(incident) => teller.tell(&incident).await,
                    Err(fault) => Err(fault),
                };
                if let Err(fault) = told {
                    tracing::error!(%fault, "a policy that fails too often could not be taken back, or that not be audited");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

impl Teller {
    async fn tell(&self, incident: &Incident) -> Result<(), Fault> {
        let Incident { binding, bundle, activation, reaction } = incident;
        let (outcome, word, what) = match reaction {
            Reaction::WentBack(to) => {
                (AuditOutcome::Done, "went_back", format!("it was taken back to {to}, which was live before"))
            }
            Reaction::Stays(why) => (
                AuditOutcome::Refused,
                "stays",
                format!("it stays, for going back would weaken authentication: {}", why.join("; ")),
            ),
            Reaction::NothingBefore => {
                (AuditOutcome::Refused, "stays", "it stays, for nothing was live before".to_owned())
            }
            Reaction::Refused(why) => (AuditOutcome::Failed, "refused", format!("it could not be taken back: {why}")),
        };
        tracing::error!(hook.binding = %binding, policy.digest = %bundle, activation, "a binding of the live policy fails too often: {what}");
        self.metrics.policy_quarantine(word);
        let mut detail = Map::from_iter([
            ("binding".to_owned(), json!(binding)),
            ("activation".to_owned(), json!(activation)),
            ("reaction".to_owned(), json!(word)),
            ("why".to_owned(), Value::String(what)),
        ]);
        if let Reaction::WentBack(to) = reaction {
            detail.insert("to".to_owned(), json!(to));
        }
        let entry = AuditEntry {
            id: AuditId::draw(self.entropy.as_ref()),
            at_ms: self.clock.now_ms(),
            actor: Actor::Server,
            action: "policy.quarantine".to_owned(),
            target: bundle.to_string(),
            outcome,
            detail,
            correlation: None,
        };
        self.audit.append(&entry).await
    }
}

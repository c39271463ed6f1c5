//! What goes on beside requests: expired rows swept, keys rotated and refreshed, the policy folder watched. All of
//! it ends when [`Background`] is dropped.

use super::Assembly;
use super::logouts::tell_due;
use crate::admin;
use crate::configuration::Configuration;
use crate::traces::{Exporter, Writer, keep_within};
use gatewright_domain::clock::Clock;
use gatewright_domain::store::Sweeper;
use gatewright_engine::Engine;
use gatewright_policy::report;
use gatewright_policy::watch::{Report, Watching, watch};
use gatewright_signing::Keyring;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Time between two sweeps, in seconds; between two batches of one sweep, in milliseconds.
const SWEEP_EVERY_S: u64 = 30;
const SWEEP_PAUSE_MS: u64 = 200;
/// Time between two looks at the keys, in seconds.
const KEYS_EVERY_S: u64 = 10;
/// Time between two looks at whether a rotation is due, in seconds.
const ROTATION_EVERY_S: u64 = 600;

/// The running tasks.
pub struct Background {
    tasks: Vec<JoinHandle<()>>,
    _watching: Option<Watching>,
    writer: Option<Writer>,
}

impl Drop for Background {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Background {
    /// Ends the tasks; what there is of traces is written first.
    pub async fn finish(mut self) {
        if let Some(writer) = self.writer.take() {
            writer.finish().await;
        }
    }
}

impl Assembly {
    /// Starts the background tasks.
    pub fn background(&self, configuration: &Configuration) -> Background {
        let (keyring, trace) = (self.keyring.clone(), &configuration.trace);
        let fresh = async move { keyring.keep_fresh(Duration::from_secs(KEYS_EVERY_S)).await };
        let tasks = vec![
            tokio::spawn(sweep(self.engine.clone(), self.stores.sweeper.clone(), self.clock.clone())),
            tokio::spawn(fresh),
            tokio::spawn(rotate(self.keyring.clone(), configuration.keys.schedule())),
            tokio::spawn(keep_within(
                self.stores.traces.clone(),
                self.clock.clone(),
                trace.keep_days,
                trace.keep_mib << 20,
            )),
        ];
        let writer = self.traces.serve(self.stores.traces.clone(), exporter(configuration));
        let tried = self.tried.clone();
        let follow = async move { tried.follow().await };
        let quarantine = self.quarantine.clone().map(|quarantine| tokio::spawn(self.quarantined(quarantine)));
        let tasks = tasks
            .into_iter()
            .chain(quarantine)
            .chain([
                tokio::spawn(self.node.clone().run()),
                tokio::spawn(follow),
                tokio::spawn(tell_due(self.engine.clone())),
            ])
            .chain(self.announcing(configuration))
            .collect();
        let source = self.policy_source.clone().filter(|_| configuration.policy.watch);
        let metrics = self.metrics.clone();
        let tell = move |outcome| {
            metrics.policy_activation(matches!(outcome, Report::Live(_)));
            tell(outcome);
        };
        let watching = source.map(|source| watch(source, self.offered.files.digest(), self.node.clone(), tell));
        Background { tasks, _watching: watching, writer }
    }
}

impl Assembly {
    /// Tells those who listen by the admin API what happens, here and on other nodes.
    fn announcing(&self, configuration: &Configuration) -> Vec<JoinHandle<()>> {
        if !configuration.admin.enabled {
            // Nobody can listen here, but on other nodes.
            return vec![tokio::spawn(admin::post(self.events.clone(), self.stores.bulletins.clone()))];
        }
        let (events, stores) = (&self.events, &self.stores);
        vec![
            tokio::spawn(admin::post(events.clone(), stores.bulletins.clone())),
            tokio::spawn(admin::hear(events.clone(), stores.bulletins.clone())),
            tokio::spawn(admin::activations(events.clone(), stores.activations.clone())),
            tokio::spawn(admin::followed(events.clone(), self.node.clone())),
        ]
    }
}

/// What sends traces on, where a collector is configured.
fn exporter(configuration: &Configuration) -> Option<Exporter> {
    let endpoint = configuration.trace.endpoint()?;
    match Exporter::start(endpoint, configuration.issuer.to_string()) {
        Ok(exporter) => Some(exporter),
        Err(error) => {
            tracing::error!(%error, "traces cannot be exported");
            None
        }
    }
}

async fn sweep(engine: Arc<Engine>, sweeper: Arc<dyn Sweeper>, clock: Arc<dyn Clock>) {
    loop {
        // Before they are swept, which says nothing in their traces. What cannot be taken is swept nonetheless.
        let mut given_up = engine.give_up_expired().await;
        while matches!(given_up, Ok(gone) if gone > 0) {
            given_up = engine.give_up_expired().await;
        }
        if let Err(fault) = given_up {
            tracing::error!(%fault, "the traces of abandoned logins could not be ended");
        }
        match sweeper.sweep(clock.now()).await {
            Ok(0) => tokio::time::sleep(Duration::from_secs(SWEEP_EVERY_S)).await,
            Ok(rows) => {
                tracing::debug!(rows, "expired rows removed");
                tokio::time::sleep(Duration::from_millis(SWEEP_PAUSE_MS)).await;
            }
            Err(fault) => {
                tracing::error!(%fault, "expired rows could not be removed");
                tokio::time::sleep(Duration::from_secs(SWEEP_EVERY_S)).await;
            }
        }
    }
}

async fn rotate(keyring: Arc<Keyring>, schedule: gatewright_signing::Schedule) {
    loop {
        match keyring.rotate_due(&schedule).await {
            Ok(rotated) => rotated.iter().for_each(|algorithm| tracing::info!(%algorithm, "a signing key was rotated")),
            Err(fault) => tracing::error!(%fault, "the signing keys could not be rotated"),
        }
        tokio::time::sleep(Duration::from_secs(ROTATION_EVERY_S)).await;
    }
}

fn tell(outcome: Report) {
    match outcome {
        Report::Live(live) => {
            tracing::info!(policy.digest = %live.digest, changed = live.changed, duration_ms = live.took_ms, "policy is live");
        }
        Report::Wrong(files, wrong) => {
            let text = report::with_source(&wrong, &files);
            tracing::error!("the saved policy has errors; the live one goes on:\n{text}");
        }
        Report::Refused(error) => {
            tracing::error!("the saved policy did not go live on every node; the live one goes on: {error}");
        }
        Report::Unreadable(error) => {
            tracing::error!(%error, "the policy folder cannot be read; the live policy goes on")
        }
        Report::Fault(fault) => tracing::error!(%fault, "the saved policy could not be put live; the live one goes on"),
    }
}

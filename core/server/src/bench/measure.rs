//! Runs one scenario: gets its workers ready, warms up, measures.

use super::arguments::LoadArguments;
use super::client::Client;
use super::failure::Failure;
use super::load::{Extent, Load, Worker, drive, make_ready};
use super::password_hash::PasswordHashCost;
use super::progress::Progress;
use super::report::{Measured, ScenarioReport};
use super::scenario::Scenario;
use super::server_cpu::{self, Usage};
use super::target::Target;
use std::sync::Arc;
use std::time::Duration;

/// How a scenario is run.
pub(super) struct Plan<'a> {
    pub(super) scenario: Scenario,
    /// What its progress line begins with.
    pub(super) label: &'static str,
    pub(super) warmup: Duration,
    pub(super) extent: Extent,
    pub(super) rate: Option<f64>,
    pub(super) hash: Option<&'a PasswordHashCost>,
}

impl<'a> Plan<'a> {
    /// The plan of a scenario by the command line.
    pub(super) fn measuring(scenario: Scenario, load: &LoadArguments, hash: Option<&'a PasswordHashCost>) -> Self {
        let by_time = Extent::For(Duration::from_secs_f64(load.duration));
        Self {
            scenario,
            label: scenario.name(),
            warmup: Duration::from_secs_f64(load.warmup),
            extent: load.operations.map_or(by_time, Extent::Operations),
            rate: load.rate,
            hash,
        }
    }

    /// The plan that leaves as many sessions behind: each sign-in makes one.
    pub(super) fn seeding(sessions: u64, hash: Option<&'a PasswordHashCost>) -> Self {
        Self {
            scenario: Scenario::LoginCodeFlow,
            label: "sign-ins to seed sessions",
            warmup: Duration::ZERO,
            extent: Extent::Operations(sessions),
            rate: None,
            hash,
        }
    }

    /// Runs it. Whatever fails is in the report.
    pub(super) async fn run(&self, target: &Arc<Target>, client: &Arc<Client>) -> ScenarioReport {
        let concurrency = target.arguments.load.concurrency;
        let fresh = (0..concurrency).map(|_| self.scenario.worker(Arc::clone(target), Arc::clone(client)));
        let readying = Arc::new(Load::new(Extent::Operations(0)));
        let mut workers = make_ready(&readying, fresh.collect()).await;
        let mut fit = readying.tally().failed() == 0;
        if fit && !self.warmup.is_zero() {
            let warming = Arc::new(Load::new(Extent::For(self.warmup)).at_rate(self.rate));
            workers = self.drive("warming up", &warming, workers).await.0;
            fit = warming.tally().operations > 0;
            readying.tally().add_errors(&warming.tally());
        }
        // If nothing works there is nothing to measure but the errors, and they are known.
        let extent = if fit { self.extent } else { Extent::Operations(0) };
        let requests_before = requests(&workers);
        let (driver_before, server_before) = (server_cpu::of_driver(), observe(target, &readying));
        let load = Arc::new(Load::new(extent).at_rate(self.rate));
        let (workers, elapsed) = self.drive("measuring", &load, workers).await;
        let (driver_after, server_after) = (server_cpu::of_driver(), observe(target, &readying));
        let measured = Measured {
            elapsed,
            requests: requests(&workers) - requests_before,
            driver_cpu_ms: driver_before.zip(driver_after).map(|(before, after)| after - before),
            server: server_before.zip(server_after),
        };
        load.tally().add_errors(&readying.tally());
        ScenarioReport::new(self.scenario, &load.tally(), &measured, self.hash)
    }

    async fn drive(&self, stage: &str, load: &Arc<Load>, workers: Vec<Worker>) -> (Vec<Worker>, Duration) {
        let _shown = Progress::show(format!("{} ({stage})", self.label), load);
        drive(load, workers).await
    }
}

/// The server's usage. A server that has gone away meanwhile is an error of the load, which most likely killed it.
fn observe(target: &Target, load: &Load) -> Option<Usage> {
    server_cpu::of_server(&target.arguments.server_pids).unwrap_or_else(|error| {
        load.tally().failure(&Failure::ServerGone(error.to_string()));
        None
    })
}

fn requests(workers: &[Worker]) -> u64 {
    workers.iter().map(|worker| worker.requests()).sum()
}

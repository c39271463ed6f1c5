//! The run from end to end: provider, clients, password hash, seeding, scenarios.

use super::arguments::BenchArguments;
use super::client::{Client, client_for};
use super::connect::Connector;
use super::discovery::{ProviderMetadata, discover};
use super::error::BenchError;
use super::measure::Plan;
use super::password_hash;
use super::report::{LeftOut, Report};
use super::scenario::Scenario;
use super::server_cpu;
use super::target::Target;
use super::wire::Wire;
use clap::ValueEnum;
use std::num::NonZero;
use std::sync::Arc;

/// Loads the provider and reports.
pub(super) async fn run(arguments: BenchArguments) -> Result<Report, BenchError> {
    // First of all what can be wrong without asking anyone.
    server_cpu::of_server(&arguments.server_pids)?;
    let target = Arc::new(find(&arguments).await?);
    let (scenarios, left_out) = choose(&arguments, &target.metadata)?;
    let mut clients = Clients::new(&scenarios, &target);
    let seeded = arguments.load.seed_sessions;
    let hash = if seeded > 0 || scenarios.contains(&Scenario::LoginCodeFlow) {
        Some(password_hash::cost(arguments.password_hash_ms, arguments.load.concurrency)?)
    } else {
        None
    };
    let seeding = if seeded > 0 {
        let client = clients.of(Scenario::LoginCodeFlow).await?;
        Some(Plan::seeding(seeded, hash.as_ref()).run(&target, &client).await)
    } else {
        None
    };
    let mut reports = Vec::new();
    for scenario in scenarios {
        let plan = Plan::measuring(scenario, &arguments.load, hash.as_ref());
        let client = clients.of(scenario).await?;
        reports.push(plan.run(&target, &client).await);
    }
    Ok(Report {
        version: env!("CARGO_PKG_VERSION"),
        cores: std::thread::available_parallelism().map_or(1, NonZero::get),
        password_hash: hash,
        seeding,
        scenarios: reports,
        left_out,
        arguments,
    })
}

async fn find(arguments: &BenchArguments) -> Result<Target, BenchError> {
    let issuer = &arguments.issuer;
    let asking = Arc::new(Connector::new(&arguments.network, issuer)?);
    let metadata = discover(&mut Wire::new(asking), issuer).await?;
    let mut connector = Connector::new(&arguments.network, issuer)?;
    metadata.endpoints().for_each(|endpoint| connector.allow(endpoint));
    Ok(Target { arguments: arguments.clone(), metadata, connector: Arc::new(connector) })
}

/// The scenarios to run, and those of the default that the provider cannot do. One that was asked for by name must run.
fn choose(
    arguments: &BenchArguments,
    metadata: &ProviderMetadata,
) -> Result<(Vec<Scenario>, Vec<LeftOut>), BenchError> {
    let (mut chosen, mut left_out) = (Vec::new(), Vec::new());
    let named = !arguments.scenarios.is_empty();
    let wanted = if named { arguments.scenarios.as_slice() } else { Scenario::value_variants() };
    for scenario in wanted {
        match scenario.obstacle(metadata, arguments) {
            None if chosen.contains(scenario) => {}
            None => chosen.push(*scenario),
            Some(reason) if named => {
                return Err(BenchError::Scenario { scenario: scenario.name(), reason: reason.into() });
            }
            Some(reason) => left_out.push(LeftOut { scenario: *scenario, reason }),
        }
    }
    if arguments.load.seed_sessions > 0
        && let Some(reason) = Scenario::LoginCodeFlow.obstacle(metadata, arguments)
    {
        return Err(BenchError::Scenario { scenario: "--seed-sessions", reason: reason.into() });
    }
    Ok((chosen, left_out))
}

/// The clients of a run, each registered when it is first needed. A given client plays both parts; of
/// registered ones there is one each, because a provider may well refuse one client all grant types.
struct Clients<'a> {
    target: &'a Target,
    wire: Wire,
    refresh: bool,
    end_users: Option<Arc<Client>>,
    service: Option<Arc<Client>>,
}

impl<'a> Clients<'a> {
    fn new(scenarios: &[Scenario], target: &'a Target) -> Self {
        let wire = Wire::new(Arc::clone(&target.connector));
        Self { target, wire, refresh: scenarios.contains(&Scenario::Refresh), end_users: None, service: None }
    }

    async fn of(&mut self, scenario: Scenario) -> Result<Arc<Client>, BenchError> {
        let (kept, grant_types) = match (scenario.is_service(), self.refresh) {
            (true, _) => (&mut self.service, &["client_credentials"][..]),
            (false, true) => (&mut self.end_users, &["authorization_code", "refresh_token"][..]),
            (false, false) => (&mut self.end_users, &["authorization_code"][..]),
        };
        if let Some(client) = kept {
            return Ok(Arc::clone(client));
        }
        let arguments = &self.target.arguments.client;
        let got = client_for(grant_types, arguments, &self.target.metadata, &mut self.wire).await?;
        Ok(Arc::clone(kept.insert(Arc::new(got))))
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;

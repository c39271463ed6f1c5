//! Clients told of logouts: the queue of the database served beside requests, on every node.

use super::error::AssemblyError;
use crate::configuration::Configuration;
use gatewright_capabilities::{FetchSettings, GuardedBackChannel};
use gatewright_domain::logout::{DueLogout, LogoutPaces};
use gatewright_domain::store::LOGOUTS_CLAIMED_MAX;
use gatewright_engine::Engine;
use gatewright_engine::logout::Telling;
use gatewright_engine::settings::LogoutSettings;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Time between two looks at who is due, in milliseconds.
const LOOK_EVERY_MS: u64 = 500;
/// Time until the next look after one that failed, in seconds.
const FAILED_PAUSE_S: u64 = 5;
/// Most clients that a node tells at once.
const TOLD_AT_ONCE_MAX: usize = 64;

/// What posts logout tokens: within the limits that clients' documents are fetched in.
pub(super) fn back_channel(
    configuration: &Configuration,
    authorities: Option<Vec<u8>>,
) -> Result<Arc<GuardedBackChannel>, AssemblyError> {
    let private_addresses = configuration.fetch.allow_private_addresses;
    let within = FetchSettings { private_addresses, extra_authorities: authorities };
    let timeout = Duration::from_secs(configuration.logout.timeout_s);
    Ok(Arc::new(GuardedBackChannel::new(&within, timeout)?))
}

/// What the engine is told of it.
pub(super) fn settings(configuration: &Configuration) -> LogoutSettings {
    let logout = &configuration.logout;
    let paces = LogoutPaces { first_s: logout.first_pause_s, longest_s: logout.longest_pause_s };
    LogoutSettings { tries: logout.tries, paces }
}

/// Tells whoever is due, each apart from the others, for as long as the server runs. What is under way when it stops is due
/// again after its pause.
pub(super) async fn tell_due(engine: Arc<Engine>) {
    let mut telling = JoinSet::new();
    loop {
        while telling.try_join_next().is_some() {}
        if telling.len() + LOGOUTS_CLAIMED_MAX > TOLD_AT_ONCE_MAX {
            telling.join_next().await;
            continue;
        }
        match engine.due_logouts().await {
            Ok(due) if due.is_empty() => tokio::time::sleep(Duration::from_millis(LOOK_EVERY_MS)).await,
            Ok(due) => {
                for due in due {
                    telling.spawn(tell(engine.clone(), due));
                }
            }
            Err(fault) => {
                tracing::error!(%fault, "who is to be told of a logout cannot be found out");
                tokio::time::sleep(Duration::from_secs(FAILED_PAUSE_S)).await;
            }
        }
    }
}

async fn tell(engine: Arc<Engine>, due: DueLogout) {
    let (client, tries) = (due.of.client_id.as_str(), due.tries);
    match engine.tell_of_logout(&due).await {
        Ok(Telling::Told) => tracing::debug!(client.id = client, tries, "a client was told of a logout"),
        Ok(Telling::Unwanted) => {}
        Ok(Telling::Again { why }) => {
            tracing::info!(
                client.id = client,
                tries,
                "a client was not told of a logout and will be tried again: {why}"
            );
        }
        Ok(Telling::GivenUp { why }) => {
            tracing::warn!(client.id = client, tries, "a client was not told of a logout and is given up: {why}");
        }
        Err(fault) => tracing::error!(client.id = client, tries, %fault, "a client could not be told of a logout"),
    }
}

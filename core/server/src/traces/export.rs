//! Sending traces on to a collector (OTLP/HTTP with JSON). What it does not take in time is left out: the traces
//! themselves are in the database.

use super::otlp;
use gatewright_domain::trace::TraceEntry;
use std::time::Duration;
use tokio::sync::mpsc;
use url::Url;

/// Most batches that wait to be sent.
const BATCHES_MAX: usize = 64;
/// Longest wait for the collector.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where batches are left to be sent. Its task ends when the last of it is dropped and everything is sent.
pub struct Exporter {
    batches: mpsc::Sender<Vec<TraceEntry>>,
}

impl Exporter {
    /// Begins to send to `endpoint`, the whole URL of a collector's traces. `issuer` tells this server from others.
    ///
    /// # Errors
    /// When no client for requests can be made.
    pub fn start(endpoint: Url, issuer: String) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        let (batches, taken) = mpsc::channel(BATCHES_MAX);
        tokio::spawn(send(client, endpoint, issuer, taken));
        Ok(Self { batches })
    }

    /// Takes a batch, or leaves it out where too many wait.
    pub(super) fn take(&self, entries: &[TraceEntry]) {
        if self.batches.try_send(entries.to_vec()).is_err() {
            tracing::debug!(entries = entries.len(), "traces are not exported: the collector is too slow");
        }
    }
}

async fn send(client: reqwest::Client, endpoint: Url, issuer: String, mut taken: mpsc::Receiver<Vec<TraceEntry>>) {
    let mut failing = false;
    while let Some(entries) = taken.recv().await {
        let Some(body) = otlp::request(&entries, &issuer) else { continue };
        let request = client.post(endpoint.clone()).header("content-type", "application/json").body(body.to_string());
        let failed = match request.send().await {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(error) => Some(error.without_url().to_string()),
        };
        match &failed {
            // Once, and not for every batch of an hour in which the collector is away.
            Some(why) if !failing => tracing::warn!(%endpoint, %why, "traces are not taken by the collector"),
            None if failing => tracing::info!(%endpoint, "the collector takes traces again"),
            _ => {}
        }
        failing = failed.is_some();
    }
}

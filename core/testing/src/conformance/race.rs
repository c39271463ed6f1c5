//! Many callers at once.

use super::Nodes;
use gatewright_domain::store::Stores;
use std::sync::Arc;
use tokio::sync::Barrier;

/// How many callers race.
pub const RACERS: usize = 64;

/// Runs `call` for [`RACERS`] callers that begin together, half of them on each node; answers what each got.
///
/// # Panics
/// When one of them panics.
pub async fn race<T, F>(nodes: &Nodes, call: impl Fn(usize, Stores) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(RACERS));
    let racers: Vec<_> = (0..RACERS)
        .map(|number| {
            let (start, call) = (start.clone(), call(number, nodes.node(number).clone()));
            tokio::spawn(async move {
                start.wait().await;
                call.await
            })
        })
        .collect();
    let mut outcomes = Vec::with_capacity(RACERS);
    for racer in racers {
        match racer.await {
            Ok(outcome) => outcomes.push(outcome),
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
    outcomes
}

//! Bulletins: heard by whoever listens, in order, and no longer than they may be.

use super::Nodes;
use gatewright_domain::store::{BULLETIN_BYTES_MAX, BULLETINS_KEPT_MAX, Heard};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Longest wait for a bulletin. How long one takes is no promise.
const PATIENCE: Duration = Duration::from_secs(60);
/// Time between two bulletins.
const PAUSE: Duration = Duration::from_millis(20);

/// Whoever listens hears what is posted on this node, in order; what was posted before it listened may be lost.
pub async fn who_listens_hears_what_this_node_posts_in_order(nodes: &Nodes) {
    let here = nodes.here.bulletins.clone();
    let listener = here.clone();
    let hearing = tokio::spawn(async move { listener.heard(0).await });
    let mut posted = 0;
    let began = std::time::Instant::now();
    while !hearing.is_finished() {
        posted += 1;
        here.post(&format!("bulletin {posted}")).await.unwrap();
        assert!(began.elapsed() < PATIENCE, "nothing was heard");
        sleep(PAUSE).await;
    }
    let first = hearing.await.unwrap();
    here.post("é \"quoted\"").await.unwrap();
    let mut heard = first;
    while heard.texts.last().is_none_or(|text| &**text != "é \"quoted\"") {
        heard = timeout(PATIENCE, here.heard(heard.number)).await.unwrap();
        let numbers: Vec<u64> =
            heard.texts.iter().filter_map(|text| text.strip_prefix("bulletin ")?.parse().ok()).collect();
        assert!(numbers.is_sorted() && !heard.missed, "{heard:?}");
    }
}

/// A bulletin is as long as it may be and no longer.
pub async fn a_bulletin_over_the_limit_is_refused(nodes: &Nodes) {
    let bulletins = &nodes.here.bulletins;
    bulletins.post(&"x".repeat(BULLETIN_BYTES_MAX)).await.unwrap();
    assert!(bulletins.post(&"x".repeat(BULLETIN_BYTES_MAX + 1)).await.is_err());
}

/// Of many bulletins whoever is slow gets the latest, and is told that others are gone.
pub async fn who_is_slow_is_told_what_it_missed(nodes: &Nodes) {
    let bulletins = nodes.here.bulletins.clone();
    let listener = bulletins.clone();
    let hearing = tokio::spawn(async move { listener.heard(0).await });
    let began = std::time::Instant::now();
    while !hearing.is_finished() {
        bulletins.post("first").await.unwrap();
        assert!(began.elapsed() < PATIENCE, "nothing was heard");
        sleep(PAUSE).await;
    }
    let Heard { number: since, .. } = hearing.await.unwrap();
    for _ in 0..=BULLETINS_KEPT_MAX {
        bulletins.post("more").await.unwrap();
    }
    bulletins.post("last").await.unwrap();
    let is_last = |heard: &Heard| heard.texts.last().is_some_and(|text| &**text == "last");
    let mut heard = timeout(PATIENCE, bulletins.heard(since)).await.unwrap();
    while !is_last(&heard) {
        sleep(PAUSE).await;
        heard = timeout(PATIENCE, bulletins.heard(since)).await.unwrap();
    }
    assert_eq!((heard.missed, heard.texts.len()), (true, BULLETINS_KEPT_MAX));
}

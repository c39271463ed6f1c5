//! A server that is killed while it commits: whatever it told anyone of is there.

use crate::databases;
use gatewright_domain::store::Stores;
use gatewright_domain::token_hash::TokenHash;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::conformance::{issue, later};
use gatewright_testing::samples;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Set for the copy of this test binary that is killed.
const DATABASE: &str = "GATEWRIGHT_TEST_VICTIM";
const WRITERS: usize = 32;
const ROUNDS: usize = 5;
/// How many acknowledgements are read before the kill.
const ACKNOWLEDGED: usize = 400;

/// As the victim, issues and redeems codes and says so on its standard output until it is killed; otherwise
/// does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_the_victim() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    let config = gatewright_storage::StorageConfig::new(url, Arc::new(FixedClock::default()));
    let stores = gatewright_storage::Storage::open(config).unwrap().stores();
    let writers: Vec<_> = (0..WRITERS).map(|writer| tokio::spawn(write(stores.clone(), writer))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn write(stores: Stores, writer: usize) {
    for number in 0.. {
        let name = format!("{}-{writer}-{number}", std::process::id());
        let code = samples::code(&name, "c", &name);
        issue(&stores, &code).await;
        tell("issued", &name);
        stores.codes.redeem(&code.hash, &samples::first_tokens(&code, &name), later(0)).await.unwrap();
        tell("redeemed", &name);
    }
}

/// One write, so that a line is whole or absent.
fn tell(what: &str, name: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{what} {name}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_row_outlives_a_kill() {
    let database = databases::sqlite();
    database.open(Arc::new(FixedClock::default())).migrate().unwrap();
    let mut acknowledged: Vec<(String, String)> = vec![];
    for round in 0..ROUNDS {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::as_the_victim", "--nocapture"])
            .env(DATABASE, &database.url)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
        let told = |line: String| {
            let (what, name) = line.split_once(' ')?;
            ["issued", "redeemed"].contains(&what).then(|| (what.to_owned(), name.to_owned()))
        };
        let wanted = ACKNOWLEDGED + 37 * round;
        acknowledged.extend(lines.by_ref().map_while(Result::ok).filter_map(told).take(wanted));
        victim.kill().unwrap();
        victim.wait().unwrap();
        // What was still in the pipe was told too.
        acknowledged.extend(lines.map_while(Result::ok).filter_map(told));
    }
    assert!(acknowledged.len() >= ROUNDS * ACKNOWLEDGED, "{}", acknowledged.len());

    let stores = database.open(Arc::new(FixedClock::default())).stores();
    for (what, name) in &acknowledged {
        let there = match what.as_str() {
            "issued" => stores.codes.find(&TokenHash::of(name)).await.unwrap().is_some(),
            _ => stores.tokens.find_refresh_token(&TokenHash::of(name)).await.unwrap().is_some(),
        };
        assert!(there, "{what} {name} was acknowledged and is gone");
    }
}

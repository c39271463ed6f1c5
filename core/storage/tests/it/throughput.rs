//! scratch
use crate::databases::{self, Database};
use gatewright_domain::store::Stores;
use gatewright_domain::token_hash::TokenHash;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::conformance::later;
use gatewright_testing::samples;
use std::sync::Arc;
use std::time::Instant;

async fn run<F, Fut>(what: &str, stores: &Stores, callers: usize, each: usize, call: F)
where
    F: Fn(Stores, usize, usize) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let (io0, cpu0) = usage();
    let begun = Instant::now();
    let mut tasks = vec![];
    for caller in 0..callers {
        let (stores, call) = (stores.clone(), call.clone());
        tasks.push(tokio::spawn(async move {
            for n in 0..each {
                call(stores.clone(), caller, n).await;
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let s = begun.elapsed().as_secs_f64();
    let total = (callers * each) as f64;
    let (io1, cpu1) = usage();
    eprintln!(
        "{what:42} {callers:3} callers {:9.0}/s  {:7.1} us each  cpu {:6.1} us/op  written {:6.1} KB/op",
        total / s,
        s / each as f64 * 1e6,
        (cpu1 - cpu0) / total * 1e6,
        (io1 - io0) / total / 1024.0
    );
}

async fn all(database: Database, each: usize) {
    let clock = Arc::new(FixedClock::default());
    let storage =
        gatewright_storage::Storage::open(gatewright_storage::StorageConfig::new(&database.url, clock)).unwrap();
    storage.migrate().unwrap();
    let stores = storage.stores();
    stores.clients.save(&samples::client("c")).await.unwrap();
    for callers in [1, 64] {
        let each = if callers == 1 { each * 4 } else { each };
        let name = move |c: usize, n: usize| format!("{callers}-{c}-{n}");
        run("issue code", &stores, callers, each, move |s, c, n| async move {
            let mut code = samples::code(&name(c, n), "c", &name(c, n));
            code.authentication = samples::authentication(
                &format!("subject-{}", (c * 7919 + n) % 5000),
                &TokenHash::of(&name(c, n)).as_str()[..22],
            );
            s.codes.issue(&code).await.unwrap();
        })
        .await;
        run("find code", &stores, callers, each, move |s, c, n| async move {
            assert!(s.codes.find(&TokenHash::of(&name(c, n))).await.unwrap().is_some());
        })
        .await;
        run("redeem code (family, refresh token)", &stores, callers, each, move |s, c, n| async move {
            let code = samples::code(&name(c, n), "c", &name(c, n));
            s.codes.redeem(&code.hash, &samples::first_tokens(&code, &name(c, n)), later(0)).await.unwrap();
        })
        .await;
        run("is_revoked with family", &stores, callers, each, move |s, c, n| async move {
            assert!(!s.tokens.is_revoked("jti", Some(&samples::word(&name(c, n)))).await.unwrap());
        })
        .await;
        run("find refresh token", &stores, callers, each, move |s, c, n| async move {
            assert!(s.tokens.find_refresh_token(&TokenHash::of(&name(c, n))).await.unwrap().is_some());
        })
        .await;
        run("rotate refresh token", &stores, callers, each, move |s, c, n| async move {
            let code = samples::code(&name(c, n), "c", &name(c, n));
            let next = samples::next_tokens(&format!("next {}", name(c, n)), &samples::family(&code));
            s.tokens.rotate(&TokenHash::of(&name(c, n)), &next, later(0)).await.unwrap();
        })
        .await;
        run("find client (cached)", &stores, callers, each, move |s, _, _| async move {
            s.clients.find(&samples::word("c")).await.unwrap();
        })
        .await;
        let begun = Instant::now();
        run("interaction begin, claim, save, finish", &stores, callers, each / 2, move |s, c, n| async move {
            let mut i = samples::interaction(&name(c, n));
            i.document = "x".repeat(1500);
            s.interactions.begin(&i).await.unwrap();
            s.interactions.claim(&i.id, 0, later(0), later(1)).await.unwrap();
            i.version = 1;
            s.interactions.save(&i).await.unwrap();
            s.interactions.finish(&i.id, 1).await.unwrap();
        })
        .await;
        let _ = begun;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    all(databases::sqlite(), std::env::var("EACH").map_or(500, |e| e.parse().unwrap())).await;
}
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pg() {
    if let Some(d) = databases::postgres() {
        all(d, std::env::var("EACH").map_or(500, |e| e.parse().unwrap()) / 4).await;
    }
}

fn usage() -> (f64, f64) {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    let w: f64 = io.lines().find_map(|l| l.strip_prefix("wchar: ")).unwrap().parse().unwrap();
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let t: f64 = f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap();
    (w, t / 100.0)
}

//! Going live, and staying findable for what began before.

use super::*;
use crate::files::bundle;
use crate::stub::{MemoryBundles, PWD, StubRuntime, Test, workshop};
use gatewright_domain::hooks::Misuse;
use std::sync::atomic::Ordering;

fn files(name: &str) -> Files {
    bundle(&[("policy.toml", &format!("name = \"{name}\"\n{PWD}")), ("pwd.rhai", "")])
}

struct Server {
    runtime: Arc<StubRuntime>,
    store: Arc<MemoryBundles>,
    policies: Arc<LivePolicies>,
}

async fn server(tests: &[(&str, &'static str, Test)]) -> Server {
    let runtime = StubRuntime::with_tests(&[], tests);
    let store = Arc::new(MemoryBundles::default());
    let policies = LivePolicies::open(&files("first"), workshop(&runtime, &store)).await.unwrap();
    Server { runtime, store, policies: Arc::new(policies) }
}

impl Server {
    fn live(&self) -> BundleDigest {
        self.policies.live().digest().clone()
    }

    /// Puts it live as a node does.
    async fn activate(&self, files: &Files) -> Result<BundleDigest, NotActivated> {
        let policy = self.policies.examined(files).await?;
        self.policies.go_live(policy);
        Ok(self.live())
    }

    fn compiled(&self) -> usize {
        self.runtime.compiled.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_server_does_not_start_on_a_bundle_with_errors() {
    let runtime = StubRuntime::new(&[]);
    let broken = bundle(&[("policy.toml", PWD), ("pwd.rhai", "bad")]);
    let opened = LivePolicies::open(&broken, workshop(&runtime, &Arc::default())).await;
    assert!(matches!(opened, Err(NotActivated::Wrong(wrong)) if wrong[0].message == "it is bad"));
}

#[tokio::test]
async fn a_good_bundle_goes_live_and_the_one_before_stays_for_what_began_on_it() {
    let server = server(&[]).await;
    let before = server.live();
    assert_eq!(server.activate(&files("second")).await.unwrap(), files("second").digest());
    let compiled = server.compiled();
    assert_eq!(server.policies.pinned(&before).await.unwrap().digest(), &before);
    assert_eq!(server.compiled(), compiled, "it is still compiled");
}

#[tokio::test]
async fn a_bundle_that_was_examined_is_not_compiled_again() {
    let server = server(&[]).await;
    server.policies.examined(&files("second")).await.unwrap();
    let compiled = server.compiled();
    let prepared = server.policies.prepared(&files("second").digest()).await.unwrap();
    assert_eq!(server.live(), files("first").digest(), "nothing is live by being ready");
    server.policies.go_live(prepared);
    assert_eq!((server.live(), server.compiled()), (files("second").digest(), compiled));
}

#[tokio::test]
async fn a_bundle_with_errors_leaves_the_live_one_live() {
    let server = server(&[]).await;
    let before = server.live();
    let broken = bundle(&[("policy.toml", PWD), ("pwd.rhai", "bad")]);
    assert!(matches!(server.activate(&broken).await, Err(NotActivated::Wrong(_))));
    assert_eq!(server.live(), before);
    assert_eq!(server.store.kept.lock().unwrap().len(), 1, "nothing of it is stored");
}

#[tokio::test]
async fn a_bundle_that_fails_its_own_tests_does_not_go_live() {
    let fails: Test = Arc::new(|_| Err(Misuse::new("expected pass, got deny")));
    let server = server(&[("pwd.test.rhai", "signs_in", fails)]).await;
    let tested = bundle(&[("policy.toml", PWD), ("pwd.rhai", ""), ("pwd.test.rhai", "")]);
    let before = server.live();
    let Err(NotActivated::Wrong(wrong)) = server.activate(&tested).await else { panic!("it went live") };
    assert_eq!(wrong[0].message, "expected pass, got deny");
    assert_eq!(server.live(), before);
    let garbled = bundle(&[("policy.toml", PWD), ("pwd.rhai", ""), ("pwd.test.rhai", "bad")]);
    assert!(matches!(server.activate(&garbled).await, Err(NotActivated::Wrong(_))));
    // What was live once starts again without its tests: a slow machine must not keep a server from starting.
    assert!(LivePolicies::open(&tested, workshop(&server.runtime, &server.store)).await.is_ok());
}

#[tokio::test]
async fn a_bundle_that_cannot_be_stored_does_not_go_live() {
    let server = server(&[]).await;
    server.store.broken.store(true, Ordering::SeqCst);
    let before = server.live();
    assert!(matches!(server.activate(&files("second")).await, Err(NotActivated::Fault(_))));
    assert_eq!(server.live(), before);
}

#[tokio::test]
async fn a_bundle_of_before_a_restart_is_compiled_once_from_the_store_however_many_ask() {
    let server = server(&[]).await;
    let other = files("other");
    server.store.kept.lock().unwrap().insert(other.digest(), other.encode());
    let compiled = server.compiled();
    let asking: Vec<_> = (0..16)
        .map(|_| {
            let (policies, digest) = (server.policies.clone(), other.digest());
            tokio::spawn(async move { policies.pinned(&digest).await.map(|policy| policy.digest().clone()) })
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.await.unwrap().unwrap(), other.digest());
    }
    assert_eq!(server.compiled(), compiled + 1);
    assert_eq!(server.store.reads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_bundle_that_is_nowhere_or_altered_is_a_fault() {
    let server = server(&[]).await;
    let other = files("other");
    let fault = server.policies.pinned(&other.digest()).await.err().unwrap();
    assert!(fault.to_string().contains("is not stored"), "{fault}");
    server.store.kept.lock().unwrap().insert(other.digest(), files("another").encode());
    let fault = server.policies.pinned(&other.digest()).await.err().unwrap();
    assert!(fault.to_string().contains("are not those of the bundle"), "{fault}");
    let broken = bundle(&[("policy.toml", PWD), ("pwd.rhai", "bad")]);
    server.store.kept.lock().unwrap().insert(broken.digest(), broken.encode());
    let fault = server.policies.pinned(&broken.digest()).await.err().unwrap();
    assert!(fault.to_string().contains("no longer compiles"), "{fault}");
}

#[tokio::test]
async fn no_more_bundles_are_kept_compiled_than_the_limit() {
    let server = server(&[]).await;
    let first = server.live();
    for n in 0..=KEPT_MAX {
        server.activate(&files(&format!("bundle {n}"))).await.unwrap();
    }
    assert_eq!(server.policies.kept.lock().unwrap().len(), KEPT_MAX);
    let reads = server.store.reads.load(Ordering::SeqCst);
    assert_eq!(server.policies.pinned(&first).await.unwrap().digest(), &first);
    assert_eq!(server.store.reads.load(Ordering::SeqCst), reads + 1, "the oldest comes from the store again");
}

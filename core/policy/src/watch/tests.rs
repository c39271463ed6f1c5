//! A folder that is edited while the server runs.

use super::*;
use crate::activation::tests::node_on;
use crate::live::LivePolicies;
use crate::stub::{MemoryBundles, PWD, StubRuntime, workshop};
use gatewright_domain::activation::ActivationKind;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Instant;

struct Editing {
    folder: tempfile::TempDir,
    policies: Arc<LivePolicies>,
    store: Arc<MemoryBundles>,
    reports: Arc<Mutex<Vec<String>>>,
    _watching: Watching,
    _running: AbortOnDrop,
}

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn line(report: Report) -> String {
    match report {
        Report::Live(activated) => format!("live, changed: {}", activated.changed),
        Report::Wrong(_, wrong) => format!("wrong: {}", wrong[0].message),
        Report::Unreadable(error) => format!("unreadable: {error}"),
        Report::Refused(why) => format!("refused: {why}"),
        Report::Fault(fault) => format!("fault: {fault}"),
    }
}

impl Editing {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("policy.toml"), PWD).unwrap();
        fs::write(folder.path().join("pwd.rhai"), "// first").unwrap();
        let source = Source { folder: folder.path().to_owned(), base: Files::default() };
        let store = Arc::new(MemoryBundles::default());
        let workshop = workshop(&StubRuntime::new(&[]), &store);
        let files = source.read().unwrap();
        let policies = Arc::new(LivePolicies::open(&files, workshop).await.unwrap());
        let stores = gatewright_testing::memory::stores();
        let node = Arc::new(node_on(&stores, policies.clone(), "n1"));
        node.join(&files, ActivationKind::Folder).await.unwrap();
        let running = AbortOnDrop(tokio::spawn(node.clone().run()));
        let reports: Arc<Mutex<Vec<String>>> = Arc::default();
        let told = reports.clone();
        let watching = watch(source, files.digest(), node, move |report| told.lock().unwrap().push(line(report)));
        // The watcher is in place once its task has run.
        sleep(Duration::from_millis(50)).await;
        Self { folder, policies, store, reports, _watching: watching, _running: running }
    }

    fn save(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).unwrap();
    }

    fn reports(&self) -> Vec<String> {
        self.reports.lock().unwrap().clone()
    }

    async fn until_reports(&self, count: usize) -> Vec<String> {
        let begin = Instant::now();
        while self.reports().len() < count && begin.elapsed() < Duration::from_secs(10) {
            sleep(Duration::from_millis(10)).await;
        }
        self.reports()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_save_is_live_in_a_moment() {
    let editing = Editing::begin().await;
    let before = editing.policies.bundle().digest.clone();
    let begin = Instant::now();
    editing.save("pwd.rhai", "// second");
    assert_eq!(editing.until_reports(1).await, ["live, changed: true"]);
    // Well under a second on a machine that is not busy with other tests.
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    assert_ne!(editing.policies.bundle().digest, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_with_errors_is_told_once_and_the_live_policy_goes_on_until_it_is_mended() {
    let editing = Editing::begin().await;
    let before = editing.policies.bundle().digest.clone();
    editing.save("pwd.rhai", "bad");
    assert_eq!(editing.until_reports(1).await, ["wrong: it is bad"]);
    assert_eq!(editing.policies.bundle().digest, before);
    sleep(LOOK_EVERY + STILL_FOR).await;
    assert_eq!(editing.reports().len(), 1);
    editing.save("pwd.rhai", "// first");
    assert_eq!(editing.until_reports(2).await[1], "live, changed: false");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_that_arrives_in_pieces_raises_no_false_alarm() {
    let editing = Editing::begin().await;
    for _ in 0..5 {
        editing.save("pwd.rhai", "bad, half of it");
        sleep(STILL_FOR + Duration::from_millis(30)).await;
        editing.save("pwd.rhai", "// all of it");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(editing.until_reports(1).await, ["live, changed: true"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_never_is_still_is_read_all_the_same() {
    let editing = Editing::begin().await;
    let begin = Instant::now();
    let mut saves = 0;
    while editing.reports().is_empty() && begin.elapsed() < Duration::from_secs(10) {
        saves += 1;
        editing.save("pwd.rhai", &format!("// save {saves}"));
        sleep(STILL_FOR / 4).await;
    }
    assert_eq!(editing.reports()[0], "live, changed: true");
    assert!(begin.elapsed() >= STILL_WITHIN, "it was still for a while");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_is_gone_is_told_and_the_live_policy_goes_on() {
    let editing = Editing::begin().await;
    fs::remove_file(editing.folder.path().join("policy.toml")).unwrap();
    let reports = editing.until_reports(1).await;
    assert!(reports[0].starts_with("unreadable: "), "{reports:?}");
    editing.save("policy.toml", PWD);
    assert_eq!(editing.until_reports(2).await[1], "live, changed: false");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_was_replaced_is_found_by_looking() {
    let editing = Editing::begin().await;
    let away = editing.folder.path().with_extension("away");
    fs::rename(editing.folder.path(), &away).unwrap();
    fs::create_dir(editing.folder.path()).unwrap();
    editing.save("policy.toml", PWD);
    editing.save("pwd.rhai", "// replaced");
    sleep(LOOK_EVERY * 2).await;
    editing.save("pwd.rhai", "// and changed where nothing tells");
    let begin = Instant::now();
    let digest = Source { folder: editing.folder.path().to_owned(), base: Files::default() }.read().unwrap().digest();
    while editing.policies.bundle().digest != digest && begin.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(editing.policies.bundle().digest, digest);
    fs::remove_dir_all(away).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_back_takes_up_what_it_could_not() {
    let editing = Editing::begin().await;
    editing.store.broken.store(true, Ordering::SeqCst);
    editing.save("pwd.rhai", "// second");
    assert!(editing.until_reports(1).await[0].starts_with("fault: "));
    sleep(LOOK_EVERY * 2).await;
    assert_eq!(editing.reports().len(), 1, "told once");
    editing.store.broken.store(false, Ordering::SeqCst);
    assert_eq!(editing.until_reports(2).await[1], "live, changed: true");
}

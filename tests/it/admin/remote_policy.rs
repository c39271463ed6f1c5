//! The life of a policy with `--server`: what is done by the admin API is what is done over the database, and is told in
//! the same words.

use super::{Operated, Told, run};
use crate::reload::folder::write_policy;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// By whom the admin API knows the bootstrap token; here somebody is logged in by that name.
const WHO: &str = "gatewright-bootstrap";

/// Two servers alike, one worked on over its database and one by its admin API, and a folder with policies.
struct Pair {
    here: Operated,
    there: Operated,
    folders: tempfile::TempDir,
}

impl Pair {
    fn start() -> Self {
        let folders = tempfile::tempdir().unwrap();
        Self { here: Operated::start(), there: Operated::start(), folders }
    }

    /// The folder of a policy.
    fn version(&self, number: usize) -> PathBuf {
        let folder = self.folders.path().join(format!("version-{number}"));
        if !folder.exists() {
            write_policy(&folder, number);
        }
        folder
    }

    /// Runs a command on both, which must tell the same; answers what it told.
    #[track_caller]
    fn both(&self, words: &[&str]) -> Told {
        let data = self.here.data();
        let local = run(&[words, &["--data", data.to_str().unwrap()]].concat(), &[("USER", WHO)], "");
        let (local, remote) = (settled(local, &self.here), settled(self.there.remote(words, ""), &self.there));
        assert_eq!(remote, local, "{words:?}");
        remote
    }
}

/// Without what another run of the same would tell otherwise: moments, ports, how long ago something was.
fn settled(told: Told, operated: &Operated) -> Told {
    let port = format!(":{}", operated.server.reach.rsplit(':').next().unwrap());
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_ago = |place: usize| words.get(place + 1..place + 3) == Some(&["s", "ago"]);
        let word = |(place, word): (usize, &&str)| match is_moment(word) || is_ago(place) {
            true => "MOMENT".to_owned(),
            false => word.replace(&port, ":PORT"),
        };
        words.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
    };
    let text = |text: String| text.lines().map(line).collect::<Vec<_>>().join("\n");
    Told { status: told.status, out: text(told.out), err: text(told.err) }
}

/// `2026-11-22`, `20:55` or `20:55)`.
fn is_moment(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_of = |sign: char, wanted: usize| {
        word.matches(sign).count() + digits == word.trim_matches(',').len() && digits == wanted
    };
    is_of('-', 8) || is_of(':', 4)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_policy_is_pushed_put_live_and_taken_back_the_same_here_and_from_elsewhere() {
    let pair = Pair::start();
    let (one, two) = (pair.version(1), pair.version(2));
    let pushed = pair.both(&["policy", "push", text(&one), "--note", "a try"]);
    let digest = pushed.out.split_whitespace().nth(1).unwrap().to_owned();
    let broken = pair.version(3);
    let script = std::fs::read_to_string(broken.join("sign_in.rhai")).unwrap();
    std::fs::write(broken.join("sign_in.rhai"), script.replace("verify_password", "verify_pasword")).unwrap();
    let refused = pair.both(&["policy", "push", text(&broken)]);
    assert!(refused.err.contains("sign_in.rhai:10:23: ") && refused.err.contains('^'), "with its line: {refused:?}");
    let table = [
        (vec!["policy", "list"], true),
        (vec!["policy", "diff", "live", text(&one)], true),
        (vec!["policy", "diff", "live", &digest], true),
        (vec!["policy", "diff", &digest, text(&one)], true),
        (vec!["policy", "diff", "live", "00000000"], false),
        (vec!["policy", "activate", "00000000"], false),
        (vec!["policy", "activate", "short"], false),
        (vec!["policy", "rollback"], false),
        (vec!["policy", "activate", &digest[..12], "--note", "now", "--within", "45"], true),
        (vec!["policy", "push", text(&two), "--activate"], true),
        (vec!["policy", "history"], true),
        (vec!["policy", "history", "--limit", "1"], true),
        (vec!["policy", "status"], true),
        (vec!["policy", "issued", "live"], true),
        (vec!["policy", "issued", &digest, "--limit", "0"], true),
        (vec!["policy", "revoke", "live", "--yes"], false),
        (vec!["policy", "rollback", "--to", "00000000"], false),
        (vec!["policy", "rollback", "--note", "it locked people out"], true),
        (vec!["policy", "list", "--limit", "1"], true),
    ];
    for (words, is_done) in table {
        let told = pair.both(&words);
        assert_eq!(told.status, Some(if is_done { 0 } else { 1 }), "{words:?}: {told:?}");
        assert!(is_done || told.err.lines().count() > 1, "what to do next is said: {told:?}");
    }
    let second = pair.here.command(&["policy", "list", "--json"]).json()["bundles"][0]["digest"].clone();
    let second = second.as_str().unwrap();
    pair.both(&["policy", "revoke", second]);
    pair.both(&["policy", "revoke", second, "--yes"]);
}

#[test]
fn a_policy_is_tried_the_same_here_and_from_elsewhere() {
    let pair = Pair::start();
    let (one, two) = (pair.version(1), pair.version(2));
    let pushed = pair.both(&["policy", "push", text(&one)]);
    let digest = pushed.out.split_whitespace().nth(1).unwrap().to_owned();
    let table = [
        (vec!["policy", "shadow", "status"], false),
        (vec!["policy", "shadow", "stop"], false),
        (vec!["policy", "shadow", "start", text(&two), "--share", "0.25", "--note", "new terms"], true),
        (vec!["policy", "shadow", "start", &digest], false),
        (vec!["policy", "shadow", "status"], true),
        (vec!["policy", "shadow", "diff"], true),
        (vec!["policy", "shadow", "stop"], true),
        (vec!["policy", "shadow", "status"], true),
        (vec!["policy", "canary", "status"], false),
        (vec!["policy", "canary", "start", &digest], false),
        (vec!["policy", "canary", "start", "00000000", "--share", "10"], false),
        (vec!["policy", "canary", "start", &digest, "--share", "12.5", "--per", "subject"], true),
        (vec!["policy", "canary", "start", &digest, "--share", "10"], false),
        (vec!["policy", "canary", "widen", "50"], true),
        (vec!["policy", "canary", "status"], true),
        (vec!["policy", "canary", "promote", "--note", "it is fine"], true),
        (vec!["policy", "canary", "stop"], false),
        (
            vec!["policy", "canary", "start", &digest, "--client", "demo", "--user", "bob-1", "--claim", "group=staff"],
            true,
        ),
        (vec!["policy", "canary", "widen", "50"], false),
        (vec!["policy", "canary", "stop"], true),
        (vec!["policy", "canary", "status"], true),
        (vec!["policy", "status"], true),
        (vec!["policy", "replay", &digest], false),
    ];
    for (words, is_done) in table {
        let told = pair.both(&words);
        assert_eq!(told.status, Some(if is_done { 0 } else { 1 }), "{words:?}: {told:?}");
        assert!(is_done || told.err.lines().count() > 1, "what to do next is said: {told:?}");
    }
}

#[test]
fn what_happened_is_told_the_same_here_and_from_elsewhere() {
    let operated = Operated::start_with(&[("GATEWRIGHT__TRACE__SAMPLE_PER_MILLE", "1000")]);
    let folder = tempfile::tempdir().unwrap();
    write_policy(&folder.path().join("p"), 1);
    let pushed = operated.remote(&["policy", "push", text(&folder.path().join("p")), "--activate", "--json"], "");
    assert_eq!(pushed.status, Some(0), "{pushed:?}");
    operated.remote(&["policy", "shadow", "start", "live", "--json"], "").json();
    for words in [
        &["policy", "list", "--json"][..],
        &["policy", "history", "--json"],
        &["policy", "issued", "live", "--json"],
        &["policy", "diff", "live", text(&folder.path().join("p")), "--json"],
        &["policy", "shadow", "status", "--json"],
        &["policy", "shadow", "diff", "--json"],
        &["trace", "list", "--json"],
        &["trace", "list", "--user", "nobody"],
        &["trace", "list", "--user", "é"],
        &["trace", "list", "--failed", "--since", "1h", "--client", "demo"],
        &["trace", "show", "nothing"],
        &["audit", "list", "--json"],
        &["audit", "list", "--action", "policy", "--limit", "2"],
        &["audit", "export", "--since", "1h"],
    ] {
        assert_eq!(operated.remote(words, ""), operated.command(words), "{words:?}");
    }
    let without_beats = |mut status: Value| {
        status["nodes"].as_array_mut().unwrap().iter_mut().for_each(|node| node["seen_s_ago"] = 0.into());
        status
    };
    let words = ["policy", "status", "--json"];
    let remote = without_beats(operated.remote(&words, "").json());
    assert_eq!(remote, without_beats(operated.command(&words).json()));
    let history = operated.command(&["policy", "history", "--json"]).json();
    assert_eq!(history["activations"][0]["by"], WHO, "the server knows who asked: {history}");
    let by = operated.remote(&["policy", "rollback", "--by", "somebody else"], "");
    assert_eq!(by.status, Some(2), "who asks is not for the command to say: {by:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_of_a_login_is_listed_and_drawn_the_same_here_and_from_elsewhere() {
    let operated = Operated::start_with(&[("GATEWRIGHT__TRACE__SAMPLE_PER_MILLE", "1000")]);
    crate::world::RelyingParty::demo(&operated.server).tokens().await;
    let began = std::time::Instant::now();
    let listed = loop {
        let listed = operated.command(&["trace", "list", "--user", "alice", "--json"]).json();
        if listed["traces"][0]["outcome"] == "completed" {
            break listed;
        }
        assert!(began.elapsed().as_secs() < 60, "{listed}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    let id = listed["traces"][0]["trace"].as_str().unwrap();
    for words in [&["trace", "list", "--user", "alice"][..], &["trace", "show", id], &["trace", "show", id, "--json"]] {
        let (remote, local) = (operated.remote(words, ""), operated.command(words));
        assert_eq!(remote, local, "{words:?}");
        assert!(remote.out.contains(id), "{remote:?}");
    }
}

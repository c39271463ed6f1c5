//! What happens when a script throws or runs endlessly is what its binding says, `deny`, `skip` or a fallback; and
//! whatever it says, the failure is in the log and other logins go on.

mod policy;

use self::policy::{Case, HOOKS, OnError, STAND_IN, STRONG, password};
use crate::world::relying_party::response_of;
use crate::world::server::{free_port, program};
use crate::world::{Browser, RelyingParty, Server, jwt};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinSet;

/// Most pages of one login: two sign-ins, a page of the binding that fails, and consent, with one to spare.
const PAGES_MAX: usize = 5;
/// Endless scripts that run while others sign in, and how many sign in.
const ENDLESS: usize = 4;
const OTHERS: usize = 10;

/// What became of a login.
#[derive(Debug, Default)]
struct Outcome {
    /// The error that the client was told, by either endpoint.
    error: Option<String>,
    /// The headings of the pages, and the consent page's form.
    pages: Vec<String>,
    id_token: Value,
    access_token: Value,
}

fn server_with(directory: &Path, write: impl Fn(&Path)) -> Server {
    let folder = directory.join("policy");
    std::fs::create_dir(&folder).unwrap();
    write(&folder);
    let environment = [("GATEWRIGHT__POLICY__DIRECTORY", folder.to_str().unwrap())];
    Server::quickstart_with(directory, free_port(), &environment)
}

/// Signs in as someone new, allows what is asked, and has the code redeemed.
async fn login(client: &RelyingParty, acr: &str, extra: &[(&str, &str)]) -> Outcome {
    let (mut outcome, browser) = (Outcome::default(), Browser::new());
    let mut answer = browser.open(&client.authorization_url(&[&[("acr_values", acr)], extra].concat())).await;
    while answer.location().is_none() {
        assert!(answer.status == 200 && outcome.pages.len() < PAGES_MAX, "{acr}: {}", answer.body);
        let page = answer.page();
        outcome.pages.push(if page.form_id == "authorizeForm" { page.form_id.clone() } else { page.heading() });
        let known = [("username", "alice"), ("password", "wonderland")];
        let typed: Vec<_> = known.into_iter().filter(|(name, _)| page.has_field(name)).collect();
        answer = browser.submit(&page, &typed, &page.main_button()).await;
    }
    let mut response = response_of(&answer);
    outcome.error = response.remove("error");
    if outcome.error.is_none() {
        let answer = client.redeem(&response["code"]).await;
        let tokens = answer.json();
        outcome.error = tokens["error"].as_str().map(str::to_owned);
        assert_eq!(outcome.error.is_none(), answer.status == 200, "{}", answer.body);
        if answer.status == 200 {
            outcome.id_token = jwt::claims(tokens["id_token"].as_str().unwrap());
            outcome.access_token = jwt::claims(tokens["access_token"].as_str().unwrap());
        }
    }
    outcome
}

async fn outcome_of(case: &Case, client: &RelyingParty) -> Outcome {
    // Consent is remembered; only those who ask for it anew are sure to get to its hook.
    let consent: &[(&str, &str)] = if case.hook == "consent" { &[("prompt", "consent")] } else { &[] };
    login(client, &case.acr(), consent).await
}

/// What the table of hooks says of a case (design, chapter "hooks").
fn assert_is_as_said(case: &Case, outcome: &Outcome) {
    let Outcome { error, pages, id_token, access_token } = outcome;
    if case.on_error == OnError::Deny {
        let issuing = ["claims", "customize_token"].contains(&case.hook);
        let expected = if issuing { "server_error" } else { "access_denied" };
        assert_eq!(error.as_deref(), Some(expected), "{case:?}");
        return;
    }
    assert_eq!(*error, None, "{case:?}");
    let asked_for_consent = pages.contains(&"authorizeForm".to_owned());
    let skipped = case.on_error == OnError::Skip;
    match (case.hook, skipped) {
        ("select_acr", true) => assert_eq!(id_token["acr"], "pwd", "{case:?}"),
        ("select_acr" | "after_authentication", _) => assert_eq!(id_token["acr"], STRONG, "{case:?}"),
        ("authenticate", _) => {
            // The stand-in reaches the ACR of the binding it stands in for, by its own means.
            assert_eq!((&id_token["acr"], &id_token["amr"]), (&json!(case.acr()), &json!([STAND_IN])), "{case:?}");
            assert!(pages.contains(&"Stand-in".to_owned()), "{case:?}: {pages:?}");
        }
        ("consent", true) => {
            assert!(asked_for_consent, "{case:?}: the server's own page asks: {pages:?}");
            assert_eq!(access_token["scope"], "openid profile email", "{case:?}");
        }
        ("consent", _) => {
            assert!(!asked_for_consent, "{case:?}: {pages:?}");
            assert_eq!(access_token["scope"], "openid", "{case:?}");
        }
        ("claims", true) => assert_eq!(id_token["x"], Value::Null, "{case:?}"),
        ("claims", _) => assert_eq!(id_token["x"], STAND_IN, "{case:?}"),
        _ => assert_eq!(access_token["x"], STAND_IN, "{case:?}"),
    }
}

/// One line, with the binding, the place, and what was done about it.
fn assert_is_logged_once(case: &Case, log: &str) {
    let failed = format!("the hook {}/{} failed", case.hook, case.acr());
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(&failed)).collect();
    assert_eq!(lines.len(), 1, "{case:?} is logged {} times:\n{log}", lines.len());
    let place = format!(" at {}:{}:", case.script(), case.line());
    assert!(lines[0].contains(&place), "{place} is not in {}", lines[0]);
    let instead = match case.on_error {
        OnError::Deny => String::new(),
        OnError::Skip => "; skipped".to_owned(),
        OnError::Fallback => format!("; {0}/{0}_stand_in runs instead", case.hook),
    };
    assert!(lines[0].contains(&instead), "{instead} is not in {}", lines[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binding_that_fails_does_what_its_on_error_says_and_is_logged_once() {
    let directory = tempfile::tempdir().unwrap();
    let server = server_with(directory.path(), policy::write);
    let client = RelyingParty::demo(&server);
    let mut running = JoinSet::new();
    for case in Case::all() {
        let client = client.clone();
        running.spawn(async move { (case, outcome_of(&case, &client).await) });
    }
    let outcomes = running.join_all().await;
    assert_eq!(outcomes.len(), 35);
    let log = server.log();
    for (case, outcome) in &outcomes {
        assert_is_as_said(case, outcome);
        assert_is_logged_once(case, &log);
    }
}

/// The shortest policy with one more binding, that is to be skipped.
fn skipping(hook: &str) -> String {
    let of_hook = if hook == "authenticate" { "acr = \"more\"\nlevel = 10\namr = [\"pwd\"]\n" } else { "" };
    let claims = if hook == "claims" { "scopes = [\"openid\"]\nclaims = [\"x\"]\n" } else { "" };
    let more = format!("[[{hook}]]\nrun = \"more.rhai\"\non_error = \"skip\"\n{of_hook}{claims}");
    format!("default_acr = \"pwd\"\n{}{more}", password("pwd", 10))
}

#[test]
fn a_binding_may_be_skipped_only_where_nothing_is_let_through_by_that() {
    for (hook, may_be_skipped) in HOOKS {
        let directory = tempfile::tempdir().unwrap();
        let (policy, key) = (directory.path().join("policy"), directory.path().join("master.key"));
        std::fs::create_dir(&policy).unwrap();
        let manifest = skipping(hook);
        std::fs::write(policy.join("policy.toml"), &manifest).unwrap();
        std::fs::write(policy.join("more.rhai"), format!("fn {hook}(input) {{\n    throw \"boom\";\n}}\n")).unwrap();
        std::fs::write(&key, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
        let said = |words: &[&str]| {
            let mut command = Command::new(program());
            let settings = [
                ("GATEWRIGHT__ISSUER", "http://localhost:8080"),
                ("GATEWRIGHT__DATABASE__URL", "sqlite:gatewright.db"),
                ("GATEWRIGHT__KEYS__MASTER_KEY_FILE", key.to_str().unwrap()),
                ("GATEWRIGHT__POLICY__DIRECTORY", policy.to_str().unwrap()),
            ];
            let output = command.args(words).envs(settings).current_dir(directory.path()).output().unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        assert_eq!(said(&["migrate"]).0, Some(0));
        let (status, told) = said(&["check"]);
        assert_eq!(status, Some(i32::from(!may_be_skipped)), "{hook}: {told}");
        if !may_be_skipped {
            let line = 1 + manifest.lines().position(|line| line.starts_with("on_error")).unwrap();
            for part in [
                format!("policy.toml:{line}:12: {hook} may not be skipped"),
                "use \"deny\", or { fallback = \"<binding>\" }".to_owned(),
            ] {
                assert!(told.contains(&part), "{part} is not in\n{told}");
            }
        }
    }
}

/// A policy with a script that runs as long as a script can be allowed to.
fn write_endless(folder: &Path) {
    let limit = "limit = { operations = 10000000, time_ms = 1000 }";
    let endless = "[[authenticate]]\nacr = \"endless\"\nlevel = 10\namr = [\"pwd\"]\nrun = \"endless.rhai\"\n";
    let manifest = format!("default_acr = \"pwd\"\n{}{endless}{limit}\n", password("pwd", 10));
    std::fs::write(folder.join("policy.toml"), manifest).unwrap();
    std::fs::write(folder.join("endless.rhai"), "fn authenticate(login) {\n    loop { }\n}\n").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn others_sign_in_while_scripts_run_endlessly() {
    let directory = tempfile::tempdir().unwrap();
    let server = server_with(directory.path(), write_endless);
    let client = RelyingParty::demo(&server);
    let done = Arc::new(AtomicBool::new(false));
    let mut endless = JoinSet::new();
    for _ in 0..ENDLESS {
        let (client, done) = (client.clone(), done.clone());
        endless.spawn(async move {
            let mut refused = 0;
            // One after another, so that there always are some.
            while !done.load(Ordering::Relaxed) {
                let outcome = login(&client, "endless", &[]).await;
                assert_eq!(outcome.error.as_deref(), Some("access_denied"));
                refused += 1;
            }
            refused
        });
    }
    for _ in 0..OTHERS {
        let outcome = login(&client, "pwd", &[]).await;
        assert_eq!((outcome.error, &outcome.id_token["acr"]), (None, &json!("pwd")));
    }
    done.store(true, Ordering::Relaxed);
    let refused: usize = endless.join_all().await.into_iter().sum();
    let log = server.log();
    let logged = log.lines().filter(|line| line.contains("the hook authenticate/endless failed at endless.rhai:2"));
    assert_eq!(logged.count(), refused, "{log}");
    assert!(refused >= ENDLESS);
}

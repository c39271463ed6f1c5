//! A login that goes well.

use super::{gatewright, id, json, listed, printed, traced};
use crate::world::relying_party::response_of;
use crate::world::{Browser, RelyingParty};
use std::path::Path;

const WRONG: &str = "a-password-that-is-wrong";
/// What the demonstration's alice is, beyond her subject.
const PERSONAL: [&str; 4] = ["alice", "Alice", "Liddell", "alice@"];

/// Every text of the database's files, its journal among them.
fn database(directory: &Path) -> String {
    let files = std::fs::read_dir(directory.join("data")).unwrap().map(|file| file.unwrap().path());
    let is_database = |path: &std::path::PathBuf| path.to_string_lossy().contains(".db");
    let bytes: Vec<u8> = files.filter(is_database).flat_map(|path| std::fs::read(path).unwrap()).collect();
    assert!(bytes.len() > 4096, "there is a database");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_found_and_shown_step_by_step_and_nothing_secret_or_personal_is_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let server = traced(directory.path(), "1000", &[]);
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let page = browser.open(&client.authorization_url(&[("prompt", "consent")])).await.page();
    let page = browser.submit(&page, &[("username", "alice"), ("password", WRONG)], "login").await.page();
    let page = browser.submit(&page, &[("username", "alice"), ("password", "wonderland")], "login").await.page();
    let answer = browser.submit(&page, &[], "allow").await;
    let code = response_of(&answer)["code"].clone();
    let tokens = client.redeem(&code).await.json();
    let access_token = tokens["access_token"].as_str().unwrap().to_owned();
    assert_eq!(client.userinfo(&access_token).await.status, 200);
    let refresh_token = tokens["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(client.refresh(&refresh_token).await.status, 200);

    let all = listed(directory.path(), &["--user", "alice", "--since", "1h"], 3);
    let of: Vec<&str> = all.iter().map(|trace| trace["of"].as_str().unwrap()).collect();
    assert_eq!(of, ["refresh", "userinfo", "login"]);
    let login = id(&all[2]);
    assert!(all[..2].iter().all(|trace| trace["login"] == *login), "{all:#?}");
    assert_eq!(all[2]["outcome"], "completed");
    listed(directory.path(), &["--client", "demo"], 3);
    listed(directory.path(), &["--client", "demo-spa"], 0);
    listed(directory.path(), &["--failed"], 0);

    let shown = printed(directory.path(), &["trace", "show", &login]);
    for part in [
        "authenticate → page “Sign in”",
        "  authenticate/pwd → page “Sign in”",
        "the end-user took",
        "ask title: Sign in, fields: [username, password] → pressed: login, field username: typed: ‹text of 5›, field password: ‹secret›",
        "users::verify_password username: ‹text of 5› → subject: null",
        "notice: Wrong username or password.",
        "→ authenticated: ",
        "the server's own page: consent",
        "  claims/badge → claims: ",
        " instructions)",
        "  customize_token/tenant → keep: claims: tenant: of ‹text of ",
        " operations)",
        "completed",
        "later:",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    for trace in &all {
        let whole = printed(directory.path(), &["trace", "show", &id(trace), "--json"]);
        for personal in PERSONAL {
            assert!(!whole.contains(personal), "{personal} is in\n{whole}");
        }
    }
    let stored = database(directory.path());
    for secret in [WRONG, "wonderland", &code, &access_token, &refresh_token, "demo-secret"] {
        assert!(!stored.contains(secret), "{secret} is in the database");
    }
    let steps = json(directory.path(), &["trace", "show", &login])["steps"].as_array().unwrap().len();
    assert!(steps >= 7, "three questions of a sign-in, a page, a claim twice, a token and an end: {steps}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_sampled_and_goes_well_is_not_kept() {
    let directory = tempfile::tempdir().unwrap();
    let server = traced(directory.path(), "0", &[]);
    RelyingParty::demo(&server).tokens().await;
    std::thread::sleep(std::time::Duration::from_millis(500));
    listed(directory.path(), &[], 0);
    let missing = gatewright(directory.path(), &["trace", "show", "nobody"]);
    let said = String::from_utf8_lossy(&missing.stderr);
    assert!(!missing.status.success() && said.contains("`gatewright trace list`"), "{said}");
}

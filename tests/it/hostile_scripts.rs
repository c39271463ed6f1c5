//! A hostile script is contained within its limit, logged once with its place, and answered as its failure policy says,
//! while other requests go on.

use crate::world::relying_party::{RelyingParty, response_of};
use crate::world::server::free_port;
use crate::world::{Browser, Server};
use std::fmt::Write as _;
use std::path::Path;

/// What a hostile script does, by the ACR that leads to it.
struct Case {
    acr: &'static str,
    hook: &'static str,
    body: &'static str,
    /// What the log says of it.
    logged: &'static str,
}

const fn case(acr: &'static str, hook: &'static str, body: &'static str, logged: &'static str) -> Case {
    Case { acr, hook, body, logged }
}

/// In `authenticate` the script of the ACR itself; in another hook a binding beside a password that signs in.
const CASES: [Case; 17] = [
    case("loop", "authenticate", "loop { }", "operations"),
    case("deep", "authenticate", "down(0)", "nested calls"),
    case("string", "authenticate", "let s = \"xxxxxxxx\"; loop { s += s; }", "string"),
    case("array", "authenticate", "let a = [1, 2]; loop { a += a; }", "array"),
    case("thrown", "authenticate", "throw \"boom\";", "boom"),
    case("untrue", "authenticate", "unseen(#{ decision: \"authenticated\" })", "no decision"),
    case("nobody", "authenticate", "let user = (); user.subject", ""),
    case("s_loop", "select_acr", "loop { }", "operations"),
    case("s_thrown", "select_acr", "throw \"boom\";", "boom"),
    case("s_untrue", "select_acr", "unseen([1])", "no decision"),
    case("a_thrown", "after_authentication", "throw \"boom\";", "boom"),
    case("a_untrue", "after_authentication", "unseen(true)", "no decision"),
    case("c_thrown", "consent", "throw \"boom\";", "boom"),
    case("c_untrue", "consent", "unseen(1)", "no decision"),
    case("k_thrown", "claims", "throw \"boom\";", "boom"),
    case("t_thrown", "customize_token", "throw \"boom\";", "boom"),
    case("t_untrue", "customize_token", "unseen(\"yes\")", "no decision"),
];

/// A catch cannot swallow the pause of `ask`.
const SWALLOWER: &str = r#"
fn authenticate(login) {
    try { ask(form("Sign in").text("username")); } catch { return fail("swallowed"); }
    fail("asked")
}"#;

fn write_policy(folder: &Path) {
    let mut manifest = String::from("name = \"hostile\"\ndefault_acr = \"pwd\"\n");
    let password = |manifest: &mut String, acr: &str| {
        let run = "run = \"authentication/password.rhai\"\nlend = [\"users\"]\namr = [\"pwd\"]\n";
        write!(manifest, "[[authenticate]]\nname = \"{acr}\"\nacr = \"{acr}\"\nlevel = 10\n{run}").unwrap();
    };
    password(&mut manifest, "pwd");
    for Case { acr, hook, body, .. } in &CASES {
        let file = format!("{acr}.rhai");
        // Through a function the check does not see what is no decision, so that it goes live.
        let seen = "fn unseen(value) { value }";
        let script = format!("fn down(n) {{ down(n + 1) }}\nfn {hook}(input) {{\n    {body}\n}}\n{seen}\n");
        std::fs::write(folder.join(&file), script).unwrap();
        match *hook {
            "authenticate" => {
                write!(manifest, "[[authenticate]]\nacr = \"{acr}\"\nlevel = 10\nrun = \"{file}\"\namr = [\"pwd\"]\n")
                    .unwrap();
            }
            _ => {
                password(&mut manifest, acr);
                let extra = if *hook == "claims" { "scopes = [\"openid\"]\nclaims = [\"x\"]\n" } else { "" };
                write!(manifest, "[[{hook}]]\nrun = \"{file}\"\nwhen = {{ acr = [\"{acr}\"] }}\n{extra}").unwrap();
            }
        }
    }
    std::fs::write(folder.join("swallow.rhai"), SWALLOWER).unwrap();
    manifest.push_str("[[authenticate]]\nacr = \"swallow\"\nlevel = 10\nrun = \"swallow.rhai\"\namr = [\"pwd\"]\n");
    std::fs::write(folder.join("policy.toml"), manifest).unwrap();
}

fn hostile_server(directory: &Path) -> Server {
    let folder = directory.join("policy");
    std::fs::create_dir(&folder).unwrap();
    write_policy(&folder);
    let environment = [("GATEWRIGHT__POLICY__DIRECTORY", folder.to_str().unwrap())];
    Server::quickstart_with(directory, free_port(), &environment)
}

/// What became of a login that asks for the hostile ACR: the error the client is told.
async fn refused(client: &RelyingParty, case: &Case) -> String {
    let url = client.authorization_url(&[("acr_values", case.acr)]);
    let response = response_of(&Browser::new().sign_in(&url, "alice", "wonderland").await);
    if let Some(error) = response.get("error") {
        return error.clone();
    }
    let answer = client.redeem(&response["code"]).await;
    assert_eq!(answer.status.as_u16() / 100, 4 + u16::from(answer.status.is_server_error()), "{}", answer.body);
    answer.json()["error"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_script_is_contained_logged_once_and_refused() {
    let directory = tempfile::tempdir().unwrap();
    let server = hostile_server(directory.path());
    let client = RelyingParty::demo(&server);
    for case in &CASES {
        let error = refused(&client, case).await;
        let expected = match case.hook {
            "claims" | "customize_token" => "server_error",
            _ => "access_denied",
        };
        assert_eq!(error, expected, "{} in {}", case.acr, case.hook);
        let binding = format!("the hook {}/{} failed", case.hook, case.acr);
        let log = server.log();
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(&binding)).collect();
        assert_eq!(lines.len(), 1, "{} is logged {} times:\n{log}", case.acr, lines.len());
        assert!(lines[0].contains(case.logged), "{}", lines[0]);
        // A decision that is none has no line of its own to blame.
        let place = format!("{}.rhai:", case.acr);
        assert!(case.logged == "no decision" || lines[0].contains(&place), "{}", lines[0]);
        // Others go on.
        let response = response_of(&Browser::new().sign_in(&client.authorization_url(&[]), "bob", "builder").await);
        assert!(response.contains_key("code"), "{response:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catch_does_not_swallow_ask() {
    let directory = tempfile::tempdir().unwrap();
    let server = hostile_server(directory.path());
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let answer = browser.open(&client.authorization_url(&[("acr_values", "swallow")])).await;
    let page = answer.page();
    assert!(page.has_field("username"), "{}", page.html);
    let answer = browser.submit(&page, &[("username", "alice")], "continue").await;
    assert_eq!(response_of(&answer)["error_description"], "asked");
}

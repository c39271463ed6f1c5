//! Nothing secret is logged, not even at the most verbose level: passwords, codes, tokens, client secrets, assertions,
//! cookies, the tokens of pages, the master key (RFC 6749 10.3 and 10.4, RFC 9700 4.2.4). Whatever went through the server in a whole
//! flow, well formed or not, is looked for in its log.

mod http2;

use crate::world::page::Page;
use crate::world::relying_party::{basic, pkce, post_form, request, response_of};
use crate::world::server::{free_port, program};
use crate::world::signature::{ClientKey, hs256};
use crate::world::{Answer, Browser, RelyingParty, Server};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const WRONG_PASSWORD: &str = "a-password-that-is-wrong";
/// Longest wait for a program that cannot start to say so, in seconds.
const END_S_MAX: u64 = 60;
/// Shorter texts may stand in a log by accident.
const SECRET_BYTES_MIN: usize = 8;

/// What went through, and what it was.
#[derive(Default)]
struct Secrets(Vec<(String, String)>);

impl Secrets {
    fn add(&mut self, what: &str, secret: &str) {
        assert!(secret.len() >= SECRET_BYTES_MIN, "{what} is too short to be looked for: {secret}");
        self.0.push((what.to_owned(), secret.to_owned()));
    }

    /// The cookies of a browser.
    fn add_cookies(&mut self, browser: &Browser) {
        for (name, value) in browser.cookies() {
            self.add(&format!("the cookie {name}"), &value);
        }
    }

    /// The token of a page.
    fn add_page(&mut self, page: &Page) {
        self.add("a page's token", &page.hidden["step"]);
    }

    /// Whatever is secret in a token response or a registration.
    fn add_answer(&mut self, answer: &Value) {
        for name in ["access_token", "refresh_token", "id_token", "client_secret", "registration_access_token"] {
            if let Some(secret) = answer[name].as_str() {
                self.add(name, secret);
            }
        }
    }

    /// None of them is in the log: neither as it is, nor as it travels, nor what is secret of a JWT alone.
    fn assert_unlogged(&self, log: &str) {
        for (what, secret) in &self.0 {
            let escaped: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            let mut forms = vec![secret.clone(), escaped, STANDARD.encode(secret), URL_SAFE_NO_PAD.encode(secret)];
            forms.extend(secret.split('.').skip(1).filter(|part| part.len() > 40).map(ToOwned::to_owned));
            for form in forms {
                let line = log.lines().find(|line| line.contains(&form));
                assert!(line.is_none(), "{what} is in the log: {}", line.unwrap_or_default());
            }
        }
        for sign in ["panicked", "stack backtrace", "RUST_BACKTRACE"] {
            assert!(!log.contains(sign), "{sign}:\n{log}");
        }
    }
}

fn loud_server(directory: &Path, format: &str, more: &[(&str, &str)]) -> Server {
    let mut settings = vec![("GATEWRIGHT__LOGGING__LEVEL", "trace"), ("GATEWRIGHT__LOGGING__FORMAT", format)];
    settings.extend_from_slice(more);
    Server::quickstart_with(directory, free_port(), &settings)
}

/// A sign-in with a wrong password first, page by page; then consent.
async fn sign_in(secrets: &mut Secrets, browser: &Browser, url: &str) -> Answer {
    let mut answer = browser.open(url).await;
    for (button, password) in [("continue", WRONG_PASSWORD), ("continue", "wonderland"), ("allow", "")] {
        if answer.location().is_some() {
            break;
        }
        let page = answer.page();
        secrets.add_page(&page);
        secrets.add_cookies(browser);
        let typed: &[_] = if password.is_empty() { &[] } else { &[("username", "alice"), ("password", password)] };
        answer = browser.submit(&page, typed, button).await;
    }
    secrets.add_cookies(browser);
    answer
}

/// The code grant from end to end, then everything tokens are good for, right and wrong.
async fn code_grant(secrets: &mut Secrets, client: &RelyingParty) {
    let browser = Browser::new();
    let (verifier, challenge) = pkce();
    let state = "a-state-that-is-nobodys-business";
    secrets.add("the code verifier", &verifier);
    secrets.add("the client's state", state);
    let extra = [
        ("state", state),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
    ];
    let answer = sign_in(secrets, &browser, &client.authorization_url(&extra)).await;
    let code = response_of(&answer)["code"].clone();
    secrets.add("the code", &code);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", verifier.as_str()),
    ];
    let tokens = client.token(&form).await.json();
    secrets.add_answer(&tokens);
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    assert_eq!(client.userinfo(&text("access_token")).await.status, 200);
    let pushed = [
        ("response_type", "code"),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("scope", "openid"),
        ("state", state),
    ];
    let pushed = client.post("/par", &pushed).await;
    let name = pushed.json()["request_uri"].as_str().unwrap_or_default().to_owned();
    assert_eq!(pushed.status, 201, "{}", pushed.body);
    secrets.add("a pushed request's name", name.rsplit(':').next().unwrap());
    browser.open(&format!("{}/authorize?client_id={}&request_uri={name}", client.issuer, client.client_id)).await;
    for path in ["/introspect", "/revoke"] {
        for token in [&text("access_token"), &format!("{}x", text("access_token"))] {
            client.post(path, &[("token", token)]).await;
        }
    }
    client.userinfo(&text("access_token")).await;
    let refreshed = client.refresh(&text("refresh_token")).await.json();
    secrets.add_answer(&refreshed);
    // Replays, which revoke.
    assert_eq!(client.refresh(&text("refresh_token")).await.status, 400);
    assert_eq!(client.token(&form).await.status, 400);
    sign_out(secrets, &browser, client, &text("id_token")).await;
}

async fn sign_out(secrets: &mut Secrets, browser: &Browser, client: &RelyingParty, id_token: &str) {
    let question = browser.open(&format!("{}/end_session?id_token_hint={id_token}x", client.issuer)).await;
    let page = question.page();
    secrets.add_page(&page);
    browser.submit(&page, &[], &page.main_button()).await;
    browser.open(&format!("{}/end_session?id_token_hint={id_token}", client.issuer)).await;
}

/// Clients that register, manage themselves and authenticate in every way, right and wrong.
async fn registered_clients(secrets: &mut Secrets, server: &Server) {
    let key = ClientKey::generate();
    for method in ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"] {
        let mut members = json!({
            "token_endpoint_auth_method": method, "access_token_format": "opaque",
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        });
        if method == "private_key_jwt" {
            members["jwks"] = key.jwks();
        }
        let client = RelyingParty::register(server, members).await;
        secrets.add_answer(&client.registration);
        let manage = client.registration["registration_client_uri"].as_str().unwrap();
        let token = client.registration["registration_access_token"].as_str().unwrap();
        for bearer in [format!("Bearer {token}"), format!("Bearer {token}x")] {
            request(Method::GET, manage, Some(&bearer), None).await;
            request(Method::PUT, manage, Some(&bearer), Some(("application/json", "{".into()))).await;
        }
        let secret = client.client_secret.clone().unwrap_or_default();
        let grant = ("grant_type", "client_credentials");
        let url = server.at("/token");
        let assertions = [
            assertion(&client, &key, &secret, method),
            assertion(&client, &ClientKey::generate(), "a-secret-that-is-not-its-own-at-all", method),
        ];
        for assertion in &assertions {
            secrets.add("an assertion", assertion);
            let answer = post_form(
                &url,
                &[grant, ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)],
                None,
            )
            .await;
            secrets.add_answer(&answer.json());
        }
        if !secret.is_empty() {
            let posted = [grant, ("client_id", client.client_id.as_str()), ("client_secret", secret.as_str())];
            secrets.add_answer(&post_form(&url, &posted, None).await.json());
            let header = basic(&client.client_id, &secret);
            secrets.add("a header", header.strip_prefix("Basic ").unwrap());
            secrets.add_answer(&post_form(&url, &[grant], Some(&header)).await.json());
        }
    }
}

fn assertion(client: &RelyingParty, key: &ClientKey, secret: &str, method: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "a client has a clock of its own")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let id = &client.client_id;
    let claims =
        json!({ "iss": id, "sub": id, "aud": client.issuer, "exp": now + 60, "jti": format!("{method}-assertion") });
    if method == "private_key_jwt" { key.sign(&claims) } else { hs256(&format!("{secret}x"), &claims) }
}

/// Secrets where they do not belong, in requests that are refused for it.
async fn misplaced(secrets: &mut Secrets, server: &Server) {
    let misplaced = "a-secret-in-the-wrong-place";
    secrets.add("a misplaced secret", misplaced);
    for path in [
        "/token",
        "/userinfo",
        "/authorize",
        "/introspect",
        "/revoke",
        "/par",
        "/end_session",
        "/visit",
        "/register",
        "/register/nobody",
        "/sign-in/nobody",
        "/nowhere",
        "/demo/callback",
    ] {
        for name in ["code", "access_token", "client_secret", "password", "state", "request", "id_token_hint"] {
            let target = server.at(&format!("{path}?{name}={misplaced}&x=%ff"));
            request(Method::GET, &target, Some(&format!("Bearer {misplaced}")), None).await;
            request(Method::PUT, &target, Some(misplaced), None).await;
        }
        for body in [
            format!("password={misplaced}&x=%ff"),
            format!("{{\"client_secret\":\"{misplaced}\""),
            misplaced.repeat(4_000),
        ] {
            for content_type in ["application/x-www-form-urlencoded", "application/json", misplaced] {
                request(
                    Method::POST,
                    &server.at(path),
                    Some(&format!("Basic {misplaced}")),
                    Some((content_type, body.clone())),
                )
                .await;
            }
        }
    }
}

#[tokio::test]
async fn a_whole_flow_leaves_nothing_secret_in_the_most_verbose_log() {
    for format in ["text", "json"] {
        let directory = tempfile::tempdir().unwrap();
        let server = loud_server(directory.path(), format, &[]);
        let mut secrets = Secrets::default();
        for (what, secret) in
            [("a password", "wonderland"), ("a wrong password", WRONG_PASSWORD), ("a client's secret", "demo-secret")]
        {
            secrets.add(what, secret);
        }
        let master_key = std::fs::read_to_string(directory.path().join("data/master.key")).unwrap();
        secrets.add("the master key", master_key.trim());
        code_grant(&mut secrets, &RelyingParty::demo(&server)).await;
        registered_clients(&mut secrets, &server).await;
        misplaced(&mut secrets, &server).await;
        // The built-in relying party keeps tokens too.
        let browser = Browser::new();
        let arrived = sign_in(&mut secrets, &browser, &server.at("/demo/sign-in")).await;
        let brought = response_of(&arrived);
        secrets.add("the demonstration's code", &brought["code"]);
        secrets.add("the demonstration's state", &brought["state"]);
        browser.open(arrived.location().unwrap().as_str()).await;
        secrets.add_cookies(&browser);
        let log = server.log();
        assert!(log.contains("TRACE") || log.contains("DEBUG"), "the log is not verbose:\n{log}");
        assert!(secrets.0.len() > 50, "only {} secrets went through", secrets.0.len());
        secrets.assert_unlogged(&log);
    }
}

/// A script that does its best to log what was typed.
const TALKATIVE: &str = r#"
fn authenticate(login) {
    let answer = unseen(ask(form("Sign in").text("username").password("password")));
    log::info(`${answer}`);
    try { log::info(`typed: ${answer.password}`); } catch (error) { log::warn(`${error}`); }
    try { log::info(answer.password); } catch (error) { log::warn(`${error}`); }
    try { log::info(answer.password.to_string()); } catch (error) { log::warn(`${error}`); }
    try { log::info("" + answer.password); } catch (error) { log::warn(`${error}`); }
    try { if answer.password == "wonderland" { log::info("it is it"); } } catch (error) { log::warn(`${error}`); }
    let user = users::verify_password(answer.username, answer.password);
    if user == () { throw answer; }
    throw answer.password;
}

// The check does not see through it, so that this goes live.
fn unseen(value) { value }"#;

#[tokio::test]
async fn a_script_cannot_log_what_was_typed() {
    let directory = tempfile::tempdir().unwrap();
    let policy = directory.path().join("policy");
    std::fs::create_dir(&policy).unwrap();
    std::fs::write(policy.join("talkative.rhai"), TALKATIVE).unwrap();
    let manifest = "name = \"talkative\"\ndefault_acr = \"pwd\"\n[[authenticate]]\nacr = \"pwd\"\nlevel = 10\nrun = \"talkative.rhai\"\nlend = [\"users\", \"log\"]\namr = [\"pwd\"]\n";
    std::fs::write(policy.join("policy.toml"), manifest).unwrap();
    let server = loud_server(directory.path(), "text", &[("GATEWRIGHT__POLICY__DIRECTORY", policy.to_str().unwrap())]);
    let client = RelyingParty::demo(&server);
    let mut secrets = Secrets::default();
    for password in ["wonderland", WRONG_PASSWORD] {
        secrets.add("a password", password);
        let browser = Browser::new();
        let page = browser.open(&client.authorization_url(&[])).await.page();
        secrets.add_page(&page);
        let answer = browser.submit(&page, &[("username", "alice"), ("password", password)], "continue").await;
        assert_eq!(response_of(&answer)["error"], "access_denied");
    }
    let log = server.log();
    assert!(log.contains("the hook authenticate/talkative failed"), "the script did not get to throw:\n{log}");
    assert!(!log.contains("it is it"), "a secret was compared:\n{log}");
    secrets.assert_unlogged(&log);
}

#[test]
fn a_setting_that_is_refused_is_not_said_aloud() {
    let secret = "a-secret-of-the-operator";
    let key = STANDARD.encode(secret);
    for (name, value) in [
        ("GATEWRIGHT__DATABASE__URL", format!("postgres://app:{secret}@127.0.0.1:1/gatewright")),
        ("GATEWRIGHT__DATABASE__URL", format!("postgres://app:{secret}@127.0.0.1:no-port/gatewright")),
        ("GATEWRIGHT__DATABASE__URL", format!("mysql://app:{secret}@127.0.0.1/gatewright")),
        ("GATEWRIGHT__DATABASE__URL", secret.to_owned()),
        ("GATEWRIGHT__KEYS__MASTER_KEY", secret.to_owned()),
        ("GATEWRIGHT__KEYS__MASTER_KEY", key.clone()),
        ("GATEWRIGHT__SECRETS__RISK_API_KEY__X", secret.to_owned()),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let listen = format!("127.0.0.1:{}", free_port());
        let mut command = Command::new(program());
        command.args(["quickstart", "--listen", &listen, "--data", "data"]).current_dir(directory.path());
        command.env(name, &value).env("GATEWRIGHT__LOGGING__LEVEL", "trace");
        let said = said_until_its_end(&mut command);
        assert!(!said.contains(secret) && !said.contains(&key), "{name}={value} is said aloud:\n{said}");
    }
}

/// Everything a program says until it ends, which it must do by itself and without success.
fn said_until_its_end(command: &mut Command) -> String {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(END_S_MAX);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it runs: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let ended = child.wait_with_output().unwrap();
    assert!(!ended.status.success(), "it ended well: {command:?}");
    String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned()
}

//! Tests of whole runs, against a provider that is just enough of one.

use super::super::browser::REDIRECTS_MAX;
use super::super::party::PAGES_MAX;
use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use clap::Parser;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use tokio::net::TcpListener;
use url::form_urlencoded;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    bench: BenchArguments,
}

type Page = Response<Full<Bytes>>;

fn page(status: u16, body: impl Into<String>) -> Page {
    Response::builder().status(status).body(Full::from(body.into())).unwrap()
}

fn redirect(to: &str, cookie: &str) -> Page {
    let mut page = page(303, "");
    page.headers_mut().insert(header::LOCATION, to.parse().unwrap());
    page.headers_mut().insert(header::SET_COOKIE, cookie.parse().unwrap());
    page
}

fn parameter(form: &str, wanted: &str) -> String {
    form_urlencoded::parse(form.as_bytes()).find(|(name, _)| name == wanted).map(|(_, v)| v.into()).unwrap_or_default()
}

/// The pages between request and code. Who signs in decides what comes; the request travels in a cookie.
fn browse(path: &str, query: &str, body: &str, cookies: &str) -> Page {
    let request = cookies.split("; ").find_map(|cookie| cookie.strip_prefix("request="));
    let session = cookies.split("; ").any(|cookie| cookie == "session=alice");
    match (path, parameter(body, "username").as_str(), parameter(body, "password").as_str()) {
        ("/authorize", ..) if session => {
            // The nonce is all that the token endpoint needs to know, so it is the code.
            let to = format!(
                "{}?code={}&state={}",
                parameter(query, "redirect_uri"),
                parameter(query, "nonce"),
                parameter(query, "state")
            );
            redirect(&to, "seen=1")
        }
        ("/authorize", ..) => redirect("/sign-in", &format!("request={query}; Path=/")),
        ("/login", "looper", _) => redirect("/again", "n=1"),
        ("/again", ..) => redirect("/again", "n=1"),
        ("/login", "pager", _) | ("/consent", ..) => {
            page(200, "<form method=post action=/consent><button>Go on</button></form>")
        }
        ("/login", "alice", "wonderland") => {
            redirect(&format!("/authorize?{}", request.unwrap_or_default()), "session=alice; Path=/")
        }
        _ => {
            page(200, "<form method=post action=/login><input name=username><input name=password type=password></form>")
        }
    }
}

fn token(issuer: &str, body: &str) -> Page {
    let claims = format!(r#"{{"iss":"{issuer}","sub":"alice","aud":"client","nonce":"{}"}}"#, parameter(body, "code"));
    let jwt = format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims));
    let answer = |more: &str| page(200, format!(r#"{{"access_token":"a","token_type":"Bearer"{more}}}"#));
    match (parameter(body, "grant_type").as_str(), parameter(body, "refresh_token").as_str()) {
        ("authorization_code", _) => answer(&format!(r#","refresh_token":"r1","id_token":"{jwt}""#)),
        ("refresh_token", "r1") => answer(r#","refresh_token":"r2""#),
        ("refresh_token", "r2") => answer(r#","refresh_token":"r1""#),
        ("client_credentials", _) => answer(""),
        _ => page(400, r#"{"error":"invalid_grant"}"#),
    }
}

async fn answer(issuer: &str, request: Request<Incoming>) -> Page {
    let (head, body) = request.into_parts();
    let text = |name: header::HeaderName| {
        head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let (cookies, bearer) = (text(header::COOKIE), text(header::AUTHORIZATION));
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    match head.uri.path() {
        "/.well-known/openid-configuration" => page(
            200,
            format!(
                r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/authorize","token_endpoint":"{issuer}/token",
                "userinfo_endpoint":"{issuer}/userinfo","introspection_endpoint":"{issuer}/introspect",
                "registration_endpoint":"{issuer}/register"}}"#
            ),
        ),
        "/register" => page(201, r#"{"client_id":"client","client_secret":"secret"}"#),
        "/token" => token(issuer, &body),
        "/introspect" => page(200, format!(r#"{{"active":{}}}"#, parameter(&body, "token") == "a")),
        "/userinfo" if bearer == "Bearer a" => {
            let mut page = page(200, r#"{"sub":"alice"}"#);
            page.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
            page
        }
        "/userinfo" => page(401, ""),
        path => browse(path, head.uri.query().unwrap_or_default(), &body, &cookies),
    }
}

async fn provider() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let named = issuer.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let issuer = named.clone();
            tokio::spawn(http1::Builder::new().serve_connection(
                TokioIo::new(stream),
                service_fn(move |request| {
                    let issuer = issuer.clone();
                    async move { Ok::<_, Infallible>(answer(&issuer, request).await) }
                }),
            ));
        }
    });
    issuer
}

async fn report(words: &[&str]) -> Report {
    let issuer = provider().await;
    let fixed = ["bench", "--warmup", "0", "--operations", "6", "--concurrency", "2", "--password-hash-ms", "0"];
    let line = [&fixed[..], &["--issuer", &issuer], words].concat();
    run(Line::try_parse_from(line).unwrap().bench).await.unwrap()
}

#[tokio::test]
async fn every_scenario_does_its_operations() {
    let report = report(&["--seed-sessions", "4"]).await;
    for one in &report.scenarios {
        assert_eq!((one.operations, &one.errors), (6, &std::collections::BTreeMap::new()), "{:?}", one.scenario);
    }
    assert_eq!(report.scenarios.len(), Scenario::value_variants().len());
    assert_eq!(report.seeding.as_ref().map(|seeding| seeding.operations), Some(4));
    assert_eq!(report.failed(), 0);
    let steps: Vec<_> = report.scenarios[1].steps.iter().map(|step| step.step).collect();
    assert_eq!(steps, ["authorize", "redirects", "credentials", "token"]);
}

async fn errors_of(words: &[&str]) -> Vec<String> {
    let report = report(words).await;
    assert_eq!(report.scenarios[0].operations, 0);
    report.scenarios[0].errors.keys().cloned().collect()
}

#[tokio::test]
async fn a_wrong_password_is_an_error_in_every_operation() {
    assert_eq!(errors_of(&["--scenario", "login-code-flow", "--password", "wrong"]).await, ["sign-in refused"]);
    assert_eq!(errors_of(&["--scenario", "sso-code-flow", "--password", "wrong"]).await, ["sign-in refused"]);
}

#[tokio::test]
async fn redirects_and_pages_are_followed_up_to_their_limits() {
    for (who, limit) in [("looper", REDIRECTS_MAX), ("pager", PAGES_MAX)] {
        let report = report(&["--scenario", "login-code-flow", "--username", who]).await;
        let error = &report.scenarios[0].errors["endless trip"];
        assert!(error.count == 6 && error.example.contains(&limit.to_string()), "{who}: {error:?}");
    }
}

fn chosen(words: &[&str]) -> Result<(Vec<Scenario>, Vec<LeftOut>), BenchError> {
    let metadata = r#"{"issuer":"i","authorization_endpoint":"http://h/a","token_endpoint":"http://h/t",
        "userinfo_endpoint":"http://h/u","grant_types_supported":["authorization_code"]}"#;
    let arguments = Line::try_parse_from([&["bench"], words].concat()).unwrap().bench;
    choose(&arguments, &serde_json::from_str(metadata).unwrap())
}

#[test]
fn by_default_everything_runs_that_can_and_the_rest_is_reported() {
    let (scenarios, left_out) = chosen(&[]).unwrap();
    assert_eq!(scenarios, [Scenario::SsoCodeFlow, Scenario::LoginCodeFlow, Scenario::Userinfo]);
    assert_eq!(left_out.len(), 3);
}

#[test]
fn a_scenario_asked_for_by_name_runs_once_or_the_run_is_refused() {
    let twice = chosen(&["--scenario", "userinfo", "--scenario", "userinfo"]).unwrap();
    assert_eq!(twice.0, [Scenario::Userinfo]);
    assert!(matches!(chosen(&["--scenario", "refresh"]), Err(BenchError::Scenario { scenario: "refresh", .. })));
}

#[test]
fn sessions_cannot_be_seeded_where_nobody_can_sign_in() {
    let metadata = r#"{"issuer":"i","authorization_endpoint":"http://h/a","token_endpoint":"http://h/t",
        "grant_types_supported":["client_credentials"]}"#;
    let arguments = Line::try_parse_from(["bench", "--seed-sessions", "1"]).unwrap().bench;
    assert!(matches!(choose(&arguments, &serde_json::from_str(metadata).unwrap()), Err(BenchError::Scenario { .. })));
}

//! A page's answer in JSON: what is no flat object of strings, what the page does not ask for, what another site can send
//! (RFC 8259, Fetch Standard 3.2, RFC 9700 4.7).

use super::ask::{Ask, FORM};
use super::table::{Case, Expect, MARKUP, Surface, case};
use crate::native::{App, brought};
use crate::world::{RelyingParty, Server};
use serde_json::{Value, json};
use url::Url;

const REFUSED: Expect = Expect::Problem(400);
const AGAIN: Expect = Expect::Json(200);
const JSON: &str = "application/json";

/// An app that a page waits for.
struct Waiting {
    app: App,
    page: Value,
}

impl Waiting {
    async fn to_sign_in(server: &Server) -> Self {
        let app = App::new();
        let page = app.reads(&RelyingParty::demo(server).authorization_url(&[])).await;
        Self { app, page }
    }

    fn step(&self) -> &str {
        self.page["step"].as_str().unwrap()
    }

    fn path(&self) -> String {
        Url::parse(self.page["post_to"].as_str().unwrap()).unwrap().path().to_owned()
    }

    /// The right answer with this member in it.
    fn with(&self, name: &str, value: Value) -> Value {
        let mut document = json!({ "step": self.page["step"], "username": "alice", "password": "wonderland" });
        document[name] = value;
        document
    }

    fn post(&self, content_type: &str, body: impl Into<Vec<u8>>) -> Ask {
        let cookies: Vec<String> =
            self.app.browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        Ask::new("POST", &self.path()).cookies(&cookies.join("; ")).body(content_type, body)
    }
}

/// Answers to the consent page that decide nothing.
fn undecided(alice: &Waiting, consent: &Value) -> Vec<Case> {
    let answers = [None, Some(""), Some("ALLOW"), Some("continue")].into_iter();
    let asked = answers.map(|action| {
        let mut document = json!({ "step": consent["step"] });
        if let Some(action) = action {
            document["action"] = json!(action);
        }
        let waiting = Waiting { app: App { browser: alice.app.browser.another_tab() }, page: consent.clone() };
        case(&format!("consent by {action:?}"), waiting.post(JSON, document.to_string()), REFUSED)
    });
    asked.collect()
}

#[tokio::test]
async fn an_answer_is_one_flat_object_of_strings_that_the_page_asks_for() {
    let server = Server::quickstart();
    let alice = Waiting::to_sign_in(&server).await;
    let step = alice.step();
    let good = alice.with("action", json!("login")).to_string();
    let deep = format!("{{\"step\":\"{step}\",\"username\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    let many: Vec<String> = (0..200).map(|n| format!("\"f{n}\":\"x\"")).collect();
    let mut table = Vec::new();
    for (name, body, expect) in [
        ("nothing", String::new(), REFUSED),
        ("a form", format!("step={step}&username=alice"), REFUSED),
        ("half a document", good[..good.len() - 1].to_owned(), REFUSED),
        ("two documents", format!("{good}{good}"), REFUSED),
        ("a list", format!("[{good}]"), REFUSED),
        ("a string", "\"step\"".to_owned(), REFUSED),
        ("null", "null".to_owned(), REFUSED),
        ("a byte order mark", format!("\u{feff}{good}"), REFUSED),
        ("a comment", format!("/* */{good}"), REFUSED),
        ("half a pair of surrogates", format!("{{\"step\":\"{step}\",\"username\":\"\\ud800\"}}"), REFUSED),
        ("a number", alice.with("username", json!(1)).to_string(), REFUSED),
        ("a flag", alice.with("username", json!(true)).to_string(), REFUSED),
        ("null as a value", alice.with("username", Value::Null).to_string(), REFUSED),
        ("a list as a value", alice.with("username", json!(["alice", "bob"])).to_string(), REFUSED),
        ("an object as a value", alice.with("password", json!({ "$ne": "" })).to_string(), REFUSED),
        ("a deep document", deep, REFUSED),
        ("more members than are taken", format!("{{\"step\":\"{step}\",{}}}", many.join(",")), REFUSED),
        ("a member twice", format!("{{\"step\":\"{step}\",\"username\":\"alice\",\"username\":\"bob\"}}"), REFUSED),
        ("step twice", format!("{{\"step\":\"{step}\",\"step\":\"{step}\"}}"), REFUSED),
        ("an escaped name twice", format!("{{\"step\":\"{step}\",\"\\u0073tep\":\"{step}\"}}"), REFUSED),
        ("no step", json!({ "username": "alice", "password": "wonderland" }).to_string(), REFUSED),
        ("a field that is none", alice.with("remember", json!("true")).to_string(), REFUSED),
        ("a prototype", alice.with("__proto__", json!("x")).to_string(), REFUSED),
        ("a field with markup for a name", alice.with(MARKUP, json!("x")).to_string(), REFUSED),
        ("an action that is none", alice.with("action", json!("made-up")).to_string(), REFUSED),
        ("an action with markup", alice.with("action", json!(MARKUP)).to_string(), REFUSED),
        ("an action of a page that waits", alice.with("action", json!("wait")).to_string(), REFUSED),
        ("over the limit", alice.with("username", json!("x".repeat(100_000))).to_string(), Expect::Problem(413)),
        ("oversized", alice.with("username", json!("x".repeat(50_000))).to_string(), AGAIN),
        ("NUL", alice.with("username", json!("alice\0")).to_string(), AGAIN),
        ("markup", json!({ "step": step, "username": MARKUP, "password": "" }).to_string(), AGAIN),
        ("a step made up", alice.with("step", json!("made-up")).to_string(), AGAIN),
        ("a step with markup", alice.with("step", json!(MARKUP)).to_string(), AGAIN),
        ("nothing but the step", json!({ "step": step }).to_string(), AGAIN),
    ] {
        table.push(case(name, alice.post(JSON, body), expect));
    }
    table.push(case("not UTF-8", alice.post(JSON, [b"{\"step\":\"".as_slice(), b"\xff\"}"].concat()), REFUSED));
    Surface::of(&server).hold(&table);
    let told = alice.post(JSON, alice.with("remember", json!("true")).to_string()).send(&server).unwrap();
    let told: Value = serde_json::from_str(&told.body).unwrap();
    assert_eq!((&told["problem"], &told["error"]), (&json!("unfit_answer"), &json!("invalid_request")));
    assert_eq!(
        told["error_description"], "'remember' is no field of this page, which asks for username, password.",
        "its writer is told what to mend"
    );
    // None of that was an answer.
    let consent = alice.app.goes_on(&alice.page, &[("username", "alice"), ("password", "wonderland")]).await;
    Surface::of(&server).hold(&undecided(&alice, &consent));
    let end = alice.app.goes_on(&consent, &[("action", "allow")]).await;
    assert!(brought(&end).contains_key("code"), "{end}");
    let over = alice.post(JSON, alice.with("action", json!("login")).to_string());
    Surface::of(&server).hold(&[case("answered once more", over, REFUSED)]);
}

#[tokio::test]
async fn what_another_site_can_send_is_no_answer() {
    let server = Server::quickstart();
    let alice = Waiting::to_sign_in(&server).await;
    let bob = Waiting::to_sign_in(&server).await;
    let good = alice.with("username", json!("alice")).to_string();
    let ours = || alice.post(JSON, good.clone());
    let mut table = Vec::new();
    for (name, header, value) in [
        ("another site", "origin", "https://evil.example"),
        ("a site with our name in it", "origin", "http://localhost.evil.example"),
        ("another site, as the browser says", "sec-fetch-site", "cross-site"),
    ] {
        table.push(case(name, ours().header(header, value), REFUSED));
    }
    let stranger = Ask::new("POST", &alice.path()).body(JSON, good.clone());
    table.push(case("without the cookie", stranger, REFUSED));
    let another = Waiting { page: alice.page.clone(), app: bob.app };
    table.push(case("another's cookie", another.post(JSON, good.clone()), REFUSED));
    // What a form or a script may send without being asked first.
    for content_type in ["text/plain", "multipart/form-data; boundary=x", "text/plain; application/json"] {
        let (plain, asks) = (alice.post(content_type, good.clone()), alice.post(content_type, good.clone()));
        table.push(case(&format!("{content_type}, as HTML"), plain, Expect::Page(400)));
        table.push(case(&format!("{content_type}, as JSON"), asks.header("accept", JSON), REFUSED));
    }
    let form = format!("step={}&username=alice&password=wonderland", alice.step());
    for (header, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let asked = alice.post(FORM, form.clone()).header(header, value);
        table.push(case(&format!("a form, {header}"), asked.clone(), Expect::Page(400)));
        table.push(case(&format!("a form for JSON, {header}"), asked.header("accept", JSON), REFUSED));
    }
    let preflight = Ask::new("OPTIONS", &alice.path())
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    let reply = preflight.send(&server).unwrap();
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (405, None));
    Surface::of(&server).hold(&table);
    let consent = alice.app.goes_on(&alice.page, &[("username", "alice"), ("password", "wonderland")]).await;
    assert_eq!(consent["page"], "consent", "none of that was an answer: {consent}");
}

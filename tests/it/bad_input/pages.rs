//! `/sign-in/{id}` and `/consent/{id}`: answers that belong to another page, another browser or another site, answers that
//! are none, and texts that would like to be markup (RFC 6749 10.12 and 10.13, RFC 9700 4.7 and 4.16).

use super::ask::{Ask, FORM, Parameters};
use super::table::{Case, Expect, LINE, MARKUP, Surface, case};
use crate::world::page::Page;
use crate::world::relying_party::response_of;
use crate::world::server::free_port;
use crate::world::{Browser, RelyingParty, Server};
use serde_json::json;

const CALLBACK: &str = "https://client.example/cb";
const REFUSED: Expect = Expect::Page(400);
const AGAIN: Expect = Expect::Page(200);

/// A browser that a page waits for.
struct Waiting {
    browser: Browser,
    page: Page,
}

impl Waiting {
    /// At the sign-in page.
    async fn to_sign_in(client: &RelyingParty, extra: &[(&str, &str)]) -> Self {
        let browser = Browser::new();
        let page = browser.open(&client.authorization_url(extra)).await.page();
        Self { browser, page }
    }

    /// At the consent page, signed in.
    async fn to_consent(client: &RelyingParty) -> Self {
        let Self { browser, page } = Self::to_sign_in(client, &[("prompt", "consent")]).await;
        let typed = [("username", "alice"), ("password", "wonderland")];
        let page = browser.submit(&page, &typed, &page.main_button()).await.page();
        Self { browser, page }
    }

    fn path(&self) -> &str {
        self.page.action.path()
    }

    fn step(&self) -> &str {
        &self.page.hidden["step"]
    }

    fn cookies(&self) -> String {
        let cookies = self.browser.cookies();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The right answer, to be spoilt.
    fn typed(&self) -> Parameters {
        Parameters::of(&[
            ("step", self.step()),
            ("username", "alice"),
            ("password", "wonderland"),
            ("action", "continue"),
        ])
    }

    fn post(&self, form: &Parameters) -> Ask {
        Ask::post(self.path(), form).cookies(&self.cookies())
    }
}

/// A name that would read the other way round, where it were not taken out.
const OTHER_WAY_ROUND: char = '\u{202e}';

async fn client_of(server: &Server) -> RelyingParty {
    let members = json!({
        "redirect_uris": [CALLBACK], "client_name": format!("{OTHER_WAY_ROUND}{MARKUP}"), "client_name#de": MARKUP,
        "logo_uri": "https://client.example/\"><script>alert(1)</script>",
        "policy_uri": "https://client.example/\"><script>alert(1)</script>",
        "tos_uri": "https://client.example/'onmouseover='alert(1)",
    });
    RelyingParty::register(server, members).await
}

fn surface(server: &Server) -> Surface<'_> {
    Surface { server, verified: vec![CALLBACK.into()] }
}

#[tokio::test]
async fn a_page_is_for_the_browser_that_it_waits_for() {
    let server = Server::quickstart();
    let client = client_of(&server).await;
    let (alice, other) = (Waiting::to_sign_in(&client, &[]).await, Waiting::to_sign_in(&client, &[]).await);
    let path = alice.path();
    let mut table = Vec::new();
    for (name, path, cookies, expect) in [
        ("its own", path, alice.cookies(), AGAIN),
        ("another browser", path, other.cookies(), REFUSED),
        ("no cookies", path, String::new(), REFUSED),
        ("a cookie made up", path, "gatewright_browser=made-up".into(), REFUSED),
        ("a cookie oversized", path, format!("gatewright_browser={}", "x".repeat(9_000)), REFUSED),
        ("the cookie of the other scheme", path, alice.cookies().replace("gatewright_", "__Host-gatewright_"), REFUSED),
        ("an id of nobody", "/sign-in/made-up", alice.cookies(), REFUSED),
        ("an id with markup", "/sign-in/%22%3E%3Cscript%3Ealert(1)", alice.cookies(), REFUSED),
        ("an id with NUL", "/sign-in/%00", alice.cookies(), REFUSED),
    ] {
        table.push(case(&format!("GET {name}"), Ask::new("GET", path).cookies(&cookies), expect));
        let expect = if name == "its own" { Expect::Own } else { REFUSED };
        let form = alice.typed().without("step");
        table.push(case(&format!("POST {name}"), Ask::post(path, &form).cookies(&cookies), expect));
    }
    let hundreds: String = (0..400).map(|n| format!("c{n}=x; ")).collect();
    table.push(case(
        "hundreds of cookies beside",
        Ask::new("GET", path).cookies(&format!("{hundreds}{}", alice.cookies())),
        AGAIN,
    ));
    table.push(case(
        "cookies that are none",
        Ask::new("GET", path).cookies(&format!("=; ;;=x; \"; {}", alice.cookies())),
        AGAIN,
    ));
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        table.push(case(method, Ask::new(method, path).cookies(&alice.cookies()), Expect::Page(405)));
    }
    surface(&server).hold(&table);
}

#[tokio::test]
async fn an_answer_must_come_from_our_page_and_fit_it() {
    let server = Server::quickstart();
    let client = client_of(&server).await;
    let alice = Waiting::to_sign_in(&client, &[]).await;
    let another = Waiting::to_sign_in(&client, &[]).await;
    let good = alice.typed();
    let long = "x".repeat(50_000);
    let mut table = Vec::new();
    for (name, form, expect) in [
        ("step missing", good.without("step"), Expect::Own),
        ("step empty", good.with("step", ""), Expect::Own),
        ("step made up", good.with("step", "made-up"), Expect::Own),
        ("step of another page", good.with("step", another.step()), Expect::Own),
        ("step with one letter more", good.with("step", &format!("{}x", alice.step())), Expect::Own),
        ("step with markup", good.with("step", MARKUP), Expect::Own),
        ("step oversized", good.with("step", &long), Expect::Own),
        ("step twice", good.and("step", alice.step()), REFUSED),
        ("action twice", good.and("action", "continue"), REFUSED),
        ("username twice", good.and("username", "bob"), REFUSED),
        ("a name with markup twice", good.and(MARKUP, "x").and(MARKUP, "x"), REFUSED),
        ("a name not UTF-8", good.with_raw("username", "%ff"), REFUSED),
        ("more fields than are taken", (0..200).fold(good.clone(), |all, n| all.and(&format!("f{n}"), "x")), REFUSED),
        ("over the limit", good.with("username", &long.repeat(2)), Expect::Page(413)),
        ("username missing", good.without("username"), AGAIN),
        ("password missing", good.without("password"), AGAIN),
        ("a button that is none, and nothing typed", good.with("action", MARKUP).without("password"), AGAIN),
        ("nothing typed", good.without("username").without("password"), AGAIN),
    ] {
        table.push(case(name, alice.post(&form), expect));
    }
    for (name, header, value, expect) in [
        ("another site", "origin", "https://evil.example", REFUSED),
        ("a site with our name in it", "origin", "http://localhost.evil.example", REFUSED),
        ("another port", "origin", "http://localhost:1", REFUSED),
        ("an origin with markup", "origin", MARKUP, REFUSED),
        ("another site, as the browser says", "sec-fetch-site", "cross-site", REFUSED),
    ] {
        table.push(case(name, alice.post(&good).header(header, value), expect));
    }
    let body =
        |content_type: &str| Ask::new("POST", alice.path()).cookies(&alice.cookies()).body(content_type, good.text());
    table.push(case("plain text", body("text/plain"), REFUSED));
    table.push(case("a form that says it is JSON", body("application/json"), Expect::Problem(400)));
    table.push(case("several parts", body("multipart/form-data; boundary=x"), REFUSED));
    table.push(case(
        "no content type",
        Ask::new("POST", alice.path()).cookies(&alice.cookies()).bare_body(good.text()),
        REFUSED,
    ));
    table.push(case(
        "in the query",
        Ask::new("POST", &format!("{}?{}", alice.path(), good.text())).cookies(&alice.cookies()).body(FORM, ""),
        Expect::Own,
    ));
    surface(&server).hold(&table);
    // None of that was an answer.
    let answer =
        alice.browser.submit(&alice.page, &[("username", "alice"), ("password", "wonderland")], "continue").await;
    let response = response_of(&alice.browser.sign_in(answer.url.as_str(), "alice", "wonderland").await);
    assert!(response.contains_key("code"), "{response:?}");
    // The page is over.
    surface(&server).hold(&[case("answered once more", alice.post(&good), REFUSED)]);
}

#[tokio::test]
async fn what_is_typed_is_shown_again_as_text_and_signs_nobody_in() {
    let server = Server::quickstart();
    let client = client_of(&server).await;
    let long = "x".repeat(50_000);
    for (name, username, password) in [
        ("markup", MARKUP, MARKUP),
        ("SQL", "alice' OR '1'='1' --", "' OR '1'='1"),
        ("NUL", "alice\0", "wonderland"),
        ("line ends", LINE, LINE),
        ("a template", "{{ 7777 * 7777 }}{% raw %}${7777*7777}", "{{ step }}"),
        ("a script's text", "${users::find(\"alice\")}", "`${x}`"),
        ("another way round", "\u{202e}alice", "wonderland"),
        ("letters that look alike", "аlice", "wonderland"),
        ("oversized", long.as_str(), "x"),
        ("an oversized password", "alice", long.as_str()),
        ("a NUL behind the password", "alice", "wonderland\0"),
    ] {
        let visit = Waiting::to_sign_in(&client, &[("login_hint", MARKUP), ("ui_locales", "de")]).await;
        let form = visit.typed().with("username", username).with("password", password);
        let reply = visit.post(&form).send(&server).unwrap();
        // Asked again, at once or at the page.
        let expect = if reply.status == 303 { Expect::Own } else { AGAIN };
        surface(&server).hold_reply(name, &reply, expect);
        surface(&server).hold(&[case(
            &format!("the page after {name}"),
            Ask::new("GET", visit.path()).cookies(&visit.cookies()),
            AGAIN,
        )]);
        assert!(
            !reply.body.contains("60481729") && !visit.browser.cookies().contains_key("gatewright_session"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn consent_is_given_by_our_page_alone_and_names_are_shown_as_text() {
    let server = Server::quickstart();
    let client = client_of(&server).await;
    let alice = Waiting::to_consent(&client).await;
    assert!(alice.page.html.contains("&lt;script&gt;"), "the client is not named:\n{}", alice.page.html);
    assert!(!alice.page.html.contains(OTHER_WAY_ROUND), "the client's name turns the text round");
    let earlier = Waiting::to_sign_in(&client, &[]).await;
    let good = Parameters::of(&[("step", alice.step()), ("action", "allow")]);
    let at_sign_in = alice.path().replace("/consent/", "/sign-in/");
    let table: Vec<Case> = [
        ("step missing", good.without("step"), Expect::Own),
        ("step made up", good.with("step", "made-up"), Expect::Own),
        ("step of another page", good.with("step", earlier.step()), Expect::Own),
        ("step twice", good.and("step", "x"), REFUSED),
        ("action twice", good.and("action", "deny"), REFUSED),
        ("action not UTF-8", good.with_raw("action", "%ff"), REFUSED),
    ]
    .into_iter()
    .map(|(name, form, expect)| case(name, alice.post(&form), expect))
    .chain([
        case("another site", alice.post(&good).header("origin", "https://evil.example"), REFUSED),
        case("another site's frame", alice.post(&good).header("sec-fetch-site", "cross-site"), REFUSED),
        case("another browser", Ask::post(alice.path(), &good).cookies(&earlier.cookies()), REFUSED),
        case("by its address alone", Ask::get(alice.path(), &good).cookies(&alice.cookies()), AGAIN),
        case("as it is shown", Ask::new("GET", alice.path()).cookies(&alice.cookies()), AGAIN),
        case("at the other address", Ask::new("GET", &at_sign_in).cookies(&alice.cookies()), AGAIN),
    ])
    .collect();
    surface(&server).hold(&table);
    for action in ["", "made-up", MARKUP, "ALLOW", "allow\0"] {
        let bob = Waiting::to_consent(&client).await;
        let form = Parameters::of(&[("step", bob.step()), ("action", action)]);
        surface(&server).hold(&[case(&format!("action {action:?}"), bob.post(&form), Expect::Back("access_denied"))]);
    }
    let response = response_of(&alice.browser.submit(&alice.page, &[], "allow").await);
    assert!(response.contains_key("code"), "{response:?}");
}

#[tokio::test]
async fn nobody_comes_back_from_a_visit_that_never_was() {
    let server = Server::quickstart();
    let client = client_of(&server).await;
    let alice = Waiting::to_sign_in(&client, &[]).await;
    let id = alice.path().trim_start_matches("/sign-in/");
    let mut table = Vec::new();
    for (name, query) in [
        ("nothing", Parameters::default()),
        ("state empty", Parameters::of(&[("state", "")])),
        ("state made up", Parameters::of(&[("state", "made.up")])),
        ("state of an interaction", Parameters::of(&[("state", id)])),
        ("state of an interaction and a made up proof", Parameters::of(&[("state", &format!("{id}.proof"))])),
        ("state with markup", Parameters::of(&[("state", MARKUP)])),
        ("state with NUL", Parameters::of(&[("state", "\0.\0")])),
        ("state twice", Parameters::of(&[("state", "a.b"), ("state", "a.b")])),
        ("another twice", Parameters::of(&[("state", "a.b"), (MARKUP, "x"), (MARKUP, "x")])),
        ("not UTF-8", Parameters::default().with_raw("state", "%ff")),
        ("oversized", Parameters::of(&[("state", &"x".repeat(9_000))])),
    ] {
        table.push(case(&format!("GET {name}"), Ask::get("/visit", &query).cookies(&alice.cookies()), REFUSED));
        table.push(case(&format!("POST {name}"), Ask::post("/visit", &query).cookies(&alice.cookies()), Expect::Own));
    }
    table.push(case("a form that would leave", Ask::new("POST", "/visit").body(FORM, "//evil.example/"), Expect::Own));
    table.push(case(
        "a form with line ends",
        Ask::new("POST", "/visit").body(FORM, "state=a\r\nx-injected: 1"),
        REFUSED,
    ));
    table.push(case("JSON", Ask::json("/visit", &json!({ "state": "a.b" })), Expect::Problem(400)));
    table.push(case("PUT", Ask::new("PUT", "/visit"), Expect::Page(405)));
    surface(&server).hold(&table);
}

/// A script whose every text would like to be markup.
const HOSTILE_TEXTS: &str = r#"
const MARKUP = `"'><script>alert(1)</script>`;
fn authenticate(login) {
    let page = form(global::MARKUP).text("username", global::MARKUP);
    let answer = ask(page);
    notice(answer.username);
    ask(page);
    fail(global::MARKUP)
}"#;

#[tokio::test]
async fn what_a_script_says_is_shown_as_text() {
    let directory = tempfile::tempdir().unwrap();
    let policy = directory.path().join("policy");
    std::fs::create_dir(&policy).unwrap();
    std::fs::write(policy.join("texts.rhai"), HOSTILE_TEXTS).unwrap();
    let binding = "[[authenticate]]\nacr = \"pwd\"\nlevel = 10\nrun = \"texts.rhai\"\namr = [\"pwd\"]\n";
    std::fs::write(policy.join("policy.toml"), format!("name = \"texts\"\ndefault_acr = \"pwd\"\n{binding}")).unwrap();
    let setting = ("GATEWRIGHT__POLICY__DIRECTORY", policy.to_str().unwrap());
    let server = Server::quickstart_with(directory.path(), free_port(), &[setting]);
    let client = client_of(&server).await;
    let mut visit = Waiting::to_sign_in(&client, &[("login_hint", MARKUP)]).await;
    for (name, expect) in [("the title", Expect::Own), ("the notice", Expect::Back("access_denied"))] {
        assert!(visit.page.html.contains("&lt;script&gt;"), "{name} is not there:\n{}", visit.page.html);
        let shown = Ask::new("GET", visit.path()).cookies(&visit.cookies());
        let answered = visit.post(&Parameters::of(&[("step", visit.step()), ("username", MARKUP)]));
        surface(&server).hold(&[case(name, shown.clone(), AGAIN), case(name, answered, expect)]);
        let next = visit.browser.open(visit.page.action.as_str()).await;
        if next.status == 200 {
            visit.page = next.page();
        }
    }
}

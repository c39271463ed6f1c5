//! A flow of several pages is a thing of the database, not of a process: it survives a restart between its pages, ends on
//! the policy it began with, and may end on another node.

use crate::world::front::Front;
use crate::world::relying_party::response_of;
use crate::world::server::free_port;
use crate::world::{Answer, Browser, RelyingParty, Server, jwt, postgres};
use std::path::Path;

const MANIFEST: &str = r#"
default_acr = "three_pages"

[[authenticate]]
acr   = "three_pages"
level = 10
amr   = ["pwd"]
run   = "three_pages.rhai"
lend  = ["users", "kv"]
"#;

/// Draws a ticket and counts itself between its pages: both happen once, however often it runs again.
const THREE_PAGES: &str = r#"fn authenticate(login) {
    let first = ask(form("VERSION").text("username"));
    let ticket = random::text(16) + " of run " + kv::add("runs", 1, 3600);
    let second = ask(form("VERSION").say(ticket).password("password"));
    let user = users::verify_password(first.username, second.password);
    ask(form("VERSION").say(ticket).action("go", "Go on"));
    if user == () { fail("Wrong username or password.") } else { authenticated(user, ["pwd", "VERSION"]) }
}
"#;

fn write_policy(folder: &Path, version: &str) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("policy.toml"), MANIFEST).unwrap();
    std::fs::write(folder.join("three_pages.rhai"), THREE_PAGES.replace("VERSION", version)).unwrap();
}

/// The text under the heading of a page.
fn text(answer: &Answer) -> String {
    let (_, after) = answer.body.split_once("<p class=\"text\">").unwrap_or_else(|| panic!("no text: {}", answer.body));
    after.split_once("</p>").unwrap().0.to_owned()
}

/// Fills in the page's only field, if it has one.
async fn go_on(browser: &Browser, answer: &Answer) -> Answer {
    let page = answer.page();
    let known = [("username", "alice"), ("password", "wonderland")];
    let typed: Vec<_> = known.into_iter().filter(|(name, _)| page.has_field(name)).collect();
    browser.submit(&page, &typed, &page.main_button()).await
}

/// The consent page, allowed; and the code redeemed: the ID token's claims.
async fn ends(client: &RelyingParty, browser: &Browser, consent: &Answer) -> serde_json::Value {
    assert_eq!(consent.page().form_id, "authorizeForm", "{}", consent.body);
    let answer = go_on(browser, consent).await;
    let tokens = client.redeem(&response_of(&answer)["code"]).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    jwt::claims(tokens.json()["id_token"].as_str().unwrap())
}

/// A restart, by a kill or as it should be.
fn restarted(mut server: Server, directory: &Path, killed: bool, settings: &[(&str, &str)]) -> Server {
    if killed {
        server.kill();
    } else {
        server.ask_to_stop();
        assert!(server.ended().success(), "{}", server.log());
    }
    let port = url::Url::parse(&server.issuer).unwrap().port().unwrap();
    Server::quickstart_with(directory, port, settings)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identifier_first_sign_in_survives_a_restart_between_its_pages() {
    for killed in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let server = Server::quickstart_in(directory.path(), free_port());
        let client = RelyingParty::demo(&server);
        let browser = Browser::new();
        let first = browser.open(&client.authorization_url(&[("acr_values", "identifier_first")])).await;
        let second = go_on(&browser, &first).await;
        assert_eq!((second.page().heading().as_str(), text(&second).as_str()), ("Enter your password", "alice"));

        let server = restarted(server, directory.path(), killed, &[]);
        let looked_at_again = browser.open(second.url.as_str()).await;
        assert_eq!(looked_at_again.body, second.body, "it is the same page");
        let consent = go_on(&browser, &second).await;
        let server = restarted(server, directory.path(), killed, &[]);
        let claims = ends(&client, &browser, &consent).await;
        assert_eq!(claims["acr"], "identifier_first");
        drop(server);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_flow_did_once_is_not_done_again_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let policy = directory.path().join("policy");
    write_policy(&policy, "a");
    let settings = [("GATEWRIGHT__POLICY__DIRECTORY", policy.to_str().unwrap())];
    let server = Server::quickstart_with(directory.path(), free_port(), &settings);
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let first = browser.open(&client.authorization_url(&[])).await;
    let server = restarted(server, directory.path(), true, &settings);
    let second = go_on(&browser, &first).await;
    assert!(text(&second).ends_with(" of run 1"), "{}", text(&second));
    let server = restarted(server, directory.path(), true, &settings);
    let third = go_on(&browser, &second).await;
    assert_eq!(text(&third), text(&second), "the ticket is drawn once, and counted once");
    let server = restarted(server, directory.path(), true, &settings);
    let consent = go_on(&browser, &third).await;
    assert_eq!(ends(&client, &browser, &consent).await["acr"], "three_pages");

    // The next run is the second: none was counted on the way.
    let other = Browser::new();
    let next = go_on(&other, &other.open(&client.authorization_url(&[])).await).await;
    assert!(text(&next).ends_with(" of run 2"), "{}", text(&next));
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_ends_on_the_policy_it_began_with_though_the_server_came_back_with_another() {
    let directory = tempfile::tempdir().unwrap();
    let policy = directory.path().join("policy");
    write_policy(&policy, "a");
    let settings = [("GATEWRIGHT__POLICY__DIRECTORY", policy.to_str().unwrap())];
    let mut server = Server::quickstart_with(directory.path(), free_port(), &settings);
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let mut page = browser.open(&client.authorization_url(&[])).await;
    page = go_on(&browser, &page).await;
    server.kill();
    write_policy(&policy, "b");
    let server = restarted(server, directory.path(), true, &settings);
    page = go_on(&browser, &page).await;
    assert_eq!(page.page().heading(), "a");
    let consent = go_on(&browser, &page).await;
    let claims = ends(&client, &browser, &consent).await;
    assert_eq!(claims["amr"], serde_json::json!(["pwd", "a"]));
    let fresh = Browser::new().open(&client.authorization_url(&[])).await;
    assert_eq!(fresh.page().heading(), "b");
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_goes_from_node_to_node_and_ends_where_the_other_has_died() {
    let directory = tempfile::tempdir().unwrap();
    let front = Front::open();
    let settings = [("GATEWRIGHT__ISSUER", front.issuer.as_str())];
    let Some((mut one, other)) = postgres::two_nodes("continuity", directory.path(), &settings) else { return };
    let client = RelyingParty::demo(&one);
    assert_eq!(client.issuer, front.issuer);
    let browser = Browser::new();
    front.lead_to(&one);
    let first = browser.open(&client.authorization_url(&[("acr_values", "identifier_first")])).await;
    front.lead_to(&other);
    let second = go_on(&browser, &first).await;
    assert_eq!((second.page().heading().as_str(), text(&second).as_str()), ("Enter your password", "alice"));
    front.lead_to(&one);
    let consent = go_on(&browser, &second).await;
    one.kill();
    front.lead_to(&other);
    let claims = ends(&client, &browser, &consent).await;
    assert_eq!((&claims["acr"], &claims["iss"]), (&"identifier_first".into(), &front.issuer.as_str().into()));
    // The session began on the node that died.
    let again = browser.open(&client.authorization_url(&[("prompt", "none")])).await;
    assert!(response_of(&again).contains_key("code"), "{:?}", response_of(&again));
}

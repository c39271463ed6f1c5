//! Pages that end elsewhere than in a form: a visit to another site, and a page that waits by itself.

use super::{App, brought};
use crate::factors::Stage;
use crate::world::RelyingParty;
use reqwest::StatusCode;
use serde_json::json;

const VISITS: &str = r#"fn authenticate(login) {
    let back = visit("https://idp.example/authorize?state=" + url_encode(return_state()));
    let user = users::find(back.who);
    if user == () { fail("Nobody.") } else { authenticated(user, ["fed"]) }
}"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_told_where_to_send_the_end_user_and_brings_the_return_itself() {
    let stage = Stage::new(VISITS, r#"["users"]"#, &[]);
    let server = stage.start();
    let client = RelyingParty::demo(&server);
    let app = App::new();
    let away = app.reads(&client.authorization_url(&[])).await;
    assert_eq!(away["returns_to"], json!(server.at("/visit")));
    let (_, state) = away["visit"].as_str().unwrap().split_once("state=").unwrap();
    let back = format!("{}?state={state}&who=alice", server.at("/visit"));

    let another = App::new().opens(&back).await;
    assert_eq!((another.status, another.json()["problem"].as_str()), (StatusCode::BAD_REQUEST, Some("other_browser")));
    let consent = app.reads(&back).await;
    assert_eq!(consent["page"], "consent", "{consent}");
    let end = app.goes_on(&consent, &[("action", "allow")]).await;
    assert_eq!(client.redeem(&brought(&end)["code"]).await.status, StatusCode::OK);
}

const WAITS: &str = r#"fn authenticate(login) {
    let answer = ask(form("Approve it on your phone").wait(1).qr_code("link", "https://approve.example/7f3a"));
    if answer.action != "wait" { return fail("Nobody approved it."); }
    authenticated(users::find("alice"), ["mca"])
}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_waits_says_for_how_long_and_a_look_takes_it_on() {
    let stage = Stage::new(WAITS, r#"["users"]"#, &[]);
    let server = stage.start();
    let app = App::new();
    let page = app.reads(&RelyingParty::demo(&server).authorization_url(&[])).await;
    assert_eq!((&page["wait_s"], &page["fields"][0]["content"]), (&json!(1), &json!("https://approve.example/7f3a")));
    let mut seen = page.clone();
    while seen["page"] == "form" {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        seen = app.reads(page["post_to"].as_str().unwrap()).await;
    }
    assert_eq!(seen["page"], "consent", "{seen}");
}

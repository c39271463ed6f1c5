//! `/account` and what belongs to it: forms of other sites and other sessions, things of other end-users, names that are
//! none. Nothing of it changes anything.

use super::ask::{Ask, FORM, Parameters};
use super::table::{Case, Expect, LINE, MARKUP, Surface, case};
use crate::world::{Browser, Server};
use reqwest::Method;

const REFUSED: Expect = Expect::Page(400);
const SHOWN: Expect = Expect::Page(200);

/// The cookies of a browser that signed in, and what forms of its page bring back.
async fn signed_in(server: &Server, username: &str, password: &str) -> (String, String, String) {
    let browser = Browser::new();
    let page = browser.open(&server.at("/account")).await.page();
    let home = browser.submit(&page, &[("username", username), ("password", password)], &page.main_button()).await;
    let hidden = home.page().hidden;
    let cookies = browser.cookies();
    let cookies = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    (cookies, hidden["step"].clone(), hidden["session"].clone())
}

#[tokio::test]
async fn a_form_of_another_page_site_or_session_changes_nothing() {
    let server = Server::quickstart();
    let (cookies, step, session) = signed_in(&server, "alice", "wonderland").await;
    let (_, bobs_step, bobs_session) = signed_in(&server, "bob", "builder").await;
    let good = Parameters::of(&[("step", &step), ("action", "end_session"), ("session", &bobs_session)]);
    let long = "x".repeat(50_000);
    let mut table: Vec<Case> = [
        ("another's session", good.clone(), Expect::Own),
        ("a session that is none", good.with("session", "made-up"), Expect::Own),
        ("a session with markup", good.with("session", MARKUP), Expect::Own),
        ("a session oversized", good.with("session", &long), Expect::Own),
        ("no session", good.without("session"), Expect::Own),
        ("a session twice", good.and("session", &session), REFUSED),
        ("no step", good.without("step"), REFUSED),
        ("step made up", good.with("step", "made-up"), REFUSED),
        ("another's step", good.with("step", &bobs_step), REFUSED),
        ("step twice", good.and("step", &step), REFUSED),
        ("step oversized", good.with("step", &long), REFUSED),
        ("no action", good.without("action"), REFUSED),
        ("an action that is none", good.with("action", MARKUP), REFUSED),
        ("an action twice", good.and("action", "disconnect"), REFUSED),
        ("not UTF-8", good.with_raw("session", "%ff"), REFUSED),
        ("unknown fields beside", good.and("other", MARKUP), Expect::Own),
        ("over the limit", good.with("session", &long.repeat(2)), Expect::Page(413)),
        ("a client that is none", good.with("action", "disconnect").with("client", "nobody"), Expect::Own),
        ("a client with line ends", good.with("action", "disconnect").with("client", LINE), Expect::Own),
        ("a client with NUL", good.with("action", "disconnect").with("client", "\0"), Expect::Own),
        ("a method that is none", good.with("action", "enrol").with("acr", MARKUP), Expect::Own),
        ("a method that enrols nothing", good.with("action", "enrol").with("acr", "pwd"), Expect::Own),
    ]
    .into_iter()
    .map(|(name, form, expect)| case(name, Ask::post("/account", &form).cookies(&cookies), expect))
    .collect();
    let post = || Ask::post("/account", &good).cookies(&cookies);
    table.extend([
        case("another site", post().header("origin", "https://evil.example"), REFUSED),
        case("another site, as the browser says", post().header("sec-fetch-site", "cross-site"), REFUSED),
        case("nobody", Ask::post("/account", &good), Expect::Own),
        case("by its address", Ask::get("/account", &good).cookies(&cookies), SHOWN),
        case(
            "in the query",
            Ask::new("POST", &format!("/account?{}", good.text())).cookies(&cookies).body(FORM, ""),
            REFUSED,
        ),
        case("plain text", Ask::new("POST", "/account").cookies(&cookies).body("text/plain", good.text()), REFUSED),
    ]);
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        table.push(case(method, Ask::new(method, "/account").cookies(&cookies), Expect::Page(405)));
    }
    Surface::of(&server).hold(&table);
}

#[tokio::test]
async fn pages_about_factors_answer_what_is_made_up_with_what_is_not_there() {
    let server = Server::quickstart();
    let (cookies, step, _) = signed_in(&server, "alice", "wonderland").await;
    let good = Parameters::of(&[("step", &step), ("label", "x")]);
    let absent = Expect::Page(404);
    let mut table = Vec::new();
    for route in ["rename", "remove"] {
        for (name, id, shown, posted) in [
            ("one that is none", "unknown", absent, Expect::Own),
            ("markup", "%22%3E%3Cscript%3E", absent, absent),
            ("NUL", "%00", absent, absent),
            ("a path", "..%2f..%2fdemo", absent, absent),
            ("two segments", "a/b", absent, absent),
            ("nothing", "", absent, absent),
            ("oversized", &"x".repeat(3_000), absent, absent),
        ] {
            let path = format!("/account/{route}/{id}");
            table.push(case(&format!("GET {path:.40}: {name}"), Ask::new("GET", &path).cookies(&cookies), shown));
            table.push(case(&format!("POST {path:.40}: {name}"), Ask::post(&path, &good).cookies(&cookies), posted));
        }
        let path = format!("/account/{route}/unknown");
        let made_up = good.with("step", "made-up");
        table.push(case("made up step", Ask::post(&path, &made_up).cookies(&cookies), REFUSED));
        table.push(case("label twice or absent", Ask::post(&path, &good.and("step", "x")).cookies(&cookies), REFUSED));
        table.push(case("nobody", Ask::new("GET", &path), Expect::Own));
    }
    for (query, expect) in [
        ("", Expect::Own),
        ("state=remove.a%2f..%2fb", Expect::Own),
        ("state=%0d%0ax-injected:%201", Expect::Own),
        ("state=a&state=b", REFUSED),
        ("error=access_denied&error_description=%3Cscript%3E", SHOWN),
        ("error=a&error=b", REFUSED),
        ("code=made-up&state=overview", Expect::Own),
    ] {
        let ask = Ask::new("GET", &format!("/account/return?{query}")).cookies(&cookies);
        table.push(case(&format!("return?{query}"), ask, expect));
    }
    table.push(case("refused and nobody", Ask::new("GET", "/account/return?error=access_denied"), Expect::Page(403)));
    table.push(case("a posted return", Ask::post("/account/return", &good).cookies(&cookies), Expect::Page(405)));
    for (query, expect) in [("done=removed", SHOWN), ("done=%3Cscript%3E", SHOWN), ("done=a&done=b", REFUSED)] {
        table.push(case(query, Ask::new("GET", &format!("/account?{query}")).cookies(&cookies), expect));
    }
    Surface::of(&server).hold(&table);
}

#[tokio::test]
async fn the_page_is_below_the_alias_too_and_kept_by_nobody() {
    let server = Server::quickstart();
    let (cookies, ..) = signed_in(&server, "alice", "wonderland").await;
    for path in ["/account", "/jans-auth/restv1/account"] {
        let reply = Ask::new("GET", path).cookies(&cookies).send(&server).unwrap();
        Surface::of(&server).hold_reply(path, &reply, SHOWN);
    }
    let browser = Browser::new();
    let answer = browser.send(Method::GET, &server.at("/account"), None).await;
    assert_eq!((answer.status.as_u16(), &answer.headers["cache-control"]), (303, &"no-store".parse().unwrap()));
}

//! `/check_session` (OpenID Connect Session Management 1.0, 3.2): it reads nothing of a request; where the issuer is no https
//! there is no such page.

use super::ask::{Ask, Parameters};
use super::table::{Case, Expect, MARKUP, Surface, case};
use crate::world::Server;

#[tokio::test]
async fn nothing_that_is_sent_there_comes_back() {
    let server = Server::quickstart();
    let asked = Parameters::of(&[("client_id", MARKUP), ("origin", MARKUP), ("session_state", MARKUP)]);
    let mut table: Vec<Case> = vec![
        case("GET", Ask::get("/check_session", &Parameters::default()), Expect::Page(404)),
        case("GET with markup", Ask::get("/check_session", &asked), Expect::Page(404)),
        case("a longer path", Ask::get("/check_session/x", &asked), Expect::Page(404)),
        case("POST", Ask::post("/check_session", &asked), Expect::Page(405)),
    ];
    for method in ["PUT", "DELETE", "OPTIONS", "TRACE"] {
        table.push(case(method, Ask::new(method, "/check_session"), Expect::Page(405)));
    }
    Surface::of(&server).hold(&table);
}

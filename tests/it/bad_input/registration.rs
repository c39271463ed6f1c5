//! `/register/{client_id}` (RFC 7592 2 and 3): whose registration it is, and what of it nobody changes.

use super::ask::{Ask, FORM, Parameters};
use super::table::{Expect, Surface, case};
use crate::world::{RelyingParty, Server};
use serde_json::{Value, json};

const METADATA: Expect = Expect::Refused(400, "invalid_client_metadata");
const REDIRECT: Expect = Expect::Refused(400, "invalid_redirect_uri");
const TOKEN: Expect = Expect::Refused(401, "invalid_token");
const CALLBACK: &str = "https://client.example/cb";

#[tokio::test]
async fn a_registration_is_its_owners_and_its_id_and_secret_stay() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "redirect_uris": [CALLBACK] })).await;
    let other = RelyingParty::register(&server, json!({ "redirect_uris": [CALLBACK] })).await;
    let token_of =
        |client: &RelyingParty| client.registration["registration_access_token"].as_str().unwrap().to_owned();
    let (token, others) = (token_of(&client), token_of(&other));
    let own = format!("/register/{}", client.client_id);
    let secret = client.client_secret.clone().unwrap();
    let good = json!({ "client_id": client.client_id, "client_secret": secret, "redirect_uris": [CALLBACK] });
    let put = |document: &Value| Ask::new("PUT", &own).body("application/json", document.to_string()).bearer(&token);
    let and = |member: &str, value: Value| {
        let mut document = good.clone();
        document[member] = value;
        document
    };
    let mut without_id = good.clone();
    without_id.as_object_mut().unwrap().remove("client_id");
    let mut table = vec![
        case("a client's own secret", Ask::new("GET", &own).basic(&client.client_id, &secret), TOKEN),
        case("in the query", Ask::new("GET", &format!("{own}?access_token={token}")), TOKEN),
        case("two headers", Ask::new("GET", &own).bearer(&token).bearer(&token), TOKEN),
        case("nobody's id", Ask::new("GET", "/register/nobody").bearer(&token), TOKEN),
        case("the planted client", Ask::new("GET", "/register/demo").bearer(&token), TOKEN),
        case("the planted client, no token", Ask::new("DELETE", "/register/demo"), TOKEN),
        case("an id with markup", Ask::new("GET", "/register/%22%3E%3Cscript%3Ealert(1)").bearer(&token), TOKEN),
        case("an id with NUL", Ask::new("GET", &format!("{own}%00")).bearer(&token), TOKEN),
        case("an oversized id", Ask::new("GET", &format!("{own}{}", "x".repeat(9_000))).bearer(&token), TOKEN),
        case("client_id missing", put(&without_id), METADATA),
        case("client_id of another", put(&and("client_id", json!(other.client_id))), METADATA),
        case("client_id of the wrong type", put(&and("client_id", json!(5))), METADATA),
        case("another secret", put(&and("client_secret", json!("chosen"))), METADATA),
        case("a token of its choice", put(&and("registration_access_token", json!("x"))), METADATA),
        case(
            "an address of its choice",
            put(&and("registration_client_uri", json!("https://evil.example/"))),
            METADATA,
        ),
        case("a birthday of its choice", put(&and("client_id_issued_at", json!(0))), METADATA),
        case("a hostile redirect URI", put(&and("redirect_uris", json!(["javascript:alert(1)"]))), REDIRECT),
        case("no JSON", Ask::new("PUT", &own).body("application/json", "{").bearer(&token), METADATA),
        case(
            "a form",
            Ask::new("PUT", &own).body(FORM, Parameters::of(&[("client_id", "x")]).text()).bearer(&token),
            METADATA,
        ),
        case("POST", Ask::json(&own, &good).bearer(&token), Expect::Problem(405)),
        case("PATCH", Ask::new("PATCH", &own).bearer(&token), Expect::Page(405)),
    ];
    for method in ["GET", "PUT", "DELETE"] {
        let ask = || Ask::new(method, &own).body("application/json", good.to_string());
        table.push(case(&format!("{method} without a token"), ask(), TOKEN));
        table.push(case(&format!("{method} with another's"), ask().bearer(&others), TOKEN));
        table.push(case(&format!("{method} with one letter more"), ask().bearer(&format!("{token}x")), TOKEN));
        table.push(case(
            &format!("{method} with nothing after the scheme"),
            ask().header("authorization", "Bearer"),
            TOKEN,
        ));
    }
    table.push(case("as it was, after all of that", Ask::new("GET", &own).bearer(&token), Expect::Json(200)));
    Surface::of(&server).hold(&table);
    client.tokens().await;
}

//! The header `DPoP` (RFC 9449 4.1) at every endpoint that reads it: no proof, several, oversized and hostile ones. What
//! a proof itself may have wrong is tested beside its rules.

use super::ask::{Ask, Parameters};
use super::table::{Expect, MARKUP, Surface, case};
use crate::endpoints::dpop::Prover;
use crate::world::{RelyingParty, Server};
use serde_json::json;

const INVALID: Expect = Expect::Refused(400, "invalid_dpop_proof");
const UNPROVEN: Expect = Expect::Challenge(401, Some("invalid_dpop_proof"));

/// Headers that are no proof.
fn no_proofs() -> Vec<(&'static str, String)> {
    let long = "A".repeat(9_000);
    vec![
        ("nothing", String::new()),
        ("text", "proof".to_owned()),
        ("dots", "..".to_owned()),
        ("empty objects", "e30.e30.e30".to_owned()),
        ("markup", MARKUP.to_owned()),
        ("a null", "bnVsbA.bnVsbA.bnVsbA".to_owned()),
        ("four parts", "e30.e30.e30.e30".to_owned()),
        ("something longer than a proof may be", format!("e30.{long}.e30")),
        ("two in one", "e30.e30.e30, e30.e30.e30".to_owned()),
    ]
}

#[tokio::test]
async fn what_is_no_proof_is_told_to_whoever_sent_it() {
    let server = Server::quickstart();
    let token = RelyingParty::demo(&server).tokens().await["access_token"].as_str().unwrap().to_owned();
    let grant = Parameters::of(&[("grant_type", "client_credentials")]);
    let push = Parameters::of(&[("response_type", "code"), ("client_id", "demo")]);
    let mut table = Vec::new();
    for (name, header) in no_proofs() {
        let with = |ask: Ask| ask.header("dpop", &header);
        for (path, form) in [("/token", &grant), ("/par", &push)] {
            let ask = with(Ask::post(path, form).basic("demo", "demo-secret"));
            table.push(case(&format!("{name} at {path}"), ask, INVALID));
        }
        let userinfo = Ask::new("GET", "/userinfo").header("authorization", &format!("DPoP {token}"));
        table.push(case(&format!("{name} at /userinfo"), with(userinfo), UNPROVEN));
    }
    let prover = Prover::new();
    let proof = prover.proof("POST", &server.at("/token"), &json!({}));
    let twice = Ask::post("/token", &grant).basic("demo", "demo-secret").header("dpop", &proof).header("dpop", &proof);
    table.push(case("two good ones", twice, INVALID));
    let unproven = Ask::new("GET", "/userinfo").header("authorization", &format!("DPoP {token}"));
    table.push(case("none where one is needed", unproven, UNPROVEN));
    Surface::of(&server).hold(&table);
}

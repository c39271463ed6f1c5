//! Clients that are told of a session's end (Front-Channel Logout 1.0, Back-Channel Logout 1.0).

use crate::world::{BOB, BOBS_PASSWORD, CLIENT, ISSUER, Scene, Told, Visitor, client, first_party, params};
use gatewright_domain::audit::{Actor, AuditEntry, AuditOutcome};
use gatewright_domain::client::{Client, TokenPreferences};
use gatewright_domain::security_event::SecurityEventKind;
use gatewright_domain::signing::{Signer, TokenType};
use gatewright_domain::store::AuditPlace;
use gatewright_engine::logout::{FRAMES_MAX, LOGOUT_EVENT, LOGOUT_TOKEN_S, LogoutAnswer, Telling};
use gatewright_engine::settings::LogoutSettings;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::registration::logout_metadata::LogoutMetadata;
use gatewright_protocol::subject_type::SubjectType;
use gatewright_testing::samples::{SUBJECT, word};
use gatewright_testing::signing::{TestSigner, claims_of};
use serde_json::json;

const BACK: &str = "https://client.example.com/bye";

fn out(id: &str) -> String {
    format!("https://{id}.example/out")
}

/// A client that is told by the back channel.
fn told_by_post(id: &str) -> Client {
    let logout = LogoutMetadata { backchannel_logout_uri: Some(out(id)), ..LogoutMetadata::default() };
    let post_logout_redirect_uris = vec![RedirectUri::try_from(BACK).unwrap()];
    Client { logout, post_logout_redirect_uris, ..first_party(id) }
}

/// A client that is told by its page.
fn told_by_page(id: &str) -> Client {
    let logout = LogoutMetadata { frontchannel_logout_uri: Some(out(id)), ..LogoutMetadata::default() };
    Client { logout, ..told_by_post(id) }
}

async fn scene(clients: impl IntoIterator<Item = Client>) -> Scene {
    let scene = Scene::new().await;
    for client in clients {
        scene.registers(client).await;
    }
    scene
}

/// Alice's browser, signed in to these clients; and the ID token of the last.
async fn signed_in<'s>(scene: &'s Scene, clients: &[&str]) -> (Visitor<'s>, String) {
    let mut visitor = scene.visitor();
    let mut hint = String::new();
    for client in clients {
        let done = visitor.completes(&format!("client_id={client}")).await;
        hint = scene.redeems(client, done.code()).await.unwrap().id_token.unwrap();
    }
    (visitor, hint)
}

async fn signs_out(visitor: &mut Visitor<'_>, hint: &str) -> LogoutAnswer {
    visitor.signs_out(&[("id_token_hint", hint), ("post_logout_redirect_uri", BACK), ("state", "s")], None).await
}

/// Tells everyone who is due.
async fn tells(scene: &Scene) -> Vec<Telling> {
    let mut telling = Vec::new();
    for due in scene.engine.due_logouts().await.unwrap() {
        telling.push(scene.engine.tell_of_logout(&due).await.unwrap());
    }
    telling
}

/// Who was told, by address.
async fn told(scene: &Scene) -> Vec<String> {
    tells(scene).await;
    scene.told.take().into_iter().map(|(uri, _)| uri).collect()
}

async fn audited(scene: &Scene) -> Vec<AuditEntry> {
    let log = scene.stores.audit.list(&AuditPlace::default(), 100).await.unwrap();
    log.into_iter().filter(|entry| entry.action == "logout.tell").collect()
}

#[tokio::test]
async fn a_logout_token_says_who_signed_out_of_what_and_is_no_id_token() {
    let scene = scene([told_by_post(CLIENT)]).await;
    let (mut visitor, hint) = signed_in(&scene, &[CLIENT]).await;
    signs_out(&mut visitor, &hint).await;
    assert_eq!(tells(&scene).await, [Telling::Told]);
    let (uri, token) = scene.told.take().remove(0);
    assert_eq!(uri, out(CLIENT));
    let signer = TestSigner::default();
    assert!(signer.verify(&token, TokenType::Logout).is_ok(), "its typ is logout+jwt");
    assert!(signer.verify(&token, TokenType::Jwt).is_err(), "nobody can take it for an ID token");
    let (said, of) = (claims_of(&token), claims_of(&hint));
    for name in ["iss", "sub", "sid", "aud"] {
        assert_eq!(said[name], of[name], "{name}");
    }
    assert_eq!(said["iss"], ISSUER);
    assert_eq!(said["events"], json!({ LOGOUT_EVENT: {} }));
    assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), i64::try_from(LOGOUT_TOKEN_S).unwrap());
    let names: Vec<&str> = said.keys().map(String::as_str).collect();
    assert_eq!(names, ["iss", "aud", "iat", "exp", "jti", "events", "sub", "sid"], "and no nonce");
}

#[tokio::test]
async fn it_is_signed_as_the_clients_id_tokens_and_names_the_end_user_as_they_do() {
    let client = told_by_post(CLIENT);
    let tokens = TokenPreferences { id_token_algorithm: JwsAlgorithm::RS256, ..client.tokens.clone() };
    let sector = Some("sector.example".to_owned());
    let scene = scene([Client { tokens, subject_type: SubjectType::Pairwise, sector, ..client }]).await;
    let (mut visitor, hint) = signed_in(&scene, &[CLIENT]).await;
    signs_out(&mut visitor, &hint).await;
    tells(&scene).await;
    let token = scene.told.take().remove(0).1;
    assert!(token.starts_with("eyJhbGciOiJSUzI1NiI"), "{token}");
    assert_eq!(claims_of(&token)["sub"], claims_of(&hint)["sub"]);
    assert_ne!(claims_of(&token)["sub"], SUBJECT);
}

#[tokio::test]
async fn every_client_of_the_session_is_told_and_nobody_else() {
    let scene = scene(["a", "b", "c", "d"].map(told_by_post)).await;
    let (mut here, hint) = signed_in(&scene, &["a", "b", "a"]).await;
    let (_there, _) = signed_in(&scene, &["c"]).await;
    let mut asks_no_one = scene.visitor();
    asks_no_one.browser = here.browser.clone();
    let code = asks_no_one.completes("client_id=d&scope=profile").await.code().to_owned();
    scene.redeems("d", &code).await.unwrap();
    assert_eq!(told(&scene).await, [""; 0], "while the session lives");
    signs_out(&mut here, &hint).await;
    assert_eq!(told(&scene).await, [out("a"), out("b")], "each once; d never learnt who is signed in");
    assert_eq!(told(&scene).await, [""; 0]);
}

#[tokio::test]
async fn a_client_that_has_its_id_token_from_the_front_channel_is_told_too() {
    let scene = scene([told_by_post(CLIENT)]).await;
    let mut visitor = scene.visitor();
    let done = visitor.completes("response_type=id_token").await;
    let hint = done.parameter("id_token").unwrap().to_owned();
    signs_out(&mut visitor, &hint).await;
    assert_eq!(told(&scene).await, [out(CLIENT)]);
}

#[tokio::test]
async fn one_that_is_down_is_tried_again_with_growing_pauses_while_the_others_are_told() {
    let scene = scene(["a", "b", "c"].map(told_by_post)).await;
    let (mut visitor, hint) = signed_in(&scene, &["a", "b", "c"]).await;
    scene.told.goes_down(&out("b"));
    signs_out(&mut visitor, &hint).await;
    assert_eq!(told(&scene).await, [out("a"), out("c")]);
    let first_s = LogoutSettings::default().paces.first_s;
    for pause_s in [first_s, 2 * first_s, 4 * first_s] {
        scene.clock.advance(i64::try_from(pause_s).unwrap() - 1);
        assert_eq!(tells(&scene).await, [], "not before {pause_s} s");
        scene.clock.advance(1);
        assert!(matches!(tells(&scene).await[..], [Telling::Again { .. }]), "after {pause_s} s");
    }
    scene.told.comes_up(&out("b"));
    scene.clock.advance(i64::try_from(8 * first_s).unwrap());
    assert_eq!(told(&scene).await, [out("b")]);
    let log = audited(&scene).await;
    let told: Vec<(&str, AuditOutcome, u64)> = log
        .iter()
        .map(|entry| (entry.target.as_str(), entry.outcome, entry.detail["tries"].as_u64().unwrap()))
        .collect();
    assert_eq!(told, [("a", AuditOutcome::Done, 1), ("c", AuditOutcome::Done, 1), ("b", AuditOutcome::Done, 5)]);
    assert!(log.iter().all(|entry| entry.actor == Actor::Server));
}

#[tokio::test]
async fn one_that_stays_down_is_given_up_audited_and_told_to_the_end_user() {
    let scene = scene([told_by_post(CLIENT)]).await;
    let (mut visitor, hint) = signed_in(&scene, &[CLIENT]).await;
    scene.told.goes_down(&out(CLIENT));
    signs_out(&mut visitor, &hint).await;
    let LogoutSettings { tries, paces } = LogoutSettings::default();
    for number in 1..tries {
        assert!(matches!(tells(&scene).await[..], [Telling::Again { .. }]), "{number}");
        scene.clock.advance(i64::try_from(paces.after(number)).unwrap());
    }
    assert!(matches!(tells(&scene).await[..], [Telling::GivenUp { .. }]));
    scene.clock.advance(1 << 30);
    assert_eq!(tells(&scene).await, [], "it is never tried again");
    let log = audited(&scene).await;
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].outcome, log[0].target.as_str()), (AuditOutcome::Failed, CLIENT));
    assert_eq!(log[0].detail["tries"], tries);
    assert!(log[0].detail["why"].as_str().unwrap().contains("in time"));
    let events = scene.stores.security_events.list(&word(SUBJECT)).await.unwrap();
    let name = client(CLIENT).display_name().to_owned();
    assert!(events.iter().any(|event| event.kind == SecurityEventKind::ClientNotToldOfLogout { name: name.clone() }));
}

#[tokio::test]
async fn a_client_that_wants_no_word_any_more_is_left_alone() {
    let scene = scene(["a", "b", "c"].map(told_by_post)).await;
    let (mut visitor, hint) = signed_in(&scene, &["a", "b", "c"]).await;
    signs_out(&mut visitor, &hint).await;
    scene.registers(first_party("a")).await;
    scene.stores.clients.remove(&word("b")).await.unwrap();
    assert_eq!(told(&scene).await, [out("c")]);
    assert_eq!(audited(&scene).await.len(), 1);
}

#[tokio::test]
async fn however_a_session_ends_its_clients_are_told() {
    let scene = scene([told_by_post(CLIENT)]).await;
    // Another end-user signs in with the browser.
    let (mut visitor, _) = signed_in(&scene, &[CLIENT]).await;
    let asked = visitor.asks("prompt=login").await;
    visitor.signs_in_as(&asked, BOB, BOBS_PASSWORD).await;
    assert_eq!(told(&scene).await, [out(CLIENT)]);
    // The account is disabled.
    scene.stores.users.set_disabled(&word(BOB), true).await.unwrap();
    assert_eq!(told(&scene).await, [out(CLIENT)]);
    // An operator ends it.
    let (_visitor, hint) = signed_in(&scene, &[CLIENT]).await;
    let sid = claims_of(&hint)["sid"].as_str().unwrap().to_owned();
    scene.stores.sessions.end(&word(&sid)).await.unwrap();
    assert_eq!(told(&scene).await, [out(CLIENT)]);
    // The same end-user signing in anew ends nothing.
    let (mut visitor, _) = signed_in(&scene, &[CLIENT]).await;
    visitor.completes("prompt=login").await;
    assert_eq!(told(&scene).await, [""; 0]);
}

#[tokio::test]
async fn the_browser_loads_the_pages_of_the_sessions_clients_before_it_goes_on() {
    let scene = scene([told_by_page("a"), told_by_page("b"), told_by_post("c")]).await;
    let (mut visitor, hint) = signed_in(&scene, &["a", "b", "c"]).await;
    let sid = claims_of(&hint)["sid"].as_str().unwrap().to_owned();
    let answer = signs_out(&mut visitor, &hint).await;
    let LogoutAnswer::SigningOut { client: Some(client), frames, then, not_sent_on: None } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!((client.id.as_str(), then.as_deref()), ("c", Some("https://client.example.com/bye?state=s")));
    let urls: Vec<&str> = frames.iter().map(|frame| frame.url.as_str()).collect();
    let page = |id: &str| format!("https://{id}.example/out?iss=https%3A%2F%2Fid.example&sid={sid}");
    assert_eq!(urls, [page("a"), page("b")]);
    assert_eq!(visitor.asks("prompt=none").await.error(), "login_required");
}

#[tokio::test]
async fn without_an_address_to_go_on_to_the_pages_are_loaded_all_the_same() {
    let scene = scene([told_by_page(CLIENT)]).await;
    let (mut visitor, hint) = signed_in(&scene, &[CLIENT]).await;
    let answer = visitor.signs_out(&[("id_token_hint", &hint)], None).await;
    let LogoutAnswer::SigningOut { frames, then: None, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(frames.len(), 1);
    // Once more, with no session left: nothing is loaded.
    let again = visitor.signs_out(&[("id_token_hint", &hint)], None).await;
    assert!(matches!(again, LogoutAnswer::SignedOut { was_signed_in: false, .. }), "{again:?}");
}

#[tokio::test]
async fn no_more_pages_are_loaded_than_the_limit() {
    let ids: Vec<String> = (0..=FRAMES_MAX).map(|number| format!("c{number:03}")).collect();
    let scene = scene(ids.iter().map(|id| told_by_page(id))).await;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let (mut visitor, hint) = signed_in(&scene, &ids).await;
    let answer = signs_out(&mut visitor, &hint).await;
    let LogoutAnswer::SigningOut { frames, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(frames.len(), FRAMES_MAX);
}

#[tokio::test]
async fn the_question_says_whose_session_it_is() {
    let scene = scene([told_by_page(CLIENT)]).await;
    let (visitor, _) = signed_in(&scene, &[CLIENT]).await;
    let answer = scene.engine.end_session(&params(&[]), None, &visitor.browser).await.unwrap();
    let LogoutAnswer::Confirm { user: Some(user), .. } = answer else { panic!("{answer:?}") };
    assert_eq!(user.username, "alice");
}

#[tokio::test]
async fn the_server_says_how_clients_are_told() {
    let metadata = serde_json::to_value(Scene::new().await.engine.metadata()).unwrap();
    for name in [
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
    ] {
        assert_eq!(metadata[name], true, "{name}");
    }
}

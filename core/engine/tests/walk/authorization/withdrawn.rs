//! What a client may do is looked at again whenever its trip goes on: a redirect URI that was withdrawn meanwhile is
//! never redirected to (RFC 6749 3.1.2.4, RFC 9700 2.1).

use crate::world::{ALICE, CLIENT, Scene, Told, Visitor, client, submission};
use gatewright_domain::client::Client;
use gatewright_engine::authorization::{Answered, Outcome};
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::response_type::ResponseType;
use gatewright_testing::samples::{SUBJECT, word};

/// [`CLIENT`] with another redirect URI than the one it asked with.
fn moved() -> Client {
    let redirect_uris = vec![RedirectUri::try_from("https://client.example.com/elsewhere").unwrap()];
    Client { redirect_uris, ..client(CLIENT) }
}

async fn at_consent(visitor: &mut Visitor<'_>) -> (Outcome, String) {
    let asked = visitor.asks("").await;
    let consent = visitor.signs_in(&asked).await;
    let token = visitor.sees(&consent).await.token;
    (consent, token)
}

#[tokio::test]
async fn a_redirect_uri_that_was_withdrawn_gets_an_error_page_whatever_the_answer() {
    for action in ["allow", "deny"] {
        let scene = Scene::new().await;
        let mut visitor = scene.visitor();
        let (consent, token) = at_consent(&mut visitor).await;
        scene.registers(moved()).await;
        let answered = visitor.posts(&consent, &token, (&[], Some(action))).await;
        assert!(matches!(answered, Err(WalkError::Direct(DirectError::UnknownRedirectUri(_)))), "{action}");
        let seen = visitor.looks(&consent).await;
        assert!(matches!(seen, Err(WalkError::Direct(DirectError::UnknownRedirectUri(_)))), "{action}");
        assert_eq!(scene.stores.consents.find(&word(SUBJECT), &word(CLIENT)).await.unwrap(), None, "{action}");

        // It was a slip of the operator's: mended, the trip goes on.
        scene.registers(client(CLIENT)).await;
        assert!(visitor.presses(&consent, action).await.parameter("state").is_some(), "{action}");
    }
}

#[tokio::test]
async fn nobody_types_a_password_for_a_client_that_is_gone() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let token = visitor.sees(&asked).await.token;
    scene.stores.clients.remove(&word(CLIENT)).await.unwrap();
    let id = asked.interaction().as_str();
    let answered = scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser).await;
    assert!(matches!(answered, Err(WalkError::Direct(DirectError::UnknownClient(_)))), "{answered:?}");
    assert!(matches!(visitor.looks(&asked).await, Err(WalkError::Direct(DirectError::UnknownClient(_)))));
}

#[tokio::test]
async fn a_response_type_that_was_withdrawn_is_told_to_the_client() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let (consent, token) = at_consent(&mut visitor).await;
    scene.registers(Client { response_types: vec![ResponseType::IdToken], ..client(CLIENT) }).await;
    match visitor.posts(&consent, &token, (&[], Some("allow"))).await.unwrap() {
        Answered::Next(outcome) => assert_eq!(outcome.error(), "unauthorized_client"),
        Answered::Again(shown) => panic!("{shown:?}"),
    }
}

#[tokio::test]
async fn a_native_clients_port_is_its_own_still() {
    let scene = Scene::new().await;
    let redirect_uris = vec![RedirectUri::try_from("http://127.0.0.1/cb").unwrap()];
    scene.registers(Client { redirect_uris, ..client(CLIENT) }).await;
    let done = scene.visitor().completes("redirect_uri=http://127.0.0.1:49152/cb").await;
    assert!(done.parameter("code").is_some());
}

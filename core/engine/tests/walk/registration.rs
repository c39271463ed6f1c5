//! `/register` (RFC 7591, RFC 7592, OpenID Connect Registration).

use crate::world::{ISSUER, Parts, REDIRECT_URI, Scene, Told, params, refusal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::registration::response::RegistrationResponse;
use gatewright_testing::samples::word;
use gatewright_testing::signing::{claims_of, client_jwks};
use serde_json::{Value, json};

async fn scene() -> Scene {
    let mut parts = Parts::new();
    parts.settings.open_registration = true;
    parts.built().await
}

fn document(changes: Value) -> Value {
    let mut document = json!({ "redirect_uris": [REDIRECT_URI], "client_name": "New", "scope": "openid profile" });
    for (name, value) in changes.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}

async fn registered(scene: &Scene, changes: Value) -> RegistrationResponse {
    scene.engine.register(document(changes).to_string().as_bytes()).await.unwrap()
}

async fn updated(
    scene: &Scene,
    client: &RegistrationResponse,
    changes: Value,
) -> Result<RegistrationResponse, ErrorCode> {
    let mut whole = document(json!({ "client_id": client.client_id }));
    for (name, value) in changes.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let token = client.registration_access_token.as_deref();
    match scene.engine.update_registration(client.client_id.as_str(), token, whole.to_string().as_bytes()).await {
        Ok(response) => Ok(response),
        refused => Err(refusal(refused)),
    }
}

/// Whether a secret authenticates at the token endpoint, by whether the grant is what is refused.
async fn authenticates(scene: &Scene, client: &RegistrationResponse, secret: &str) -> bool {
    let header = format!("Basic {}", STANDARD.encode(format!("{}:{secret}", client.client_id)));
    let form = params(&[("grant_type", "refresh_token"), ("refresh_token", "x")]);
    refusal(scene.engine.token(Some(&header), &form).await) != ErrorCode::InvalidClient
}

#[tokio::test]
async fn a_client_registers_itself_and_walks_the_code_grant() {
    let scene = scene().await;
    let client = registered(&scene, json!({})).await;
    assert_eq!(client.client_secret_expires_at, Some(0));
    let path = format!("{ISSUER}/register/{}", client.client_id);
    assert_eq!(client.registration_client_uri.as_deref(), Some(path.as_str()));
    let told = serde_json::to_value(&client).unwrap();
    assert_eq!(told["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(told["grant_types"], json!(["authorization_code", "refresh_token"]));

    let done = scene.visitor().completes(&format!("client_id={}", client.client_id)).await;
    let header =
        format!("Basic {}", STANDARD.encode(format!("{}:{}", client.client_id, client.client_secret.unwrap())));
    let form = [("grant_type", "authorization_code"), ("code", done.code()), ("redirect_uri", REDIRECT_URI)];
    let tokens = scene.engine.token(Some(&header), &params(&form)).await.unwrap();
    assert_eq!(claims_of(&tokens.id_token.unwrap())["aud"], client.client_id.as_str());
}

#[tokio::test]
async fn registration_is_closed_unless_the_operator_opens_it() {
    let scene = Scene::new().await;
    let refused = scene.engine.register(document(json!({})).to_string().as_bytes()).await;
    assert_eq!(refusal(refused), ErrorCode::AccessDenied);
}

#[tokio::test]
async fn what_cannot_be_registered_is_refused_by_its_code() {
    let scene = scene().await;
    let rows = [
        (json!({ "redirect_uris": ["https://client.example.com/cb#frag"] }), ErrorCode::InvalidRedirectUri),
        (json!({ "redirect_uris": ["http://client.example.com/cb"] }), ErrorCode::InvalidRedirectUri),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }), ErrorCode::InvalidRedirectUri),
        (json!({ "redirect_uris": [] }), ErrorCode::InvalidRedirectUri),
        (json!({ "initiate_login_uri": "http://client.example.com/login" }), ErrorCode::InvalidClientMetadata),
        (
            json!({ "id_token_signed_response_alg": "HS256", "token_endpoint_auth_method": "none" }),
            ErrorCode::InvalidClientMetadata,
        ),
        (json!({ "introspection_signed_response_alg": "PS256" }), ErrorCode::InvalidClientMetadata),
        (json!({ "id_token_encrypted_response_alg": "ECDH-ES" }), ErrorCode::InvalidClientMetadata),
        (
            json!({ "userinfo_encrypted_response_alg": "ECDH-ES", "jwks": client_jwks("for-signing") }),
            ErrorCode::InvalidClientMetadata,
        ),
        (json!({ "id_token_signed_response_alg": "PS256" }), ErrorCode::InvalidClientMetadata),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), ErrorCode::InvalidClientMetadata),
        (
            json!({ "token_endpoint_auth_method": "none", "grant_types": ["client_credentials"], "response_types": [] }),
            ErrorCode::InvalidClientMetadata,
        ),
    ];
    for (changes, expected) in rows {
        let refused = scene.engine.register(document(changes.clone()).to_string().as_bytes()).await;
        assert_eq!(refusal(refused), expected, "{changes}");
    }
    assert_eq!(refusal(scene.engine.register(b"not json").await), ErrorCode::InvalidClientMetadata);
}

#[tokio::test]
async fn scope_values_that_the_server_does_not_know_are_left_out() {
    let scene = scene().await;
    let client = registered(&scene, json!({ "scope": "openid unheard_of email" })).await;
    assert_eq!(serde_json::to_value(&client).unwrap()["scope"], "openid email");
}

#[tokio::test]
async fn the_document_of_a_sector_lists_every_redirect_uri() {
    let scene = scene().await;
    let uri = "https://client.example.com/sector.json";
    let pairwise = json!({ "subject_type": "pairwise", "sector_identifier_uri": uri });
    let tries = async || scene.engine.register(document(pairwise.clone()).to_string().as_bytes()).await;
    assert_eq!(refusal(tries().await), ErrorCode::InvalidClientMetadata, "it cannot be fetched");
    scene.documents.put(uri, json!(["https://client.example.com/other"]));
    assert_eq!(refusal(tries().await), ErrorCode::InvalidClientMetadata);
    scene.documents.put(uri, json!([REDIRECT_URI]));
    assert!(tries().await.is_ok());
}

#[tokio::test]
async fn a_registration_is_read_with_its_own_token_alone() {
    let scene = scene().await;
    let (client, other) = (registered(&scene, json!({})).await, registered(&scene, json!({})).await);
    let (id, token) = (client.client_id.as_str(), client.registration_access_token.as_deref());
    let read = scene.engine.read_registration(id, token).await.unwrap();
    assert_eq!(read.metadata, client.metadata);
    assert_eq!(read.registration_access_token, client.registration_access_token, "RFC 7592 3 requires it");
    assert_eq!(read.client_secret, None, "only its hash is kept");
    let wrong =
        [other.registration_access_token.as_deref(), client.client_secret.as_deref(), Some(""), Some("x"), None];
    for token in wrong {
        assert_eq!(refusal(scene.engine.read_registration(id, token).await), ErrorCode::InvalidToken, "{token:?}");
        assert_eq!(refusal(scene.engine.delete_registration(id, token).await), ErrorCode::InvalidToken, "{token:?}");
        let update = scene.engine.update_registration(id, token, b"{}").await;
        assert_eq!(refusal(update), ErrorCode::InvalidToken, "{token:?}");
    }
    for unknown in ["nobody", "", "\u{e9}"] {
        assert_eq!(refusal(scene.engine.read_registration(unknown, token).await), ErrorCode::InvalidToken, "{unknown}");
    }
}

#[tokio::test]
async fn a_client_of_the_operators_has_no_registration_to_manage() {
    let scene = scene().await;
    for token in [None, Some(""), Some("x")] {
        let read = scene.engine.read_registration(crate::world::CLIENT, token).await;
        assert_eq!(refusal(read), ErrorCode::InvalidToken, "{token:?}");
    }
}

#[tokio::test]
async fn an_update_replaces_the_metadata_and_keeps_id_and_secret() {
    let scene = scene().await;
    let client = registered(&scene, json!({ "policy_uri": "https://client.example.com/policy" })).await;
    let secret = client.client_secret.clone().unwrap();
    scene.clock.advance(10);
    let new = updated(&scene, &client, json!({ "client_name": "Renamed", "client_secret": secret })).await.unwrap();
    let told = serde_json::to_value(&new).unwrap();
    assert_eq!((&told["client_name"], &told["client_id"]), (&"Renamed".into(), &client.client_id.as_str().into()));
    assert!(told.get("policy_uri").is_none(), "what the update leaves out is gone");
    assert_eq!(new.client_id_issued_at, client.client_id_issued_at);
    assert_eq!(
        (new.client_secret.as_deref(), &new.registration_access_token),
        (None, &client.registration_access_token)
    );
    assert!(authenticates(&scene, &client, &secret).await);
}

#[tokio::test]
async fn an_update_with_another_secret_or_client_id_is_refused() {
    let scene = scene().await;
    let client = registered(&scene, json!({})).await;
    let other = registered(&scene, json!({})).await;
    for changes in [
        json!({ "client_secret": "of-my-own-choice" }),
        json!({ "client_secret": other.client_secret }),
        json!({ "client_id": other.client_id }),
        json!({ "client_id": null }),
        json!({ "registration_access_token": client.registration_access_token }),
        json!({ "client_id_issued_at": 1 }),
    ] {
        assert_eq!(
            updated(&scene, &client, changes.clone()).await.map(|_| ()),
            Err(ErrorCode::InvalidClientMetadata),
            "{changes}"
        );
    }
    assert!(authenticates(&scene, &client, client.client_secret.as_deref().unwrap()).await);
    assert!(!authenticates(&scene, &client, "of-my-own-choice").await);
}

#[tokio::test]
async fn a_client_secret_that_signs_is_held_against_an_update_too() {
    let scene = scene().await;
    let method = json!({ "token_endpoint_auth_method": "client_secret_jwt" });
    let client = registered(&scene, method.clone()).await;
    let mut with_secret = method.clone();
    with_secret["client_secret"] = client.client_secret.clone().unwrap().into();
    assert!(updated(&scene, &client, with_secret.clone()).await.is_ok());
    with_secret["client_secret"] = "another".into();
    assert_eq!(updated(&scene, &client, with_secret).await.map(|_| ()), Err(ErrorCode::InvalidClientMetadata));
}

#[tokio::test]
async fn a_change_of_method_ends_the_old_secret_and_may_give_a_new_one() {
    let scene = scene().await;
    let client = registered(&scene, json!({})).await;
    let old = client.client_secret.clone().unwrap();
    let keys = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": client_jwks("k1") });
    let keyed = updated(&scene, &client, keys).await.unwrap();
    assert_eq!(keyed.client_secret, None);
    assert!(!authenticates(&scene, &client, &old).await);
    let back = updated(&scene, &client, json!({})).await.unwrap();
    let new = back.client_secret.unwrap();
    assert_ne!(old, new);
    assert!(authenticates(&scene, &client, &new).await && !authenticates(&scene, &client, &old).await);
}

#[tokio::test]
async fn an_update_is_held_against_the_rules_of_registration() {
    let scene = scene().await;
    let client = registered(&scene, json!({})).await;
    let bad = updated(&scene, &client, json!({ "redirect_uris": ["http://client.example.com/cb"] })).await;
    assert_eq!(bad.map(|_| ()), Err(ErrorCode::InvalidRedirectUri));
    let read = scene.engine.read_registration(client.client_id.as_str(), client.registration_access_token.as_deref());
    assert_eq!(read.await.unwrap().metadata, client.metadata, "nothing of it was taken over");
}

#[tokio::test]
async fn a_client_does_not_make_itself_the_operators_own() {
    let scene = scene().await;
    let client = registered(&scene, json!({ "first_party": true })).await;
    updated(&scene, &client, json!({ "first_party": true })).await.unwrap();
    let stored = scene.stores.clients.find(&word(client.client_id.as_str())).await.unwrap().unwrap();
    assert!(!stored.first_party);
}

#[tokio::test]
async fn a_deleted_client_is_gone_with_all_that_was_issued_to_it() {
    let scene = scene().await;
    let client = registered(&scene, json!({})).await;
    let id = client.client_id.as_str();
    let mut visitor = scene.visitor();
    let done = visitor.completes(&format!("client_id={id}")).await;
    let header = format!("Basic {}", STANDARD.encode(format!("{id}:{}", client.client_secret.clone().unwrap())));
    let form = [("grant_type", "authorization_code"), ("code", done.code()), ("redirect_uri", REDIRECT_URI)];
    let tokens = scene.engine.token(Some(&header), &params(&form)).await.unwrap();
    let waiting = visitor.asks(&format!("client_id={id}&prompt=consent")).await;

    let token = client.registration_access_token.as_deref();
    scene.engine.delete_registration(id, token).await.unwrap();
    assert!(!scene.lives(&tokens.access_token).await);
    assert!(visitor.looks(&waiting).await.is_err());
    assert!(visitor.tries(&format!("client_id={id}")).await.is_err());
    assert_eq!(refusal(scene.engine.read_registration(id, token).await), ErrorCode::InvalidToken);
}

#[tokio::test]
async fn a_secret_that_is_a_key_stays_one_through_updates_and_is_drawn_anew_when_it_becomes_one() {
    let scene = scene().await;
    let sealed = async |client: &RegistrationResponse| {
        scene.stores.clients.find(&client.client_id).await.unwrap().unwrap().sealed_secret.clone()
    };
    let plain = registered(&scene, json!({})).await;
    assert_eq!(sealed(&plain).await, None, "only its hash is kept");
    let by_secret = json!({ "id_token_signed_response_alg": "HS256" });
    let first = updated(&scene, &plain, by_secret.clone()).await.unwrap();
    assert!(first.client_secret.is_some_and(|secret| Some(&secret) != plain.client_secret.as_ref()));
    let kept = sealed(&plain).await;
    assert!(kept.is_some());
    let again = updated(&scene, &plain, by_secret).await.unwrap();
    assert_eq!((again.client_secret, sealed(&plain).await), (None, kept));
    updated(&scene, &plain, json!({})).await.unwrap();
    assert_eq!(sealed(&plain).await, None);
}

#[tokio::test]
async fn a_client_with_a_key_to_encrypt_to_registers_it() {
    let scene = scene().await;
    let jwks = gatewright_testing::encryption::encryption_jwks("e");
    let asked = json!({ "id_token_encrypted_response_alg": "ECDH-ES", "jwks": jwks });
    let told = serde_json::to_value(registered(&scene, asked).await).unwrap();
    assert_eq!(told["id_token_encrypted_response_enc"], "A128CBC-HS256", "the default");
}

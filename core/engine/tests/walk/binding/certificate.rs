//! Certificates: whose they are, and what is bound to them (RFC 8705).

use crate::world::{CLIENT, Parts, Scene, client, params, refusal};
use gatewright_domain::certificate::ClientCertificate;
use gatewright_domain::client::{Client, ClientAuthentication, ClientKeys};
use gatewright_engine::binding::{Call, Place, PresentedAccess, ProofHeader};
use gatewright_engine::client_keys::REFETCH_S_MIN;
use gatewright_engine::error::EndpointError;
use gatewright_protocol::distinguished_name::DistinguishedName;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::registration::binding_metadata::BindingMetadata;
use gatewright_protocol::registration::metadata::ClientMetadata;
use gatewright_protocol::thumbprint::Thumbprint;
use gatewright_protocol::token::{TokenResponse, TokenType};
use gatewright_testing::signing::proof_key;
use serde_json::{Value, json};

const JWKS_URI: &str = "https://client.example.com/jwks";

fn certificate(key: &str) -> ClientCertificate {
    let der = format!("certificate of {key}").into_bytes();
    ClientCertificate {
        thumbprint: Thumbprint::of(&der),
        der,
        key: Some(proof_key(key)),
        is_vouched_for: true,
        subject: DistinguishedName::parse(&format!("CN={key},O=Acme")).ok(),
        dns_names: vec![],
        uris: vec![],
        ip_addresses: vec![],
        emails: vec![],
    }
}

fn keys(key: &str) -> Value {
    json!({ "keys": [Value::Object(proof_key(key).to_map())] })
}

async fn scene(authentication: ClientAuthentication, keys: Option<ClientKeys>) -> Scene {
    let mut parts = Parts::new();
    parts.settings.binding.mutual_tls.certificates = true;
    parts.settings.binding.mutual_tls.authorities = true;
    let scene = parts.built().await;
    let binding = BindingMetadata {
        tls_client_auth_subject_dn: Some("CN=mine,O=Acme".into()),
        tls_client_certificate_bound_access_tokens: Some(true),
        ..BindingMetadata::default()
    };
    scene.registers(Client { authentication, binding, keys, ..client(CLIENT) }).await;
    scene
}

async fn asks(scene: &Scene, shown: Option<&ClientCertificate>) -> Result<TokenResponse, EndpointError> {
    let place = Place { method: "POST", path: "/token", origins: &[] };
    let call = Call { authorization: None, proof: ProofHeader::None, certificate: shown, place };
    let form = [("grant_type", "client_credentials"), ("client_id", CLIENT)];
    scene.engine.token(call, &params(&form)).await
}

#[tokio::test]
async fn a_certificate_of_the_registered_name_proves_who_the_client_is() {
    let scene = scene(ClientAuthentication::TlsClientAuth {}, None).await;
    assert!(asks(&scene, Some(&certificate("mine"))).await.is_ok());
    assert_eq!(refusal(asks(&scene, Some(&certificate("other"))).await), ErrorCode::InvalidClient);
    assert_eq!(refusal(asks(&scene, None).await), ErrorCode::InvalidClient);
    let made_up = ClientCertificate { is_vouched_for: false, ..certificate("mine") };
    assert_eq!(refusal(asks(&scene, Some(&made_up)).await), ErrorCode::InvalidClient);
}

#[tokio::test]
async fn a_certificate_with_a_registered_key_proves_it_whoever_made_it() {
    let scene = scene(ClientAuthentication::SelfSignedTlsClientAuth {}, Some(ClientKeys::Inline(keys("mine")))).await;
    let own = ClientCertificate { is_vouched_for: false, ..certificate("mine") };
    assert!(asks(&scene, Some(&own)).await.is_ok());
    assert_eq!(refusal(asks(&scene, Some(&certificate("other"))).await), ErrorCode::InvalidClient);
    assert_eq!(refusal(asks(&scene, None).await), ErrorCode::InvalidClient);
}

#[tokio::test]
async fn a_renewed_key_is_found_where_the_client_publishes_it() {
    let scene = scene(ClientAuthentication::SelfSignedTlsClientAuth {}, Some(ClientKeys::Uri(JWKS_URI.into()))).await;
    assert_eq!(refusal(asks(&scene, Some(&certificate("mine"))).await), ErrorCode::InvalidClient, "none is there");
    scene.documents.put(JWKS_URI, keys("old"));
    assert!(asks(&scene, Some(&certificate("old"))).await.is_ok());
    scene.documents.put(JWKS_URI, keys("mine"));
    scene.clock.advance(i64::try_from(REFETCH_S_MIN).unwrap());
    assert!(asks(&scene, Some(&certificate("mine"))).await.is_ok());
}

#[tokio::test]
async fn a_token_is_bound_to_the_certificate_and_used_with_it_alone() {
    let mut own = crate::world::first_party(CLIENT);
    own.authentication = ClientAuthentication::TlsClientAuth {};
    own.binding.tls_client_auth_subject_dn = Some("CN=mine,O=Acme".into());
    own.binding.tls_client_certificate_bound_access_tokens = Some(true);
    let scene = Scene::new().await;
    scene.registers(own).await;
    let (mine, other) = (certificate("mine"), certificate("other"));
    let code = scene.code("").await;
    let place = Place { method: "POST", path: "/token", origins: &[] };
    let call = Call { authorization: None, proof: ProofHeader::None, certificate: Some(&mine), place };
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("code", code.as_str()),
        ("redirect_uri", crate::world::REDIRECT_URI),
    ];
    let tokens = scene.engine.token(call, &params(&form)).await.unwrap();
    assert_eq!(tokens.token_type, TokenType::Bearer);
    let userinfo = async |shown| {
        let call = Call { certificate: shown, ..Call::default() };
        let presented = PresentedAccess { token: &tokens.access_token, scheme: TokenType::Bearer, call };
        scene.engine.userinfo(presented).await
    };
    assert!(userinfo(Some(&mine)).await.is_ok());
    assert_eq!(refusal(userinfo(Some(&other)).await), ErrorCode::InvalidToken);
    assert_eq!(refusal(userinfo(None).await), ErrorCode::InvalidToken);
}

#[tokio::test]
async fn introspection_tells_of_the_certificate() {
    let scene = scene(ClientAuthentication::TlsClientAuth {}, None).await;
    let mine = certificate("mine");
    let token = asks(&scene, Some(&mine)).await.unwrap().access_token;
    let call = Call { certificate: Some(&mine), ..Call::default() };
    let answer = scene.engine.introspect(call, &params(&[("client_id", CLIENT), ("token", &token)])).await.unwrap();
    let told = serde_json::to_value(&answer).unwrap();
    assert_eq!(told["cnf"], json!({ "x5t#S256": mine.thumbprint }));
    assert_eq!(told["token_type"], "Bearer");
}

#[tokio::test]
async fn what_this_server_cannot_do_is_neither_registered_nor_advertised() {
    let document = json!({
        "redirect_uris": ["https://c.example/cb"], "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_san_dns": "c.example",
    });
    let bound = json!({
        "redirect_uris": ["https://c.example/cb"], "tls_client_certificate_bound_access_tokens": true,
    });
    let registered = async |scene: &Scene, document: &Value| {
        scene.engine.vouched_client(ClientMetadata::from_json(document).unwrap()).await.is_ok()
    };
    for (certificates, authorities) in [(false, false), (true, false), (true, true)] {
        let mut parts = Parts::new();
        parts.settings.binding.mutual_tls.certificates = certificates;
        parts.settings.binding.mutual_tls.authorities = authorities;
        let scene = parts.built().await;
        let metadata = serde_json::to_value(scene.engine.metadata()).unwrap();
        let offers = |method: &str| {
            metadata["token_endpoint_auth_methods_supported"].as_array().unwrap().contains(&json!(method))
        };
        assert_eq!(offers("tls_client_auth"), authorities);
        assert_eq!(offers("self_signed_tls_client_auth"), certificates);
        assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], certificates);
        assert_eq!(registered(&scene, &document).await, authorities);
        assert_eq!(registered(&scene, &bound).await, certificates);
    }
}

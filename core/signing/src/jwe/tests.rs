//! Encryption as recipients see it, held against another implementation, and what is not opened.

use super::*;
use crate::fakes::Nodes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::encryption::Encrypter;
use gatewright_domain::signing::Signer;
use gatewright_protocol::jwe::{EncryptionKey, JweAlgorithm, JweEncryption};
use josekit::jwe::alg::direct::DirectJweAlgorithm::Dir;
use josekit::jwe::{
    A128KW, A256KW, ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A256KW, JweDecrypter, JweEncrypter, JweHeader, RSA_OAEP_256,
    deserialize_compact, serialize_compact,
};
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use openssl::sha::{sha256, sha512};
use serde_json::json;

const TEXT: &str = "e30.e30.signature";
const SECRET: &str = "a secret of a client's, which is long";

/// Every way with every content encryption.
fn ways() -> impl Iterator<Item = Encryption> {
    let alone = JweAlgorithm::ALL.iter().copied();
    alone.flat_map(|alg| JweEncryption::ALL.iter().map(move |enc| Encryption { alg, enc: *enc }))
}

fn secret_key(how: Encryption) -> Vec<u8> {
    let bytes = match how.alg {
        JweAlgorithm::A128Kw => 16,
        JweAlgorithm::A256Kw => 32,
        _ => content::key_bytes(how.enc),
    };
    let digest = if bytes > 32 { sha512(SECRET.as_bytes()).to_vec() } else { sha256(SECRET.as_bytes()).to_vec() };
    digest[..bytes].to_vec()
}

/// A client's key pair for `how`, as another implementation makes it.
fn pair(how: Encryption) -> Jwk {
    let mut jwk = match how.alg.key() {
        Some(EncryptionKey::Rsa) => Jwk::generate_rsa_key(2048).unwrap(),
        Some(EncryptionKey::Ec) => Jwk::generate_ec_key(EcCurve::P256).unwrap(),
        None => {
            let mut jwk = Jwk::new("oct");
            let key = URL_SAFE_NO_PAD.encode(secret_key(how));
            jwk.set_parameter("k", Some(key.into())).unwrap();
            return jwk;
        }
    };
    jwk.set_key_id("k1");
    jwk
}

fn jwks_of(jwk: &Jwk) -> Value {
    let mut public = jwk.to_public_key().unwrap();
    public.set_key_id("k1");
    json!({ "keys": [Value::Object(public.into())] })
}

fn other_decrypter(how: Encryption, jwk: &Jwk) -> Box<dyn JweDecrypter> {
    match how.alg {
        JweAlgorithm::RsaOaep256 => Box::new(RSA_OAEP_256.decrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::EcdhEs => Box::new(ECDH_ES.decrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::EcdhEsA128Kw => Box::new(ECDH_ES_A128KW.decrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::EcdhEsA256Kw => Box::new(ECDH_ES_A256KW.decrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::A128Kw => Box::new(A128KW.decrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::A256Kw => Box::new(A256KW.decrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::Dir => Box::new(Dir.decrypter_from_jwk(jwk).unwrap()),
    }
}

fn other_encrypter(how: Encryption, jwk: &Jwk) -> Box<dyn JweEncrypter> {
    match how.alg {
        JweAlgorithm::RsaOaep256 => Box::new(RSA_OAEP_256.encrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::EcdhEs => Box::new(ECDH_ES.encrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::EcdhEsA128Kw => Box::new(ECDH_ES_A128KW.encrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::EcdhEsA256Kw => Box::new(ECDH_ES_A256KW.encrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::A128Kw => Box::new(A128KW.encrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::A256Kw => Box::new(A256KW.encrypter_from_jwk(jwk).unwrap()),
        JweAlgorithm::Dir => Box::new(Dir.encrypter_from_jwk(jwk).unwrap()),
    }
}

fn made_elsewhere(how: Encryption, jwk: &Jwk, changes: &[(&str, Value)]) -> String {
    let mut header = JweHeader::new();
    header.set_content_encryption(how.enc.as_str());
    for (name, value) in changes {
        header.set_claim(name, Some(value.clone())).unwrap();
    }
    serialize_compact(TEXT.as_bytes(), &header, &*other_encrypter(how, jwk)).unwrap()
}

async fn server() -> crate::Keyring {
    let nodes = Nodes::new();
    let mut setup = nodes.setup(&[gatewright_protocol::jws_algorithm::JwsAlgorithm::ES256]);
    setup.decryption = EncryptionKey::ALL.to_vec();
    crate::Keyring::open(setup).await.unwrap()
}

/// The server's public key for `how`, as a client finds it.
fn published(server: &crate::Keyring, how: Encryption) -> Jwk {
    let kty = if how.alg.key() == Some(EncryptionKey::Rsa) { "RSA" } else { "EC" };
    let jwks = server.jwks();
    let mut keys = jwks["keys"].as_array().unwrap().iter();
    let jwk = keys.find(|key| key["use"] == "enc" && key["kty"] == kty).unwrap();
    Jwk::from_map(jwk.as_object().unwrap().clone()).unwrap()
}

fn refusal(
    server: &crate::Keyring,
    jwe: &str,
    expected: Option<Encryption>,
    secret: Option<&SecretText>,
) -> JweRejected {
    server.decrypt(jwe, expected, secret).map(|_| ()).unwrap_err()
}

#[test]
fn a_client_opens_what_is_encrypted_to_it_in_every_way() {
    let secret = SecretText::new(SECRET);
    for how in ways() {
        let jwk = pair(how);
        let own = if how.alg.is_symmetric() { Value::Null } else { jwks_of(&jwk) };
        let to = if how.alg.is_symmetric() { Recipient::Secret(&secret) } else { Recipient::Keys(&own) };
        let jwe = encrypt(TEXT, Content::Jwt, how, to).unwrap();
        let (opened, header) = deserialize_compact(&jwe, &*other_decrypter(how, &jwk)).unwrap();
        assert_eq!(opened, TEXT.as_bytes(), "{how:?}");
        assert_eq!(header.claim("cty"), Some(&json!("JWT")), "{how:?}");
        assert_eq!(header.claim("kid"), (!how.alg.is_symmetric()).then_some(&json!("k1")), "{how:?}");
        if how.enc == JweEncryption::A256CbcHs512 && how.alg == JweAlgorithm::RsaOaep256 {
            let plain = encrypt("{}", Content::Json, how, to).unwrap();
            assert!(deserialize_compact(&plain, &*other_decrypter(how, &jwk)).unwrap().1.claim("cty").is_none());
        }
    }
}

#[tokio::test]
async fn the_server_opens_what_is_encrypted_to_it_in_every_way() {
    let server = server().await;
    let secret = SecretText::new(SECRET);
    for how in ways() {
        let jwk = if how.alg.is_symmetric() { pair(how) } else { published(&server, how) };
        let jwe = made_elsewhere(how, &jwk, &[]);
        for expected in [None, Some(how)] {
            assert_eq!(server.decrypt(&jwe, expected, Some(&secret)).unwrap().expose(), TEXT, "{how:?}");
        }
        let other = ways().find(|other| other.alg == how.alg && other.enc != how.enc);
        assert_eq!(refusal(&server, &jwe, other, Some(&secret)), JweRejected::Algorithm, "{how:?}");
    }
    assert_eq!(server.decryption_algorithms().len(), 4);
}

#[tokio::test]
async fn the_parties_of_a_key_agreement_are_part_of_the_key() {
    let server = server().await;
    let how = Encryption { alg: JweAlgorithm::EcdhEs, enc: JweEncryption::A128Gcm };
    let jwe = made_elsewhere(how, &published(&server, how), &[("apu", json!("QQ")), ("apv", json!("Qg"))]);
    assert_eq!(server.decrypt(&jwe, None, None).unwrap().expose(), TEXT);
}

#[tokio::test]
async fn what_is_compressed_is_refused_before_it_is_decrypted() {
    let server = server().await;
    let how = Encryption { alg: JweAlgorithm::RsaOaep256, enc: JweEncryption::A128Gcm };
    let bomb = made_elsewhere(how, &published(&server, how), &[("zip", json!("DEF"))]);
    assert_eq!(refusal(&server, &bomb, None, None), JweRejected::Malformed);
}

#[tokio::test]
async fn a_shared_secret_is_needed_where_the_header_says_so_and_never_made_of_a_public_key() {
    let server = server().await;
    let how = Encryption { alg: JweAlgorithm::A128Kw, enc: JweEncryption::A128Gcm };
    let jwe = made_elsewhere(how, &pair(how), &[]);
    assert_eq!(refusal(&server, &jwe, None, None), JweRejected::Algorithm, "the client has no secret");
    let other = SecretText::new("another secret");
    assert_eq!(refusal(&server, &jwe, None, Some(&other)), JweRejected::Undecryptable);
    let to_key = made_elsewhere(
        Encryption { alg: JweAlgorithm::RsaOaep256, enc: JweEncryption::A128Gcm },
        &published(&server, Encryption { alg: JweAlgorithm::RsaOaep256, enc: JweEncryption::A128Gcm }),
        &[],
    );
    assert_eq!(server.decrypt(&to_key, None, Some(&other)).unwrap().expose(), TEXT, "a secret is not taken for a key");
}

#[tokio::test]
async fn what_is_encrypted_to_another_key_or_altered_is_undecryptable_and_no_more_is_said() {
    let server = server().await;
    for how in ways().filter(|how| !how.alg.is_symmetric()) {
        let strange = made_elsewhere(how, &pair(how).to_public_key().unwrap(), &[("kid", json!("k1"))]);
        let expected = JweRejected::UnknownKey;
        assert_eq!(refusal(&server, &strange, None, None), expected, "it names a key that there is not: {how:?}");
        let mut nameless = pair(how).to_public_key().unwrap();
        nameless.set_parameter("kid", None).unwrap();
        let strange = made_elsewhere(how, &nameless, &[]);
        assert_eq!(refusal(&server, &strange, None, None), JweRejected::Undecryptable, "{how:?}");
        let jwe = made_elsewhere(how, &published(&server, how), &[]);
        for part in 1..5 {
            let mut parts: Vec<String> = jwe.split('.').map(str::to_owned).collect();
            if parts[part].is_empty() {
                parts[part] = "AAAA".to_owned();
            } else {
                let first = if parts[part].starts_with('A') { "B" } else { "A" };
                parts[part].replace_range(..1, first);
            }
            assert_eq!(refusal(&server, &parts.join("."), None, None), JweRejected::Undecryptable, "{how:?} {part}");
        }
    }
}

#[test]
fn keys_that_are_for_something_else_are_not_encrypted_to() {
    let how = Encryption { alg: JweAlgorithm::EcdhEs, enc: JweEncryption::A128Gcm };
    let public: Map<String, Value> = pair(how).to_public_key().unwrap().into();
    let with = |name: &str, value: Value| {
        let mut jwk = public.clone();
        jwk.insert(name.to_owned(), value);
        jwk
    };
    let fits = |jwk: &Map<String, Value>| {
        let jwks = json!({ "keys": [jwk] });
        encrypt(TEXT, Content::Jwt, how, Recipient::Keys(&jwks)).is_ok()
    };
    assert!(fits(&public) && fits(&with("use", json!("enc"))) && fits(&with("key_ops", json!(["deriveKey"]))));
    for (name, value) in [
        ("use", json!("sig")),
        ("alg", json!("ES256")),
        ("alg", json!("ECDH-ES+A128KW")),
        ("key_ops", json!(["verify"])),
        ("key_ops", json!("deriveKey")),
        ("kty", json!("RSA")),
        ("crv", json!("P-384")),
        ("d", json!("AAAA")),
    ] {
        assert!(!fits(&with(name, value.clone())), "{name} {value}");
    }
    for jwks in [json!({}), json!({ "keys": [] }), json!({ "keys": vec![public.clone(); 65] }), json!([])] {
        let failed = encrypt(TEXT, Content::Jwt, how, Recipient::Keys(&jwks));
        assert!(matches!(failed, Err(NotEncrypted::NoKey(JweAlgorithm::EcdhEs))));
    }
    let secret = SecretText::new(SECRET);
    let failed = encrypt(TEXT, Content::Jwt, how, Recipient::Secret(&secret));
    assert!(matches!(failed, Err(NotEncrypted::NoKey(_))), "a secret is no key pair");
}

#[test]
fn a_clients_key_may_be_on_any_curve_of_nists() {
    let how = Encryption { alg: JweAlgorithm::EcdhEsA256Kw, enc: JweEncryption::A256CbcHs512 };
    for curve in [EcCurve::P256, EcCurve::P384, EcCurve::P521] {
        let jwk = Jwk::generate_ec_key(curve).unwrap();
        let jwe = encrypt(TEXT, Content::Jwt, how, Recipient::Keys(&jwks_of(&jwk))).unwrap();
        assert_eq!(deserialize_compact(&jwe, &*other_decrypter(how, &jwk)).unwrap().0, TEXT.as_bytes(), "{curve}");
    }
}

#[test]
fn a_key_that_says_it_is_to_be_encrypted_to_goes_first() {
    let how = Encryption { alg: JweAlgorithm::EcdhEs, enc: JweEncryption::A128Gcm };
    let named = |kid: &str, key_use: Option<&str>| {
        let mut jwk: Map<String, Value> = pair(how).to_public_key().unwrap().into();
        jwk.insert("kid".to_owned(), kid.into());
        key_use.map(|text| jwk.insert("use".to_owned(), text.into()));
        jwk
    };
    let jwks = json!({ "keys": [named("sig", Some("sig")), named("unsure", None), named("enc", Some("enc"))] });
    let jwe = encrypt(TEXT, Content::Jwt, how, Recipient::Keys(&jwks)).unwrap();
    assert_eq!(Compact::parse(&jwe).unwrap().kid.as_deref(), Some("enc"));
}

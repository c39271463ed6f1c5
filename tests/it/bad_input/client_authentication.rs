//! How a client fails to authenticate (RFC 6749 2.3.1 and 5.2, RFC 7523 3, RFC 7521 4.2, RFC 8725 2 and 3).

use super::ask::{Ask, FORM, Parameters};
use super::table::{Case, Expect, LINE, MARKUP, Surface, case};
use crate::world::signature::{ClientKey, hs256, hs256_under};
use crate::world::{RelyingParty, Server};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const UNKNOWN: Expect = Expect::Refused(401, "invalid_client");
const INVALID: Expect = Expect::Refused(400, "invalid_request");

fn grant() -> Parameters {
    Parameters::of(&[("grant_type", "client_credentials")])
}

#[test]
fn a_secret_in_the_header_is_refused_unless_it_is_all_there_and_alone() {
    let server = Server::quickstart();
    let good = STANDARD.encode("demo:demo-secret");
    let with = |header: &str| Ask::post("/token", &grant()).header("authorization", header);
    let pair = |text: &[u8]| with(&format!("Basic {}", STANDARD.encode(text)));
    let long = "x".repeat(9_000);
    let mut table = vec![
        case("no credentials", Ask::post("/token", &grant()), UNKNOWN),
        case("wrong secret", pair(b"demo:wrong"), UNKNOWN),
        case("unknown client", pair(b"nobody:demo-secret"), UNKNOWN),
        case("no colon", pair(b"demo"), UNKNOWN),
        case("no client", pair(b":demo-secret"), UNKNOWN),
        case("no secret", pair(b"demo:"), UNKNOWN),
        case("a secret with one letter more", pair(b"demo:demo-secretx"), UNKNOWN),
        case("a secret with NUL", pair(b"demo:demo-secret\0"), UNKNOWN),
        case("NUL in the client", pair(b"demo\0:demo-secret"), UNKNOWN),
        case("not UTF-8", pair(b"demo:\xff\xfe"), UNKNOWN),
        case("escaped and not UTF-8", pair(b"demo:%ff%fe"), UNKNOWN),
        case("markup", pair(format!("{MARKUP}:{MARKUP}").as_bytes()), UNKNOWN),
        case("line ends", pair(format!("demo:{LINE}").as_bytes()), UNKNOWN),
        case("oversized client", pair(format!("{long}:x").as_bytes()), UNKNOWN),
        case("oversized secret", pair(format!("demo:{long}").as_bytes()), UNKNOWN),
        case("no base64", with("Basic !!!!"), UNKNOWN),
        case("base64 cut off", with(&format!("Basic {}", &good[..good.len() - 3])), UNKNOWN),
        case("base64 of URLs", with("Basic ZGVtbzr_"), UNKNOWN),
        case("nothing after the scheme", with("Basic"), UNKNOWN),
        case("no scheme", with(&good), UNKNOWN),
        case("another scheme", with(&format!("Bearer {good}")), UNKNOWN),
        case("an empty header", with(""), UNKNOWN),
        case("a header not ASCII", with("Basic ü"), UNKNOWN),
        case("two headers", with(&format!("Basic {good}")).header("authorization", "Basic bm9ib2R5Ong="), UNKNOWN),
        case(
            "the same header twice",
            with(&format!("Basic {good}")).header("authorization", &format!("Basic {good}")),
            UNKNOWN,
        ),
    ];
    for (name, form, expect) in [
        ("another client in the form", grant().and("client_id", "demo-spa"), UNKNOWN),
        ("a secret in the form as well", grant().and("client_id", "demo").and("client_secret", "demo-secret"), INVALID),
        (
            "an assertion as well",
            grant().and("client_assertion_type", ASSERTION_TYPE).and("client_assertion", "a.b.c"),
            INVALID,
        ),
        ("half an assertion as well", grant().and("client_assertion_type", ASSERTION_TYPE), INVALID),
        ("the same client in the form twice", grant().and("client_id", "demo").and("client_id", "demo"), INVALID),
        ("the same client in the form", grant().and("client_id", "demo"), Expect::Json(200)),
    ] {
        table.push(case(name, Ask::post("/token", &form).basic("demo", "demo-secret"), expect));
    }
    Surface::of(&server).hold(&table);
}

#[tokio::test]
async fn a_secret_in_the_form_is_refused_unless_it_is_all_there_and_alone() {
    let server = Server::quickstart();
    let members = json!({ "token_endpoint_auth_method": "client_secret_post", "grant_types": ["authorization_code", "client_credentials"] });
    let client = RelyingParty::register(&server, members).await;
    let (id, secret) = (client.client_id.as_str(), client.client_secret.as_deref().unwrap());
    let good = grant().with("client_id", id).with("client_secret", secret);
    let posted = |name: &str, form: &Parameters, expect| case(name, Ask::post("/token", form), expect);
    let in_query = format!("/token?{}", good.without("grant_type").text());
    Surface::of(&server).hold(&[
        posted("client_id missing", &good.without("client_id"), UNKNOWN),
        posted("client_id twice", &good.and("client_id", id), INVALID),
        posted("client_id with NUL", &good.with("client_id", &format!("{id}\0")), UNKNOWN),
        posted("client_id with markup", &good.with("client_id", MARKUP), UNKNOWN),
        posted("client_secret empty", &good.with("client_secret", ""), UNKNOWN),
        posted("client_secret twice", &good.and("client_secret", secret), INVALID),
        posted("client_secret wrong", &good.with("client_secret", "wrong"), UNKNOWN),
        posted("client_secret with a space", &good.with("client_secret", &format!("{secret} ")), UNKNOWN),
        posted("client_secret of another", &good.with("client_secret", "demo-secret"), UNKNOWN),
        posted("client_secret not UTF-8", &good.with_raw("client_secret", "%ff"), INVALID),
        posted("client_secret oversized", &good.with("client_secret", &"x".repeat(9_000)), UNKNOWN),
        case("in the query", Ask::new("POST", &in_query).body(FORM, grant().text()), UNKNOWN),
        case("a header nobody can read as well", Ask::post("/token", &good).header("authorization", "ü"), INVALID),
        case("a bearer token as well", Ask::post("/token", &good).bearer("x"), INVALID),
        // A public client's name proves nothing where a grant stands on the client alone.
        posted("a public client", &grant().with("client_id", "demo-spa"), Expect::Refused(400, "unauthorized_client")),
        posted("as it should be", &good, Expect::Json(200)),
    ]);
}

/// The claims of an assertion that is good for a minute.
fn claims(client: &RelyingParty, jti: &str) -> Value {
    let (id, now) = (&client.client_id, now());
    json!({ "iss": id, "sub": id, "aud": client.issuer, "iat": now, "exp": now + 60, "jti": jti })
}

fn now() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a client has a clock of its own")]
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The claims with one of them changed; `null` takes it away.
fn changed(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

fn asserted(name: &str, assertion: &str, expect: Expect) -> Case {
    let form = grant().with("client_assertion_type", ASSERTION_TYPE).with("client_assertion", assertion);
    case(name, Ask::post("/token", &form), expect)
}

async fn keyed(server: &Server, key: &ClientKey) -> RelyingParty {
    let members = json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(),
        "grant_types": ["authorization_code", "client_credentials"],
    });
    RelyingParty::register(server, members).await
}

#[tokio::test]
async fn an_assertion_must_say_who_whom_until_when_and_which() {
    let server = Server::quickstart();
    let key = ClientKey::generate();
    let client = keyed(&server, &key).await;
    let good = claims(&client, "j");
    let mut table = Vec::new();
    for (member, value) in [
        ("iss", json!(null)),
        ("iss", json!("demo")),
        ("iss", json!([client.client_id])),
        ("sub", json!(null)),
        ("sub", json!("demo")),
        ("sub", json!(MARKUP)),
        ("aud", json!(null)),
        ("aud", json!("https://other.example")),
        ("aud", json!(["https://other.example"])),
        ("aud", json!([])),
        ("aud", json!({ "x": client.issuer })),
        ("aud", json!(format!("{}/", client.issuer))),
        ("exp", json!(null)),
        ("exp", json!(now() - 300)),
        ("exp", json!(now() + 86_400)),
        ("exp", json!("9999999999")),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("nbf", json!(now() + 600)),
        ("nbf", json!("soon")),
        ("iat", json!(now() + 600)),
        ("jti", json!(null)),
        ("jti", json!("")),
        ("jti", json!(7)),
    ] {
        let name = format!("{member}: {value}");
        table.push(asserted(&name, &key.sign(&changed(&good, member, value)), UNKNOWN));
    }
    let once = key.sign(&good);
    let with = |form: Parameters| Ask::post("/token", &form.and("client_assertion", &key.sign(&claims(&client, "j2"))));
    table.extend([
        case(
            "another client in the form",
            with(grant().and("client_assertion_type", ASSERTION_TYPE).and("client_id", "demo")),
            UNKNOWN,
        ),
        case("no assertion type", with(grant()), UNKNOWN),
        case(
            "another assertion type",
            with(grant().and("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")),
            UNKNOWN,
        ),
        case(
            "two assertions",
            with(grant().and("client_assertion_type", ASSERTION_TYPE).and("client_assertion", &once)),
            INVALID,
        ),
        asserted("as it should be", &once, Expect::Json(200)),
        asserted("the same again", &once, UNKNOWN),
        asserted("another with the same jti", &key.sign(&changed(&good, "iat", json!(now() - 1))), UNKNOWN),
    ]);
    Surface::of(&server).hold(&table);
}

#[tokio::test]
async fn an_assertion_is_verified_with_a_registered_key_and_by_nothing_it_brings_along() {
    let server = Server::quickstart();
    let (key, other) = (ClientKey::generate(), ClientKey::generate());
    let client = keyed(&server, &key).await;
    let good = claims(&client, "j");
    let payload = good.to_string();
    let public = key.jwks()["keys"][0].clone();
    let header = |more: Value| {
        let mut header = json!({ "alg": "ES256", "kid": "k1" });
        header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        header
    };
    let signed = key.sign(&good);
    let parts: Vec<&str> = signed.split('.').collect();
    let bare = |header: Value| format!("{}.{}.", URL_SAFE_NO_PAD.encode(header.to_string()), parts[1]);
    let nested = format!("{}{}", "[".repeat(2_000), "]".repeat(2_000));
    let bomb = "x".repeat(40_000);
    let mut table = Vec::new();
    for (name, assertion) in [
        ("alg none", bare(json!({ "alg": "none" }))),
        ("alg None", bare(json!({ "alg": "None", "kid": "k1" }))),
        ("alg none with a signature", key.sign_under(&json!({ "alg": "none" }), &payload)),
        ("no signature", bare(header(json!({})))),
        ("no alg", key.sign_under(&json!({ "kid": "k1" }), &payload)),
        ("alg of the wrong type", key.sign_under(&json!({ "alg": ["ES256"] }), &payload)),
        ("alg of another curve", key.sign_under(&header(json!({ "alg": "ES384" })), &payload)),
        ("alg of another kind of key", key.sign_under(&header(json!({ "alg": "RS256" })), &payload)),
        ("HS256 keyed with the public key", hs256(&public.to_string(), &good)),
        (
            "HS256 keyed with its x",
            hs256_under(public["x"].as_str().unwrap(), &json!({ "alg": "HS256", "kid": "k1" }), &good),
        ),
        ("HS256 keyed with nothing", hs256("\0", &good)),
        ("another's key", other.sign(&good)),
        (
            "a key of its own in jwk",
            other.sign_under(&header(json!({ "jwk": other.jwks()["keys"][0], "kid": "k2" })), &payload),
        ),
        (
            "a key of its own in jwk, under our kid",
            other.sign_under(&header(json!({ "jwk": other.jwks()["keys"][0] })), &payload),
        ),
        ("keys elsewhere in jku", other.sign_under(&header(json!({ "jku": "http://127.0.0.1:1/jwks" })), &payload)),
        ("a certificate elsewhere in x5u", other.sign_under(&header(json!({ "x5u": "file:///etc/passwd" })), &payload)),
        ("kid that walks", other.sign_under(&header(json!({ "kid": "../../../../dev/null" })), &payload)),
        ("kid with SQL", other.sign_under(&header(json!({ "kid": "k1' OR '1'='1" })), &payload)),
        ("a critical extension unknown here", key.sign_under(&header(json!({ "crit": ["exp"], "exp": 1 })), &payload)),
        ("crit empty", key.sign_under(&header(json!({ "crit": [] })), &payload)),
        ("crit with b64", key.sign_under(&header(json!({ "crit": ["b64"], "b64": false })), &payload)),
        ("payload no JSON", key.sign_under(&header(json!({})), "not JSON")),
        ("payload an array", key.sign_under(&header(json!({})), "[]")),
        ("payload deep", key.sign_under(&header(json!({})), &nested)),
        (
            "payload changed",
            format!(
                "{}.{}.{}",
                parts[0],
                URL_SAFE_NO_PAD.encode(changed(&good, "jti", json!("k")).to_string()),
                parts[2]
            ),
        ),
        ("signature of noughts", format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode([0; 64]))),
        ("signature too short", format!("{}.{}.{}", parts[0], parts[1], &parts[2][..40])),
        ("signature too long", format!("{signed}AAAA")),
        ("padded", format!("{signed}==")),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{signed}.x")),
        ("five parts", format!("{signed}.x.x")),
        ("dots alone", "..".to_owned()),
        ("no base64", "!.!.!".to_owned()),
        ("an ID token's serialization", "{\"payload\":\"\",\"signatures\":[]}".to_owned()),
        (
            "a header with a member twice",
            format!(
                "{}.{}.{}",
                URL_SAFE_NO_PAD.encode("{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"k1\"}"),
                parts[1],
                parts[2]
            ),
        ),
        ("with NUL", format!("{signed}\0")),
        ("with markup", MARKUP.to_owned()),
        ("oversized", key.sign(&changed(&good, "x", json!(bomb)))),
    ] {
        table.push(asserted(name, &assertion, UNKNOWN));
    }
    table.push(asserted("as it should be", &signed, Expect::Json(200)));
    Surface::of(&server).hold(&table);
}

#[tokio::test]
async fn a_shared_secret_keys_its_own_method_and_no_other() {
    let server = Server::quickstart();
    let grants = json!(["authorization_code", "client_credentials"]);
    let members = json!({ "token_endpoint_auth_method": "client_secret_jwt", "grant_types": grants });
    let client = RelyingParty::register(&server, members).await;
    let secret = client.client_secret.clone().unwrap();
    let good = claims(&client, "j");
    let demo = RelyingParty::demo(&server);
    let signed = hs256(&secret, &good);
    Surface::of(&server).hold(&[
        asserted("another secret", &hs256("another-secret-of-more-than-32-bytes-length", &good), UNKNOWN),
        asserted("an empty secret", &hs256("\0", &good), UNKNOWN),
        asserted("alg HS512 said", &hs256_under(&secret, &json!({ "alg": "HS512" }), &good), UNKNOWN),
        asserted("alg none said", &hs256_under(&secret, &json!({ "alg": "none" }), &good), UNKNOWN),
        asserted(
            "a critical extension",
            &hs256_under(&secret, &json!({ "alg": "HS256", "crit": ["x"], "x": 1 }), &good),
            UNKNOWN,
        ),
        asserted("by a client of another method", &hs256("demo-secret", &claims(&demo, "j")), UNKNOWN),
        case("the secret itself", Ask::post("/token", &grant()).basic(&client.client_id, &secret), UNKNOWN),
        asserted("as it should be", &signed, Expect::Json(200)),
        asserted("the same again", &signed, UNKNOWN),
    ]);
}

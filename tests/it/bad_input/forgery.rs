//! What someone who holds one good JWT of the server's can make of it without its keys (RFC 8725 2).

use super::table::MARKUP;
use crate::world::jwt;
use crate::world::signature::{ClientKey, hs256_under};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Longer than any token of the server's, in bytes.
const OVERSIZED_BYTES: usize = 20_000;

/// Forgeries of a JWT, by name. `jwks` are the keys that the server publishes.
pub fn forgeries(good: &str, jwks: &Value) -> Vec<(&'static str, String)> {
    let header = jwt::header(good);
    let mut claims = jwt::claims(good);
    claims["exp"] = json!(4_102_444_800_u64);
    let parts: Vec<&str> = good.split('.').collect();
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        header
    };
    let public = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let key = ClientKey::generate();
    let own = &key.jwks()["keys"][0];
    let by_another = |header: &Value| key.sign_under(header, &claims.to_string());
    let mut flipped = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    flipped[0] ^= 1;
    vec![
        ("without a signature", format!("{}.{}.", parts[0], parts[1])),
        ("alg none", format!("{}.{}.", encode(&with("alg", json!("none"))), encode(&claims))),
        ("alg nOnE", format!("{}.{}.", encode(&with("alg", json!("nOnE"))), encode(&claims))),
        ("HS256 keyed with the public key", hs256_under(&public.to_string(), &with("alg", json!("HS256")), &claims)),
        ("HS256 keyed with nothing", hs256_under("\0", &with("alg", json!("HS256")), &claims)),
        ("another's key under our kid", by_another(&with("alg", json!("ES256")))),
        ("a key of its own in jwk", by_another(&with("jwk", own.clone()))),
        ("no kid", by_another(&json!({ "alg": "ES256", "typ": header["typ"] }))),
        ("claims changed", format!("{}.{}.{}", parts[0], encode(&claims), parts[2])),
        ("header changed", format!("{}.{}.{}", encode(&with("x", json!(1))), parts[1], parts[2])),
        ("one bit changed", format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode(flipped))),
        ("one letter more", format!("{good}A")),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("five parts", format!("{good}.x.x")),
        ("dots alone", "..".to_owned()),
        ("oversized", format!("{}.{}.{}", parts[0], "A".repeat(OVERSIZED_BYTES), parts[2])),
    ]
}

/// What no text of any kind may hold: control characters.
pub fn no_texts() -> Vec<(&'static str, String)> {
    vec![("NUL", "a\0b".to_owned()), ("line ends", "a\r\nb".to_owned())]
}

/// Texts that are no token.
pub fn no_tokens() -> Vec<(&'static str, String)> {
    vec![("markup", MARKUP.to_owned()), ("spaces", "a b".to_owned()), ("not ASCII", "ü".to_owned())]
}

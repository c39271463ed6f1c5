//! Encryption without a crypto library, for tests alone: everything is readable, but who may open it is held to, and a
//! text altered in the header or the key is found out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::encryption::{Content, JweRejected, NotEncrypted, Recipient};
use gatewright_domain::secret::SecretText;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::jwe::{JweAlgorithm, JweEncryption};
use gatewright_protocol::registration::encryption::Encryption;
use serde_json::{Value, json};

/// Stands for the server's own key.
const SERVER: &str = "the server's";

/// A JWE as a client would make it for the server, of `text`.
pub fn jwe_for_server(text: &str, how: Encryption) -> String {
    compact(text, &json!({ "alg": how.alg, "enc": how.enc }), SERVER)
}

/// A JWE as a client would make it with its secret.
pub fn jwe_by_secret(text: &str, how: Encryption, secret: &str) -> String {
    compact(text, &json!({ "alg": how.alg, "enc": how.enc }), secret)
}

/// A JWKS with one key of that `kid` to encrypt to.
pub fn encryption_jwks(kid: &str) -> Value {
    json!({ "keys": [{ "kid": kid, "kty": "test", "use": "enc" }] })
}

/// What a JWE says in its header, and the text within, whoever it is for.
///
/// # Panics
/// When it is none.
pub fn opened(jwe: &str) -> (Value, String) {
    match parts(jwe) {
        Some((header, _, text)) => (header, text),
        None => panic!("{jwe:?} is no JWE of a test"),
    }
}

pub(crate) fn encrypt(
    text: &str,
    content: Content,
    how: Encryption,
    to: Recipient<'_>,
) -> Result<String, NotEncrypted> {
    let mut header = json!({ "alg": how.alg, "enc": how.enc });
    if content == Content::Jwt {
        header["cty"] = "JWT".into();
    }
    let key = match to {
        Recipient::Secret(secret) if how.alg.is_symmetric() => secret.expose().to_owned(),
        Recipient::Keys(jwks) if !how.alg.is_symmetric() => {
            let mut keys = jwks["keys"].as_array().into_iter().flatten();
            let key = keys.find(|key| key["use"] == "enc").ok_or(NotEncrypted::NoKey(how.alg))?;
            header["kid"] = key["kid"].clone();
            key["kid"].to_string()
        }
        _ => return Err(NotEncrypted::NoKey(how.alg)),
    };
    Ok(compact(text, &header, &key))
}

pub(crate) fn decrypt(
    jwe: &str,
    expected: Option<Encryption>,
    secret: Option<&SecretText>,
) -> Result<SecretText, JweRejected> {
    let (header, key, text) = parts(jwe).ok_or(JweRejected::Malformed)?;
    let word = |name: &str| header[name].as_str().unwrap_or_default().to_owned();
    let alg = JweAlgorithm::try_from(word("alg").as_str()).map_err(|_| JweRejected::Algorithm)?;
    let enc = JweEncryption::try_from(word("enc").as_str()).map_err(|_| JweRejected::Algorithm)?;
    if expected.is_some_and(|expected| expected != Encryption { alg, enc }) {
        return Err(JweRejected::Algorithm);
    }
    let mine = match (alg.is_symmetric(), secret) {
        (false, _) => SERVER,
        (true, Some(secret)) => secret.expose(),
        (true, None) => return Err(JweRejected::Algorithm),
    };
    let fits = key == TokenHash::of(mine).as_str();
    if fits { Ok(SecretText::new(text)) } else { Err(JweRejected::Undecryptable) }
}

fn compact(text: &str, header: &Value, key: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let key = TokenHash::of(key);
    format!("{}.{}.AA.{}.AA", part(&header.to_string()), part(key.as_str()), part(text))
}

fn parts(jwe: &str) -> Option<(Value, String, String)> {
    let parts: Vec<&str> = jwe.split('.').collect();
    let [header, key, _, text, _] = parts[..] else { return None };
    let text_of = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    Some((serde_json::from_str(&text_of(header)?).ok()?, text_of(key)?, text_of(text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encrypted_opens_for_its_recipient_alone() {
        let how = Encryption { alg: JweAlgorithm::EcdhEs, enc: JweEncryption::A256Gcm };
        assert_eq!(decrypt(&jwe_for_server("text", how), Some(how), None).unwrap().expose(), "text");
        let dir = Encryption { alg: JweAlgorithm::Dir, ..how };
        let jwe = jwe_by_secret("text", dir, "s");
        assert_eq!(decrypt(&jwe, None, Some(&SecretText::new("s"))).unwrap().expose(), "text");
        let refused =
            |expected, secret: &str| decrypt(&jwe, expected, Some(&SecretText::new(secret))).map(|_| ()).unwrap_err();
        assert_eq!(refused(None, "t"), JweRejected::Undecryptable);
        assert_eq!(refused(Some(how), "s"), JweRejected::Algorithm);
        let to = Recipient::Keys(&encryption_jwks("k"));
        let (header, text) = opened(&encrypt("text", Content::Jwt, how, to).unwrap());
        assert_eq!((header["kid"].as_str(), header["cty"].as_str(), text.as_str()), (Some("k"), Some("JWT"), "text"));
        let none = encrypt("text", Content::Jwt, how, Recipient::Keys(&json!({ "keys": [] })));
        assert!(matches!(none, Err(NotEncrypted::NoKey(_))));
    }
}

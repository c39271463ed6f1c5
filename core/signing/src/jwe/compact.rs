//! The compact serialisation of a JWE (RFC 7516 3.1, 7.1), read with nothing believed.

use super::content::{Sealed, open};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::encryption::{Content, JweRejected};
use gatewright_domain::secret::SecretText;
use gatewright_protocol::jwe::{JweAlgorithm, JweEncryption};
use gatewright_protocol::registration::encryption::Encryption;
use serde_json::{Map, Value};

/// Longest JWE that is read at all, in bytes: a JWT of the longest kind, encrypted, with its header and keys.
pub const JWE_BYTES_MAX: usize = 24 * 1024;

/// A JWE taken apart. Of its header only these members are used: keys that it points at (`jku`, `x5u`) never are.
#[derive(Debug)]
pub(crate) struct Compact<'j> {
    /// `alg` and `enc`, ones that this server knows.
    pub how: Encryption,
    /// `kid`.
    pub kid: Option<String>,
    /// `epk`, the sender's half of a key agreement.
    pub epk: Option<Map<String, Value>>,
    /// `apu` and `apv`, decoded; empty where absent.
    pub parties: [Vec<u8>; 2],
    /// The JWE Encrypted Key.
    pub encrypted_key: Vec<u8>,
    header: &'j str,
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

impl<'j> Compact<'j> {
    /// Takes `jwe` apart.
    ///
    /// # Errors
    /// `Malformed` for what is no compact JWE, is over [`JWE_BYTES_MAX`], demands an extension (`crit`) or is compressed
    /// (`zip`, RFC 8725 3.6: how large it would become is not known before); `Algorithm` for an `alg` or `enc` this
    /// server does not know.
    pub fn parse(jwe: &'j str) -> Result<Self, JweRejected> {
        if jwe.len() > JWE_BYTES_MAX {
            return Err(JweRejected::Malformed);
        }
        let mut parts = jwe.split('.');
        let mut part = || parts.next().ok_or(JweRejected::Malformed);
        let (header, encrypted_key, iv, ciphertext, tag) = (part()?, part()?, part()?, part()?, part()?);
        if part().is_ok() {
            return Err(JweRejected::Malformed);
        }
        let members: Map<String, Value> =
            serde_json::from_slice(&decoded(header)?).map_err(|_| JweRejected::Malformed)?;
        if members.contains_key("crit") || members.contains_key("zip") {
            return Err(JweRejected::Malformed);
        }
        let alg = text(&members, "alg")?.ok_or(JweRejected::Malformed)?;
        let enc = text(&members, "enc")?.ok_or(JweRejected::Malformed)?;
        let alg = JweAlgorithm::try_from(alg).map_err(|_| JweRejected::Algorithm)?;
        let enc = JweEncryption::try_from(enc).map_err(|_| JweRejected::Algorithm)?;
        let party = |name| text(&members, name)?.map_or_else(|| Ok(Vec::new()), decoded);
        Ok(Self {
            how: Encryption { alg, enc },
            kid: text(&members, "kid")?.map(str::to_owned),
            epk: match members.get("epk") {
                None => None,
                Some(Value::Object(epk)) => Some(epk.clone()),
                Some(_) => return Err(JweRejected::Malformed),
            },
            parties: [party("apu")?, party("apv")?],
            encrypted_key: decoded(encrypted_key)?,
            header,
            iv: decoded(iv)?,
            ciphertext: decoded(ciphertext)?,
            tag: decoded(tag)?,
        })
    }

    /// The text within, if `key` is the content key.
    pub fn opened_with(&self, key: &[u8]) -> Option<SecretText> {
        let sealed = Sealed { iv: self.iv.clone(), ciphertext: self.ciphertext.clone(), tag: self.tag.clone() };
        let opened = open(self.how.enc, key, self.header.as_bytes(), &sealed)?;
        std::str::from_utf8(&opened).ok().map(SecretText::new)
    }
}

/// The encoded header of a JWE made here.
pub(super) fn header_of(how: Encryption, content: Content, told: Map<String, Value>) -> String {
    let mut header = told;
    header.insert("alg".to_owned(), how.alg.as_str().into());
    header.insert("enc".to_owned(), how.enc.as_str().into());
    if content == Content::Jwt {
        header.insert("cty".to_owned(), "JWT".into());
    }
    URL_SAFE_NO_PAD.encode(Value::Object(header).to_string())
}

/// The five parts.
pub(super) fn encoded(header: &str, encrypted_key: &[u8], sealed: &Sealed) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let Sealed { iv, ciphertext, tag } = sealed;
    [header, &part(encrypted_key), &part(iv), &part(ciphertext), &part(tag)].join(".")
}

fn decoded(part: &str) -> Result<Vec<u8>, JweRejected> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JweRejected::Malformed)
}

/// A member that is text where it is there at all.
fn text<'h>(header: &'h Map<String, Value>, name: &str) -> Result<Option<&'h str>, JweRejected> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JweRejected::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jwe(header: &str) -> String {
        format!("{}.AAAA.AAAA.AAAA.AAAA", URL_SAFE_NO_PAD.encode(header))
    }

    #[test]
    fn a_well_formed_jwe_is_taken_apart() {
        let text =
            jwe(r#"{"alg":"ECDH-ES","enc":"A256GCM","kid":"k","epk":{"kty":"EC"},"apu":"AQ","x5u":"https://x"}"#);
        let compact = Compact::parse(&text).unwrap();
        assert_eq!(compact.how, Encryption { alg: JweAlgorithm::EcdhEs, enc: JweEncryption::A256Gcm });
        assert_eq!((compact.kid.as_deref(), compact.epk.unwrap()["kty"].as_str()), (Some("k"), Some("EC")));
        assert_eq!((compact.parties, compact.encrypted_key), ([vec![1], vec![]], vec![0; 3]));
    }

    #[test]
    fn headers_are_refused_by_rule() {
        use JweRejected::{Algorithm, Malformed};
        for (header, refused) in [
            (r#"{"alg":"RSA1_5","enc":"A128GCM"}"#, Algorithm),
            (r#"{"alg":"RSA-OAEP","enc":"A128GCM"}"#, Algorithm),
            (r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2000000000,"p2s":"AA"}"#, Algorithm),
            (r#"{"alg":"none","enc":"A128GCM"}"#, Algorithm),
            (r#"{"alg":"dir","enc":"A192GCM"}"#, Algorithm),
            (r#"{"alg":"dir","enc":"none"}"#, Algorithm),
            (r#"{"alg":"dir"}"#, Malformed),
            (r#"{"enc":"A128GCM"}"#, Malformed),
            (r#"{"alg":["dir"],"enc":"A128GCM"}"#, Malformed),
            (r#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#, Malformed),
            (r#"{"alg":"dir","enc":"A128GCM","crit":["exp"],"exp":1}"#, Malformed),
            (r#"{"alg":"dir","enc":"A128GCM","kid":7}"#, Malformed),
            (r#"{"alg":"ECDH-ES","enc":"A128GCM","epk":"x"}"#, Malformed),
            (r#"{"alg":"ECDH-ES","enc":"A128GCM","apu":"?"}"#, Malformed),
            (r#"["dir"]"#, Malformed),
            ("", Malformed),
        ] {
            assert_eq!(Compact::parse(&jwe(header)).unwrap_err(), refused, "{header}");
        }
    }

    #[test]
    fn what_is_not_five_parts_of_unpadded_base64url_is_malformed() {
        let good = jwe(r#"{"alg":"dir","enc":"A128GCM"}"#);
        assert!(Compact::parse(&good).is_ok());
        for text in ["", "....", "a.b.c", &format!("{good}.AAAA"), &format!("{good}="), &good[..good.len() - 5]] {
            assert_eq!(Compact::parse(text).unwrap_err(), JweRejected::Malformed, "{text}");
        }
    }

    #[test]
    fn the_size_limit_is_met_to_the_byte() {
        let head = jwe(r#"{"alg":"dir","enc":"A128GCM"}"#);
        let room = JWE_BYTES_MAX - head.len();
        let fitting = format!("{head}{}", "A".repeat(room - room % 4));
        assert!(fitting.len() > JWE_BYTES_MAX - 4 && Compact::parse(&fitting).is_ok());
        assert_eq!(Compact::parse(&format!("{fitting}AAAA")).unwrap_err(), JweRejected::Malformed);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,200}|([A-Za-z0-9_-]{0,30}\\.){4}[A-Za-z0-9_-]{0,30}") {
            prop_assert!(Compact::parse(&text).is_err());
        }

        #[test]
        fn no_header_makes_the_parser_panic(
            header in "\\{(\"(alg|enc|kid|epk|apu|zip|crit)\":(\"dir\"|\"A128GCM\"|\"ECDH-ES\"|1|null|\\{\\}),?){0,5}\\}",
        ) {
            if Compact::parse(&jwe(&header)).is_ok() {
                prop_assert!(!header.contains("zip") && !header.contains("crit"), "{}", header);
            }
        }
    }
}

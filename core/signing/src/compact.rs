//! The compact serialisation of a JWS (RFC 7515 3.1, 7.1), read with nothing believed: claims come out only
//! together with a signature that fits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::signing::JwtRejected;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use serde_json::{Map, Value};

/// Longest JWT that is read at all, in bytes.
pub const JWT_BYTES_MAX: usize = 16 * 1024;

/// A JWT taken apart. Of its header only these members are used: keys the header brings along or points at
/// (`jwk`, `jku`, `x5c`, `x5u`) never are.
#[derive(Debug)]
pub(crate) struct Compact<'j> {
    /// `alg`, one that this server knows.
    pub algorithm: JwsAlgorithm,
    /// `kid`.
    pub kid: Option<String>,
    /// `typ`.
    pub typ: Option<String>,
    signed: &'j str,
    payload: &'j str,
    signature: Vec<u8>,
}

impl<'j> Compact<'j> {
    /// Takes `jwt` apart.
    ///
    /// # Errors
    /// `Malformed` for what is no compact JWS, is over [`JWT_BYTES_MAX`] or demands an extension (`crit`, RFC 7515
    /// 4.1.11: none is understood here); `Algorithm` for an `alg` this server does not know, `none` among them.
    pub fn parse(jwt: &'j str) -> Result<Self, JwtRejected> {
        if jwt.len() > JWT_BYTES_MAX {
            return Err(JwtRejected::Malformed);
        }
        let (signed, signature) = jwt.rsplit_once('.').ok_or(JwtRejected::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwtRejected::Malformed)?;
        if payload.contains('.') {
            return Err(JwtRejected::Malformed);
        }
        let header = json_object(&decoded(header)?)?;
        if header.contains_key("crit") {
            return Err(JwtRejected::Malformed);
        }
        let algorithm = text(&header, "alg")?.ok_or(JwtRejected::Malformed)?;
        Ok(Self {
            algorithm: JwsAlgorithm::try_from(algorithm).map_err(|_| JwtRejected::Algorithm)?,
            kid: text(&header, "kid")?.map(str::to_owned),
            typ: text(&header, "typ")?.map(str::to_owned),
            signed,
            payload,
            signature: decoded(signature)?,
        })
    }

    /// The claims, if `fits` finds the signature right. It is handed what was signed, then the signature.
    ///
    /// # Errors
    /// `Signature` when it does not; `Malformed` when what was signed is no JSON object.
    pub fn claims(self, fits: impl FnOnce(&[u8], &[u8]) -> bool) -> Result<Map<String, Value>, JwtRejected> {
        if !fits(self.signed.as_bytes(), &self.signature) {
            return Err(JwtRejected::Signature);
        }
        json_object(&decoded(self.payload)?)
    }
}

fn decoded(part: &str) -> Result<Vec<u8>, JwtRejected> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtRejected::Malformed)
}

fn json_object(bytes: &[u8]) -> Result<Map<String, Value>, JwtRejected> {
    serde_json::from_slice(bytes).map_err(|_| JwtRejected::Malformed)
}

/// A member that is text where it is there at all.
fn text<'h>(header: &'h Map<String, Value>, name: &str) -> Result<Option<&'h str>, JwtRejected> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwtRejected::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jwt(header: &str, payload: &str) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", part(header), part(payload), part("signature"))
    }

    #[test]
    fn a_well_formed_jwt_is_taken_apart() {
        let jwt = jwt(r#"{"alg":"ES256","kid":"k","typ":"JWT","jwk":{"kty":"oct"}}"#, r#"{"sub":"s"}"#);
        let compact = Compact::parse(&jwt).unwrap();
        assert_eq!(compact.algorithm, JwsAlgorithm::ES256);
        assert_eq!((compact.kid.as_deref(), compact.typ.as_deref()), (Some("k"), Some("JWT")));
        let signed_part = jwt.rsplit_once('.').unwrap().0;
        let claims = compact.claims(|signed, signature| signed == signed_part.as_bytes() && signature == b"signature");
        assert_eq!(claims.unwrap()["sub"], "s");
    }

    #[test]
    fn claims_do_not_come_out_without_a_signature_that_fits() {
        let jwt = jwt(r#"{"alg":"ES256"}"#, r#"{"sub":"s"}"#);
        assert_eq!(Compact::parse(&jwt).unwrap().claims(|_, _| false), Err(JwtRejected::Signature));
    }

    #[test]
    fn headers_are_refused_by_rule() {
        let cases = [
            (r#"{"alg":"none"}"#, JwtRejected::Algorithm),
            (r#"{"alg":"NONE"}"#, JwtRejected::Algorithm),
            (r#"{"alg":"es256"}"#, JwtRejected::Algorithm),
            (r#"{"alg":"HS512"}"#, JwtRejected::Algorithm),
            (r#"{"alg":""}"#, JwtRejected::Algorithm),
            (r#"{"alg":null}"#, JwtRejected::Malformed),
            (r#"{"alg":["ES256"]}"#, JwtRejected::Malformed),
            (r#"{"kid":"k"}"#, JwtRejected::Malformed),
            (r#"{"alg":"ES256","kid":7}"#, JwtRejected::Malformed),
            (r#"{"alg":"ES256","typ":{}}"#, JwtRejected::Malformed),
            (r#"{"alg":"ES256","crit":["exp"],"exp":1}"#, JwtRejected::Malformed),
            (r#"{"alg":"ES256","crit":["b64"],"b64":false}"#, JwtRejected::Malformed),
            (r#"{"alg":"ES256","crit":null}"#, JwtRejected::Malformed),
            (r#"["ES256"]"#, JwtRejected::Malformed),
            (r#"{"alg":"ES256"} {}"#, JwtRejected::Malformed),
            ("", JwtRejected::Malformed),
        ];
        for (header, refused) in cases {
            assert_eq!(Compact::parse(&jwt(header, "{}")).unwrap_err(), refused, "{header}");
        }
    }

    #[test]
    fn what_is_not_three_parts_of_unpadded_base64url_is_malformed() {
        let good = jwt(r#"{"alg":"ES256"}"#, "{}");
        let header = good.split('.').next().unwrap();
        for text in [
            String::new(),
            ".".to_owned(),
            "..".to_owned(),
            header.to_owned(),
            format!("{header}.e30"),
            format!("{good}.e30"),
            format!("{good}="),
            format!(" {good}"),
            format!("{good}\n"),
            format!("{good}+/"),
        ] {
            assert_eq!(Compact::parse(&text).unwrap_err(), JwtRejected::Malformed, "{text:?}");
        }
    }

    #[test]
    fn a_payload_that_is_no_object_is_malformed_though_signed() {
        for payload in ["", "7", "[]", "\"sub\"", "{", "null"] {
            let jwt = jwt(r#"{"alg":"ES256"}"#, payload);
            let claims = Compact::parse(&jwt).unwrap().claims(|_, _| true);
            assert_eq!(claims, Err(JwtRejected::Malformed), "{payload}");
        }
    }

    #[test]
    fn the_size_limit_is_met_to_the_byte() {
        let head = jwt(r#"{"alg":"ES256"}"#, "{}");
        let room = JWT_BYTES_MAX - head.len();
        // A multiple of four characters keeps the last part decodable.
        let fitting = format!("{head}{}", "A".repeat(room - room % 4));
        assert!(fitting.len() > JWT_BYTES_MAX - 4);
        assert!(Compact::parse(&fitting).is_ok());
        let over = format!("{fitting}AAAA");
        assert!(over.len() > JWT_BYTES_MAX);
        assert_eq!(Compact::parse(&over).unwrap_err(), JwtRejected::Malformed);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
            prop_assert!(Compact::parse(&text).is_err() || text.matches('.').count() == 2);
        }

        #[test]
        fn no_header_makes_the_parser_panic(header in "\\{?(\"(alg|kid|typ|crit)\":(\"ES256\"|1|null|\\[\\]),?){0,4}\\}?") {
            let text = jwt(&header, "{}");
            if let Ok(compact) = Compact::parse(&text) {
                prop_assert_eq!(compact.algorithm, JwsAlgorithm::ES256);
                prop_assert!(!header.contains("crit"));
            }
        }
    }
}

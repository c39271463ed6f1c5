//! A public key as somebody hands it over: the members that make it up and nothing else (RFC 7517 4, RFC 7518 6,
//! RFC 8037 2), and its thumbprint (RFC 7638 3).

use serde_json::{Map, Value};

use crate::{jws_algorithm::JwsAlgorithm, thumbprint::Thumbprint};

/// Members of a JWK that are secret: private parts of RSA and elliptic keys, and symmetric keys (RFC 7518 6).
pub const SECRET_JWK_MEMBERS: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
/// Longest member of a key, in characters: the modulus of an RSA key of 8192 bits.
pub const MEMBER_MAX_CHARS: usize = 1366;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicJwk {
    /// An RSA key.
    Rsa {
        /// Modulus.
        n: String,
        /// Exponent.
        e: String,
    },
    /// A point on a curve of NIST's.
    Ec {
        /// The curve.
        crv: String,
        /// A coordinate.
        x: String,
        /// The other.
        y: String,
    },
    /// A point on an Edwards curve.
    Okp {
        /// The curve.
        crv: String,
        /// The point.
        x: String,
    },
}

impl PublicJwk {
    /// Reads a key. Members that say what it is for are left out.
    ///
    /// # Errors
    /// What is wrong with it: no object, a private or symmetric key, another kind, a member missing or no base64url.
    pub fn parse(jwk: &Value) -> Result<Self, &'static str> {
        let members = jwk.as_object().ok_or("it is not an object")?;
        if SECRET_JWK_MEMBERS.iter().any(|secret| members.contains_key(*secret)) {
            return Err("it has a private or symmetric part");
        }
        let text = |name: &str| {
            let text = members.get(name)?.as_str()?;
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            (!text.is_empty() && text.len() <= MEMBER_MAX_CHARS && text.bytes().all(plain)).then(|| text.to_owned())
        };
        let key = match members.get("kty").and_then(Value::as_str) {
            Some("RSA") => text("n").zip(text("e")).map(|(n, e)| Self::Rsa { n, e }),
            Some("EC") => text("crv").zip(text("x").zip(text("y"))).map(|(crv, (x, y))| Self::Ec { crv, x, y }),
            Some("OKP") => text("crv").zip(text("x")).map(|(crv, x)| Self::Okp { crv, x }),
            _ => return Err("it is of a kind that this server does not know"),
        };
        key.ok_or("a member that makes it up is missing or not base64url")
    }

    /// Whether `algorithm` is one of such a key's.
    #[must_use]
    pub fn fits(&self, algorithm: JwsAlgorithm) -> bool {
        match self {
            Self::Rsa { .. } => matches!(algorithm, JwsAlgorithm::RS256 | JwsAlgorithm::PS256),
            Self::Ec { crv, .. } => algorithm == JwsAlgorithm::ES256 && crv == "P-256",
            Self::Okp { crv, .. } => algorithm == JwsAlgorithm::EdDSA && crv == "Ed25519",
        }
    }

    /// The members in the order of RFC 7638 3.2.
    fn members(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Rsa { n, e } => vec![("e", e), ("kty", "RSA"), ("n", n)],
            Self::Ec { crv, x, y } => vec![("crv", crv), ("kty", "EC"), ("x", x), ("y", y)],
            Self::Okp { crv, x } => vec![("crv", crv), ("kty", "OKP"), ("x", x)],
        }
    }

    /// The key as a JWK without another member.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        self.members().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
    }

    /// Its thumbprint. The alphabet of the members takes no escape, so that the canonical JSON is written as it is.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let mut canonical = String::with_capacity(160);
        for (name, value) in self.members() {
            canonical.push(if canonical.is_empty() { '{' } else { ',' });
            for part in ["\"", name, "\":\"", value, "\""] {
                canonical.push_str(part);
            }
        }
        canonical.push('}');
        Thumbprint::of(canonical.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_example_of_rfc_7638_comes_out() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3\
                 oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zg\
                 dAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF\
                 Cur-kEgU8awapJzKnqDKgw";
        let key = PublicJwk::parse(&json!({ "kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" }));
        assert_eq!(key.unwrap().thumbprint().as_str(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn only_what_makes_up_a_public_key_is_read() {
        let good = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "BB", "kid": "1", "use": "sig" });
        let key = PublicJwk::parse(&good).unwrap();
        assert_eq!(Value::Object(key.to_map()), json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "BB" }));
        assert!(key.fits(JwsAlgorithm::ES256) && !key.fits(JwsAlgorithm::EdDSA));
        for bad in [
            json!("text"),
            json!({ "kty": "oct", "k": "AA" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AA" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "A\"A", "y": "BB" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "BB", "d": "CC" }),
            json!({ "kty": "RSA", "n": "A".repeat(MEMBER_MAX_CHARS + 1), "e": "AQAB" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": 7 }),
        ] {
            assert!(PublicJwk::parse(&bad).is_err(), "{bad}");
        }
    }
}

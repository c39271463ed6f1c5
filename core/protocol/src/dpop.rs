//! DPoP proofs (RFC 9449 4.2): a JWT by which the sender of one request shows that it has a private key. Here it is taken
//! apart with nothing believed; whether its signature and its claims are right is found out elsewhere.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use url::Url;

use crate::{
    error::{ErrorCode, Refusal},
    jws_algorithm::JwsAlgorithm,
    public_jwk::PublicJwk,
};

/// Longest proof, in bytes: one by an RSA key of 8192 bits has about 4000.
pub const PROOF_MAX_BYTES: usize = 8 * 1024;
/// Longest `jti`, in bytes.
pub const JTI_MAX_BYTES: usize = 256;
/// How a proof may be signed. RS256 is not among them: there are no old clients to wait for.
pub const DPOP_ALGORITHMS: [JwsAlgorithm; 3] = [JwsAlgorithm::ES256, JwsAlgorithm::EdDSA, JwsAlgorithm::PS256];
/// The `typ` of a proof.
const PROOF_TYPE: &str = "dpop+jwt";

/// A proof as it is presented.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DpopProof {
    /// How it says that it is signed.
    pub algorithm: JwsAlgorithm,
    /// The key it says that it is signed with.
    pub key: PublicJwk,
    /// Its name, for one use.
    pub jti: String,
    /// The request's method.
    pub htm: String,
    /// The request's URL.
    pub htu: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// When it stops working, where it says.
    pub exp: Option<i64>,
    /// When it begins to work, where it says.
    pub nbf: Option<i64>,
    /// The hash of the access token that it goes with.
    pub ath: Option<String>,
    /// What the server gave out for it.
    pub nonce: Option<String>,
}

impl DpopProof {
    /// Takes a proof apart.
    ///
    /// # Errors
    /// `invalid_dpop_proof`, with what is missing or wrong.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.len() > PROOF_MAX_BYTES {
            return Err(refused("it is too long"));
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refused("it is not a JWT"));
        };
        let (algorithm, key) = read_header(&object(header)?)?;
        let claims = object(claims)?;
        let jti = text_of(&claims, "jti")?;
        if jti.len() > JTI_MAX_BYTES {
            return Err(refused("jti is too long"));
        }
        Ok(Self {
            algorithm,
            key,
            jti,
            htm: text_of(&claims, "htm")?,
            htu: text_of(&claims, "htu")?,
            iat: seconds(&claims, "iat")?.ok_or_else(|| refused("iat is missing"))?,
            exp: seconds(&claims, "exp")?,
            nbf: seconds(&claims, "nbf")?,
            ath: optional_text(&claims, "ath")?,
            nonce: optional_text(&claims, "nonce")?,
        })
    }
}

/// A refusal with the code `invalid_dpop_proof`.
#[must_use]
pub fn refused(why: &str) -> Refusal {
    Refusal::new(ErrorCode::InvalidDpopProof, format!("The DPoP proof is not accepted: {why}."))
}

/// Whether the URL of a proof is that of a request: without query and fragment, in the normal form of the URL standard
/// (RFC 9449 4.3).
#[must_use]
pub fn is_same_target(htu: &str, target: &str) -> bool {
    htu == target || normal(htu).is_some_and(|htu| Some(htu) == normal(target))
}

fn normal(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok().filter(|url| url.has_host() && url.username().is_empty())?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

fn read_header(header: &Map<String, Value>) -> Result<(JwsAlgorithm, PublicJwk), Refusal> {
    if header.get("typ").and_then(Value::as_str) != Some(PROOF_TYPE) {
        return Err(refused("typ must be dpop+jwt"));
    }
    if header.contains_key("crit") {
        return Err(refused("crit names an extension, and none is understood here"));
    }
    let algorithm = header.get("alg").and_then(Value::as_str).and_then(|name| JwsAlgorithm::try_from(name).ok());
    let Some(algorithm) = algorithm.filter(|algorithm| DPOP_ALGORITHMS.contains(algorithm)) else {
        return Err(refused("alg must be one of ES256, EdDSA, PS256"));
    };
    let jwk = header.get("jwk").ok_or_else(|| refused("jwk is missing"))?;
    let key = PublicJwk::parse(jwk).map_err(|why| refused(&format!("jwk cannot be used: {why}")))?;
    if !key.fits(algorithm) {
        return Err(refused("jwk is not a key for alg"));
    }
    Ok((algorithm, key))
}

fn object(part: &str) -> Result<Map<String, Value>, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(|| refused("it is not a JWT"))
}

fn text_of(claims: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    optional_text(claims, name)?.filter(|text| !text.is_empty()).ok_or_else(|| refused(&format!("{name} is missing")))
}

fn optional_text(claims: &Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(refused(&format!("{name} must be a text"))),
    }
}

/// A NumericDate, which may have a fraction (RFC 7519 2); whole seconds decide.
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, Refusal> {
    let Some(claim) = claims.get(name) else { return Ok(None) };
    #[expect(clippy::cast_possible_truncation, reason = "a float out of range saturates, and then refuses")]
    let seconds = claim.as_i64().or_else(|| claim.as_f64().map(|float| float as i64));
    seconds.map(Some).ok_or_else(|| refused(&format!("{name} must be a number of seconds")))
}

#[cfg(test)]
mod tests;

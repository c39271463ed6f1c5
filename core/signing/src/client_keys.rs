//! A client's key set, and which of its keys a JWT may have been signed with (RFC 7517 5, RFC 7515 appendix D).

use crate::client_jwk::is_for;
use crate::compact::Compact;
use crate::kept_verifiers::KeptVerifiers;
use gatewright_domain::signing::JwtRejected;
use serde_json::{Map, Value};

/// Most keys in a client's key set; a larger set is not used at all.
pub const JWKS_KEYS_MAX: usize = 64;
/// Most keys that one JWT is tried against.
pub const KEYS_TRIED_MAX: usize = 16;

/// The claims of a JWT that one key of the set signed. Keys named like the JWT's `kid` are tried; where there are none,
/// those without a name; all, where the JWT names none.
///
/// # Errors
/// `UnknownKey` when no key fits, or the set is none or too large. Also when the JWT names a key that the set has not
/// and no nameless key verifies it: the set is then likely out of date. `Signature` when keys fit and none verifies.
pub(crate) fn verify(
    compact: Compact<'_>,
    jwks: &Value,
    kept: &KeptVerifiers,
) -> Result<Map<String, Value>, JwtRejected> {
    let keys = jwks.get("keys").and_then(Value::as_array).ok_or(JwtRejected::UnknownKey)?;
    if keys.len() > JWKS_KEYS_MAX {
        return Err(JwtRejected::UnknownKey);
    }
    let fitting = || keys.iter().filter_map(Value::as_object).filter(|jwk| is_for(jwk, compact.algorithm));
    let (tried, otherwise) = match compact.kid.as_deref() {
        None => (fitting().collect(), JwtRejected::Signature),
        Some(kid) => {
            let named: Vec<_> = fitting().filter(|jwk| jwk.get("kid").is_some_and(|name| name == kid)).collect();
            if named.is_empty() {
                (fitting().filter(|jwk| !jwk.contains_key("kid")).collect(), JwtRejected::UnknownKey)
            } else {
                (named, JwtRejected::Signature)
            }
        }
    };
    verify_with(compact, (&tried, kept), otherwise)
}

fn verify_with(
    compact: Compact<'_>,
    (tried, kept): (&[&Map<String, Value>], &KeptVerifiers),
    otherwise: JwtRejected,
) -> Result<Map<String, Value>, JwtRejected> {
    let algorithm = compact.algorithm;
    let mut usable = tried.iter().take(KEYS_TRIED_MAX).filter_map(|jwk| kept.of(jwk, algorithm)).peekable();
    if usable.peek().is_none() {
        return Err(JwtRejected::UnknownKey);
    }
    compact
        .claims(|signed, signature| usable.any(|key| key.verify(signed, signature).is_ok()))
        .map_err(|rejected| if rejected == JwtRejected::Signature { otherwise } else { rejected })
}

//! Request objects: authorization requests as JWTs (OpenID Connect Core 6, RFC 9101).
//!
//! What is read here is read before anything is verified; who may believe it, and when, is decided elsewhere.

mod parameters;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::error::Refusal;

pub use parameters::{overlaid, parameters};

/// Longest request object, in bytes: an encrypted one around the longest JWT that is read.
pub const REQUEST_OBJECT_MAX_BYTES: usize = 24 * 1024;
/// Most of a request object's header, in bytes before it is decoded.
pub const HEADER_MAX_BYTES: usize = 4 * 1024;

/// The `typ` of a request object that RFC 9101 is meant by (RFC 9101 4).
pub const REQUEST_OBJECT_TYPE: &str = "oauth-authz-req+jwt";

/// How a request object comes, by its own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presented {
    /// Encrypted: what it says is inside.
    Encrypted,
    /// Signed.
    Signed {
        /// Its `typ` says that it is held to RFC 9101.
        profiled: bool,
    },
    /// Not signed (`alg` is `none`).
    Unsigned {
        /// Its `typ` says that it is held to RFC 9101.
        profiled: bool,
        /// What it says.
        claims: Map<String, Value>,
    },
}

impl Presented {
    /// Looks at a request object.
    ///
    /// # Errors
    /// `invalid_request_object` for what is over a limit, no JWT, of another `typ` than a request object has, demands an
    /// extension (`crit`), or says that it is not signed and has a signature.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.len() > REQUEST_OBJECT_MAX_BYTES {
            return Err(refused(&format!("is longer than {REQUEST_OBJECT_MAX_BYTES} bytes")));
        }
        let parts: Vec<&str> = text.splitn(6, '.').collect();
        let [header, payload, signature] = match parts.as_slice() {
            [header, payload, signature] => [*header, *payload, *signature],
            [_, _, _, _, _] => return Ok(Self::Encrypted),
            _ => return Err(refused("is no JWT")),
        };
        if header.len() > HEADER_MAX_BYTES {
            return Err(refused(&format!("has a header of more than {HEADER_MAX_BYTES} bytes")));
        }
        let header = object(header)?;
        let profiled = is_profiled(header.get("typ"))?;
        if header.contains_key("crit") {
            return Err(refused("demands an extension (crit), and this server knows none"));
        }
        match header.get("alg").and_then(Value::as_str) {
            None => Err(refused("names no alg")),
            Some("none") if signature.is_empty() => Ok(Self::Unsigned { profiled, claims: object(payload)? }),
            Some("none") => Err(refused("says that it is not signed, and has a signature")),
            Some(_) => Ok(Self::Signed { profiled }),
        }
    }
}

/// Whether the `typ` is that of RFC 9101; other kinds of JWT are not taken for a request object (RFC 9101 10.8).
fn is_profiled(typ: Option<&Value>) -> Result<bool, Refusal> {
    let Some(typ) = typ else { return Ok(false) };
    let text = typ.as_str().ok_or_else(|| refused("has a typ that is no text"))?.to_ascii_lowercase();
    match text.strip_prefix("application/").unwrap_or(&text) {
        REQUEST_OBJECT_TYPE => Ok(true),
        "jwt" => Ok(false),
        _ => Err(refused(&format!("has the typ of another kind of JWT; it should be {REQUEST_OBJECT_TYPE}"))),
    }
}

fn object(part: &str) -> Result<Map<String, Value>, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| refused("is no JWT"))?;
    serde_json::from_slice(&bytes).map_err(|_| refused("is no JWT"))
}

/// `invalid_request_object`, with what is wrong.
#[must_use]
pub fn refused(why: &str) -> Refusal {
    Refusal::invalid_request_object(format!("The request object {why}."))
}

#[cfg(test)]
mod tests;

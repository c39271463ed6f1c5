//! Secrets: held by the server, handed on by plugins, never seen by them.

use crate::bindings::http::Text;
use crate::bindings::types;
use std::fmt::{Debug, Formatter, Result};

/// Something secret that the server holds: typed by the end-user, or configured by the operator. It can be handed to
/// functions of the server and nothing else: it is not compared, printed or kept. A typed one is gone with the
/// next page.
#[derive(Clone, Copy)]
pub struct Secret(pub(crate) types::Secret);

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("Secret")
    }
}

/// The value of an `Authorization` header with a secret (RFC 6750).
#[derive(Debug, Clone, Copy)]
pub struct Bearer(Secret);

/// `secret` as a bearer token: `http::get(url).header("authorization", bearer(key))`.
pub fn bearer(secret: Secret) -> Bearer {
    Bearer(secret)
}

impl From<Secret> for crate::http::Text {
    fn from(secret: Secret) -> Self {
        Self(Text::Secret((String::new(), secret.0)))
    }
}

impl From<Bearer> for crate::http::Text {
    fn from(Bearer(secret): Bearer) -> Self {
        Self(Text::Secret(("Bearer ".to_owned(), secret.0)))
    }
}

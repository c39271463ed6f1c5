//! Pairs of `…_alg` and `…_enc`: how something is encrypted (OpenID Connect Registration 2).

use super::members::{Members, wrong};
use crate::{
    error::Refusal,
    jwe::{JweAlgorithm, JweEncryption},
};

/// How something is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encryption {
    /// How the content key comes to the recipient.
    pub alg: JweAlgorithm,
    /// How the content is encrypted.
    pub enc: JweEncryption,
}

impl Encryption {
    /// The pair of two members, of which a read document has both or none.
    pub(super) fn of(alg: Option<JweAlgorithm>, enc: Option<JweEncryption>) -> Option<Self> {
        alg.map(|alg| Self { alg, enc: enc.unwrap_or(JweEncryption::A128CbcHs256) })
    }
}

/// The members `{what}_alg` and `{what}_enc`; without the second it is `A128CBC-HS256`.
pub(super) fn pair(
    members: &Members<'_>,
    what: &str,
) -> Result<(Option<JweAlgorithm>, Option<JweEncryption>), Refusal> {
    let (alg, enc) = (format!("{what}_alg"), format!("{what}_enc"));
    match (members.word(&alg)?, members.word(&enc)?) {
        (None, None) => Ok((None, None)),
        (None, Some(_)) => Err(wrong(&enc, &format!("needs {alg}"))),
        (Some(alg), enc) => Ok((Some(alg), Some(enc.unwrap_or(JweEncryption::A128CbcHs256)))),
    }
}

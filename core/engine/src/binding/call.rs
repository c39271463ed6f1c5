//! What a request brings along beside its parameters.

use gatewright_domain::certificate::ClientCertificate;
use gatewright_protocol::token::TokenType;

/// A request of a client, apart from its parameters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Call<'c> {
    /// `Authorization`.
    pub authorization: Option<&'c str>,
    /// `DPoP`.
    pub proof: ProofHeader<'c>,
    /// The certificate of the connection, or the one that a trusted proxy names.
    pub certificate: Option<&'c ClientCertificate>,
    /// What a proof must be for.
    pub place: Place<'c>,
}

/// The header `DPoP` (RFC 9449 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProofHeader<'c> {
    /// Not there.
    #[default]
    None,
    /// There, once.
    One(&'c str),
    /// There more than once, or no text.
    Unreadable,
}

/// Where a request came in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'c> {
    /// Its method.
    pub method: &'c str,
    /// The path of the endpoint, from the issuer.
    pub path: &'c str,
    /// Origins beside the issuer at which this path is served.
    pub origins: &'c [String],
}

impl<'c> From<Option<&'c str>> for Call<'c> {
    /// A request with no more than this `Authorization`.
    fn from(authorization: Option<&'c str>) -> Self {
        Self { authorization, ..Self::default() }
    }
}

/// An access token as it is presented to a resource.
#[derive(Debug, Clone, Copy)]
pub struct PresentedAccess<'a> {
    /// The token.
    pub token: &'a str,
    /// How it is said to be used.
    pub scheme: TokenType,
    /// The rest of the request.
    pub call: Call<'a>,
}

impl<'a> From<&'a str> for PresentedAccess<'a> {
    /// A bearer token, and nothing else.
    fn from(token: &'a str) -> Self {
        Self { token, scheme: TokenType::Bearer, call: Call::default() }
    }
}

impl<'a> From<&'a String> for PresentedAccess<'a> {
    fn from(token: &'a String) -> Self {
        Self::from(token.as_str())
    }
}

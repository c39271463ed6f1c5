//! The parameters of an authorization request, and how they came.

use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::authorization::{self, AuthorizationRequest, peek_response_mode, peek_state};
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use gatewright_protocol::response_mode::ResponseMode;
use gatewright_protocol::state::State;
use gatewright_protocol::thumbprint::Thumbprint;
use std::borrow::Cow;

/// The parameters of an authorization request.
#[derive(Debug, Clone)]
pub struct RequestParameters<'p> {
    params: Cow<'p, Params>,
    signed: bool,
    source: Source,
}

/// Who left the parameters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The browser brought them.
    Browser,
    /// The client pushed them itself (RFC 9126).
    Pushed {
        /// Hash of the request's name.
        hash: TokenHash,
        /// Thumbprint of the key that was proven when it was pushed (RFC 9449 10.1).
        dpop_jkt: Option<Thumbprint>,
    },
    /// This server, for a trip of its own.
    Server,
}

impl<'p> RequestParameters<'p> {
    /// As the browser brought them, in no request object.
    pub fn brought(params: &'p Params) -> Self {
        Self { params: Cow::Borrowed(params), signed: false, source: Source::Browser }
    }

    /// The server's own.
    pub(crate) fn own(params: &'p Params) -> Self {
        Self { params: Cow::Borrowed(params), signed: false, source: Source::Server }
    }

    /// From a request object. `signed` says that it holds every one of them, and the client signed it.
    pub(super) fn in_object(params: Params, signed: bool) -> Self {
        Self { params: Cow::Owned(params), signed, source: Source::Browser }
    }

    /// The same, pushed.
    pub(super) fn pushed(self, hash: TokenHash, dpop_jkt: Option<Thumbprint>) -> Self {
        Self { source: Source::Pushed { hash, dpop_jkt }, ..self }
    }

    /// The parameters by themselves, to be stored.
    pub(super) fn into_params(self) -> Params {
        self.params.into_owned()
    }

    /// Whether all of them are under the client's signature (RFC 9101).
    pub fn is_signed(&self) -> bool {
        self.signed || self.source == Source::Server
    }

    /// Whether no browser could change them (RFC 9126).
    pub fn is_pushed(&self) -> bool {
        self.source != Source::Browser
    }

    /// Who left them here.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The `redirect_uri` as presented.
    ///
    /// # Errors
    /// `invalid_request` when it is repeated.
    pub fn redirect_uri(&self) -> Result<Option<String>, Refusal> {
        authorization::redirect_uri(&self.params)
    }

    /// The `state` an error response must give back.
    pub fn state(&self) -> Option<State> {
        peek_state(&self.params)
    }

    /// The mode an error response must use.
    pub fn response_mode(&self) -> ResponseMode {
        peek_response_mode(&self.params)
    }

    /// All of them, read.
    ///
    /// # Errors
    /// The code of RFC 6749 4.1.2.1 or OpenID Connect Core 3.1.2.6 that fits.
    pub fn parse(&self) -> Result<AuthorizationRequest, Refusal> {
        AuthorizationRequest::parse(&self.params)
    }
}

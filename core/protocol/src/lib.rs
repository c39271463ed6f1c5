//! What travels on the wire: parameters, requests, responses, error codes and metadata of
//! OAuth 2.0 and OpenID Connect.
//!
//! Everything here is pure: no async, no clock, no randomness, no input or output. Bytes become typed
//! values by parsing, and a value that exists has been parsed: there is no other way to build it, and
//! deserialising a stored document parses it again.
//!
//! - the vocabulary: [`scope`], [`response_type`], [`redirect_uri`], [`pkce`] …, one word a file;
//! - what is told when something is wrong: [`malformed`] inside the server, [`error`] to the client;
//! - the messages: [`params`] (the raw form), then one file for each endpoint's request and response.

#[macro_use]
mod words;

pub mod acr;
pub mod amr;
pub mod application_type;
pub mod authorization;
pub mod authorization_response;
pub mod bearer;
pub mod binding_offers;
pub mod claims;
pub mod claims_request;
pub mod client_auth_method;
pub mod client_credentials;
pub mod client_id;
pub mod credential;
pub mod distinguished_name;
pub mod dpop;
pub mod error;
pub mod grant_type;
pub mod hashes;
pub mod introspection;
pub mod issuer;
pub mod jwe;
pub mod jws_algorithm;
pub mod locale;
pub mod logout;
pub mod malformed;
pub mod metadata;
pub mod nonce;
pub mod params;
pub mod pkce;
pub mod prompt;
pub mod public_jwk;
pub mod pushed_request;
pub mod redirect_uri;
pub mod registration;
pub mod request_object;
pub mod request_object_algorithm;
pub mod request_offers;
pub mod resource_metadata;
pub mod response_mode;
pub mod response_type;
pub mod revocation;
pub mod scope;
pub mod security_profile;
pub mod state;
pub mod subject_type;
pub mod thumbprint;
pub mod token;

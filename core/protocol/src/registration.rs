//! Client registration (RFC 7591, RFC 7592, OpenID Connect Dynamic Client Registration 1.0).
//!
//! A document comes in as [`metadata::ClientMetadata`]: each member has its type, and nothing more is known. Held against
//! the rules between members, with defaults filled in, it becomes [`verified::VerifiedMetadata`], which is all
//! that a client may be made from.

pub mod access_token_format;
pub mod answer_metadata;
pub mod binding_metadata;
pub mod encryption;
mod grant_rules;
mod key_rules;
pub mod logout_metadata;
pub mod members;
pub mod metadata;
mod redirect_rules;
pub mod request_metadata;
mod request_rules;
pub mod response;
pub mod update;
mod uri_rules;
pub mod verified;

#[cfg(test)]
mod tests;

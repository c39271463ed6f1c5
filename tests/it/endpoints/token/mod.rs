//! `/token` (RFC 6749 3.2).

mod client_authentication;
mod grants;

//! `/token`.

mod access_token;
mod client_assertion;
mod client_authentication;
mod client_credentials;
mod client_families;
mod code;
mod customize;
mod refresh;

//! `/authorize` (RFC 6749 3.1, OpenID Connect Core 3.1.2): what a request may ask for, and how the answer travels.

mod acr;
mod claims;
mod hints;
mod prompt;
mod response;

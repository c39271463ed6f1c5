//! The nouns of the authorization server and what it asks of the world.
//!
//! Types and traits, with the few pure rules that belong to a noun itself (a journal replays, a code
//! expires). **Invariant:** nothing in this crate opens a file, a socket or a database, reads a clock or
//! draws randomness; all of that comes in through the traits declared here.

pub mod access_token;
pub mod activation;
pub mod admin_scope;
pub mod audit;
pub mod capabilities;
pub mod certificate;
pub mod client;
pub mod clock;
pub mod code;
pub mod confirmation;
pub mod consent;
pub mod encryption;
pub mod entropy;
pub mod factor;
pub mod failed_tries;
pub mod family;
pub mod fault;
pub mod fetch;
pub mod flow;
pub mod guessing;
pub mod hooks;
pub mod identifiers;
pub mod key_algorithm;
pub mod logout;
pub mod new_password;
pub mod page;
pub mod password;
pub mod plugin_key;
pub mod pushed_request;
pub mod refresh_token;
pub mod secret;
pub mod security_event;
pub mod session;
pub mod signing;
pub mod store;
pub mod token_hash;
pub mod trace;
pub mod trial;
pub mod user;

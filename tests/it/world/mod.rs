//! A server process, a browser with cookies, a relying party.

pub mod browser;
pub mod document;
pub mod front;
pub mod jwt;
pub mod page;
pub mod postgres;
pub mod relying_party;
pub mod server;
pub mod signature;
pub mod wire;

pub use browser::{Answer, Browser};
pub use relying_party::RelyingParty;
pub use server::Server;

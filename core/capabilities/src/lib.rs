//! What the server lends to a policy, and the world's clock and randomness: the host side of
//! `gatewright_domain::capabilities`.
//!
//! Outgoing HTTP and password hashing live only here, so that one place decides where the server may connect to
//! and how much work a password costs.

mod clock;
mod directory;
mod entropy;
mod guard;
mod http;
mod passwords;
mod vault;

pub use clock::SystemClock;
pub use directory::Directory;
pub use entropy::OsEntropy;
pub use guard::{FetchSettings, GuardedFetcher, OutgoingError};
pub use http::GuardedHttp;
pub use passwords::{Argon2Hasher, HASH_QUEUE_MAX, HashCost};
pub use vault::{ConfiguredSecrets, SecretUnreadable};

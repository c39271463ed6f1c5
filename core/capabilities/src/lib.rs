//! What policies and the engine are lent of the world: outgoing HTTP behind a guard, password hashing, the directory,
//! the operator's secrets, time and randomness. reqwest, argon2 and the operating system's generator live only here.

mod address;
mod argon2_hasher;
mod clock;
mod directory;
mod entropy;
mod fetch;
mod hashing_threads;
mod http;
mod origin;
mod outgoing;
mod request_headers;
mod resolver;
mod secrets;
mod upstream;

#[cfg(test)]
mod fakes;

pub use argon2_hasher::{Argon2Hasher, HASH_QUEUE_MAX, HashCost, ITERATIONS_MAX, LANES_MAX, MEMORY_KIB_MAX};
pub use clock::SystemClock;
pub use directory::Directory;
pub use entropy::OsEntropy;
pub use fetch::{FETCH_TIMEOUT_MS, FetchSettings, GuardedFetcher};
pub use http::GuardedHttp;
pub use outgoing::{IN_FLIGHT_MAX, OutgoingError, RESPONSE_HEADER_BYTES_MAX};
pub use request_headers::{REQUEST_HEADER_BYTES_MAX, REQUEST_HEADERS_MAX};
pub use secrets::{ConfiguredSecrets, SECRET_BYTES_MAX, SecretUnreadable};
pub use upstream::{PROVIDER_BYTES_MAX, PROVIDER_TIMEOUT_MS, UpstreamProvider, UpstreamProviders, UpstreamSetup};

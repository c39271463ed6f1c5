//! What tests stand on instead of the world: stores in memory, a clock that stands still, seeded
//! randomness, a signer without keys, stub capabilities and a stub policy; and the conformance suite that
//! every set of stores must pass.
//!
//! For tests alone: other crates have it as a dev-dependency. **Invariant:** it knows no adapter, so that
//! one suite judges them all.

pub mod capabilities;
pub mod clock;
pub mod conformance;
pub mod encryption;
pub mod entropy;
pub mod memory;
pub mod policies;
pub mod samples;
pub mod signing;
pub mod smtp;

//! The life of a bundle on a running server: pushed, activated on every node or on none, rolled back.
//!
//! An activation has two phases. Whoever asks for it examines the bundle and *proposes* it. Every node that lives gets
//! ready, off the request path: it compiles the bundle and starts its plugins for a trial, and *votes*. When all are ready
//! the activation is *decided*, and every node swaps to what it has compiled; when one cannot, or is not heard of before
//! the deadline, it is refused, and no node has changed anything.
//!
//! ```text
//! tally      may it be decided?           (pure)    order       propose, wait for the votes, decide
//! boot       what does a start activate?  (pure)    node        a server: beats, votes, follows what is live
//! persons    who may activate?            (pure)    operations  what an operator does: push, activate, roll back
//! backwards  where does a rollback lead?  (pure)    revocation  what a bundle issued, ended
//! ```
//!
//! **Invariant:** what is live is decided in the database alone; a node only ever moves to a later activation.

mod backwards;
mod boot;
mod error;
mod node;
mod operations;
mod order;
mod persons;
mod revocation;
mod tally;

pub use backwards::before;
pub use error::ActivationError;
pub use node::{Joined, NodeSetup, PolicyNode};
pub use operations::{DIGEST_PREFIX_MIN, LIVE, Operations, Pushed};
pub use order::{Activations, Order};
pub use persons::{NOTE_CHARS_MAX, PERSON_CHARS_MAX, line};
pub use revocation::revoke;

/// A node that was not heard of for so long, in seconds, is not asked any more.
pub const NODE_GONE_S: u64 = 12;
/// How long nodes have to get ready, in seconds, where nobody says otherwise: compiling a large plugin takes its time.
pub const WITHIN_S: u64 = 120;
/// Longest that anybody may give them, in seconds.
pub const WITHIN_S_MAX: u64 = 3_600;

#[cfg(test)]
pub(crate) mod tests;

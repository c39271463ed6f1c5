//! The shipped policies, the examples and the page for authors, on the engine that the server has.

#![allow(clippy::unwrap_used, reason = "a test ends at what it does not expect")]

mod coverage;
mod examples;
mod factors;
mod readme;
mod shipped;
mod world;

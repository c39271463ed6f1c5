//! Rehearsal.
mod outcome;
mod world;
pub(crate) use world::World;

//! A policy that is pushed and activated while the server runs: live on every node or on none, never two in one login, and
//! what a bad one issued can be found and ended.

mod again;
mod broken_folder;
mod explained;
pub mod operator;
mod refused;
mod revoked;
mod two_nodes;

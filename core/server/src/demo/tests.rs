//! The relying party against a server of paper: what it sends, what it believes, and what it shows.

mod paper_server;
mod refusals;
mod walk;

//! The server: HTTP, pages, configuration, command line.

pub mod admin;
pub mod assembly;
pub mod bench;
pub mod command;
pub mod configuration;
pub mod demo;
pub mod http;
pub mod listener;
pub mod logging;
pub mod metrics;
pub mod operations;
pub mod pages;

mod demo_data;
mod examined;
mod moment;
mod traces;
mod weight;

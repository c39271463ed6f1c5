//! The stores against real databases: SQLite always, PostgreSQL where `GATEWRIGHT_TEST_POSTGRES` names a
//! server (`postgres://…`); without it, those tests say that they are left out.

#![allow(clippy::unwrap_used, reason = "a test ends at what it does not expect")]

mod bad_rows;
mod connections;
mod crash;
mod databases;
mod notices;
mod opening;
mod postgres;
mod processes;
mod schema;
mod sqlite;

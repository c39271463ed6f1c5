//! The stores against real databases: SQLite always, PostgreSQL where `GATEWRIGHT_TEST_POSTGRES` names a
//! server (`postgres://…`); without it, those tests say that they are left out.

#![allow(clippy::unwrap_used, reason = "a test ends at what it does not expect")]

mod databases;
mod postgres;
mod sqlite;

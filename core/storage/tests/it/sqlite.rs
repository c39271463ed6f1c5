//! Every promise of the stores, on SQLite.

use crate::databases;
use gatewright_testing::conformance::Nodes;
use gatewright_testing::store_conformance;

async fn fresh() -> Option<Nodes> {
    Some(databases::sqlite().nodes())
}

store_conformance!(fresh);

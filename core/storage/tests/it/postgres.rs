//! Every promise of the stores, on PostgreSQL.

use crate::databases::{self, Database};
use gatewright_testing::conformance::Nodes;
use gatewright_testing::store_conformance;

async fn fresh() -> Option<Nodes> {
    databases::postgres().map(Database::nodes)
}

store_conformance!(fresh);

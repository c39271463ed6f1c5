//! Policy bundles, by content.

use super::Tables;
use crate::abort::{Abort, is_taken};
use crate::schema::bundles;
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::BundleStore;

const PLACE: &str = "store.bundles";

#[async_trait]
impl BundleStore for Tables {
    async fn keep(&self, digest: &BundleDigest, files: &[u8], now: Timestamp) -> Result<(), Fault> {
        let (digest, files) = (digest.as_str().to_owned(), files.to_vec());
        self.executor
            .transaction(PLACE, move |connection| {
                let place = bundles::table.find(&digest);
                if diesel::update(place).set(bundles::created_at.eq(now.0)).execute(connection)? > 0 {
                    return Ok(());
                }
                let row = (bundles::digest.eq(&digest), bundles::files.eq(&files), bundles::created_at.eq(now.0));
                match diesel::insert_into(bundles::table).values(row).execute(connection) {
                    Err(error) if is_taken(&error) => Err(Abort::Again),
                    outcome => Ok(outcome.map(|_| ())?),
                }
            })
            .await
    }

    async fn find(&self, digest: &BundleDigest) -> Result<Option<Vec<u8>>, Fault> {
        let digest = digest.as_str().to_owned();
        self.executor
            .read(PLACE, move |connection| {
                Ok(bundles::table.find(&digest).select(bundles::files).get_result(connection).optional()?)
            })
            .await
    }
}

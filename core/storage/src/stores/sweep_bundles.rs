//! Removal of bundles that nothing names any more.

use crate::abort::Abort;
use crate::connection::AnyConnection;
use crate::schema::{
    activations, authorization_codes, bundles, interactions, nodes, policy_trials, pushed_bundles, sessions,
    token_families,
};
use diesel::dsl::exists;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::store::{BUNDLE_KEPT_S, HISTORY_NAMES_MAX, SWEEP_BATCH_MAX};

/// Whether any row of a table names a bundle.
macro_rules! names {
    ($table:ident, $column:ident, $digest:expr, $connection:expr) => {
        diesel::select(exists($table::table.filter($table::$column.eq($digest)))).get_result::<bool>($connection)?
    };
}

/// Removes old bundles that nothing names, and what was said of their push.
pub(super) fn sweep_bundles(connection: &mut AnyConnection, now: Timestamp) -> Result<usize, Abort> {
    let old = bundles::created_at.le(now.minus(BUNDLE_KEPT_S).0);
    let old: Vec<String> = bundles::table.filter(old).select(bundles::digest).load(connection)?;
    if old.is_empty() {
        return Ok(0);
    }
    let latest = activations::table.order(activations::number.desc()).limit(HISTORY_NAMES_MAX as i64);
    let history: Vec<String> = latest.select(activations::digest).load(connection)?;
    let mut gone = Vec::new();
    for digest in old.into_iter().filter(|digest| !history.contains(digest)) {
        if gone.len() < SWEEP_BATCH_MAX && !is_named(connection, &digest)? {
            gone.push(digest);
        }
    }
    diesel::delete(pushed_bundles::table.filter(pushed_bundles::digest.eq_any(&gone))).execute(connection)?;
    // The one that was put there again in the meantime stays.
    let still_old = bundles::created_at.le(now.minus(BUNDLE_KEPT_S).0);
    Ok(diesel::delete(bundles::table.filter(bundles::digest.eq_any(&gone)).filter(still_old)).execute(connection)?)
}

fn is_named(connection: &mut AnyConnection, digest: &str) -> Result<bool, Abort> {
    Ok(names!(sessions, bundle, digest, connection)
        || names!(interactions, bundle, digest, connection)
        || names!(authorization_codes, bundle, digest, connection)
        || names!(token_families, bundle, digest, connection)
        || names!(nodes, digest, digest, connection)
        || names!(policy_trials, digest, digest, connection))
}

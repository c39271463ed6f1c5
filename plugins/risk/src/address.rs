//! What the address of a request tells.

use crate::settings::{
    BUSY_ADDRESS, NO_BROWSER, PER_ADDRESS_MAX, SUSPECT, SUSPECT_NETWORKS, TRUSTED_NETWORKS, WINDOW_S,
};
use gatewright_plugin::Origin;
use gatewright_plugin::prelude::*;

/// The score of a request, counting it.
pub fn score(origin: &Origin) -> Outcome<i64> {
    if network::contains(TRUSTED_NETWORKS, &origin.ip)? {
        return Ok(0);
    }
    let busy = kv::add(&origin.ip, 1, WINDOW_S)? > PER_ADDRESS_MAX;
    let silent = origin.user_agent.as_ref().is_none_or(|name| name.trim().is_empty());
    let worth = |sign: bool, score: i64| if sign { score } else { 0 };
    Ok(worth(busy, BUSY_ADDRESS) + worth(silent, NO_BROWSER) + reputation(origin)?)
}

/// The score of where it comes from.
pub fn reputation(origin: &Origin) -> Outcome<i64> {
    Ok(if network::contains(SUSPECT_NETWORKS, &origin.ip)? { SUSPECT } else { 0 })
}

//! Tests on addresses.

use crate::failure::Failure;
use crate::host;
use crate::texts::Texts;

/// Whether `ip` lies in one of `networks`, such as `"10.0.0.0/8"` or `["10.0.0.0/8", "fd00::/8"]`.
///
/// # Errors
/// Not lent, or what is given is no network or no address.
pub fn contains(networks: impl Texts, ip: &str) -> Result<bool, Failure> {
    for network in networks.texts() {
        if host::network::contains(&network, ip)? {
            return Ok(true);
        }
    }
    Ok(false)
}

//! Names to addresses, less those that may not be connected to.

use super::address::AddressRule;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// Resolves with the system's resolver and keeps only allowed addresses.
pub(crate) struct GuardedResolver(pub AddressRule);

/// Every address of the name lies inside.
#[derive(Debug)]
struct AllInside;

impl std::fmt::Display for AllInside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name has no address that may be connected to")
    }
}

impl std::error::Error for AllInside {}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| rule.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(AllInside.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

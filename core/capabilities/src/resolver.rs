//! Name resolution that hands out only addresses a request may go to. The address tested is the address connected to,
//! so a name that answers differently the second time (DNS rebinding) gains nothing.

use crate::address::Reach;
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Most addresses of one name that are tried.
const ADDRESSES_MAX: usize = 8;

/// Every address of the name is one a request may not go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name leads to addresses that are not reached from here")]
pub(crate) struct AddressRefused;

/// What names resolve to.
#[async_trait]
pub(crate) trait Lookup: Send + Sync {
    /// The addresses of `name`.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver, with its hosts file.
pub(crate) struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Resolves through `lookup` and keeps what `reach` admits.
pub(crate) struct GuardedResolver {
    pub lookup: Arc<dyn Lookup>,
    pub reach: Reach,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, reach) = (self.lookup.clone(), self.reach);
        Box::pin(async move {
            let found = lookup.addresses(name.as_str()).await?;
            let admitted = found.into_iter().filter(|address| reach.admits(*address)).take(ADDRESSES_MAX);
            // Port 0 stands for the port of the URL.
            let admitted: Vec<SocketAddr> = admitted.map(|address| SocketAddr::new(address, 0)).collect();
            if admitted.is_empty() {
                return Err(AddressRefused.into());
            }
            let addresses: Addrs = Box::new(admitted.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::Names;

    async fn resolved(found: &[&str], reach: Reach) -> Result<Vec<String>, bool> {
        let lookup = Arc::new(Names::of("some.example", found));
        let resolver = GuardedResolver { lookup, reach };
        match resolver.resolve("some.example".parse().unwrap()).await {
            Ok(addresses) => Ok(addresses.map(|address| address.ip().to_string()).collect()),
            Err(error) => Err(error.is::<AddressRefused>()),
        }
    }

    #[tokio::test]
    async fn only_addresses_within_reach_are_handed_out() {
        let mixed = ["127.0.0.1", "1.1.1.1", "169.254.169.254", "::ffff:10.0.0.1", "2606:4700::1"];
        assert_eq!(resolved(&mixed, Reach::Public).await.unwrap(), ["1.1.1.1", "2606:4700::1"]);
        let more = resolved(&mixed, Reach::PrivateToo).await.unwrap();
        assert_eq!(more, ["127.0.0.1", "1.1.1.1", "::ffff:10.0.0.1", "2606:4700::1"]);
        assert_eq!(resolved(&["10.0.0.1", "::1"], Reach::Public).await, Err(true));
        assert_eq!(resolved(&["169.254.169.254"], Reach::PrivateToo).await, Err(true));
    }

    #[tokio::test]
    async fn no_more_than_the_limit_of_addresses_are_tried() {
        let many = ["1.1.1.1"; ADDRESSES_MAX + 5];
        assert_eq!(resolved(&many, Reach::Public).await.unwrap().len(), ADDRESSES_MAX);
    }

    #[tokio::test]
    async fn a_name_without_an_entry_is_not_called_refused() {
        let resolver = GuardedResolver { lookup: Arc::new(Names::default()), reach: Reach::Public };
        let error = resolver.resolve("absent.example".parse().unwrap()).await.err().unwrap();
        assert!(!error.is::<AddressRefused>());
    }

    #[tokio::test]
    async fn the_systems_localhost_is_out_of_public_reach() {
        let resolver = |reach| GuardedResolver { lookup: Arc::new(SystemLookup), reach };
        let refused = resolver(Reach::Public).resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert!(refused.is::<AddressRefused>());
        assert!(resolver(Reach::PrivateToo).resolve("localhost".parse().unwrap()).await.is_ok());
    }
}

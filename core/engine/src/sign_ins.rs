//! How many sign-ins one address may begin: each is a row that waits for a person who may never come. A token bucket
//! an address, in memory, one node for itself.
//!
//! It bounds the open interactions of an address, too: on one node to `at_once` and what comes in while one lives.

use gatewright_domain::capabilities::guessing::counted_address;
use ipnet::IpNet;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Most addresses remembered at once; with one more, that which has been silent longest is forgotten.
pub const ADDRESSES_MAX: usize = 16_384;

/// How many sign-ins an address may begin, or how often it may do something else that is counted so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLimit {
    /// In a minute.
    pub per_minute: u32,
    /// At once, after some silence.
    pub at_once: u32,
    /// Networks that are not counted.
    pub trusted: Vec<IpNet>,
}

/// What is left to each address. The admin API counts bad access tokens by another of these.
#[derive(Default)]
pub struct SignIns(Mutex<HashMap<IpAddr, Bucket>>);

/// Sixty-thousandths of a sign-in: what one a minute earns in a millisecond.
const SIGN_IN: u64 = 60_000;

#[derive(Clone, Copy)]
struct Bucket {
    left: u64,
    at_ms: i64,
}

impl Bucket {
    /// What is left at `now_ms`.
    fn at(self, limit: &SignInLimit, now_ms: i64) -> Self {
        let passed = u64::try_from(now_ms.saturating_sub(self.at_ms)).unwrap_or(0);
        let earned = passed.saturating_mul(u64::from(limit.per_minute));
        let left = self.left.saturating_add(earned).min(u64::from(limit.at_once) * SIGN_IN);
        Self { left, at_ms: self.at_ms.max(now_ms) }
    }
}

impl SignIns {
    /// Takes one of the sign-ins of `address`.
    ///
    /// # Errors
    /// How many seconds it has to wait for one.
    pub fn begin(&self, address: Option<IpAddr>, limit: &SignInLimit, now_ms: i64) -> Result<(), u64> {
        let Some(address) = address.map(|address| address.to_canonical()) else { return Ok(()) };
        if limit.trusted.iter().any(|network| network.contains(&address)) {
            return Ok(());
        }
        let address = counted_address(address);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Bucket { left: u64::from(limit.at_once) * SIGN_IN, at_ms: now_ms };
        let known = buckets.get(&address).copied();
        if known.is_none() && buckets.len() >= ADDRESSES_MAX {
            make_room(&mut buckets, limit, now_ms);
        }
        let mut bucket = known.unwrap_or(full).at(limit, now_ms);
        let taken = match bucket.left.checked_sub(SIGN_IN) {
            Some(left) => {
                bucket.left = left;
                Ok(())
            }
            None => Err((SIGN_IN - bucket.left).div_ceil(u64::from(limit.per_minute) * 1000).max(1)),
        };
        buckets.insert(address, bucket);
        taken
    }

    /// Gives back what [`SignIns::begin`] took, where it came to nothing that is counted.
    pub fn withdraw(&self, address: Option<IpAddr>, limit: &SignInLimit) {
        let Some(address) = address.map(|address| counted_address(address.to_canonical())) else { return };
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(&address) {
            bucket.left = (bucket.left + SIGN_IN).min(u64::from(limit.at_once) * SIGN_IN);
        }
    }
}

/// Forgets the addresses that have earned everything back; if there is none, the one that was silent longest.
fn make_room(buckets: &mut HashMap<IpAddr, Bucket>, limit: &SignInLimit, now_ms: i64) {
    let all = u64::from(limit.at_once) * SIGN_IN;
    buckets.retain(|_, bucket| bucket.at(limit, now_ms).left < all);
    if buckets.len() >= ADDRESSES_MAX {
        let stalest = buckets.iter().min_by_key(|(_, bucket)| bucket.at_ms).map(|(address, _)| *address);
        stalest.and_then(|address| buckets.remove(&address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit() -> SignInLimit {
        SignInLimit { per_minute: 30, at_once: 3, trusted: vec!["10.0.0.0/8".parse().unwrap()] }
    }

    fn begin(sign_ins: &SignIns, address: &str, now_ms: i64) -> Result<(), u64> {
        sign_ins.begin(address.parse().ok(), &limit(), now_ms)
    }

    #[test]
    fn an_address_begins_so_many_at_once_and_then_as_many_as_time_earns_it() {
        let sign_ins = SignIns::default();
        let table = [
            (0, Ok(())),
            (0, Ok(())),
            (0, Ok(())),
            (0, Err(2)),
            (1_000, Err(1)),
            (1_999, Err(1)),
            (2_000, Ok(())),
            (2_000, Err(2)),
            (1_000, Err(2)),
            (60_000, Ok(())),
            (60_000, Ok(())),
            (60_000, Ok(())),
            (60_000, Err(2)),
        ];
        for (place, (now_ms, taken)) in table.into_iter().enumerate() {
            assert_eq!(begin(&sign_ins, "192.0.2.7", now_ms), taken, "{place}");
        }
        assert_eq!(begin(&sign_ins, "192.0.2.8", 60_000), Ok(()));
    }

    #[test]
    fn what_is_withdrawn_was_not_taken_and_adds_nothing() {
        let sign_ins = SignIns::default();
        let address = "192.0.2.7".parse().ok();
        for _ in 0..10 {
            assert_eq!(begin(&sign_ins, "192.0.2.7", 0), Ok(()));
            sign_ins.withdraw(address, &limit());
        }
        sign_ins.withdraw(address, &limit());
        for taken in [Ok(()), Ok(()), Ok(()), Err(2)] {
            assert_eq!(begin(&sign_ins, "192.0.2.7", 0), taken);
        }
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_and_trusted_ones_are_not_counted() {
        let sign_ins = SignIns::default();
        for number in 1..=3 {
            assert_eq!(begin(&sign_ins, &format!("2001:db8::{number}"), 0), Ok(()));
        }
        assert_eq!(begin(&sign_ins, "2001:db8::9", 0), Err(2));
        for address in ["10.1.2.3", "::ffff:10.1.2.3", ""] {
            for _ in 0..10 {
                assert_eq!(begin(&sign_ins, address, 0), Ok(()), "{address}");
            }
        }
    }

    #[test]
    fn no_more_addresses_are_remembered_than_have_room_and_the_busy_ones_are() {
        let sign_ins = SignIns::default();
        let address = |number: usize| IpAddr::from(std::net::Ipv4Addr::from_bits(0xC000_0000 + number as u32));
        for number in 0..ADDRESSES_MAX {
            assert_eq!(sign_ins.begin(Some(address(number)), &limit(), 0), Ok(()));
        }
        for _ in 0..2 {
            assert_eq!(sign_ins.begin(Some(address(0)), &limit(), 1), Ok(()));
        }
        assert_eq!(sign_ins.begin(Some(address(ADDRESSES_MAX)), &limit(), 1), Ok(()));
        assert_eq!(sign_ins.0.lock().unwrap().len(), ADDRESSES_MAX);
        assert_eq!(sign_ins.begin(Some(address(0)), &limit(), 1), Err(2), "a busy one is not forgotten");
        assert_eq!(sign_ins.begin(Some(address(ADDRESSES_MAX + 1)), &limit(), 60_000), Ok(()));
        assert_eq!(sign_ins.0.lock().unwrap().len(), 1, "who has everything back is");
    }
}

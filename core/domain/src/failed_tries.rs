//! What is remembered of failed tries at an account, to tell its end-user of those that were not their own.

use crate::capabilities::guessing::counted_address;
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Most addresses remembered of one account's failed tries; the stalest is forgotten, its tries are not.
pub const ADDRESSES_MAX: usize = 8;
/// How long a failed try before a sign-in from the same address counts as the end-user's own slip, in seconds.
pub const OWN_SLIP_S: u64 = 3_600;

/// Failed tries since the last success.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailedTries {
    /// All of them.
    total: u32,
    /// Where from, the stalest first.
    from: Vec<FailedFrom>,
}

/// Failed tries from one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FailedFrom {
    address: Option<IpAddr>,
    tries: u32,
    last: Timestamp,
}

/// Failed tries that were not the end-user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrangeTries {
    /// How many.
    pub tries: u32,
    /// When the last of them was.
    pub last: Timestamp,
    /// Where it came from.
    pub address: Option<IpAddr>,
}

fn is_same(one: Option<IpAddr>, other: Option<IpAddr>) -> bool {
    one.map(counted_address) == other.map(counted_address)
}

impl FailedTries {
    /// With one more, from `address` at `now`.
    pub fn add(&mut self, address: Option<IpAddr>, now: Timestamp) {
        self.total = self.total.saturating_add(1);
        let place = self.from.iter().position(|from| is_same(from.address, address));
        let mut from = match place {
            Some(place) => self.from.remove(place),
            None => FailedFrom { address, tries: 0, last: now },
        };
        from.tries = from.tries.saturating_add(1);
        from.last = now;
        self.from.push(from);
        if self.from.len() > ADDRESSES_MAX {
            self.from.remove(0);
        }
    }

    /// With one less from `address`: it succeeded, or was not made.
    pub fn take_back(&mut self, address: Option<IpAddr>) {
        let Some(from) = self.from.iter_mut().find(|from| is_same(from.address, address)) else { return };
        from.tries = from.tries.saturating_sub(1);
        self.total = self.total.saturating_sub(1);
        self.from.retain(|from| from.tries > 0);
    }

    /// Those that whoever signs in from `address` at `now` did not make themselves a moment ago.
    pub fn strange_to(&self, address: Option<IpAddr>, now: Timestamp) -> Option<StrangeTries> {
        let is_own = |from: &&FailedFrom| is_same(from.address, address) && now.since(from.last) <= OWN_SLIP_S;
        let own: u32 = self.from.iter().filter(is_own).map(|from| from.tries).sum();
        let last = self.from.iter().rev().find(|from| !is_own(from))?;
        Some(StrangeTries { tries: self.total.saturating_sub(own), last: last.last, address: last.address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    fn tries(made: &[(u8, i64)]) -> FailedTries {
        let mut tries = FailedTries::default();
        made.iter().for_each(|(from, at)| tries.add(address(*from), Timestamp(*at)));
        tries
    }

    #[test]
    fn one_s_own_slips_of_the_last_hour_are_no_news() {
        let now = Timestamp(10_000);
        let table: [(&[(u8, i64)], Option<(u32, i64, u8)>); 5] = [
            (&[], None),
            (&[(1, 9_000), (1, 6_400)], None),
            (&[(1, 6_399)], Some((1, 6_399, 1))),
            (&[(2, 9_999), (2, 9_999), (1, 9_999)], Some((2, 9_999, 2))),
            (&[(2, 8_000), (3, 9_000), (1, 9_999)], Some((2, 9_000, 3))),
        ];
        for (made, strange) in table {
            let found = tries(made).strange_to(address(1), now);
            let found = found.map(|strange| (strange.tries, strange.last.0, strange.address));
            assert_eq!(found, strange.map(|(tries, last, from)| (tries, last, address(from))), "{made:?}");
        }
    }

    #[test]
    fn a_try_that_succeeds_is_taken_back() {
        let mut made = tries(&[(1, 5), (2, 6)]);
        made.take_back(address(1));
        made.take_back(address(3));
        assert_eq!(made, tries(&[(2, 6)]));
        made.take_back(address(2));
        assert_eq!(made, FailedTries::default());
    }

    #[test]
    fn of_many_addresses_the_stalest_is_forgotten_and_its_tries_are_not() {
        let over = u8::try_from(ADDRESSES_MAX).unwrap() + 1;
        let made: Vec<(u8, i64)> = (1..=over).map(|from| (from, i64::from(from))).collect();
        let made = tries(&made);
        assert_eq!(made.from.len(), ADDRESSES_MAX);
        let strange = made.strange_to(None, Timestamp(20)).unwrap();
        assert_eq!((strange.tries, strange.address), (u32::from(over), address(over)));
    }
}

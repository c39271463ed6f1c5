//! Which traces are written from their beginning. Every node answers the same of one trace, and so does every request.

use crate::identifiers::TraceId;

/// All of them.
const WHOLE: u32 = 1_000_000;

/// A share of all traces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sampling {
    per_million: u32,
}

impl Sampling {
    /// So many of a million; more than a million is all.
    pub fn per_million(per_million: u32) -> Self {
        Self { per_million: per_million.min(WHOLE) }
    }

    /// Whether the trace of that name is among them.
    pub fn takes(self, id: &TraceId) -> bool {
        // FNV-1a, and a last mixing: names are random, and differ in every byte.
        let hash = id
            .as_str()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) % u64::from(WHOLE) < u64::from(self.per_million)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_the_share_that_is_asked_for_is_taken_and_the_same_ones_each_time() {
        let ids: Vec<TraceId> = (0..20_000).map(|number| TraceId::parse(format!("t{number}")).unwrap()).collect();
        let taken = |per_million| ids.iter().filter(|id| Sampling::per_million(per_million).takes(id)).count();
        assert_eq!((taken(0), taken(1_000_000), taken(u32::MAX)), (0, 20_000, 20_000));
        let tenth = taken(100_000);
        assert!((1_800..2_200).contains(&tenth), "{tenth}");
        let more = ids.iter().filter(|id| Sampling::per_million(100_000).takes(id));
        assert!(more.clone().all(|id| Sampling::per_million(200_000).takes(id)), "a larger share holds the smaller");
    }
}

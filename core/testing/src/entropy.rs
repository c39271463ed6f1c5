//! Randomness that comes out the same in every run.

use gatewright_domain::entropy::Entropy;
use std::sync::Mutex;
use std::sync::PoisonError;

/// A SplitMix64 generator: the same seed draws the same bytes. Predictable, so for tests alone.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<u64>);

impl SeededEntropy {
    /// A generator that starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Default for SeededEntropy {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = *state;
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_bytes_and_never_the_same_twice() {
        let (one, two) = (SeededEntropy::new(9), SeededEntropy::new(9));
        let draw = |entropy: &SeededEntropy| {
            let mut bytes = [0u8; 33];
            entropy.fill(&mut bytes);
            bytes
        };
        let first = draw(&one);
        assert_eq!(first, draw(&two));
        assert_ne!(first, draw(&one));
        assert_ne!(first, draw(&SeededEntropy::new(10)));
    }
}

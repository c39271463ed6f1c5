//! The operating system's randomness.

use gatewright_domain::entropy::Entropy;

/// Unpredictable bytes from the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    /// Ends the process when the operating system has none to give: whatever went on would go on with predictable codes
    /// and keys.
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            tracing::error!(%error, "the operating system gives no randomness; the process ends");
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_draws_are_alike() {
        let draws: BTreeSet<[u8; 16]> = (0..1_000)
            .map(|_| {
                let mut bytes = [0; 16];
                OsEntropy.fill(&mut bytes);
                bytes
            })
            .collect();
        assert_eq!(draws.len(), 1_000);
    }

    #[test]
    fn every_byte_of_a_long_draw_is_filled() {
        let mut bytes = vec![0u8; 64 * 1024];
        OsEntropy.fill(&mut bytes);
        assert!(bytes.chunks(64).all(|chunk| chunk.iter().any(|byte| *byte != 0)));
    }
}

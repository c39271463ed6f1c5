//! `[passwords]`: how long a new password has to be (NIST SP 800-63B 5.1.1), and the cost of its hash (argon2id, RFC
//! 9106; OWASP's parameters).

use super::complaint::{Complaint, within};
use serde::{Deserialize, Serialize};

/// The least that may be asked of a new password, in characters.
pub const LENGTH_MIN_MIN: usize = 8;
/// The most that may be asked of one.
pub const LENGTH_MIN_MAX: usize = 64;
/// Least memory of a hash, in KiB.
pub const MEMORY_KIB_MIN: u32 = 7_168;
/// Most memory of a hash, in KiB.
pub const MEMORY_KIB_MAX: u32 = 1_048_576;
/// Most passes over the memory.
pub const ITERATIONS_MAX: u32 = 16;
/// Most hashes at once.
pub const THREADS_MAX: usize = 256;
/// Least memory times passes: what OWASP's weakest pair comes to.
pub const COST_MIN: u64 = 35_840;

/// What is asked of a new password, and what its hash costs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passwords {
    /// The shortest new password, in characters.
    pub length_min: usize,
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Hashes at once; one a core where absent.
    pub threads: Option<usize>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { length_min: LENGTH_MIN_MIN, memory_kib: 19_456, iterations: 2, threads: None }
    }
}

impl Passwords {
    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        within(complaints, "passwords.length_min", self.length_min, LENGTH_MIN_MIN..=LENGTH_MIN_MAX);
        within(complaints, "passwords.memory_kib", self.memory_kib, MEMORY_KIB_MIN..=MEMORY_KIB_MAX);
        within(complaints, "passwords.iterations", self.iterations, 1..=ITERATIONS_MAX);
        if let Some(threads) = self.threads {
            within(complaints, "passwords.threads", threads, 1..=THREADS_MAX);
        }
        if u64::from(self.memory_kib) * u64::from(self.iterations) < COST_MIN {
            let what = format!(
                "is too few for {} KiB: memory times iterations must come to {COST_MIN} at least",
                self.memory_kib
            );
            complaints.push(Complaint::of("passwords.iterations", &what));
        }
    }

    pub(super) fn specimen() -> Self {
        Self { threads: Some(1), ..Self::default() }
    }
}

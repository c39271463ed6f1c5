//! What is wrong with one setting, said so that it can be mended.

use serde::Serialize;
use std::fmt;
use std::ops::RangeInclusive;

/// One thing that is wrong. It never repeats a value that may be confidential.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Complaint {
    /// Where the setting was made: `gatewright.toml:12:1`, an environment variable, a flag. Absent where it was
    /// not made at all.
    pub origin: Option<String>,
    /// The setting, such as `lifetimes.access_token_s`.
    pub key: String,
    /// What is wrong, as the end of a sentence that begins with the key.
    pub what: String,
}

impl Complaint {
    /// A complaint about `key`; where it was set is found out later.
    pub(super) fn of(key: &str, what: &str) -> Self {
        Self { origin: None, key: key.to_owned(), what: what.to_owned() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            write!(f, "{origin}: ")?;
        }
        write!(f, "`{}` {}", self.key, self.what)
    }
}

/// Complains about a number outside its range.
pub(super) fn within<N>(complaints: &mut Vec<Complaint>, key: &str, number: N, range: RangeInclusive<N>)
where
    N: PartialOrd + fmt::Display,
{
    if !range.contains(&number) {
        let what = format!("is {number}; it must be from {} to {}", range.start(), range.end());
        complaints.push(Complaint::of(key, &what));
    }
}

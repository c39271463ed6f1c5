//! The limit on guessing: every check of something that can be guessed (a password, a code, a recovery code) is
//! reserved here before the secret is looked at, and tells it of a success.
//!
//! ```text
//! match limit.reserve(&guess).await? {
//!     Reserved::Waits { .. } => same work, the same answer as for a wrong secret
//!     Reserved::Counted { last } => look at the secret; when it fits: limit.succeeded(&guess).await?
//!                               when it does not, and was the last: limit.locked(&guess).await?
//! }
//! ```

use crate::fault::Fault;
use crate::identifiers::Subject;
use async_trait::async_trait;
use std::net::{IpAddr, Ipv6Addr};

/// What is guessed at. Tries at each are counted apart: who knows the password does not begin anew at the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Guessed {
    /// A password.
    Password,
    /// A second factor: a one-time code, a code by mail, a recovery code.
    Factor,
}

/// Whose secret is guessed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// An account that is known.
    Subject(Subject),
    /// What was typed as a username, and whose it is, if anyone's. What nobody is called is counted alike.
    Username {
        /// As typed.
        typed: String,
        /// Whose it is.
        subject: Option<Subject>,
    },
}

impl Account {
    /// The account, where there is one.
    pub fn subject(&self) -> Option<&Subject> {
        match self {
            Self::Subject(subject) => Some(subject),
            Self::Username { subject, .. } => subject.as_ref(),
        }
    }
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// Whose secret.
    pub account: Account,
    /// Where it comes from, as far as that is known ([`crate::flow::Flow::address`]).
    pub address: Option<IpAddr>,
    /// What.
    pub what: Guessed,
}

/// Whether a try may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// It is counted: look at the secret.
    Counted {
        /// If it is wrong too, its account is locked, and its end-user is to be told.
        last: bool,
    },
    /// It has to wait, and is not counted: do the same work, and answer as to a wrong secret.
    Waits {
        /// Seconds until the next try counts.
        seconds: u64,
    },
}

/// Counts tries, durably and over all nodes.
#[async_trait]
pub trait GuessLimit: Send + Sync {
    /// Counts a try before its secret is looked at, so that many at once count as many.
    ///
    /// # Errors
    /// A fault of the store: then the secret must not be looked at.
    async fn reserve(&self, guess: &Guess) -> Result<Reserved, Fault>;

    /// The secret was right: its account begins anew, its address gets this try back. Failed tries of others before it
    /// become a security event, of which the end-user is told.
    ///
    /// # Errors
    /// A fault of the store.
    async fn succeeded(&self, guess: &Guess) -> Result<(), Fault>;

    /// The last try that the account had was wrong: it is locked now, which becomes a security event. It is told only here,
    /// for at the reservation the secret might yet be right.
    ///
    /// # Errors
    /// A fault of the store.
    async fn locked(&self, guess: &Guess) -> Result<(), Fault>;

    /// The secret was not looked at after all, for a fault: the try is given back.
    ///
    /// # Errors
    /// A fault of the store.
    async fn withdrawn(&self, guess: &Guess) -> Result<(), Fault>;

    /// Seconds until the next try counts; 0 when one would now.
    ///
    /// # Errors
    /// A fault of the store.
    async fn wait_s(&self, guess: &Guess) -> Result<u64, Fault>;
}

/// The address that counts for `address`: of IPv6 the first 64 bits, for who has one has them all (RFC 6177).
pub fn counted_address(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (!0 << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one_and_of_ipv4_each_for_itself() {
        let table = [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ];
        for (address, counted) in table {
            assert_eq!(counted_address(address.parse().unwrap()).to_string(), counted, "{address}");
        }
    }
}

//! Clients that a session has signed in to, and how they learn that it has ended (Front-Channel Logout 1.0, Back-Channel
//! Logout 1.0).

use crate::identifiers::{SessionId, Subject};
use crate::session::Session;
use async_trait::async_trait;
use gatewright_protocol::client_id::ClientId;

/// A client that was told who is signed in, and wants to be told of the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session it happened in (`sid`).
    pub session: SessionId,
    /// The client.
    pub client_id: ClientId,
    /// Whose session.
    pub subject: Subject,
    /// What the client knows them by (`sub`).
    pub sub: String,
}

/// A session that has just ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedSession {
    /// The session.
    pub session: Session,
    /// Who is to be told of it, by client identifier.
    pub clients: Vec<SignedIn>,
}

/// A client that is to be told now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueLogout {
    /// Of what.
    pub of: SignedIn,
    /// How many times it was tried, this time included.
    pub tries: u32,
}

/// How long after a try the next one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogoutPaces {
    /// After the first one, in seconds. Longer than a try may take: until then no other node tries.
    pub first_s: u64,
    /// Most, in seconds.
    pub longest_s: u64,
}

impl LogoutPaces {
    /// Seconds to wait after that many tries: twice as long each time, up to the longest.
    pub fn after(&self, tries: u32) -> u64 {
        let doubled = 1_u64.checked_shl(tries.saturating_sub(1)).and_then(|times| self.first_s.checked_mul(times));
        doubled.unwrap_or(self.longest_s).min(self.longest_s)
    }
}

/// Why a client was not told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTold {
    /// The address is not one that this server posts to.
    #[error("the server does not post to that address")]
    Forbidden,
    /// No answer in time.
    #[error("no answer came in time")]
    TimedOut,
    /// No connection, or it broke.
    #[error("there was no connection: {0}")]
    Unreachable(String),
    /// It answered something else than 200 or 204 (Back-Channel Logout 1.0, 2.8).
    #[error("it answered with status {0}")]
    Status(u16),
}

/// Posts logout tokens, under a guard against requests to places inside.
#[async_trait]
pub trait BackChannel: Send + Sync {
    /// Posts the token to a client's `backchannel_logout_uri` (Back-Channel Logout 1.0, 2.5); no redirects are followed.
    ///
    /// # Errors
    /// Why the client may not know.
    async fn post_logout_token(&self, uri: &str, token: &str) -> Result<(), NotTold>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_twice_the_one_before_up_to_the_longest() {
        let paces = LogoutPaces { first_s: 10, longest_s: 65 };
        let pauses: Vec<u64> = [0, 1, 2, 3, 4, 5, 64, 65, u32::MAX].map(|tries| paces.after(tries)).into();
        assert_eq!(pauses, [10, 10, 20, 40, 65, 65, 65, 65, 65]);
    }
}

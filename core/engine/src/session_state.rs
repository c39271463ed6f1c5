//! What a client's page finds out of the session by the check-session iframe (Session Management 1.0, 3).
//!
//! The *browser state* is a keyed digest of the session's name, in a cookie that the iframe's script reads: the same for as
//! long as one end-user is signed in, and no secret, for it opens nothing. A client is given a salted hash of it and itself.

use crate::Engine;
use crate::browser::{Browser, CookieChange};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::entropy::random_text;
use gatewright_domain::identifiers::SessionId;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::redirect_uri::RedirectUri;
use sha2::{Digest, Sha256};

impl Engine {
    /// Whether the check-session iframe is served: switched on, and over https. Browsers give third-party pages no cookie
    /// in clear.
    pub fn manages_sessions(&self) -> bool {
        self.settings.session_management && self.settings.issuer.is_https()
    }

    /// The cookie that says who is signed in, where the browser does not have it already.
    pub(crate) fn browser_state(&self, session: &SessionId, life_s: u64, browser: &Browser) -> Option<CookieChange> {
        let state = self.manages_sessions().then(|| self.state_of(session))?;
        (browser.browser_state.as_deref() != Some(state.as_str())).then_some(CookieChange::BrowserState(state, life_s))
    }

    /// `session_state`, for a client whose answers go to an origin: none for an application on a device.
    pub(crate) fn session_state(
        &self,
        client: &ClientId,
        redirect_uri: &RedirectUri,
        session: &SessionId,
    ) -> Option<String> {
        let origin = redirect_uri.origin().filter(|_| self.manages_sessions())?;
        let salt = random_text::<16>(self.world.entropy.as_ref());
        Some(salted(client.as_str(), &origin, &self.state_of(session), &salt))
    }

    fn state_of(&self, session: &SessionId) -> String {
        self.world.sealer.keyed_digest("browser-state", session.as_str())
    }
}

/// The hash, then its salt. The iframe's script does the same.
fn salted(client: &str, origin: &str, state: &str, salt: &str) -> String {
    let digest = Sha256::digest(format!("{client} {origin} {state} {salt}"));
    format!("{}.{salt}", URL_SAFE_NO_PAD.encode(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_changes_the_state_and_the_salt_comes_with_it() {
        let whole = salted("c", "https://c.example", "state", "salt");
        assert_eq!(whole, "pVHZpNBJ6XebJGMzUHSxxzXYAEAhdj-LpzGZRIwxuQw.salt");
        for other in [
            salted("d", "https://c.example", "state", "salt"),
            salted("c", "https://d.example", "state", "salt"),
            salted("c", "https://c.example", "", "salt"),
            salted("c", "https://c.example", "state", "pepper"),
        ] {
            assert_ne!(other.split('.').next(), whole.split('.').next(), "{other}");
        }
    }
}

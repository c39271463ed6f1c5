//! The relying party: what authenticators bind a passkey to, and which of its words are believed (Web Authentication
//! Level 3, 5.1.2 and 7).

use std::time::Duration;
use url::Url;
use webauthn_rs_core::WebauthnCore;

/// How long the browser is given for one ceremony, in seconds: half of its life here, so that an answer comes in time.
const BROWSER_TIMEOUT_S: u64 = 300;

/// Browsers make no passkey for this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", Self::WHY)]
pub struct NoRelyingParty;

impl NoRelyingParty {
    /// Why, and what to change.
    pub const WHY: &str = "browsers keep passkeys for host names over https only: let the issuer be an https URL with a \
                           host name (on one's own machine http://localhost:PORT)";
}

/// A relying party of one origin: its id is the host name of the issuer.
pub struct RelyingParty {
    pub(super) core: WebauthnCore,
}

impl RelyingParty {
    /// The relying party of the server whose issuer this is.
    ///
    /// # Errors
    /// When browsers would keep no passkey for it: an IP address, or http on another host than `localhost`.
    pub fn of(issuer: &Url) -> Result<Self, NoRelyingParty> {
        let name = issuer.domain().filter(|name| is_trustworthy(issuer, name));
        let name = name.ok_or(NoRelyingParty)?;
        let mut origin = issuer.clone();
        origin.set_path("");
        let timeout = Duration::from_secs(BROWSER_TIMEOUT_S);
        // Neither a subdomain nor another port of ours may answer for this origin.
        let core = WebauthnCore::new_unsafe_experts_only(name, name, vec![origin], timeout, Some(false), Some(false));
        Ok(Self { core })
    }
}

/// Whether browsers take the origin for a secure context (Secure Contexts, 3.1).
fn is_trustworthy(issuer: &Url, name: &str) -> bool {
    issuer.scheme() == "https" || name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relying_party_has_a_name_that_browsers_keep_passkeys_for() {
        let table = [
            ("https://id.example.com/tenant", true),
            ("https://id.example.com:8443", true),
            ("http://localhost:8080", true),
            ("http://id.localhost:8080", true),
            ("http://id.example.com", false),
            ("http://127.0.0.1:8080", false),
            ("https://127.0.0.1", false),
            ("https://[::1]:8080", false),
            ("http://notlocalhost:8080", false),
        ];
        for (issuer, fits) in table {
            assert_eq!(RelyingParty::of(&Url::parse(issuer).unwrap()).is_ok(), fits, "{issuer}");
        }
    }
}

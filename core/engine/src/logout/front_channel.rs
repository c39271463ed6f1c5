//! Clients' pages that the browser loads when its session has ended (Front-Channel Logout 1.0).

use crate::Engine;
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_domain::logout::SignedIn;
use std::sync::Arc;
use url::Url;

/// Most pages that are loaded at once. Of more clients, those that come first by their identifiers are told this way.
pub const FRAMES_MAX: usize = 32;

/// A client's page.
#[derive(Debug, Clone, PartialEq)]
pub struct LogoutFrame {
    /// Whose.
    pub client: Arc<Client>,
    /// Its `frontchannel_logout_uri` with `iss` and `sid`.
    pub url: Url,
}

impl Engine {
    /// The pages of those of these clients that have one.
    pub(crate) async fn logout_frames(&self, clients: &[SignedIn]) -> Result<Vec<LogoutFrame>, Fault> {
        let mut frames = Vec::new();
        for signed_in in clients {
            let Some(client) = self.world.stores.clients.find(&signed_in.client_id).await? else { continue };
            let Some(url) = client.logout.frontchannel_logout_uri.as_deref().and_then(|uri| Url::parse(uri).ok())
            else {
                continue;
            };
            if frames.len() == FRAMES_MAX {
                tracing::warn!(session = %signed_in.session, "more than {FRAMES_MAX} clients are told by their pages; the others are not");
                break;
            }
            frames.push(LogoutFrame {
                url: told(url, self.settings.issuer.as_str(), signed_in.session.as_str()),
                client,
            });
        }
        Ok(frames)
    }
}

/// The address with who says it and of which session (Front-Channel Logout 1.0, 2). What its query had before is kept.
fn told(mut url: Url, iss: &str, sid: &str) -> Url {
    url.query_pairs_mut().append_pair("iss", iss).append_pair("sid", sid);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_issuer_and_session_beside_what_its_address_had() {
        for (uri, whole) in [
            ("https://c.example/out", "https://c.example/out?iss=https%3A%2F%2Fid.example&sid=s"),
            ("https://c.example/out?a=b%20c", "https://c.example/out?a=b%20c&iss=https%3A%2F%2Fid.example&sid=s"),
        ] {
            assert_eq!(told(Url::parse(uri).unwrap(), "https://id.example", "s").as_str(), whole);
        }
    }
}

//! Where a client is told that a session has ended (Front-Channel Logout 1.0, 2; Back-Channel Logout 1.0, 2.2).

use serde::{Deserialize, Serialize};
use url::Url;

use super::members::{Members, wrong};
use super::uri_rules::{Allowed, refuse};
use crate::{error::Refusal, redirect_uri::RedirectUri};

/// Members about logout.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogoutMetadata {
    /// A page of the client that the browser loads when the session ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// Whether that page needs to be told the issuer and the session. It always is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_required: Option<bool>,
    /// Where this server posts a logout token when the session ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether that token must name the session. It always does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_required: Option<bool>,
}

impl LogoutMetadata {
    pub(super) fn read(members: &Members<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            frontchannel_logout_uri: members.uri("frontchannel_logout_uri")?,
            frontchannel_logout_session_required: members.flag("frontchannel_logout_session_required")?,
            backchannel_logout_uri: members.uri("backchannel_logout_uri")?,
            backchannel_logout_session_required: members.flag("backchannel_logout_session_required")?,
        })
    }

    /// Whether the client wants to be told at all.
    pub fn wants_word(&self) -> bool {
        self.frontchannel_logout_uri.is_some() || self.backchannel_logout_uri.is_some()
    }

    /// Holds the addresses against their rules: https (http on this very device), no fragment; a page has the scheme, host
    /// and port of a redirect URI.
    pub(super) fn hold(&self, redirect_uris: &[RedirectUri]) -> Result<(), Refusal> {
        if let Some(uri) = &self.frontchannel_logout_uri {
            let origin = admit(uri).map_err(|why| wrong("frontchannel_logout_uri", why))?;
            if !redirect_uris.iter().any(|registered| registered.origin().as_deref() == Some(origin.as_str())) {
                let why = "must have the scheme, host and port of one of the redirect_uris";
                return Err(wrong("frontchannel_logout_uri", why));
            }
        }
        if let Some(uri) = &self.backchannel_logout_uri {
            admit(uri).map_err(|why| wrong("backchannel_logout_uri", why))?;
        }
        Ok(())
    }
}

/// The origin of an address that a client may be told at.
fn admit(uri: &str) -> Result<String, &'static str> {
    refuse(uri, Allowed::Trusted)?;
    let url = Url::parse(uri).map_err(|_| "is not a URL")?;
    if url.fragment().is_some() {
        return Err("has a fragment");
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use serde_json::json;

    fn held(member: &str, uri: &str) -> Result<(), Refusal> {
        let document = json!({ member: uri });
        let redirect_uris = ["https://c.example/cb", "http://localhost:3000/cb", "com.example.app:/cb"];
        let redirect_uris = redirect_uris.map(|uri| RedirectUri::try_from(uri).unwrap());
        LogoutMetadata::read(&Members(document.as_object().unwrap()))?.hold(&redirect_uris)
    }

    #[test]
    fn a_client_is_told_over_https_or_on_this_device() {
        for member in ["frontchannel_logout_uri", "backchannel_logout_uri"] {
            for uri in ["https://c.example/out", "https://c.example:443/out?a=b", "http://localhost:3000/out"] {
                assert_eq!(held(member, uri), Ok(()), "{member} {uri}");
            }
            for uri in [
                "http://c.example/out",
                "https://c.example/out#f",
                "https://u:p@c.example/out",
                "javascript:alert(1)",
                "data:text/html,x",
                "/out",
                "ftp://c.example/out",
            ] {
                let refused = held(member, uri).unwrap_err();
                assert_eq!(refused.code(), ErrorCode::InvalidClientMetadata, "{member} {uri}");
                assert!(refused.description().contains(member), "{refused:?}");
            }
        }
    }

    #[test]
    fn a_page_is_where_a_redirect_uri_is_and_a_back_channel_anywhere() {
        for elsewhere in ["https://c.example:8443/out", "https://out.c.example/out", "http://localhost:3001/out"] {
            assert!(held("frontchannel_logout_uri", elsewhere).is_err(), "{elsewhere}");
            assert_eq!(held("backchannel_logout_uri", elsewhere), Ok(()), "{elsewhere}");
        }
    }
}

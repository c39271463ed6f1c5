//! Where a client is told that a session has ended (Front-Channel Logout 1.0, 2; Back-Channel Logout 1.0, 2.2).

use serde::{Deserialize, Serialize};

use super::members::Members;
use crate::error::Refusal;

/// Members about logout.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogoutMetadata {
    /// A page of the client that the browser loads when the session ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// Whether that page is told the issuer and the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_required: Option<bool>,
    /// Where this server posts a logout token when the session ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether that token must name the session.
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
}

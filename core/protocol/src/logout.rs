//! Logout by the client's wish (OpenID Connect RP-Initiated Logout 1.0, 2).

use std::fmt;

use crate::{
    authorization::{ID_TOKEN_HINT_MAX_BYTES, LOGIN_HINT_MAX_BYTES},
    client_id::ClientId,
    error::Refusal,
    locale::Locales,
    params::Params,
    state::State,
};

/// What a client asks of the end-session endpoint. Every member may be absent. The hints name a person, so debug output
/// only says whether they are there.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct LogoutRequest {
    /// An ID token this server issued; not verified here.
    pub id_token_hint: Option<String>,
    /// Who asks.
    pub client_id: Option<ClientId>,
    /// Where the browser is to go after, as presented: matched against the registered ones.
    pub post_logout_redirect_uri: Option<String>,
    /// Given back unchanged with the redirect.
    pub state: Option<State>,
    /// The languages the end-user prefers.
    pub ui_locales: Locales,
    /// Who is to be logged out.
    pub logout_hint: Option<String>,
}

impl LogoutRequest {
    /// Reads a logout request from a query or a form.
    ///
    /// # Errors
    /// `invalid_request` when a parameter is repeated, too long or malformed.
    pub fn parse(params: &Params) -> Result<Self, Refusal> {
        Ok(Self {
            id_token_hint: params.text("id_token_hint", ID_TOKEN_HINT_MAX_BYTES)?,
            client_id: params.word("client_id")?,
            post_logout_redirect_uri: params.single("post_logout_redirect_uri")?.map(str::to_owned),
            state: params.word("state")?,
            ui_locales: params.single("ui_locales")?.map(Locales::parse).unwrap_or_default(),
            logout_hint: params.text("logout_hint", LOGIN_HINT_MAX_BYTES)?,
        })
    }
}

impl fmt::Debug for LogoutRequest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("LogoutRequest")
            .field("id_token_hint", &self.id_token_hint.as_ref().map(|_| "redacted"))
            .field("client_id", &self.client_id)
            .field("post_logout_redirect_uri", &self.post_logout_redirect_uri)
            .field("state", &self.state)
            .field("ui_locales", &self.ui_locales)
            .field("logout_hint", &self.logout_hint.as_ref().map(|_| "redacted"))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorCode;

    fn parse(query: &str) -> Result<LogoutRequest, Refusal> {
        LogoutRequest::parse(&Params::parse_query(query).unwrap())
    }

    #[test]
    fn every_member_may_be_absent() {
        assert_eq!(parse(""), Ok(LogoutRequest::default()));
        assert_eq!(parse("unknown=1&state="), Ok(LogoutRequest::default()));
    }

    #[test]
    fn every_member_is_read() {
        let request = parse(
            "id_token_hint=a.b.c&client_id=c&post_logout_redirect_uri=https://c.example/bye&state=s\
             &ui_locales=de&logout_hint=alice",
        )
        .unwrap();
        let expected = LogoutRequest {
            id_token_hint: Some("a.b.c".to_owned()),
            client_id: ClientId::try_from("c").ok(),
            post_logout_redirect_uri: Some("https://c.example/bye".to_owned()),
            state: State::try_from("s").ok(),
            ui_locales: Locales::parse("de"),
            logout_hint: Some("alice".to_owned()),
        };
        assert_eq!(request, expected);
        let shown = format!("{request:?}");
        assert!(!shown.contains("alice") && !shown.contains("a.b.c"), "{shown}");
    }

    #[test]
    fn hints_are_taken_up_to_their_limits() {
        for (name, max) in [("id_token_hint", ID_TOKEN_HINT_MAX_BYTES), ("logout_hint", LOGIN_HINT_MAX_BYTES)] {
            assert!(parse(&format!("{name}={}", "x".repeat(max))).is_ok(), "{name}");
            let refused = parse(&format!("{name}={}", "x".repeat(max + 1)));
            assert_eq!(refused.map_err(|refusal| refusal.code()), Err(ErrorCode::InvalidRequest), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused_as_an_invalid_request(
            name in "state|client_id|logout_hint|post_logout_redirect_uri|ui_locales",
            value in "\\PC{0,40}|[%0-9a-f+&=]{0,20}",
        ) {
            let Ok(params) = Params::parse_query(&format!("{name}={value}")) else { return Ok(()) };
            if let Err(refusal) = LogoutRequest::parse(&params) {
                prop_assert_eq!(refusal.code(), ErrorCode::InvalidRequest);
            }
        }
    }
}

//! The authorization response: what the browser carries back to the client, and how (RFC 6749 4.1.2, OAuth
//! 2.0 Multiple Response Types 1.0, Form Post Response Mode 1.0, RFC 9207, JARM).

use std::fmt;

use crate::{
    error::Refusal,
    issuer::Issuer,
    redirect_uri::RedirectUri,
    response_mode::{Carrier, ResponseMode},
    scope::Scope,
    state::State,
};

/// What a granted request brings.
#[derive(Clone, Default)]
pub struct Success {
    /// `code`: the authorization code.
    pub code: Option<String>,
    /// `access_token`: only in the front channel of a `form_post` or `fragment` response.
    pub access_token: Option<FrontChannelToken>,
    /// `id_token`: a signed ID token; only in the front channel of a `form_post` or `fragment` response.
    pub id_token: Option<String>,
    /// `state`: as the client sent it.
    pub state: Option<State>,
    /// `scope`: what was granted.
    pub scope: Option<Scope>,
    /// `session_state`: for OpenID Connect Session Management 1.0.
    pub session_state: Option<String>,
}

/// An access token in the front channel (RFC 6749 4.2.2).
#[derive(Clone)]
pub struct FrontChannelToken {
    /// The token; a bearer token always.
    pub value: String,
    /// Seconds for which it is good.
    pub expires_in: u64,
}

/// A response on its way to a redirect URI. Debug output shows the names of the parameters only.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationResponse {
    redirect_uri: RedirectUri,
    mode: ResponseMode,
    parameters: Vec<(&'static str, String)>,
}

impl AuthorizationResponse {
    /// The response to a request that was granted. `iss` names us, so that a client of many servers knows whose
    /// answer it holds (RFC 9207 2).
    #[must_use]
    pub fn success(redirect_uri: RedirectUri, mode: ResponseMode, iss: &Issuer, success: Success) -> Self {
        let (access_token, expires_in) =
            success.access_token.map(|token| (token.value, token.expires_in.to_string())).unzip();
        let parameters = [
            ("code", success.code),
            ("token_type", access_token.as_ref().map(|_| "Bearer".to_owned())),
            ("access_token", access_token),
            ("expires_in", expires_in),
            ("id_token", success.id_token),
            ("state", success.state.map(String::from)),
            ("scope", success.scope.map(|scope| scope.to_string())),
            ("session_state", success.session_state),
            ("iss", Some(iss.to_string())),
        ];
        Self { redirect_uri, mode, parameters: present(parameters) }
    }

    /// The response to a request that was refused (RFC 6749 4.1.2.1).
    #[must_use]
    pub fn refused(
        redirect_uri: RedirectUri,
        mode: ResponseMode,
        iss: &Issuer,
        refusal: &Refusal,
        state: Option<&State>,
    ) -> Self {
        let parameters = [
            ("error", Some(refusal.code().as_str().to_owned())),
            ("error_description", Some(refusal.description().to_owned())),
            ("state", state.map(ToString::to_string)),
            ("iss", Some(iss.to_string())),
        ];
        Self { redirect_uri, mode, parameters: present(parameters) }
    }

    /// The same with its parameters in a JWT, made from them (JARM 2.3).
    #[must_use]
    pub fn in_jwt(self, jwt: String) -> Self {
        Self { parameters: vec![("response", jwt)], ..self }
    }

    /// Where the response goes.
    #[must_use]
    pub const fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// How it travels.
    #[must_use]
    pub const fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// What it carries, in order.
    #[must_use]
    pub fn parameters(&self) -> &[(&'static str, String)] {
        &self.parameters
    }

    /// The `Location` to send the browser to; `None` when the response is a form to be posted.
    #[must_use]
    pub fn location(&self) -> Option<String> {
        let parameters: Vec<(&str, &str)> =
            self.parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match self.mode.carrier() {
            Carrier::Query => Some(self.redirect_uri.append_query(&parameters)),
            Carrier::Fragment => Some(self.redirect_uri.with_fragment(&parameters)),
            Carrier::FormPost => None,
        }
    }

    /// The hidden fields of the form to be posted to the redirect URI; `None` when the response is a redirect.
    #[must_use]
    pub fn form_fields(&self) -> Option<&[(&'static str, String)]> {
        (self.mode.carrier() == Carrier::FormPost).then_some(self.parameters.as_slice())
    }
}

fn present<const N: usize>(parameters: [(&'static str, Option<String>); N]) -> Vec<(&'static str, String)> {
    parameters.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

impl fmt::Debug for AuthorizationResponse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.parameters.iter().map(|(name, _)| *name).collect();
        out.debug_struct("AuthorizationResponse")
            .field("redirect_uri", &self.redirect_uri)
            .field("mode", &self.mode)
            .field("parameters", &names)
            .finish()
    }
}

impl fmt::Debug for Success {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Success")
            .field("code", &self.code.as_ref().map(|_| "redacted"))
            .field("access_token", &self.access_token.as_ref().map(|_| "redacted"))
            .field("id_token", &self.id_token.as_ref().map(|_| "redacted"))
            .field("state", &self.state)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn issuer() -> Issuer {
        Issuer::try_from("https://as.example").unwrap()
    }

    fn success(uri: &str, mode: ResponseMode) -> AuthorizationResponse {
        let success = Success {
            code: Some("c/d".to_owned()),
            state: Some(State::try_from("a b&c").unwrap()),
            scope: Some(Scope::parse("openid email").unwrap()),
            ..Success::default()
        };
        AuthorizationResponse::success(RedirectUri::try_from(uri).unwrap(), mode, &issuer(), success)
    }

    #[test]
    fn a_query_response_keeps_the_query_of_the_redirect_uri() {
        let parameters = "code=c%2Fd&state=a+b%26c&scope=openid+email&iss=https%3A%2F%2Fas.example";
        for (uri, joint) in [("https://c.example/cb", "?"), ("https://c.example/cb?x=1", "&")] {
            let response = success(uri, ResponseMode::Query);
            assert_eq!(response.location(), Some(format!("{uri}{joint}{parameters}")));
            assert_eq!(response.form_fields(), None);
        }
    }

    #[test]
    fn a_fragment_response_leaves_the_query_alone() {
        let location = success("https://c.example/cb?x=1", ResponseMode::Fragment).location().unwrap();
        assert!(location.starts_with("https://c.example/cb?x=1#code=c%2Fd&"), "{location}");
    }

    #[test]
    fn a_form_post_response_has_fields_and_no_location() {
        let response = success("https://c.example/cb", ResponseMode::FormPost);
        assert_eq!(response.location(), None);
        let names: Vec<_> = response.form_fields().unwrap().iter().map(|field| field.0).collect();
        assert_eq!(names, ["code", "state", "scope", "iss"]);
    }

    #[test]
    fn a_refusal_carries_error_state_and_iss() {
        let refusal = Refusal::new(ErrorCode::AccessDenied, "The end-user said no.");
        let state = State::try_from("s").unwrap();
        let response = AuthorizationResponse::refused(
            RedirectUri::try_from("https://c.example/cb").unwrap(),
            ResponseMode::Query,
            &issuer(),
            &refusal,
            Some(&state),
        );
        assert_eq!(
            response.location().unwrap(),
            "https://c.example/cb?error=access_denied&error_description=The+end-user+said+no.\
             &state=s&iss=https%3A%2F%2Fas.example"
        );
    }

    #[test]
    fn debug_output_does_not_show_the_code() {
        let shown = format!("{:?}", success("https://c.example/cb", ResponseMode::Query));
        assert!(shown.contains("code") && !shown.contains("c/d"), "{shown}");
    }
}

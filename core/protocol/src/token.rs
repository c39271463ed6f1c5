//! The token request and response (RFC 6749 4.1.3, 4.4.2, 5.1 and 6; RFC 7636 4.5; OpenID Connect Core 3.1.3).

use std::fmt;

use serde::Serialize;

use crate::{
    credential::Credential,
    error::{ErrorCode, Refusal},
    grant_type::GrantType,
    malformed::Malformed,
    params::Params,
    pkce::CodeVerifier,
    scope::Scope,
};

/// What a client presents to get tokens. Client authentication is read apart, by
/// [`PresentedCredentials`](crate::client_credentials::PresentedCredentials).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// `authorization_code`: an authorization code (RFC 6749 4.1.3).
    AuthorizationCode {
        /// The code.
        code: Credential,
        /// The redirect URI of the authorization request; compared with it as text.
        redirect_uri: Option<String>,
        /// The verifier behind the code challenge.
        code_verifier: Option<CodeVerifier>,
    },
    /// `refresh_token`: a refresh token (RFC 6749 6).
    RefreshToken {
        /// The refresh token.
        refresh_token: Credential,
        /// Less than was granted; all of it where absent.
        scope: Option<Scope>,
    },
    /// `client_credentials`: nothing but the client itself (RFC 6749 4.4).
    ClientCredentials {
        /// What the client wants to be allowed.
        scope: Option<Scope>,
    },
}

impl TokenRequest {
    /// Reads the form of a token request.
    ///
    /// # Errors
    /// `invalid_request` when a parameter is missing or repeated, `unsupported_grant_type`, `invalid_scope`, and
    /// `invalid_grant` for a code, verifier or refresh token that cannot be one.
    pub fn parse(params: &Params) -> Result<Self, Refusal> {
        match grant_type(params)? {
            GrantType::AuthorizationCode => Ok(Self::AuthorizationCode {
                code: grant(params.required("code")?)?,
                redirect_uri: params.single("redirect_uri")?.map(str::to_owned),
                code_verifier: code_verifier(params)?,
            }),
            GrantType::RefreshToken => Ok(Self::RefreshToken {
                refresh_token: grant(params.required("refresh_token")?)?,
                scope: scope(params)?,
            }),
            GrantType::ClientCredentials => Ok(Self::ClientCredentials { scope: scope(params)? }),
            // It has no request at the token endpoint (OpenID Connect Core 3.2).
            GrantType::Implicit => Err(ErrorCode::UnsupportedGrantType.refusal()),
        }
    }

    /// The grant the request is for.
    #[must_use]
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
        }
    }
}

fn grant_type(params: &Params) -> Result<GrantType, Refusal> {
    let text = params.required("grant_type")?;
    text.parse().map_err(|unknown: Malformed| unknown.refuse(ErrorCode::UnsupportedGrantType))
}

fn grant(text: &str) -> Result<Credential, Refusal> {
    Credential::try_from(text).map_err(|_| ErrorCode::InvalidGrant.refusal())
}

/// A malformed verifier is answered as a wrong one is (RFC 7636 4.6).
fn code_verifier(params: &Params) -> Result<Option<CodeVerifier>, Refusal> {
    let parsed = params.single("code_verifier")?.map(CodeVerifier::try_from).transpose();
    parsed.map_err(|malformed| malformed.refuse(ErrorCode::InvalidGrant))
}

fn scope(params: &Params) -> Result<Option<Scope>, Refusal> {
    let parsed = params.single("scope")?.map(Scope::parse).transpose();
    parsed.map_err(|malformed| malformed.refuse(ErrorCode::InvalidScope))
}

word_enum! {
    /// How an access token is used (RFC 6749 7.1).
    pub enum TokenType: "token type" {
        /// Whoever holds it may use it (RFC 6750).
        Bearer = "Bearer",
        /// Whoever can show that they have the key it is bound to (RFC 9449 5).
        Dpop = "DPoP",
    }
}

/// What a client gets (RFC 6749 5.1). Debug output does not show the tokens.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// How it is used.
    pub token_type: TokenType,
    /// How long it lives, in seconds.
    pub expires_in: u64,
    /// The refresh token, where one was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The ID token, where the grant is an authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What the access token allows; needed where it is not what was asked (RFC 6749 5.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TokenResponse")
            .field("access_token", &"redacted")
            .field("token_type", &self.token_type)
            .field("expires_in", &self.expires_in)
            .field("refresh_token", &self.refresh_token.as_ref().map(|_| "redacted"))
            .field("id_token", &self.id_token.as_ref().map(|_| "redacted"))
            .field("scope", &self.scope)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn parse(form: &str) -> Result<TokenRequest, Refusal> {
        TokenRequest::parse(&Params::parse_form(form.as_bytes()).unwrap())
    }

    #[test]
    fn each_grant_is_read_with_its_own_parameters() {
        let form = format!("grant_type=authorization_code&code=c&redirect_uri=u&code_verifier={VERIFIER}");
        let expected = TokenRequest::AuthorizationCode {
            code: Credential::try_from("c").unwrap(),
            redirect_uri: Some("u".to_owned()),
            code_verifier: Some(CodeVerifier::try_from(VERIFIER).unwrap()),
        };
        assert_eq!(parse(&form), Ok(expected));
        let expected = TokenRequest::RefreshToken {
            refresh_token: Credential::try_from("r").unwrap(),
            scope: Some(Scope::parse("a b").unwrap()),
        };
        assert_eq!(parse("grant_type=refresh_token&refresh_token=r&scope=b+a"), Ok(expected));
        let expected = TokenRequest::ClientCredentials { scope: None };
        assert_eq!(parse("grant_type=client_credentials&unknown=1"), Ok(expected));
    }

    #[test]
    fn each_fault_of_the_form_has_its_code() {
        use ErrorCode::{InvalidGrant, InvalidRequest, InvalidScope, UnsupportedGrantType};
        let table = [
            ("", InvalidRequest),
            ("grant_type=", InvalidRequest),
            ("grant_type=refresh_token&grant_type=refresh_token", InvalidRequest),
            ("grant_type=password&username=u&password=p", UnsupportedGrantType),
            ("grant_type=implicit", UnsupportedGrantType),
            ("grant_type=authorization_code", InvalidRequest),
            ("grant_type=authorization_code&code=c&code=c", InvalidRequest),
            ("grant_type=authorization_code&code=%00", InvalidGrant),
            ("grant_type=authorization_code&code=c&code_verifier=short", InvalidGrant),
            ("grant_type=authorization_code&code=c&redirect_uri=a&redirect_uri=a", InvalidRequest),
            ("grant_type=refresh_token", InvalidRequest),
            ("grant_type=refresh_token&refresh_token=%0A", InvalidGrant),
            ("grant_type=refresh_token&refresh_token=r&scope=%22", InvalidScope),
            ("grant_type=client_credentials&scope=a%5C", InvalidScope),
        ];
        for (form, code) in table {
            assert_eq!(parse(form).map_err(|refusal| refusal.code()), Err(code), "{form}");
        }
    }

    #[test]
    fn absent_members_are_left_out_of_the_response() {
        let response = TokenResponse {
            access_token: "at".to_owned(),
            token_type: TokenType::Bearer,
            expires_in: 300,
            refresh_token: None,
            id_token: None,
            scope: Some(Scope::parse("openid").unwrap()),
        };
        let expected = r#"{"access_token":"at","token_type":"Bearer","expires_in":300,"scope":"openid"}"#;
        assert_eq!(serde_json::to_string(&response).unwrap(), expected);
        assert!(!format!("{response:?}").contains("at\""));
    }

    proptest! {
        #[test]
        fn a_refused_form_carries_a_code_of_the_token_endpoint(
            grant in "authorization_code|refresh_token|client_credentials|.{0,8}",
            key in "code|refresh_token|scope|code_verifier",
            value in "[ -~]{0,60}|\\PC{0,20}",
        ) {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.append_pair("grant_type", &grant).append_pair(&key, &value);
            if let Err(refusal) = parse(&form.finish()) {
                prop_assert!(matches!(
                    refusal.code(),
                    ErrorCode::InvalidRequest
                        | ErrorCode::InvalidGrant
                        | ErrorCode::InvalidScope
                        | ErrorCode::UnsupportedGrantType
                ));
            }
        }
    }
}

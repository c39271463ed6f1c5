//! Access tokens: how they are presented (RFC 6750 2, RFC 9449 7.1) and how a request without a good one is answered
//! (RFC 6750 3, RFC 9449 7.1, RFC 9470 3, RFC 9728 5.1).

use std::fmt;

use crate::{
    acr::Acr,
    credential::Credential,
    error::{ErrorCode, Refusal},
    jws_algorithm::JwsAlgorithm,
    params::Params,
    scope::Scope,
    token::TokenType,
};

/// An access token as it is presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedToken {
    /// The token.
    pub token: Credential,
    /// How it is said to be used; in a form, as a bearer token.
    pub scheme: TokenType,
}

/// Reads the access token of a request, from the `Authorization` header or the form. `None` when there is none: such a
/// request is answered by a challenge without an error code (RFC 6750 3.1).
///
/// # Errors
/// `invalid_request` when the token is presented twice or in the query, which ends up in logs; `invalid_token` when it has
/// characters no token has.
pub fn presented_token(
    authorization: Option<&str>,
    query: &Params,
    form: &Params,
) -> Result<Option<PresentedToken>, Refusal> {
    if query.all("access_token").next().is_some() {
        return Err(Refusal::invalid_request("An access token is not taken from the query."));
    }
    let in_header = authorization.and_then(by_scheme);
    let (text, scheme) = match (in_header, form.single("access_token")?) {
        (Some(_), Some(_)) => return Err(Refusal::invalid_request("The access token is presented twice.")),
        (Some(found), None) => found,
        (None, Some(token)) => (token, TokenType::Bearer),
        (None, None) => return Ok(None),
    };
    parse_token(text).map(|token| Some(PresentedToken { token, scheme }))
}

/// The same for a token that no key is bound to: one presented by another scheme is none.
///
/// # Errors
/// As [`presented_token`].
pub fn bearer_token(authorization: Option<&str>, query: &Params, form: &Params) -> Result<Option<Credential>, Refusal> {
    let presented = presented_token(authorization, query, form)?;
    Ok(presented.filter(|presented| presented.scheme == TokenType::Bearer).map(|presented| presented.token))
}

/// What stands after `Bearer` or `DPoP`, in any case (RFC 9110 11.1); `None` for another scheme.
fn by_scheme(header: &str) -> Option<(&str, TokenType)> {
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    let known = TokenType::ALL.iter().find(|known| scheme.eq_ignore_ascii_case(known.as_str()))?;
    Some((rest.trim(), *known))
}

/// Admits the `b64token` of RFC 6750 2.1.
fn parse_token(text: &str) -> Result<Credential, Refusal> {
    let body = text.trim_end_matches('=');
    let well_formed =
        !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte));
    match Credential::from_token(text) {
        Ok(token) if well_formed => Ok(token),
        _ => Err(ErrorCode::InvalidToken.refusal()),
    }
}

/// The value of a `WWW-Authenticate` header, put together part by part; `to_string` gives the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WwwAuthenticate {
    scheme: &'static str,
    parts: Vec<(&'static str, String)>,
}

impl WwwAuthenticate {
    /// A challenge for a bearer token (RFC 6750 3).
    #[must_use]
    pub const fn bearer() -> Self {
        Self { scheme: "Bearer", parts: Vec::new() }
    }

    /// A challenge for a token that a key is bound to (RFC 9449 7.1).
    #[must_use]
    pub const fn dpop() -> Self {
        Self { scheme: "DPoP", parts: Vec::new() }
    }

    /// A challenge for client credentials in the header (RFC 7617 2): goes with `invalid_client` (RFC 6749 5.2).
    #[must_use]
    pub const fn basic() -> Self {
        Self { scheme: "Basic", parts: Vec::new() }
    }

    /// Names what is protected.
    #[must_use]
    pub fn realm(self, realm: &str) -> Self {
        self.part("realm", realm)
    }

    /// Says what was wrong: `error` and `error_description`.
    #[must_use]
    pub fn refusal(self, refusal: &Refusal) -> Self {
        self.part("error", refusal.code().as_str()).part("error_description", refusal.description())
    }

    /// Says which scope would do.
    #[must_use]
    pub fn scope(self, scope: &Scope) -> Self {
        self.part("scope", &scope.to_string())
    }

    /// Says how proofs may be signed (RFC 9449 7.1).
    #[must_use]
    pub fn algs(self, algorithms: &[JwsAlgorithm]) -> Self {
        let names: Vec<&str> = algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
        self.part("algs", &names.join(" "))
    }

    /// Says where the resource is described (RFC 9728 5.1).
    #[must_use]
    pub fn resource_metadata(self, url: &str) -> Self {
        self.part("resource_metadata", url)
    }

    /// Says which acrs would do, the most wanted first (RFC 9470 3).
    #[must_use]
    pub fn acr_values(self, acrs: &[Acr]) -> Self {
        let acrs: Vec<&str> = acrs.iter().map(Acr::as_str).collect();
        self.part("acr_values", &acrs.join(" "))
    }

    /// Says how old, in seconds, the authentication may be (RFC 9470 3).
    #[must_use]
    pub fn max_age(self, seconds: u64) -> Self {
        self.part("max_age", &seconds.to_string())
    }

    fn part(mut self, name: &'static str, value: &str) -> Self {
        self.parts.push((name, quote(value)));
        self
    }
}

/// A `quoted-string` (RFC 9110 5.6.4). Whatever cannot stand in a header becomes `?`, so that no value ends the line.
fn quote(value: &str) -> String {
    let mut quoted = String::from('"');
    for character in value.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            _ => quoted.push('?'),
        }
    }
    quoted.push('"');
    quoted
}

impl fmt::Display for WwwAuthenticate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.scheme)?;
        for (place, (name, value)) in self.parts.iter().enumerate() {
            let comma = if place == 0 { " " } else { ", " };
            write!(out, "{comma}{name}={value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::credential::TOKEN_MAX_BYTES;

    fn present(header: Option<&str>, query: &str, form: &str) -> Result<Option<Credential>, Refusal> {
        let params = |text| Params::parse_query(text).unwrap();
        bearer_token(header, &params(query), &params(form))
    }

    #[test]
    fn a_token_is_read_from_the_header_in_any_case_or_from_the_form() {
        let token = Some(Credential::try_from("a.b-c_d~e+f/g==").unwrap());
        for header in ["Bearer a.b-c_d~e+f/g==", "bearer a.b-c_d~e+f/g==", "BEARER  a.b-c_d~e+f/g== "] {
            assert_eq!(present(Some(header), "x=1", ""), Ok(token.clone()), "{header}");
        }
        assert_eq!(present(None, "", "access_token=a.b-c_d~e%2Bf/g=="), Ok(token.clone()));
        assert_eq!(present(Some("Basic x"), "", "access_token=a.b-c_d~e%2Bf/g%3D%3D"), Ok(token));
    }

    #[test]
    fn a_token_is_said_to_be_bound_to_a_key_by_its_scheme() {
        let none = Params::default();
        for (header, scheme) in [
            ("DPoP t", TokenType::Dpop),
            ("dpop t", TokenType::Dpop),
            ("DPOP  t", TokenType::Dpop),
            ("bearer t", TokenType::Bearer),
        ] {
            let presented = presented_token(Some(header), &none, &none).unwrap().unwrap();
            assert_eq!((presented.token.expose(), presented.scheme), ("t", scheme), "{header}");
        }
        assert_eq!(present(Some("DPoP t"), "", ""), Ok(None), "where no proof is looked at");
        let twice = Params::parse_query("access_token=t").unwrap();
        assert_eq!(
            presented_token(Some("DPoP t"), &none, &twice).unwrap_err().code(),
            ErrorCode::InvalidRequest,
            "whatever the scheme"
        );
    }

    #[test]
    fn a_challenge_for_a_bound_token_names_algorithms_and_the_resource() {
        let challenge = WwwAuthenticate::dpop()
            .algs(&[JwsAlgorithm::ES256, JwsAlgorithm::EdDSA])
            .resource_metadata("https://as.example/.well-known/oauth-protected-resource");
        assert_eq!(
            challenge.to_string(),
            "DPoP algs=\"ES256 EdDSA\", resource_metadata=\"https://as.example/.well-known/oauth-protected-resource\""
        );
    }

    #[test]
    fn a_request_without_a_token_is_no_error() {
        for header in [None, Some("Basic Yzpz"), Some("Bearertoken x")] {
            assert_eq!(present(header, "", "access_token="), Ok(None), "{header:?}");
        }
    }

    #[test]
    fn each_fault_of_the_presentation_has_its_code() {
        let long = format!("Bearer {}", "x".repeat(TOKEN_MAX_BYTES + 1));
        let table = [
            (Some("Bearer t"), "", "access_token=t", ErrorCode::InvalidRequest),
            (None, "access_token=t", "", ErrorCode::InvalidRequest),
            (Some("Bearer t"), "access_token=t", "", ErrorCode::InvalidRequest),
            (None, "", "access_token=t&access_token=t", ErrorCode::InvalidRequest),
            (Some("Bearer"), "", "", ErrorCode::InvalidToken),
            (Some("Bearer =="), "", "", ErrorCode::InvalidToken),
            (Some("Bearer a b"), "", "", ErrorCode::InvalidToken),
            (Some("Bearer a\"b"), "", "", ErrorCode::InvalidToken),
            (Some(long.as_str()), "", "", ErrorCode::InvalidToken),
        ];
        for (header, query, form, code) in table {
            let refused = present(header, query, form).map_err(|refusal| refusal.code());
            assert_eq!(refused, Err(code), "{header:?} {query} {form}");
        }
    }

    #[test]
    fn a_challenge_is_put_together_part_by_part() {
        assert_eq!(WwwAuthenticate::bearer().to_string(), "Bearer");
        assert_eq!(WwwAuthenticate::basic().realm("as").to_string(), "Basic realm=\"as\"");
        let refusal = Refusal::new(ErrorCode::InsufficientUserAuthentication, "Too weak.");
        let challenge = WwwAuthenticate::bearer()
            .realm("a \"b\" \\ \r\nX: é")
            .refusal(&refusal)
            .scope(&Scope::parse("openid email").unwrap())
            .acr_values(&[Acr::try_from("otp").unwrap(), Acr::try_from("pwd").unwrap()])
            .max_age(60);
        assert_eq!(
            challenge.to_string(),
            "Bearer realm=\"a \\\"b\\\" \\\\ ??X: ?\", error=\"insufficient_user_authentication\", \
             error_description=\"Too weak.\", scope=\"openid email\", acr_values=\"otp pwd\", max_age=\"60\""
        );
    }

    proptest! {
        #[test]
        fn a_challenge_never_leaves_its_line(realm in any::<String>()) {
            let header = WwwAuthenticate::bearer().realm(&realm).to_string();
            prop_assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        }

        #[test]
        fn any_header_is_read_or_refused(header in "(Bearer )?\\PC{0,60}") {
            if let Ok(Some(token)) = present(Some(&header), "", "") {
                prop_assert!(header.ends_with(token.expose()) || header.trim_end().ends_with(token.expose()));
            }
        }
    }
}

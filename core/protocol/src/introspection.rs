//! Token introspection (RFC 7662).

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use crate::{credential::Credential, error::Refusal, params::Params};

word_enum! {
    /// What kind of token the client believes it holds (RFC 7009 2.1): only a hint where to look first.
    pub enum TokenTypeHint: "token_type_hint" {
        /// An access token.
        AccessToken = "access_token",
        /// A refresh token.
        RefreshToken = "refresh_token",
    }
}

/// Asks what a token is worth (RFC 7662 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntrospectionRequest {
    /// The token asked about.
    pub token: Credential,
    /// What it may be; a hint that is not known counts as none.
    pub token_type_hint: Option<TokenTypeHint>,
}

impl IntrospectionRequest {
    /// Reads the form of an introspection request.
    ///
    /// # Errors
    /// `invalid_request` when `token` is missing, repeated or cannot be a token.
    pub fn parse(params: &Params) -> Result<Self, Refusal> {
        let (token, token_type_hint) = token_and_hint(params)?;
        Ok(Self { token, token_type_hint })
    }
}

/// The two parameters that introspection and revocation share.
pub(crate) fn token_and_hint(params: &Params) -> Result<(Credential, Option<TokenTypeHint>), Refusal> {
    let token = Credential::from_token(params.required("token")?)
        .map_err(|malformed| Refusal::invalid_request(malformed.to_string()))?;
    let hint = params.single("token_type_hint")?;
    Ok((token, hint.and_then(|hint| TokenTypeHint::try_from(hint).ok())))
}

/// What a token is worth (RFC 7662 2.2).
#[derive(Debug, Clone, PartialEq)]
pub enum IntrospectionResponse {
    /// Nothing, or nothing to this caller. Says no more than that.
    Inactive,
    /// It is good, and this is what it says. A member `active` among the claims is not sent.
    Active(Map<String, Value>),
}

impl Serialize for IntrospectionResponse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("active", &matches!(self, Self::Active(_)))?;
        if let Self::Active(claims) = self {
            for (name, value) in claims.iter().filter(|(name, _)| *name != "active") {
                members.serialize_entry(name, value)?;
            }
        }
        members.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use serde_json::json;

    use super::*;
    use crate::{credential::TOKEN_MAX_BYTES, error::ErrorCode};

    fn parse(form: &str) -> Result<IntrospectionRequest, Refusal> {
        IntrospectionRequest::parse(&Params::parse_form(form.as_bytes()).unwrap())
    }

    #[test]
    fn a_hint_that_is_not_known_counts_as_none() {
        let table = [
            ("token=t", None),
            ("token=t&token_type_hint=access_token", Some(TokenTypeHint::AccessToken)),
            ("token=t&token_type_hint=refresh_token", Some(TokenTypeHint::RefreshToken)),
            ("token=t&token_type_hint=pct", None),
        ];
        for (form, token_type_hint) in table {
            let token = Credential::try_from("t").unwrap();
            assert_eq!(parse(form), Ok(IntrospectionRequest { token, token_type_hint }), "{form}");
        }
    }

    #[test]
    fn a_request_without_one_good_token_is_refused() {
        let long = format!("token={}", "x".repeat(TOKEN_MAX_BYTES + 1));
        for form in ["", "token=", "token=a&token=b", "token=%00", long.as_str()] {
            let refused = parse(form).map_err(|refusal| refusal.code());
            assert_eq!(refused, Err(ErrorCode::InvalidRequest));
        }
    }

    #[test]
    fn an_inactive_token_is_told_nothing_about() {
        let body = serde_json::to_string(&IntrospectionResponse::Inactive).unwrap();
        assert_eq!(body, r#"{"active":false}"#);
    }

    #[test]
    fn the_claims_of_an_active_token_cannot_say_that_it_is_not() {
        let Value::Object(claims) = json!({"active": false, "sub": "u"}) else { unreachable!() };
        let body = serde_json::to_string(&IntrospectionResponse::Active(claims)).unwrap();
        assert_eq!(body, r#"{"active":true,"sub":"u"}"#);
    }

    proptest! {
        #[test]
        fn any_form_is_read_or_refused_as_an_invalid_request(
            name in "token|token_type_hint|.{0,6}",
            value in "\\PC{0,30}|[%0-9a-fA-F&=+]{0,30}",
        ) {
            let Ok(params) = Params::parse_form(format!("token=t&{name}={value}").as_bytes()) else { return Ok(()) };
            match IntrospectionRequest::parse(&params) {
                Ok(read) => prop_assert_eq!(read.token.expose(), "t"),
                Err(refusal) => prop_assert_eq!(refusal.code(), ErrorCode::InvalidRequest),
            }
        }
    }
}

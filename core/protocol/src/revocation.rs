//! Token revocation (RFC 7009). The response has no body: only a status.

use crate::{
    credential::Credential,
    error::Refusal,
    introspection::{TokenTypeHint, token_and_hint},
    params::Params,
};

/// Asks that a token be worth nothing any more (RFC 7009 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationRequest {
    /// The token to revoke.
    pub token: Credential,
    /// What it may be; a hint that is not known counts as none.
    pub token_type_hint: Option<TokenTypeHint>,
}

impl RevocationRequest {
    /// Reads the form of a revocation request.
    ///
    /// # Errors
    /// `invalid_request` when `token` is missing, repeated or cannot be a token.
    pub fn parse(params: &Params) -> Result<Self, Refusal> {
        let (token, token_type_hint) = token_and_hint(params)?;
        Ok(Self { token, token_type_hint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn token_and_hint_are_read_and_a_missing_token_refused() {
        let parse = |form: &str| RevocationRequest::parse(&Params::parse_form(form.as_bytes()).unwrap());
        let request = parse("token=t&token_type_hint=refresh_token").unwrap();
        assert_eq!(request.token.expose(), "t");
        assert_eq!(request.token_type_hint, Some(TokenTypeHint::RefreshToken));
        let refused = parse("token_type_hint=refresh_token").map_err(|refusal| refusal.code());
        assert_eq!(refused, Err(ErrorCode::InvalidRequest));
    }
}

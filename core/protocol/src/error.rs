//! The error codes of the protocols and the refusal that carries one to a client.
//!
//! RFC 6749 4.1.2.1 and 5.2, OpenID Connect Core 3.1.2.6, RFC 7591 3.2.2, RFC 6750 3.1, RFC 7009
//! 2.2.1, RFC 9449 5 and 8, RFC 9470 3.

use serde::{Serialize, ser::SerializeStruct};

/// Longest `error_description` sent, in bytes; the rest of a longer one is cut off.
pub const DESCRIPTION_MAX_BYTES: usize = 512;

word_enum! {
    /// A registered OAuth error code.
    pub enum ErrorCode: "error code" {
        /// RFC 6749: a parameter is missing, unsupported, repeated or malformed.
        InvalidRequest = "invalid_request",
        /// RFC 6749: client authentication failed.
        InvalidClient = "invalid_client",
        /// RFC 6749: the code or refresh token is not one this client may redeem.
        InvalidGrant = "invalid_grant",
        /// RFC 6749: this client may not use this grant or response type.
        UnauthorizedClient = "unauthorized_client",
        /// RFC 6749: the grant type is not one the server offers.
        UnsupportedGrantType = "unsupported_grant_type",
        /// RFC 6749: the scope is malformed, unknown, or wider than was granted.
        InvalidScope = "invalid_scope",
        /// RFC 6749: the end-user or the server said no.
        AccessDenied = "access_denied",
        /// RFC 6749: the response type is not one the server offers.
        UnsupportedResponseType = "unsupported_response_type",
        /// RFC 6749: a fault of ours.
        ServerError = "server_error",
        /// RFC 6749: overloaded or under maintenance.
        TemporarilyUnavailable = "temporarily_unavailable",
        /// OpenID Connect Core: `prompt=none` but a page would have to be shown.
        InteractionRequired = "interaction_required",
        /// OpenID Connect Core: `prompt=none` but nobody is signed in.
        LoginRequired = "login_required",
        /// OpenID Connect Core: `prompt=none` but an account has to be chosen.
        AccountSelectionRequired = "account_selection_required",
        /// OpenID Connect Core: `prompt=none` but consent is not given.
        ConsentRequired = "consent_required",
        /// OpenID Connect Core: the `request_uri` led nowhere good.
        InvalidRequestUri = "invalid_request_uri",
        /// OpenID Connect Core: the request object is invalid.
        InvalidRequestObject = "invalid_request_object",
        /// OpenID Connect Core: `request` is not supported.
        RequestNotSupported = "request_not_supported",
        /// OpenID Connect Core: `request_uri` is not supported.
        RequestUriNotSupported = "request_uri_not_supported",
        /// OpenID Connect Core: `registration` is not supported.
        RegistrationNotSupported = "registration_not_supported",
        /// OpenID Connect Core Unmet Authentication Requirements 1.0: an essential `acr` was not reached.
        UnmetAuthenticationRequirements = "unmet_authentication_requirements",
        /// RFC 7591: a redirect URI cannot be registered.
        InvalidRedirectUri = "invalid_redirect_uri",
        /// RFC 7591: a member of the client metadata is invalid.
        InvalidClientMetadata = "invalid_client_metadata",
        /// RFC 7591: the software statement is invalid.
        InvalidSoftwareStatement = "invalid_software_statement",
        /// RFC 7591: the software statement is not approved here.
        UnapprovedSoftwareStatement = "unapproved_software_statement",
        /// RFC 6750: the access token is expired, revoked or malformed.
        InvalidToken = "invalid_token",
        /// RFC 6750: the access token does not cover this.
        InsufficientScope = "insufficient_scope",
        /// RFC 9470: the authentication behind the access token is too weak or too old.
        InsufficientUserAuthentication = "insufficient_user_authentication",
        /// RFC 7009: this kind of token cannot be revoked.
        UnsupportedTokenType = "unsupported_token_type",
        /// RFC 9449: the DPoP proof is missing or not acceptable.
        InvalidDpopProof = "invalid_dpop_proof",
        /// RFC 9449: the DPoP proof needs the nonce that comes with this answer.
        UseDpopNonce = "use_dpop_nonce",
    }
}

impl ErrorCode {
    /// A sentence for the client's developer when there is nothing more precise to say.
    #[must_use]
    pub const fn default_description(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request is malformed.",
            Self::InvalidClient => "Client authentication failed.",
            Self::InvalidGrant => "The grant is invalid, expired, revoked or not this client's.",
            Self::UnauthorizedClient => "The client is not allowed to do this.",
            Self::UnsupportedGrantType => "The server does not offer this grant type.",
            Self::InvalidScope => "The scope is malformed, unknown or too wide.",
            Self::AccessDenied => "The request was denied.",
            Self::UnsupportedResponseType => "The server does not offer this response type.",
            Self::ServerError => "The server met an unexpected condition.",
            Self::TemporarilyUnavailable => "The server cannot answer right now; try again later.",
            Self::InteractionRequired => "The end-user has to be shown a page.",
            Self::LoginRequired => "The end-user has to sign in.",
            Self::AccountSelectionRequired => "The end-user has to choose an account.",
            Self::ConsentRequired => "The end-user has to give consent.",
            Self::InvalidRequestUri => "The request_uri is invalid.",
            Self::InvalidRequestObject => "The request object is invalid.",
            Self::RequestNotSupported => "The request parameter is not supported.",
            Self::RequestUriNotSupported => "The request_uri parameter is not supported.",
            Self::RegistrationNotSupported => "The registration parameter is not supported.",
            Self::UnmetAuthenticationRequirements => "The authentication asked for could not be performed.",
            Self::InvalidRedirectUri => "A redirect URI cannot be registered.",
            Self::InvalidClientMetadata => "The client metadata is invalid.",
            Self::InvalidSoftwareStatement => "The software statement is invalid.",
            Self::UnapprovedSoftwareStatement => "The software statement is not approved here.",
            Self::InvalidToken => "The access token is expired, revoked or malformed.",
            Self::InsufficientScope => "The access token does not cover this.",
            Self::InsufficientUserAuthentication => {
                "The authentication behind the access token is too weak or too old."
            }
            Self::UnsupportedTokenType => "This kind of token cannot be revoked.",
            Self::InvalidDpopProof => "The DPoP proof is missing or not acceptable.",
            Self::UseDpopNonce => "The DPoP proof needs the nonce in the header DPoP-Nonce of this answer.",
        }
    }

    /// The HTTP status that goes with the code where the answer is not a redirect: the token,
    /// registration, introspection, revocation and userinfo endpoints.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken | Self::InsufficientUserAuthentication => 401,
            Self::InsufficientScope => 403,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }

    /// The refusal with this code and its default description.
    #[must_use]
    pub fn refusal(self) -> Refusal {
        Refusal::new(self, self.default_description())
    }
}

/// What a client is told when it is refused: a code and a sentence for its developer.
///
/// Serialises as the JSON body of RFC 6749 5.2: `error` and `error_description`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Refusal {
    /// What went wrong, for the client's program.
    pub code: ErrorCode,
    description: String,
}

impl Refusal {
    /// A refusal. The description is brought into the alphabet of RFC 6749 (`"` becomes `'`, any other
    /// character outside it becomes `?`) and cut at [`DESCRIPTION_MAX_BYTES`].
    #[must_use]
    pub fn new(code: ErrorCode, description: impl AsRef<str>) -> Self {
        let description = description.as_ref().chars().take(DESCRIPTION_MAX_BYTES).map(printable).collect();
        Self { code, description }
    }

    /// The error code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The sentence for the client's developer, in the alphabet of RFC 6749.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The HTTP status of [`ErrorCode::http_status`].
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        self.code.http_status()
    }
}

/// Brings a character into `%x20-21 / %x23-5B / %x5D-7E`, one byte each.
fn printable(character: char) -> char {
    match character {
        '"' => '\'',
        '\\' => '?',
        ' '..='~' => character,
        _ => '?',
    }
}

/// One constructor a code, for refusals raised where they are found.
macro_rules! short_constructors {
    ($($function:ident => $variant:ident,)+) => {
        impl Refusal {
            $(
                #[doc = concat!("A refusal with the code `", stringify!($function), "`.")]
                #[must_use]
                pub fn $function(description: impl AsRef<str>) -> Self {
                    Self::new(ErrorCode::$variant, description)
                }
            )+
        }
    };
}

short_constructors! {
    invalid_request => InvalidRequest,
    invalid_client => InvalidClient,
    invalid_grant => InvalidGrant,
    unauthorized_client => UnauthorizedClient,
    unsupported_grant_type => UnsupportedGrantType,
    invalid_scope => InvalidScope,
    access_denied => AccessDenied,
    unsupported_response_type => UnsupportedResponseType,
    server_error => ServerError,
    temporarily_unavailable => TemporarilyUnavailable,
    interaction_required => InteractionRequired,
    login_required => LoginRequired,
    account_selection_required => AccountSelectionRequired,
    consent_required => ConsentRequired,
    invalid_request_uri => InvalidRequestUri,
    invalid_request_object => InvalidRequestObject,
    request_not_supported => RequestNotSupported,
    request_uri_not_supported => RequestUriNotSupported,
    registration_not_supported => RegistrationNotSupported,
    unmet_authentication_requirements => UnmetAuthenticationRequirements,
    invalid_redirect_uri => InvalidRedirectUri,
    invalid_client_metadata => InvalidClientMetadata,
    invalid_software_statement => InvalidSoftwareStatement,
    invalid_token => InvalidToken,
    insufficient_scope => InsufficientScope,
    insufficient_user_authentication => InsufficientUserAuthentication,
    unsupported_token_type => UnsupportedTokenType,
    invalid_dpop_proof => InvalidDpopProof,
}

impl Serialize for Refusal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_struct("Refusal", 2)?;
        body.serialize_field("error", &self.code)?;
        body.serialize_field("error_description", &self.description)?;
        body.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_code_has_its_status_where_the_answer_is_no_redirect() {
        for code in ErrorCode::ALL {
            let expected = match code.as_str() {
                "invalid_client" | "invalid_token" | "insufficient_user_authentication" => 401,
                "insufficient_scope" => 403,
                "server_error" => 500,
                "temporarily_unavailable" => 503,
                _ => 400,
            };
            assert_eq!(code.refusal().http_status(), expected, "{code}");
            assert_eq!(ErrorCode::try_from(code.as_str()), Ok(*code));
        }
    }

    #[test]
    fn each_code_has_its_own_description() {
        let mut descriptions: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.default_description()).collect();
        assert!(descriptions.iter().all(|text| Refusal::invalid_request(text).description() == *text));
        descriptions.sort_unstable();
        descriptions.dedup();
        assert_eq!(descriptions.len(), ErrorCode::ALL.len());
    }

    #[test]
    fn a_short_constructor_has_the_code_it_is_called_after() {
        let table = [
            (Refusal::invalid_request("x"), "invalid_request"),
            (Refusal::invalid_grant("x"), "invalid_grant"),
            (Refusal::invalid_redirect_uri("x"), "invalid_redirect_uri"),
            (Refusal::insufficient_scope("x"), "insufficient_scope"),
        ];
        for (refusal, code) in table {
            assert_eq!(refusal.code().as_str(), code);
            assert_eq!(refusal.to_string(), format!("{code}: x"));
        }
    }

    #[test]
    fn a_refusal_is_sent_as_rfc_6749_has_it() {
        let refusal = Refusal::invalid_grant("The code \"x\" is \\ used\r\nÜ.");
        let body = serde_json::to_string(&refusal).unwrap();
        assert_eq!(body, r#"{"error":"invalid_grant","error_description":"The code 'x' is ? used???."}"#);
    }

    #[test]
    fn a_description_is_cut_at_its_limit() {
        let refusal = Refusal::invalid_request("é".repeat(DESCRIPTION_MAX_BYTES + 1));
        assert_eq!(refusal.description().len(), DESCRIPTION_MAX_BYTES);
    }

    proptest! {
        #[test]
        fn a_description_stays_in_the_alphabet_of_rfc_6749(text in any::<String>()) {
            let refusal = Refusal::invalid_request(&text);
            let in_alphabet = |byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
            prop_assert!(refusal.description().bytes().all(in_alphabet));
            prop_assert_eq!(refusal.description().len(), text.chars().count().min(DESCRIPTION_MAX_BYTES));
        }
    }
}

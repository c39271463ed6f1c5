//! Response types and grant types have to fit each other (RFC 7591 2.1).

use super::{members::wrong, metadata::ClientMetadata};
use crate::{client_auth_method::ClientAuthMethod, error::Refusal, grant_type::GrantType, response_type::ResponseType};

pub(super) struct Grants {
    pub(super) response_types: Vec<ResponseType>,
    pub(super) grant_types: Vec<GrantType>,
}

/// Fills in what is absent from what is there, then holds them against each other.
pub(super) fn resolve(metadata: &ClientMetadata) -> Result<Grants, Refusal> {
    let (response_types, grant_types) = match (metadata.response_types.clone(), metadata.grant_types.clone()) {
        (Some(response_types), Some(grant_types)) => (response_types, grant_types),
        (Some(response_types), None) => {
            let grant_types = default_grant_types(&response_types);
            (response_types, grant_types)
        }
        (None, Some(grant_types)) => (default_response_types(&grant_types), grant_types),
        (None, None) => (vec![ResponseType::Code], default_grant_types(&[ResponseType::Code])),
    };
    for response_type in &response_types {
        refuse_uncovered(*response_type, &grant_types)?;
    }
    Ok(Grants { response_types, grant_types })
}

/// The grants the response types need. A client that gets codes also gets refresh tokens, as it does upstream: RFC 7591
/// has the code alone.
fn default_grant_types(response_types: &[ResponseType]) -> Vec<GrantType> {
    let mut grant_types = Vec::new();
    if response_types.iter().any(|response_type| response_type.issues_code()) {
        grant_types.extend([GrantType::AuthorizationCode, GrantType::RefreshToken]);
    }
    if response_types.iter().any(|response_type| response_type.issues_id_token()) {
        grant_types.push(GrantType::Implicit);
    }
    grant_types
}

/// `code` for a client that redeems codes (RFC 7591 2); a client without a redirecting grant has none.
fn default_response_types(grant_types: &[GrantType]) -> Vec<ResponseType> {
    if grant_types.contains(&GrantType::AuthorizationCode) {
        vec![ResponseType::Code]
    } else if grant_types.contains(&GrantType::Implicit) {
        vec![ResponseType::IdToken]
    } else {
        Vec::new()
    }
}

fn refuse_uncovered(response_type: ResponseType, grant_types: &[GrantType]) -> Result<(), Refusal> {
    let needed = [
        (response_type.issues_code(), GrantType::AuthorizationCode),
        (response_type.issues_id_token(), GrantType::Implicit),
    ];
    for (is_needed, grant_type) in needed {
        if is_needed && !grant_types.contains(&grant_type) {
            let why = format!("must have {grant_type} for the response type {response_type}");
            return Err(wrong("grant_types", &why));
        }
    }
    Ok(())
}

/// A grant that stands on the client's credentials alone is nothing without them (RFC 6749 4.4).
pub(super) fn refuse_unauthenticated_client_credentials(
    grants: &Grants,
    method: ClientAuthMethod,
) -> Result<(), Refusal> {
    if method == ClientAuthMethod::None && grants.grant_types.contains(&GrantType::ClientCredentials) {
        return Err(wrong("grant_types", "has client_credentials, which a public client cannot use"));
    }
    Ok(())
}

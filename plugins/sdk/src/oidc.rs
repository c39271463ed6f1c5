//! Sign-in at other OpenID Providers that the operator configured and lent (OpenID Connect Core 3.1).

use crate::claim_set::ClaimSet;
use crate::failure::Failure;
use crate::host;

/// Who signed in elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedIn {
    /// The provider's issuer.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
    /// What the ID token says; only what was verified.
    pub claims: ClaimSet,
}

/// Where to [`visit`](crate::pages::visit), with a `state` of [`return_state`](crate::pages::return_state).
///
/// # Errors
/// Not lent, or the provider did not answer.
pub fn authorization_url(provider: &str, state: &str) -> Result<String, Failure> {
    host::oidc::authorization_url(provider, state)
}

/// Who came back, of what the visit answered; none where the other side says that nobody signed in.
///
/// # Errors
/// Not lent, the provider did not answer, or what it said is not to be believed.
pub fn redeem(provider: &str, state: &str, returned: &[(String, String)]) -> Result<Option<SignedIn>, Failure> {
    let signed_in = host::oidc::redeem(provider, state, returned)?;
    Ok(signed_in.map(|there| SignedIn {
        issuer: there.issuer,
        subject: there.subject,
        claims: ClaimSet::from_wire(there.claims),
    }))
}

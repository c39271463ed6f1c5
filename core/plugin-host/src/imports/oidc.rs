//! `oidc`: sign-in at other OpenID Providers.

use super::Answered;
use crate::bindings::gatewright::plugin::oidc::{Host, SignedIn};
use crate::exports::claims;
use crate::turn::Turn;
use gatewright_domain::capabilities::oidc::OidcCall;
use gatewright_domain::flow::{HostAnswer, HostCall};

const NAME: &str = "oidc";

impl Host for Turn {
    fn authorization_url(&mut self, provider: String, state: String) -> Answered<String> {
        self.name(NAME, HostCall::Oidc(OidcCall::AuthorizationUrl { provider, state }))
    }

    fn redeem(
        &mut self,
        provider: String,
        state: String,
        returned: Vec<(String, String)>,
    ) -> Answered<Option<SignedIn>> {
        let call = OidcCall::Redeem { provider, state, returned: returned.into_iter().collect() };
        self.ask(NAME, HostCall::Oidc(call), |_, answer| match answer {
            HostAnswer::SignedIn(signed_in) => Some(signed_in.map(|signed_in| SignedIn {
                issuer: signed_in.issuer,
                subject: signed_in.subject,
                claims: claims(&signed_in.claims),
            })),
            _ => None,
        })
    }
}

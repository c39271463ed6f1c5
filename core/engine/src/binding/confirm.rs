//! What a new token is bound to, and which keys a grant is bound to already (RFC 9449 5, 5.2 and 10, RFC 8705 3.4 and 4).

use super::call::Call;
use super::dpop::JudgedProof;
use crate::Engine;
use crate::error::EndpointError;
use crate::fapi2;
use gatewright_domain::certificate::ClientCertificate;
use gatewright_domain::client::Client;
use gatewright_domain::confirmation::Confirmation;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::thumbprint::Thumbprint;

impl Engine {
    /// What the tokens of this request are bound to.
    pub(crate) async fn confirmed(
        &self,
        client: &Client,
        proof: Option<JudgedProof<'_>>,
        call: &Call<'_>,
    ) -> Result<Confirmation, EndpointError> {
        // Whether it would do at all is seen before the signature is.
        let required = fapi2::applies(&self.settings, client);
        bound(client, required, proof.is_some().then_some(()), call.certificate)?;
        let key = match &proof {
            None => None,
            Some(proof) => Some(self.prove(proof).await?),
        };
        Ok(Confirmation { jkt: key, certificate: certificate_of(client, call.certificate) })
    }
}

/// Whether a request has what this client's tokens are bound to.
fn bound(
    client: &Client,
    required: bool,
    proof: Option<()>,
    certificate: Option<&ClientCertificate>,
) -> Result<(), Refusal> {
    if client.binding.dpop_bound_access_tokens == Some(true) && proof.is_none() {
        let why = "This client's tokens are bound to a key: the request needs a DPoP proof.";
        return Err(Refusal::new(ErrorCode::InvalidDpopProof, why));
    }
    let by_certificate = client.binding.tls_client_certificate_bound_access_tokens == Some(true);
    if by_certificate && certificate.is_none() {
        let why = "This client's tokens are bound to its certificate: the connection needs one.";
        return Err(Refusal::invalid_request(why));
    }
    if required && proof.is_none() && !by_certificate {
        return Err(Refusal::invalid_request(
            "The security profile has every token bound to its sender: the request needs a DPoP proof.",
        ));
    }
    Ok(())
}

fn certificate_of(client: &Client, certificate: Option<&ClientCertificate>) -> Option<Thumbprint> {
    let wanted = client.binding.tls_client_certificate_bound_access_tokens == Some(true);
    certificate.filter(|_| wanted).map(|certificate| certificate.thumbprint.clone())
}

/// Whether a code may be redeemed with this key (RFC 9449 10).
pub(crate) fn admit_key(bound_to: Option<&Thumbprint>, shown: &Confirmation) -> Result<(), Refusal> {
    match bound_to {
        Some(key) if shown.jkt.as_ref() != Some(key) => {
            Err(Refusal::invalid_grant("The code is bound to another key than that of the DPoP proof."))
        }
        _ => Ok(()),
    }
}

/// Whether a refresh token may be used by whoever shows this. A certificate that a public client has is not part of its
/// registration, so here it is asked of the connection itself.
pub(crate) fn admit_refresh(
    bound_to: &Confirmation,
    shown: &Confirmation,
    certificate: Option<&ClientCertificate>,
) -> Result<(), Refusal> {
    admit_key(bound_to.jkt.as_ref(), shown).map_err(|_| {
        Refusal::invalid_grant("The refresh token is bound to another key than that of the DPoP proof.")
    })?;
    match &bound_to.certificate {
        Some(bound_to) if certificate.map(|certificate| &certificate.thumbprint) != Some(bound_to) => {
            Err(Refusal::invalid_grant("The refresh token is bound to another certificate than the connection's."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorization::tests::sample_client;
    use crate::binding::certificate::tests::certificate;
    use gatewright_protocol::registration::binding_metadata::BindingMetadata;

    fn client(dpop: bool, certificate: bool) -> Client {
        let binding = BindingMetadata {
            dpop_bound_access_tokens: Some(dpop),
            tls_client_certificate_bound_access_tokens: Some(certificate),
            ..BindingMetadata::default()
        };
        Client { binding, ..sample_client() }
    }

    #[test]
    fn a_client_whose_tokens_are_bound_gets_no_others() {
        let certificate = certificate();
        // Of DPoP, of the certificate, by the profile; then a proof, a certificate; then whether that will do.
        let table = [
            ((false, false, false), (false, false), true),
            ((false, false, false), (true, true), true),
            ((true, false, false), (false, true), false),
            ((true, false, false), (true, false), true),
            ((false, true, false), (true, false), false),
            ((false, true, false), (false, true), true),
            ((true, true, false), (true, false), false),
            ((true, true, true), (true, true), true),
            ((false, false, true), (false, false), false),
            ((false, false, true), (false, true), false),
            ((false, false, true), (true, false), true),
            ((false, true, true), (false, true), true),
        ];
        for ((dpop, tls, required), (proof, shown), fits) in table {
            let shown = shown.then_some(&certificate);
            let found = bound(&client(dpop, tls), required, proof.then_some(()), shown);
            assert_eq!(found.is_ok(), fits, "{dpop} {tls} {required} {proof} {}", shown.is_some());
        }
    }

    #[test]
    fn a_token_is_bound_to_a_certificate_only_where_the_client_wants_that() {
        let certificate = certificate();
        assert_eq!(certificate_of(&client(false, false), Some(&certificate)), None);
        assert_eq!(certificate_of(&client(false, true), Some(&certificate)), Some(certificate.thumbprint.clone()));
    }

    #[test]
    fn what_is_bound_to_a_key_is_used_with_that_key_alone() {
        let key = |name: &str| Some(Thumbprint::of(name.as_bytes()));
        let shown = |jkt| Confirmation { jkt, certificate: None };
        assert!(admit_key(None, &shown(None)).is_ok() && admit_key(None, &shown(key("a"))).is_ok());
        assert!(admit_key(key("a").as_ref(), &shown(key("a"))).is_ok());
        assert!(admit_key(key("a").as_ref(), &shown(key("b"))).is_err());
        assert!(admit_key(key("a").as_ref(), &shown(None)).is_err());
        let certificate = certificate();
        let bound = Confirmation { jkt: key("a"), certificate: Some(certificate.thumbprint.clone()) };
        assert!(admit_refresh(&bound, &shown(key("a")), Some(&certificate)).is_ok());
        assert!(admit_refresh(&bound, &shown(key("a")), None).is_err());
        assert!(admit_refresh(&bound, &shown(None), Some(&certificate)).is_err());
        assert!(admit_refresh(&Confirmation::default(), &shown(None), None).is_ok());
    }
}

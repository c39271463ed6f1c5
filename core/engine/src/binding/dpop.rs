//! From the header `DPoP` to a key that was shown (RFC 9449 4.3): taken apart, judged, its signature verified, its `jti`
//! spent. The cheap comes first, and nothing is written for a proof that is not good.

use super::call::{Call, ProofHeader};
use super::proof::{Expected, PROOF_AGE_S_MAX, judge};
use crate::Engine;
use crate::error::EndpointError;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::dpop::{DpopProof, refused};
use gatewright_protocol::error::Refusal;
use gatewright_protocol::thumbprint::Thumbprint;

/// Where a Janssen server has its endpoints; they are ours too.
const ALIAS: &str = "/jans-auth/restv1";

/// A proof that says what it must. Who made it is not known yet.
#[derive(Debug)]
pub(crate) struct JudgedProof<'c> {
    text: &'c str,
    proof: DpopProof,
}

impl Engine {
    /// The key that a request shows to have, where it has a proof. For endpoints where a client pushes or redeems.
    ///
    /// # Errors
    /// `invalid_dpop_proof` or `use_dpop_nonce`; a fault of the store.
    pub async fn proven_key(&self, call: &Call<'_>) -> Result<Option<Thumbprint>, EndpointError> {
        match self.judged_proof(call, None)? {
            None => Ok(None),
            Some(proof) => self.prove(&proof).await.map(Some),
        }
    }

    /// The proof of a request, if there is one, judged by all but its signature and its newness.
    pub(crate) fn judged_proof<'c>(
        &self,
        call: &Call<'c>,
        token: Option<&str>,
    ) -> Result<Option<JudgedProof<'c>>, Refusal> {
        let text = match call.proof {
            ProofHeader::None => return Ok(None),
            ProofHeader::Unreadable => return Err(refused("there must be one header DPoP with one JWT")),
            ProofHeader::One(text) => text,
        };
        let proof = DpopProof::parse(text)?;
        let targets = self.targets(call);
        judge(&proof, &Expected { method: call.place.method, targets: &targets, token, now: self.now() })?;
        self.admit_nonce(&proof)?;
        Ok(Some(JudgedProof { text, proof }))
    }

    /// Verifies a judged proof, and spends it.
    pub(crate) async fn prove(&self, judged: &JudgedProof<'_>) -> Result<Thumbprint, EndpointError> {
        let JudgedProof { text, proof } = judged;
        let verified = self.world.foreign.verify_with_key(text, &proof.key, proof.algorithm);
        verified.map_err(|why| refused(&why.to_string()))?;
        let key = proof.key.thumbprint();
        // Another key's proof of the same name is another proof.
        let jti = TokenHash::of(&format!("dpop {} {}", key.as_str(), proof.jti));
        let expires_at = Timestamp(proof.iat).plus(PROOF_AGE_S_MAX + 1);
        if self.world.stores.tokens.remember_assertion(&jti, expires_at).await? {
            Ok(key)
        } else {
            Err(refused("it was used before; make a new one for every request").into())
        }
    }

    /// Every URL that the request may have come to.
    fn targets(&self, call: &Call<'_>) -> Vec<String> {
        let path = call.place.path;
        let mut targets = vec![self.settings.issuer.endpoint(path)];
        targets.push(self.settings.issuer.endpoint(&format!("{ALIAS}{path}")));
        targets.extend(self.settings.binding.mutual_tls.base.as_ref().map(|base| base.endpoint(path)));
        targets.extend(call.place.origins.iter().map(|origin| format!("{origin}{path}")));
        targets
    }
}

//! The authorization code grant (RFC 6749 4.1.3, RFC 7636 4.6, RFC 9700 2.1.1).

use super::Sender;
use super::issue::Grant;
use crate::Engine;
use crate::binding::admit_key;
use crate::error::EndpointError;
use crate::observation::{Later, Recorder};
use gatewright_domain::client::Client;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::{AuthorizationCode, Redemption};
use gatewright_domain::confirmation::Confirmation;
use gatewright_domain::family::TokenFamily;
use gatewright_domain::store::FirstTokens;
use gatewright_domain::token_hash::TokenHash;
use gatewright_domain::trace::TraceKind;
use gatewright_protocol::credential::Credential;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::pkce::CodeVerifier;
use gatewright_protocol::token::TokenResponse;
use std::sync::Arc;

/// A code as presented.
pub(super) struct PresentedCode {
    pub code: Credential,
    pub redirect_uri: Option<String>,
    pub code_verifier: Option<CodeVerifier>,
}

impl Engine {
    pub(super) async fn redeem_code(
        &self,
        sender: &Sender<'_>,
        presented: PresentedCode,
    ) -> Result<TokenResponse, EndpointError> {
        let client = sender.client;
        let now = self.now();
        let hash = TokenHash::of(presented.code.expose());
        let Some(code) = self.world.stores.codes.find(&hash).await? else { return Err(unknown().into()) };
        admit(&code, client, &presented)?;
        admit_key(code.dpop_jkt.as_ref(), sender.shown)?;
        if self.world.stores.tokens.family(&code.family).await?.is_some() {
            self.world.stores.tokens.revoke_family(&code.family, now).await?;
            return Err(reused().into());
        }
        if now >= code.expires_at {
            return Err(unknown().into());
        }
        let recorder = self.later(&Later {
            kind: TraceKind::Login,
            login: code.trace.as_ref(),
            client: &client.id,
            subject: Some(&code.authentication.subject),
            bundle: &code.bundle,
        });
        let redeemed = self.redeem_admitted(sender, &hash, &code, &recorder).await;
        self.settle(&recorder, redeemed)
    }

    async fn redeem_admitted(
        &self,
        sender: &Sender<'_>,
        hash: &TokenHash,
        code: &AuthorizationCode,
        recorder: &Arc<Recorder>,
    ) -> Result<TokenResponse, EndpointError> {
        let now = self.now();
        let user = self.enabled_user(&code.authentication.subject).await?;
        let user = user.ok_or_else(|| Refusal::invalid_grant("The end-user no longer has an account here."))?;
        let policy = recorder.over(self.world.policies.pinned(&code.bundle).await?);
        let grant = Grant {
            client: sender.client,
            user: &user,
            context: &code.authentication,
            family: &code.family,
            scope: &code.scope,
            refresh_scope: &code.scope,
            began: now,
            claims: code.claims.as_ref(),
            nonce: code.nonce.as_ref(),
            confirmation: sender.shown,
            grant_type: "authorization_code",
        };
        let tokens = self.prepare_tokens(policy.as_ref(), &grant).await?;
        let issues = FirstTokens {
            family: family_of(code, sender, (now, tokens.expires_at())),
            refresh_token: tokens.refresh_token(),
            opaque: tokens.opaque(),
        };
        match self.world.stores.codes.redeem(hash, &issues, now).await? {
            Redemption::Redeemed => Ok(self.sign_tokens(tokens, &grant)?),
            Redemption::Reused => Err(reused().into()),
            Redemption::Unknown => Err(unknown().into()),
        }
    }
}

fn unknown() -> Refusal {
    Refusal::invalid_grant("The code is not one of ours, or it has expired.")
}

fn reused() -> Refusal {
    Refusal::invalid_grant("The code was used before; everything issued for it is now revoked.")
}

/// The checks that need nothing but the code: its client, its redirect URI, its challenge. None of them consumes
/// it, so a stolen code cannot be burnt by whoever cannot redeem it. Its age is judged later: the replay of an
/// expired code still revokes.
fn admit(code: &AuthorizationCode, client: &Client, presented: &PresentedCode) -> Result<(), Refusal> {
    if code.client_id != client.id {
        return Err(unknown());
    }
    match presented.redirect_uri.as_deref() {
        Some(redirect_uri) if redirect_uri == code.redirect_uri.as_str() => {}
        Some(_) => return Err(Refusal::invalid_grant("The redirect_uri is not the one the code was sent to.")),
        None => return Err(Refusal::invalid_request("The parameter redirect_uri is missing.")),
    }
    match (&code.challenge, &presented.code_verifier) {
        (None, None) => {}
        (Some(challenge), Some(verifier)) if verifier.matches(challenge) => {}
        (Some(_), Some(_)) => return Err(Refusal::invalid_grant("The code_verifier does not fit the code_challenge.")),
        (Some(_), None) => return Err(Refusal::invalid_grant("The parameter code_verifier is missing.")),
        (None, Some(_)) => {
            return Err(Refusal::invalid_grant("A code_verifier was sent for a code that was asked for without one."));
        }
    }
    Ok(())
}

fn family_of(code: &AuthorizationCode, sender: &Sender<'_>, (now, expires_at): (Timestamp, Timestamp)) -> TokenFamily {
    // A client that authenticates may change its key; of one that does not, the key is all that its refresh tokens are
    // bound to (RFC 9449 5, RFC 8705 4).
    let confirmation = if sender.client.is_public() { sender.shown.clone() } else { Confirmation::default() };
    TokenFamily {
        id: code.family.clone(),
        client_id: code.client_id.clone(),
        authentication: code.authentication.clone(),
        scope: code.scope.clone(),
        claims: code.claims.clone(),
        confirmation,
        bundle: code.bundle.clone(),
        trace: code.trace.clone(),
        created_at: now,
        expires_at,
        revoked_at: None,
    }
}

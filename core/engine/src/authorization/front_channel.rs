//! What an authorization response carries: the code, and by the response type tokens in the front channel (RFC 6749
//! 4.1.2, OpenID Connect Core 3.2.2.5 and 3.3.2.5).
//!
//! All of it is decided before the interaction is consumed and issued after. An access token in the front channel is of a
//! family of its own: the code's may not have begun, and no refresh token ever joins it.

use super::interaction::{Consented, Interaction, Reached};
use super::walk::{HopFailed, Walk};
use crate::answers::Form;
use crate::error::EndpointError;
use crate::fapi2;
use crate::token::access_token::{AccessTokenParts, PreparedAccessToken};
use crate::token::id_token::{IdTokenParts, PreparedIdToken};
use gatewright_domain::client::Client;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::{AuthorizationCode, Issuance, Redemption};
use gatewright_domain::confirmation::Confirmation;
use gatewright_domain::family::TokenFamily;
use gatewright_domain::identifiers::FamilyId;
use gatewright_domain::logout::SignedIn;
use gatewright_domain::store::FirstTokens;
use gatewright_domain::token_hash::RandomToken;
use gatewright_domain::user::User;
use gatewright_protocol::authorization_response::{FrontChannelToken, Success};
use gatewright_protocol::claims_request::ClaimsRequest;
use gatewright_protocol::error::Refusal;

/// As what tokens of the front channel are told to hooks.
const GRANT_TYPE: &str = "implicit";

/// What the walk decided.
pub(super) struct Decided<'d> {
    pub interaction: &'d Interaction,
    pub reached: &'d Reached,
    pub consented: &'d Consented,
    pub user: &'d User,
    /// What is noted of the client, if it is told who is signed in and wants to be told of the end.
    pub signed_in: Option<&'d SignedIn>,
}

/// What will be issued.
pub(super) struct FrontChannel {
    code: Option<RandomToken>,
    access: Option<(FamilyId, PreparedAccessToken)>,
    id_token: Option<PreparedIdToken>,
    claims: Option<ClaimsRequest>,
}

impl Decided<'_> {
    fn id_token_parts<'p>(
        &'p self,
        client: &'p Client,
        claims: Option<&'p ClaimsRequest>,
        issued: (Option<&'p str>, Option<&'p str>),
    ) -> IdTokenParts<'p> {
        let asked = self.interaction.request.asked();
        IdTokenParts {
            client,
            user: self.user,
            context: &self.reached.context,
            scope: &self.consented.scope,
            claims,
            nonce: asked.nonce.as_ref(),
            code: issued.0,
            access_token: issued.1,
            alone: !asked.response_type.issues_code() && !asked.response_type.issues_access_token(),
            grant_type: GRANT_TYPE,
        }
    }
}

impl Walk<'_> {
    /// Decides everything that the response will carry.
    pub(super) async fn prepare_front_channel(&self, decided: &Decided<'_>) -> Result<FrontChannel, HopFailed> {
        let asked = decided.interaction.request.asked();
        let entropy = self.engine.world.entropy.as_ref();
        let claims = asked.claims.as_ref();
        let claims =
            claims.map(|asked| self.engine.granted_claims(asked, &decided.consented.scope, &decided.consented.claims));
        let access = match asked.response_type.issues_access_token() {
            true => Some(self.prepare_front_access_token(decided).await?),
            false => None,
        };
        let id_token = match asked.response_type.issues_id_token() {
            true => Some(self.prepare_front_id_token(decided, claims.as_ref()).await?),
            false => None,
        };
        let code = asked.response_type.issues_code().then(|| RandomToken::draw(entropy));
        Ok(FrontChannel { code, access, id_token, claims })
    }

    async fn prepare_front_access_token(
        &self,
        decided: &Decided<'_>,
    ) -> Result<(FamilyId, PreparedAccessToken), HopFailed> {
        let family = FamilyId::draw(self.engine.world.entropy.as_ref());
        let parts = AccessTokenParts {
            client: &self.client,
            end_user: Some((decided.user, &decided.reached.context)),
            scope: &decided.consented.scope,
            family: Some(&family),
            confirmation: &Confirmation::default(),
            grant_type: GRANT_TYPE,
        };
        let prepared = self.engine.prepare_access_token(self.policy.as_ref(), &parts).await;
        let prepared = prepared.map_err(HopFailed::Issuing)?.map_err(HopFailed::Refused)?;
        Ok((family, prepared))
    }

    async fn prepare_front_id_token(
        &self,
        decided: &Decided<'_>,
        claims: Option<&ClaimsRequest>,
    ) -> Result<PreparedIdToken, HopFailed> {
        let seal = self.engine.seal_for(&self.client, Form::id_token(&self.client)).await.map_err(unsealed)?;
        let parts = decided.id_token_parts(&self.client, claims, (None, None));
        let prepared = self.engine.prepare_id_token(self.policy.as_ref(), &parts, seal).await;
        prepared.map_err(HopFailed::Issuing)?.map_err(HopFailed::Refused)
    }

    /// Issues what was decided: the code and the access token stored, then both tokens signed.
    pub(super) async fn issue(&self, decided: &Decided<'_>, front: FrontChannel) -> Result<Success, HopFailed> {
        let FrontChannel { code, access, id_token, claims } = front;
        let entropy = self.engine.world.entropy.as_ref();
        if let Some(code) = &code {
            let family = FamilyId::draw(entropy);
            self.issue_code(&self.code(decided, code, family, claims.clone()), decided.signed_in).await?;
        }
        let access_token = match access {
            Some((family, prepared)) => {
                // It stands for a code that nobody ever saw, so that it meets the end of its session as a code does.
                let unseen = self.code(decided, &RandomToken::draw(entropy), family, claims.clone());
                Some(self.issue_access_token(unseen, prepared, decided.signed_in).await?)
            }
            None => None,
        };
        if let (None, None, Some(signed_in)) = (&code, &access_token, decided.signed_in) {
            ended_meanwhile(self.engine.world.stores.logouts.note(signed_in, self.engine.now()).await?)?;
        }
        let issued = (code.as_ref().map(RandomToken::expose), access_token.as_ref().map(|token| token.value.as_str()));
        let parts = decided.id_token_parts(&self.client, claims.as_ref(), issued);
        let id_token = id_token.map(|prepared| self.engine.sign_id_token(prepared, &parts)).transpose()?;
        Ok(Success {
            code: code.map(RandomToken::into_text),
            access_token,
            id_token,
            state: decided.interaction.request.asked().state.clone(),
            scope: Some(decided.consented.scope.clone()),
            session_state: None,
        })
    }

    async fn issue_code(&self, code: &AuthorizationCode, signed_in: Option<&SignedIn>) -> Result<(), HopFailed> {
        ended_meanwhile(self.engine.world.stores.codes.issue(code, signed_in).await?)
    }

    async fn issue_access_token(
        &self,
        unseen: AuthorizationCode,
        prepared: PreparedAccessToken,
        signed_in: Option<&SignedIn>,
    ) -> Result<FrontChannelToken, HopFailed> {
        self.issue_code(&unseen, signed_in).await?;
        let now = self.engine.now();
        let issues = FirstTokens {
            family: family_of(&unseen, now, prepared.expires_at()),
            refresh_token: None,
            opaque: prepared.opaque(),
        };
        match self.engine.world.stores.codes.redeem(&unseen.hash, &issues, now).await? {
            Redemption::Redeemed => {}
            Redemption::Reused | Redemption::Unknown => {
                let why = "The end-user signed out while the request was answered.";
                return Err(HopFailed::Refused(Refusal::login_required(why)));
            }
        }
        let expires_in = prepared.lifetime_s();
        Ok(FrontChannelToken { value: self.engine.sign_access_token(prepared)?, expires_in })
    }

    fn code(
        &self,
        decided: &Decided<'_>,
        code: &RandomToken,
        family: FamilyId,
        claims: Option<ClaimsRequest>,
    ) -> AuthorizationCode {
        let interaction = decided.interaction;
        let asked = interaction.request.asked();
        let now = self.engine.now();
        AuthorizationCode {
            hash: code.hash(),
            family,
            client_id: self.client.id.clone(),
            redirect_uri: interaction.request.redirect_uri().clone(),
            challenge: asked.code_challenge.clone(),
            nonce: asked.nonce.clone(),
            authentication: decided.reached.context.clone(),
            scope: decided.consented.scope.clone(),
            claims,
            dpop_jkt: asked.dpop_jkt.clone(),
            bundle: interaction.bundle.clone(),
            trace: Some(interaction.trace.id.clone()),
            issued_at: now,
            expires_at: now.plus(fapi2::code_s(&self.engine.settings, &self.client)),
        }
    }
}

/// Nothing is issued in a session that is over.
fn ended_meanwhile(issuance: Issuance) -> Result<(), HopFailed> {
    match issuance {
        Issuance::Issued => Ok(()),
        Issuance::SessionEnded => {
            let why = "The end-user signed out while the request was answered.";
            Err(HopFailed::Refused(Refusal::login_required(why)))
        }
    }
}

fn family_of(code: &AuthorizationCode, now: Timestamp, expires_at: Timestamp) -> TokenFamily {
    TokenFamily {
        id: code.family.clone(),
        client_id: code.client_id.clone(),
        authentication: code.authentication.clone(),
        // No refresh: nothing that outlives the session is granted by the front channel.
        scope: code.scope.without("offline_access"),
        claims: code.claims.clone(),
        bundle: code.bundle.clone(),
        trace: code.trace.clone(),
        confirmation: Confirmation::default(),
        created_at: now,
        expires_at,
        revoked_at: None,
    }
}

fn unsealed(error: EndpointError) -> HopFailed {
    match error {
        EndpointError::Refused(refusal) => HopFailed::Refused(refusal),
        EndpointError::Hook(fault) => HopFailed::Issuing(fault),
        EndpointError::Fault(fault) => HopFailed::Fault(fault),
    }
}

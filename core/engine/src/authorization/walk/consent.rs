//! The `consent` hop: remembered, decided by the policy, or asked on the built-in page (OpenID Connect Core
//! 3.1.2.4).

use super::{Hop, HopFailed, Luggage, Walk, waiting};
use crate::authorization::interaction::{Consented, Interaction, Running};
use crate::authorization::outcome::PageKind;
use gatewright_domain::consent::Consent;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::{FlowEnd, Journal};
use gatewright_domain::hooks::{ConsentDecision, ConsentInput};
use gatewright_domain::user::UserView;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::scope::Scope;
use std::collections::BTreeSet;

impl Walk<'_> {
    pub(super) async fn consent(
        &mut self,
        interaction: &mut Interaction,
        luggage: &mut Luggage,
    ) -> Result<Hop, HopFailed> {
        let remembered = self.remembered(interaction).await?;
        let asked = interaction.request.asked().prompt.consent()
            || interaction.progress.passed.is_some_and(|passed| passed.ask_consent);
        let scope = interaction.request.scope();
        let claims = self.claims_by_name(interaction, scope);
        let given = self.client.first_party
            || remembered.as_ref().is_some_and(|consent| {
                // What a scope stood for when it was allowed is allowed by its name too.
                let beyond_it = self.claims_by_name(interaction, &consent.scope);
                consent.covers(scope, claims.intersection(&beyond_it), self.engine.now())
            });
        if given && !asked {
            let scope = scope.clone();
            interaction.progress.consented = Some(Consented { scope, claims, remember: false });
            return Ok(Hop::On);
        }
        let user = self.user_of(interaction, luggage).await?;
        let remembered = remembered.map(|consent| consent.scope.iter().map(ToString::to_string).collect());
        let input = ConsentInput {
            login: self.login(interaction),
            user: UserView::from(&user),
            remembered: remembered.unwrap_or_default(),
            requested: claims.into_iter().collect(),
            return_url: self.engine.settings.issuer.endpoint("/visit"),
        };
        self.run_consent(interaction, input, Journal::default(), luggage).await
    }

    /// Claims that the request asks for by name, beyond what `scope` stands for.
    fn claims_by_name(&self, interaction: &Interaction, scope: &Scope) -> BTreeSet<String> {
        let asked = interaction.request.asked().claims.as_ref();
        self.engine.claims_by_name(self.policy.as_ref(), &self.client, scope, asked)
    }

    async fn remembered(&self, interaction: &Interaction) -> Result<Option<Consent>, Fault> {
        let Some(reached) = &interaction.progress.reached else { return Ok(None) };
        self.engine.world.stores.consents.find(&reached.context.subject, &self.client.id).await
    }

    pub(super) async fn run_consent(
        &mut self,
        interaction: &mut Interaction,
        input: ConsentInput,
        journal: Journal,
        luggage: &mut Luggage,
    ) -> Result<Hop, HopFailed> {
        let mut flow = self.flow(interaction, journal, luggage);
        let end = self.policy.consent(input.clone(), &mut flow).await?;
        let silent = interaction.request.asked().prompt.none();
        Ok(match end {
            FlowEnd::Waiting(_) | FlowEnd::Decided(ConsentDecision::BuiltIn) if silent => {
                Hop::Refuse(Refusal::consent_required("The end-user has to be asked for consent."))
            }
            FlowEnd::Waiting(wait) => {
                interaction.progress.running = Some(Running::Consent { input: Box::new(input), journal: flow.journal });
                waiting(wait, PageKind::Consent)
            }
            FlowEnd::Decided(ConsentDecision::BuiltIn) => {
                let claims = input.requested.into_iter().collect();
                interaction.progress.running = Some(Running::ConsentQuestion { claims });
                Hop::Page(PageKind::Consent)
            }
            FlowEnd::Decided(ConsentDecision::Deny { reason }) => Hop::Refuse(Refusal::access_denied(reason)),
            FlowEnd::Decided(ConsentDecision::Grant { scope, remember }) => {
                let scope = interaction.request.scope().intersection(&scope);
                let claims = input.requested.into_iter().collect();
                interaction.progress.consented = Some(Consented { scope, claims, remember });
                Hop::On
            }
        })
    }
}

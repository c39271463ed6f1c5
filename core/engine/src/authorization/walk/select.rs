//! The `select_acr` hop: the policy's choice, else the server's own (OpenID Connect Core 3.1.2.1, 5.5.1.1).

use super::{Hop, HopFailed, Walk};
use crate::authorization::admit::AdmittedRequest;
use crate::authorization::interaction::Interaction;
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::{AcrView, Acrs, HookKind, Method, SelectAcrDecision, SelectAcrInput};
use gatewright_domain::identifiers::FactorKind;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::error::Refusal;

impl Walk<'_> {
    pub(super) async fn select_acr(&mut self, interaction: &mut Interaction) -> Result<Hop, HopFailed> {
        let acrs = self.policy.acrs();
        let kinds = self.kinds_of_session().await?;
        let available = acrs.iter().map(|method| view(method, kinds.as_deref())).collect();
        let input = SelectAcrInput { login: self.login(interaction), available };
        let decision = self.policy.select_acr(input).await?;
        interaction.progress.enrol = matches!(decision, SelectAcrDecision::Enrol(_));
        let wanted = match decision {
            SelectAcrDecision::Use(wanted) | SelectAcrDecision::Enrol(wanted) if !wanted.is_empty() => wanted,
            SelectAcrDecision::Use(_) | SelectAcrDecision::Enrol(_) | SelectAcrDecision::Pass => {
                vec![own_selection(&interaction.request, &self.client, acrs)]
            }
            SelectAcrDecision::Deny { reason } => return Ok(Hop::Refuse(Refusal::access_denied(reason))),
        };
        interaction.progress.wanted = Some(wanted);
        Ok(Hop::On)
    }

    /// The kinds of factors that the session's end-user has, where the policy may ask.
    async fn kinds_of_session(&self) -> Result<Option<Vec<FactorKind>>, Fault> {
        let asked =
            self.policy.asks(HookKind::SelectAcr) && self.policy.acrs().iter().any(|method| method.factor.is_some());
        match self.session.as_ref().filter(|_| asked) {
            Some(session) => self.engine.enrolled_kinds(&session.subject).await.map(Some),
            None => Ok(None),
        }
    }
}

fn view(method: &Method, kinds: Option<&[FactorKind]>) -> AcrView {
    let enrolled = method.factor.as_ref().zip(kinds).map(|(kind, kinds)| kinds.contains(kind));
    AcrView { acr: method.acr.to_string(), level: method.level, enrolled }
}

/// The first ACR that is asked for and can be reached: by `acr_values`, by the `acr` claim asked for, by the
/// client's default, by the bundle's. All of them are wishes; what is essential is held at the end.
fn own_selection(request: &AdmittedRequest, client: &Client, acrs: &Acrs) -> Acr {
    let asked = request.asked().acr_values.iter();
    let claimed = asked_acr_claim(request);
    let defaults = client.authentication_defaults.acr_values.iter();
    let mut wishes = asked.chain(claimed.iter()).chain(defaults);
    wishes.find(|acr| acrs.find(acr).is_some()).unwrap_or(acrs.default_acr()).clone()
}

/// The values under which `claims` asks for `acr` in the ID token.
fn asked_acr_claim(request: &AdmittedRequest) -> Vec<Acr> {
    let claims = request.asked().claims.as_ref();
    let Some(asked) = claims.and_then(|claims| claims.id_token.get("acr")) else { return Vec::new() };
    let values = asked.value.iter().chain(asked.values.iter());
    values.filter_map(|value| value.as_str()).filter_map(|text| Acr::try_from(text).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorization::tests::{admitted, sample_acrs, sample_client};

    #[test]
    fn without_a_policy_the_request_then_the_client_then_the_bundle_choose() {
        let acrs = sample_acrs();
        let mut client = sample_client();
        let chosen = |query: &str, client: &Client| own_selection(&admitted(query), client, &acrs).to_string();
        assert_eq!(chosen("", &client), "pwd");
        assert_eq!(chosen("acr_values=otp+pwd", &client), "otp");
        assert_eq!(chosen("acr_values=1+2", &client), "pwd");
        let claims = r#"claims={"id_token":{"acr":{"values":["x","otp"]}}}"#;
        assert_eq!(chosen(claims, &client), "otp");
        client.authentication_defaults.acr_values = vec![Acr::try_from("otp").unwrap()];
        assert_eq!(chosen("", &client), "otp");
        assert_eq!(chosen("acr_values=pwd", &client), "pwd");
    }
}

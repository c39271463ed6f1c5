//! The client credentials grant (RFC 6749 4.4): a token for the client itself, without refresh token.

use super::Sender;
use super::access_token::AccessTokenParts;
use super::client_family::Wanted;
use super::issue::token_type;
use crate::Engine;
use crate::authorization::admit::Admission;
use crate::error::EndpointError;
use crate::observation::Later;
use gatewright_domain::admin_scope::is_reserved;
use gatewright_domain::client::Client;
use gatewright_domain::trace::TraceKind;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::token::TokenResponse;

/// Scope values that speak of an end-user and mean nothing without one.
const END_USER_SCOPES: [&str; 6] = crate::settings::STANDARD_SCOPES;

impl Engine {
    pub(super) async fn client_credentials(
        &self,
        sender: &Sender<'_>,
        asked: Option<&Scope>,
    ) -> Result<TokenResponse, EndpointError> {
        let client = sender.client;
        if client.is_public() {
            return Err(Refusal::unauthorized_client("A public client cannot use client_credentials.").into());
        }
        let policy = self.world.policies.live();
        let admission = Admission { settings: &self.settings, served_scopes: policy.served_scopes() };
        let scope = granted(client, asked, &admission)?;
        let parts = AccessTokenParts {
            client,
            end_user: None,
            scope: &scope,
            family: None,
            confirmation: sender.shown,
            grant_type: "client_credentials",
        };
        let recorder = self.later(&Later {
            kind: TraceKind::ClientCredentials,
            login: None,
            client: &client.id,
            subject: None,
            bundle: policy.digest(),
        });
        let (bundle, policy) = (policy.digest().clone(), recorder.over(policy));
        let prepared = self.prepare_access_token(policy.as_ref(), &parts).await;
        let prepared = prepared.map_err(EndpointError::from).and_then(|prepared| Ok(prepared?));
        let mut access = self.settle(&recorder, prepared)?;
        let wanted = Wanted { client: &client.id, bundle: &bundle, until: access.expires_at() };
        access.join(self.client_family(&wanted).await?);
        if let Some(opaque) = access.opaque() {
            self.world.stores.tokens.issue_opaque(&opaque).await?;
        }
        let (expires_in, scope) = (access.lifetime_s(), access.scope().clone());
        let access_token = self.sign_access_token(access)?;
        Ok(TokenResponse {
            access_token,
            token_type: token_type(sender.shown),
            expires_in,
            refresh_token: None,
            id_token: None,
            scope: Some(scope),
        })
    }
}

/// What the client may have of what it asks; all of it where it asks for nothing, but for what the operator lets it do
/// with the admin API: that it has to ask for. Values that speak of an end-user are left out, and to a client that
/// registered itself the operator's own values too: nobody vouched for it, and here no end-user consents.
fn granted(client: &Client, asked: Option<&Scope>, admission: &Admission<'_>) -> Result<Scope, Refusal> {
    let wanted = asked.filter(|asked| !asked.is_empty()).unwrap_or(&client.scope);
    let vouched_for = client.registration_token.is_none();
    let own = |value: &str| client.scope.contains(value) && admission.knows(value) && !END_USER_SCOPES.contains(&value);
    let admin = |value: &str| client.admin_scope.contains(value) && is_reserved(value);
    let may = |value: &str| vouched_for && (own(value) || admin(value));
    let scope: Scope = wanted.iter().filter(|value| may(value.as_str())).cloned().collect();
    let nothing = scope.is_empty() && asked.is_some_and(|asked| !asked.is_empty());
    if nothing {
        Err(Refusal::invalid_scope("None of the scope values asked for is available to this client."))
    } else {
        Ok(scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorization::tests::sample_client;
    use crate::settings::Settings;
    use gatewright_domain::token_hash::TokenHash;
    use gatewright_protocol::issuer::Issuer;

    #[test]
    fn a_client_that_registered_itself_gets_no_scope_of_the_operators() {
        let mut settings = Settings::new(Issuer::try_from("https://id.example").unwrap());
        settings.scopes.insert("billing".into(), vec![]);
        let admission = Admission { settings: &settings, served_scopes: &[] };
        let known = Client { scope: Scope::parse("openid billing").unwrap(), ..sample_client() };
        let stranger = Client { registration_token: Some(TokenHash::of("t")), ..known.clone() };
        let asked = Scope::parse("billing").unwrap();
        assert_eq!(granted(&known, Some(&asked), &admission).unwrap().to_string(), "billing");
        assert_eq!(granted(&known, None, &admission).unwrap().to_string(), "billing");
        assert!(granted(&stranger, Some(&asked), &admission).is_err());
        assert!(granted(&stranger, None, &admission).unwrap().is_empty());
    }

    #[test]
    fn admin_scope_is_given_to_whom_the_operator_gave_it_and_asked_for_alone() {
        let mut settings = Settings::new(Issuer::try_from("https://id.example").unwrap());
        settings.scopes.insert("gatewright.admin".into(), vec![]);
        settings.scopes.insert("billing".into(), vec![]);
        let served = ["gatewright.users.read".to_owned()];
        let admission = Admission { settings: &settings, served_scopes: &served };
        let scope = |text: &str| Scope::parse(text).unwrap();
        let everything = scope("billing gatewright.admin gatewright.users.read");
        let plain = Client { scope: everything.clone(), ..sample_client() };
        let trusted = Client { admin_scope: scope("gatewright.users.read"), ..plain.clone() };
        let stranger = Client { registration_token: Some(TokenHash::of("t")), ..trusted.clone() };
        assert_eq!(granted(&plain, Some(&everything), &admission).unwrap(), scope("billing"));
        assert_eq!(granted(&trusted, Some(&everything), &admission).unwrap(), scope("billing gatewright.users.read"));
        let unasked = Client { scope: scope("billing"), ..trusted.clone() };
        assert_eq!(granted(&unasked, None, &admission).unwrap(), scope("billing"));
        assert!(granted(&stranger, Some(&everything), &admission).is_err());
    }
}

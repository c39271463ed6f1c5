//! Which claims about the end-user go where: by scope, by the `claims` parameter, by the policy (OpenID Connect
//! Core 5.4, 5.5).

use crate::Engine;
use crate::error::EndpointError;
use crate::observation::Later;
use crate::views::client_view;
use gatewright_domain::client::Client;
use gatewright_domain::family::TokenFamily;
use gatewright_domain::flow::HookFault;
use gatewright_domain::hooks::{ClaimsDestination, ClaimsInput, HookKind, Policy};
use gatewright_domain::trace::TraceKind;
use gatewright_domain::user::{User, UserView};
use gatewright_protocol::claims::is_protected;
use gatewright_protocol::claims_request::{ClaimRequest, ClaimsRequest};
use gatewright_protocol::locale::Locales;
use gatewright_protocol::scope::Scope;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// For whom and about whom claims are gathered.
pub(crate) struct ClaimSubject<'s> {
    pub client: &'s Client,
    pub user: &'s User,
    pub scope: &'s Scope,
    /// Claims asked for by name for this destination.
    pub requested: Option<&'s BTreeMap<String, ClaimRequest>>,
    /// Languages that claims are wanted in, the most wanted first.
    pub locales: Option<&'s Locales>,
    pub acr: &'s str,
    /// Whether the claims that the scope stands for go to this destination.
    pub by_scope: bool,
}

impl Engine {
    /// The claims for one destination. The policy's come last and may replace what scopes gave.
    pub(crate) async fn gather_claims(
        &self,
        policy: &dyn Policy,
        destination: ClaimsDestination,
        about: &ClaimSubject<'_>,
    ) -> Result<Map<String, Value>, HookFault> {
        let mut claims = self.stored_claims(about);
        if policy.asks(HookKind::Claims) {
            let requested = about.requested.into_iter().flat_map(BTreeMap::keys).cloned().collect();
            let input = ClaimsInput {
                destination,
                client: client_view(about.client),
                user: UserView::from(about.user),
                scope: about.scope.iter().map(ToString::to_string).collect(),
                requested,
                acr: about.acr.to_owned(),
            };
            let added = policy.claims(input).await?.claims;
            claims.extend(added.into_iter().filter(|(name, _)| !is_protected(name)));
        }
        Ok(claims)
    }

    /// The claims that are told about a login later, by the live policy.
    pub(crate) async fn gathered_later(
        &self,
        kind: TraceKind,
        family: &TokenFamily,
        about: &ClaimSubject<'_>,
    ) -> Result<Map<String, Value>, EndpointError> {
        let policy = self.world.policies.live();
        let destination = match kind {
            TraceKind::Introspection => ClaimsDestination::Introspection,
            _ => ClaimsDestination::Userinfo,
        };
        if !policy.asks(HookKind::Claims) {
            return Ok(self.gather_claims(policy.as_ref(), destination, about).await?);
        }
        let recorder = self.later(&Later {
            kind,
            login: family.trace.as_ref(),
            client: &about.client.id,
            subject: Some(&about.user.subject),
            bundle: policy.digest(),
        });
        let policy = recorder.over(policy);
        let gathered = self.gather_claims(policy.as_ref(), destination, about).await;
        self.settle(&recorder, gathered.map_err(EndpointError::from))
    }

    fn stored_claims(&self, about: &ClaimSubject<'_>) -> Map<String, Value> {
        let mut claims = Map::new();
        if about.by_scope {
            for value in about.scope.iter() {
                for name in self.settings.claims_of_scope(value.as_str()) {
                    stored_claim(about, name, None, &mut claims);
                }
            }
        }
        for (name, asked) in about.requested.into_iter().flatten() {
            if self.may_name(about.client, name) {
                stored_claim(about, name, Some(asked), &mut claims);
            }
        }
        claims
    }

    /// Claims about the end-user that a request asks for by name and could be told, beyond what `scope` stands for: the
    /// end-user is asked for each of them.
    pub(crate) fn claims_by_name(
        &self,
        policy: &dyn Policy,
        client: &Client,
        scope: &Scope,
        asked: Option<&ClaimsRequest>,
    ) -> BTreeSet<String> {
        let could_be_told =
            |name: &str| self.may_name(client, name) || policy.served_claims().iter().any(|c| c == name);
        let names = asked.into_iter().flat_map(|asked| asked.id_token.keys().chain(asked.userinfo.keys()));
        names
            .filter(|name| !is_protected(name) && !self.stands_for(scope, name) && could_be_told(name))
            .cloned()
            .collect()
    }

    /// What of a request by name was granted: what says how the end-user signed in, what the granted scope stands for,
    /// and what was allowed by its name. It stays so, whatever the client may ask for later.
    pub(crate) fn granted_claims(
        &self,
        asked: &ClaimsRequest,
        scope: &Scope,
        by_name: &BTreeSet<String>,
    ) -> ClaimsRequest {
        let mut granted = asked.clone();
        for destination in [&mut granted.id_token, &mut granted.userinfo] {
            destination.retain(|name, _| is_protected(name) || self.stands_for(scope, name) || by_name.contains(name));
        }
        granted
    }

    /// Whether a scope stands for a claim, in whatever language.
    fn stands_for(&self, scope: &Scope, name: &str) -> bool {
        let name = name.split_once('#').map_or(name, |(name, _)| name);
        scope.iter().any(|value| self.settings.claims_of_scope(value.as_str()).contains(&name))
    }

    /// Whether a client may ask for a stored claim by its name: when it may ask for a scope that stands for it. What the
    /// account holds beyond every scope is nobody's to name.
    fn may_name(&self, client: &Client, name: &str) -> bool {
        self.stands_for(&client.scope, name)
    }
}

/// Puts a claim of the account among `claims`: as it is stored, and in the languages wanted (`name#de`, OpenID Connect Core
/// 5.2). One that was asked for with a value that the account has not is left out (5.5.1).
fn stored_claim(about: &ClaimSubject<'_>, name: &str, asked: Option<&ClaimRequest>, claims: &mut Map<String, Value>) {
    let mut take = |name: &str, value: Option<Value>| {
        let wanted = |value: &Value| !value.is_null() && asked.is_none_or(|asked| asked.accepts(value));
        if let Some(value) = value.filter(wanted).filter(|_| !is_protected(name)) {
            claims.insert(name.to_owned(), value);
        }
    };
    let user = about.user;
    let value = match name {
        "updated_at" if !user.claims.contains_key(name) => Some(Value::from(user.created_at.0)),
        "preferred_username" if !user.claims.contains_key(name) => Some(Value::from(user.username.as_str())),
        _ => user.claims.get(name).cloned(),
    };
    take(name, value);
    for locale in about.locales.into_iter().flat_map(Locales::iter) {
        let tagged = user
            .claims
            .iter()
            .find(|(stored, _)| stored.split_once('#').is_some_and(|(of, tag)| of == name && speaks(tag, locale)));
        if let Some((stored, value)) = tagged {
            take(stored, Some(value.clone()));
        }
    }
}

/// Whether a claim in `tag` is one in the language wanted: the same, or a variety of it (RFC 4647 3.3.1).
fn speaks(tag: &str, wanted: &str) -> bool {
    let tag = tag.as_bytes();
    let same = tag.get(..wanted.len()).is_some_and(|head| head.eq_ignore_ascii_case(wanted.as_bytes()));
    same && matches!(tag.get(wanted.len()), None | Some(b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_spoken_by_its_varieties_and_by_no_other() {
        for (tag, wanted, speaks_it) in [
            ("de", "de", true),
            ("de-CH", "de", true),
            ("DE", "de", true),
            ("de", "de-CH", false),
            ("den", "de", false),
            ("fr", "de", false),
            ("", "de", false),
        ] {
            assert_eq!(speaks(tag, wanted), speaks_it, "{tag} {wanted}");
        }
    }
}

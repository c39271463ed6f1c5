//! Every token passes through the policy before it is signed; what the policy may not touch is held here too
//! (RFC 9068 2.2, OpenID Connect Core 2).

use crate::Engine;
use crate::views::client_view;
use gatewright_domain::client::Client;
use gatewright_domain::flow::HookFault;
use gatewright_domain::hooks::{
    CustomizeTokenDecision, CustomizeTokenInput, HookKind, Policy, TokenChanges, TokenKind,
};
use gatewright_domain::user::{User, UserView};
use gatewright_protocol::claims::is_protected;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::scope::Scope;
use serde_json::{Map, Value};

/// A token about to be made, whatever its kind.
pub(crate) struct Draft<'d> {
    pub kind: TokenKind,
    pub client: &'d Client,
    pub user: Option<&'d User>,
    pub grant_type: &'d str,
    pub acr: Option<&'d str>,
    pub scope: Scope,
    pub audience: Vec<String>,
    pub lifetime_s: u64,
    pub claims: Map<String, Value>,
}

impl Engine {
    /// Passes a draft through the policy. The inner error refuses the whole request.
    pub(crate) async fn customize<'d>(
        &self,
        policy: &dyn Policy,
        draft: Draft<'d>,
    ) -> Result<Result<Draft<'d>, Refusal>, HookFault> {
        if !policy.asks(HookKind::CustomizeToken) {
            return Ok(Ok(draft));
        }
        let input = CustomizeTokenInput {
            kind: draft.kind,
            client: client_view(draft.client),
            user: draft.user.map(UserView::from),
            grant_type: draft.grant_type.to_owned(),
            scope: draft.scope.iter().map(ToString::to_string).collect(),
            audience: draft.audience.clone(),
            lifetime_s: draft.lifetime_s,
            claims: draft.claims.clone(),
            acr: draft.acr.map(ToOwned::to_owned),
        };
        Ok(match policy.customize_token(input).await? {
            CustomizeTokenDecision::Change(changes) => Ok(apply(draft, changes)),
            CustomizeTokenDecision::Deny { reason } => Err(Refusal::access_denied(reason)),
        })
    }
}

fn apply<'d>(mut draft: Draft<'d>, changes: TokenChanges) -> Draft<'d> {
    for (name, value) in changes.claims {
        if is_protected(&name) {
            continue;
        }
        if value.is_null() {
            draft.claims.remove(&name);
        } else {
            draft.claims.insert(name, value);
        }
    }
    if let Some(lifetime_s) = changes.lifetime_s {
        draft.lifetime_s = lifetime_s;
    }
    if draft.kind == TokenKind::Access {
        if let Some(audience) = changes.audience.filter(|audience| !audience.is_empty()) {
            draft.audience = audience;
        }
        if let Some(scope) = changes.scope {
            draft.scope = draft.scope.intersection(&scope);
        }
    }
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorization::tests::sample_client;
    use serde_json::json;

    #[test]
    fn a_change_never_reaches_a_protected_claim_and_never_widens_scope() {
        let client = sample_client();
        let draft = Draft {
            kind: TokenKind::Access,
            client: &client,
            user: None,
            grant_type: "client_credentials",
            acr: None,
            scope: Scope::parse("read write").unwrap(),
            audience: vec!["https://id.example".into()],
            lifetime_s: 300,
            claims: json!({ "sub": "s", "tenant": "a", "gone": 1 }).as_object().cloned().unwrap(),
        };
        let changes = TokenChanges {
            claims: json!({ "sub": "evil", "tenant": "b", "gone": null }).as_object().cloned().unwrap(),
            lifetime_s: Some(60),
            audience: Some(vec![]),
            scope: Some(Scope::parse("write admin").unwrap()),
        };
        let changed = apply(draft, changes);
        assert_eq!(Value::Object(changed.claims), json!({ "sub": "s", "tenant": "b" }));
        assert_eq!(changed.scope, Scope::parse("write").unwrap());
        assert_eq!(changed.audience, ["https://id.example"]);
        assert_eq!(changed.lifetime_s, 60);
    }
}

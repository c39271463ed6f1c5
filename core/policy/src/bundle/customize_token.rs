//! `customize_token`: every matching binding, each on the last one's result; all of it or nothing.

use super::CompiledBundle;
use super::bound::Bound;
use super::claims::over_size;
use super::question::Question;
use crate::manifest::Facts;
use gatewright_domain::flow::{FaultKind, HookFault};
use gatewright_domain::hooks::{
    CustomizeTokenDecision, CustomizeTokenInput, HookInput, HookKind, LIFETIME_S_MAX, TokenChanges, TokenKind,
};
use gatewright_protocol::claims::is_protected;
use gatewright_protocol::scope::Scope;
use serde_json::{Value, json};

/// Most audiences of one token.
pub const AUDIENCES_MAX: usize = 16;
/// Longest audience, in bytes.
pub const AUDIENCE_BYTES_MAX: usize = 2_048;

impl CompiledBundle {
    pub(super) async fn ask_customize_token(
        &self,
        input: CustomizeTokenInput,
        question: &Question<'_>,
    ) -> Result<CustomizeTokenDecision, HookFault> {
        let matching = self.matching(HookKind::CustomizeToken, &facts(&input));
        let mut all = TokenChanges::default();
        if matching.is_empty() {
            return Ok(CustomizeTokenDecision::Change(all));
        }
        let mut input = question.of(HookInput::CustomizeToken(input)).clone();
        for bound in matching {
            let decided = {
                let admit = |_: &Bound, decision| admit(so_far(&input), decision);
                bound.decide(&input, question, &admit).await?
            };
            match decided {
                None => {}
                Some(CustomizeTokenDecision::Deny { reason }) => return Ok(CustomizeTokenDecision::Deny { reason }),
                Some(CustomizeTokenDecision::Change(changes)) => {
                    if let HookInput::CustomizeToken(token) = &mut input {
                        apply(&changes, token);
                    }
                    add(changes, &mut all);
                }
            }
        }
        Ok(CustomizeTokenDecision::Change(all))
    }
}

pub(super) fn facts(input: &CustomizeTokenInput) -> Facts<'_> {
    Facts {
        client: &input.client,
        scope: &input.scope,
        acr: input.acr.as_slice(),
        ip: None,
        grant_type: Some(&input.grant_type),
        token: Some(input.kind),
    }
}

fn so_far(input: &HookInput) -> &CustomizeTokenInput {
    match input {
        HookInput::CustomizeToken(token) => token,
        _ => unreachable!("it was made of a token's input"),
    }
}

fn admit(token: &CustomizeTokenInput, decision: CustomizeTokenDecision) -> Result<CustomizeTokenDecision, FaultKind> {
    let CustomizeTokenDecision::Change(changes) = &decision else { return Ok(decision) };
    match broken_rule(token, changes) {
        None => Ok(decision),
        Some(why) => Err(FaultKind::NotAllowed { why }),
    }
}

/// Which rule of the contract the changes break.
fn broken_rule(token: &CustomizeTokenInput, changes: &TokenChanges) -> Option<String> {
    let only_lifetime = changes.claims.is_empty() && changes.audience.is_none() && changes.scope.is_none();
    if token.kind == TokenKind::Refresh && !only_lifetime {
        return Some("of a refresh token only the lifetime can be changed".into());
    }
    if token.kind == TokenKind::Id && (changes.audience.is_some() || changes.scope.is_some()) {
        return Some("audience and scope can be changed of access tokens only".into());
    }
    if let Some(claim) = changes.claims.keys().find(|claim| is_protected(claim)) {
        return Some(format!("the claim `{claim}` is the server's own"));
    }
    if changes.lifetime_s.is_some_and(|lifetime_s| !(1..=LIFETIME_S_MAX).contains(&lifetime_s)) {
        return Some(format!("a lifetime is from 1 to {LIFETIME_S_MAX} seconds"));
    }
    let wider = || changes.scope.as_ref().and_then(|scope| more_than(scope, &token.scope));
    over_size(&changes.claims).or_else(|| changes.audience.as_deref().and_then(broken_audience)).or_else(wider)
}

fn broken_audience(audience: &[String]) -> Option<String> {
    if audience.is_empty() || audience.len() > AUDIENCES_MAX {
        return Some(format!("a token has 1 to {AUDIENCES_MAX} audiences"));
    }
    let sound = |one: &String| (1..=AUDIENCE_BYTES_MAX).contains(&one.len());
    (!audience.iter().all(sound)).then(|| format!("an audience has 1 to {AUDIENCE_BYTES_MAX} bytes"))
}

/// What a scope holds beyond `allowed`.
fn more_than(scope: &Scope, allowed: &[String]) -> Option<String> {
    let more = scope.iter().find(|value| !allowed.iter().any(|allowed| allowed == value.as_str()))?;
    Some(format!("it adds the scope `{more}`; a token's scope can only become less"))
}

/// Shows the next binding the token as it now is, what the server's own claims say of it included.
fn apply(changes: &TokenChanges, token: &mut CustomizeTokenInput) {
    for (name, value) in &changes.claims {
        if value.is_null() {
            token.claims.remove(name);
        } else {
            token.claims.insert(name.clone(), value.clone());
        }
    }
    if let Some(lifetime_s) = changes.lifetime_s {
        token.lifetime_s = lifetime_s;
        let expires = token.claims.get("iat").and_then(Value::as_u64).map(|issued| issued + lifetime_s);
        restate(token, "exp", expires.map(Value::from));
    }
    if let Some(audience) = &changes.audience {
        token.audience.clone_from(audience);
        let stated = if let [one] = audience.as_slice() { json!(one) } else { json!(audience) };
        restate(token, "aud", Some(stated));
    }
    if let Some(scope) = &changes.scope {
        token.scope = scope.iter().map(|value| value.as_str().to_owned()).collect();
        restate(token, "scope", Some(json!(scope)));
    }
}

fn restate(token: &mut CustomizeTokenInput, claim: &str, value: Option<Value>) {
    if let (Some(stated), Some(value)) = (token.claims.get_mut(claim), value) {
        *stated = value;
    }
}

fn add(changes: TokenChanges, all: &mut TokenChanges) {
    all.claims.extend(changes.claims);
    all.lifetime_s = changes.lifetime_s.or(all.lifetime_s);
    all.audience = changes.audience.or(all.audience.take());
    all.scope = changes.scope.or(all.scope.take());
}

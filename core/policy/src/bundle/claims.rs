//! `claims`: every binding that serves a granted scope or a requested claim; merged in order.

use super::CompiledBundle;
use super::aggregated;
use super::bound::Bound;
use super::question::Question;
use crate::manifest::{Facts, Terms};
use gatewright_domain::flow::{FaultKind, HookFault};
use gatewright_domain::hooks::{ClaimsDecision, ClaimsInput, HookInput, HookKind};
use gatewright_protocol::claims::is_protected;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Most a binding may return, in bytes of JSON.
pub const CLAIMS_BYTES_MAX: usize = 16 * 1024;

/// What asked for a binding's claims.
pub(super) enum AskedBy {
    /// A granted scope: all it declares.
    Scope,
    /// The `claims` parameter: those it names, and no others.
    Name(Vec<String>),
}

impl CompiledBundle {
    pub(super) async fn ask_claims(
        &self,
        input: ClaimsInput,
        question: &Question<'_>,
    ) -> Result<ClaimsDecision, HookFault> {
        let mut merged = ClaimsDecision::default();
        let asked = self.serving(&input);
        if asked.is_empty() {
            return Ok(merged);
        }
        let input = question.of(HookInput::Claims(input));
        for (bound, by) in asked {
            // A stand-in returns what the binding it stands in for declares.
            let admit = |_: &Bound, decision| admit(&bound.terms, &by, decision);
            if let Some(decision) = bound.decide(input, question, &admit).await? {
                aggregated::merge(&mut merged.claims, decision.claims);
            }
        }
        Ok(merged)
    }

    /// The bindings that run for this call, and what asked for each.
    pub(super) fn serving(&self, input: &ClaimsInput) -> Vec<(&Arc<Bound>, AskedBy)> {
        let facts = facts(input);
        let matching = self.row(HookKind::Claims).iter().filter(|bound| bound.when.admits(&facts));
        matching.filter_map(|bound| Some((bound, asked_by(bound, input)?))).collect()
    }
}

fn facts(input: &ClaimsInput) -> Facts<'_> {
    Facts {
        client: &input.client,
        scope: &input.scope,
        acr: std::slice::from_ref(&input.acr),
        ip: None,
        grant_type: None,
        token: None,
    }
}

fn asked_by(bound: &Bound, input: &ClaimsInput) -> Option<AskedBy> {
    let Terms::Claims { scopes, claims } = &bound.terms else { return None };
    if input.scope.iter().any(|granted| scopes.contains(granted)) {
        return Some(AskedBy::Scope);
    }
    let named: Vec<String> = input.requested.iter().filter(|requested| claims.contains(requested)).cloned().collect();
    (!named.is_empty()).then_some(AskedBy::Name(named))
}

fn admit(terms: &Terms, by: &AskedBy, mut decision: ClaimsDecision) -> Result<ClaimsDecision, FaultKind> {
    let declared: &[String] = match terms {
        Terms::Claims { claims, .. } => claims,
        _ => &[],
    };
    for name in decision.claims.keys() {
        if is_protected(name) {
            return Err(FaultKind::NotAllowed { why: format!("the claim `{name}` is the server's own") });
        }
        if !declared.contains(name) {
            let why = format!("the claim `{name}` is not declared; add it to the binding's `claims`");
            return Err(FaultKind::NotAllowed { why });
        }
    }
    aggregated::hold(&decision.claims)?;
    // A claim without a value is left out (OpenID Connect Core 5.3.2).
    decision.claims.retain(|name, value| {
        let wanted = match by {
            AskedBy::Scope => true,
            AskedBy::Name(names) => names.contains(name) || aggregated::is_about_sources(name),
        };
        wanted && !value.is_null()
    });
    if let (AskedBy::Name(names), Some(Value::Object(of))) = (by, decision.claims.get_mut(aggregated::CLAIM_NAMES)) {
        of.retain(|name, _| names.contains(name));
    }
    match over_size(&decision.claims) {
        Some(why) => Err(FaultKind::NotAllowed { why }),
        None => Ok(decision),
    }
}

/// Says so when claims are more than a binding may return.
pub(super) fn over_size(claims: &Map<String, Value>) -> Option<String> {
    let bytes = serde_json::to_string(claims).map_or(usize::MAX, |json| json.len());
    (bytes > CLAIMS_BYTES_MAX).then(|| format!("its claims have more than {CLAIMS_BYTES_MAX} bytes of JSON"))
}

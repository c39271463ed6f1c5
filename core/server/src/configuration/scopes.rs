//! `[scopes]`: the operator's own scope values and the claims each stands for (OpenID Connect Core 5.4).

use super::complaint::Complaint;
use gatewright_domain::admin_scope::is_reserved;
use gatewright_engine::settings::STANDARD_SCOPES;
use gatewright_protocol::claims::is_protected;
use gatewright_protocol::scope::ScopeValue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Own scope values.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(BTreeMap<String, Vec<String>>);

impl<const N: usize> From<[(&str, &[&str]); N]> for Scopes {
    fn from(scopes: [(&str, &[&str]); N]) -> Self {
        let owned = |claims: &[&str]| claims.iter().map(ToString::to_string).collect();
        Self(scopes.into_iter().map(|(value, claims)| (value.to_owned(), owned(claims))).collect())
    }
}

impl Scopes {
    /// The claims of each.
    pub fn claims(&self) -> BTreeMap<String, Vec<String>> {
        self.0.clone()
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        for (value, claims) in &self.0 {
            let mut complain = |what: &str| complaints.push(Complaint::of(&format!("scopes.{value}"), what));
            if STANDARD_SCOPES.contains(&value.as_str()) {
                complain("is a standard scope, whose claims are settled by OpenID Connect");
            } else if is_reserved(value) {
                complain("begins with \"gatewright.\", as the scope values of the admin API alone do");
            } else if ScopeValue::try_from(value.as_str()).is_err() {
                complain("is no scope value: visible ASCII without quotes and backslashes (RFC 6749 3.3)");
            }
            if let Some(claim) = claims.iter().find(|claim| claim.is_empty() || is_protected(claim)) {
                complain(&format!("names the claim {claim:?}, which no scope may give"));
            }
        }
    }
}

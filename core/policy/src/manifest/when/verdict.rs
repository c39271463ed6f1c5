//! Why a binding runs for a call, or does not: each of its selectors beside what it was held against.

use super::{Facts, When};
use gatewright_domain::hooks::TokenKind;

/// One selector, held against one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Its key in `when`.
    pub selector: &'static str,
    /// What it selects.
    pub wants: Vec<String>,
    /// What the call has; none when that is not known of it.
    pub has: Vec<String>,
    /// Whether it matches.
    pub matches: bool,
}

impl When {
    /// Every selector that was written, in the order of the page for authors. The binding runs when all of them match.
    pub fn verdicts(&self, facts: &Facts<'_>) -> Vec<Verdict> {
        let client = || vec![facts.client.id.clone()];
        let one = |text: Option<&str>| text.map(str::to_owned).into_iter().collect::<Vec<_>>();
        let token = |kind: &TokenKind| {
            let name = match kind {
                TokenKind::Access => "access",
                TokenKind::Id => "id",
                TokenKind::Refresh => "refresh",
            };
            name.to_owned()
        };
        let rows: [(&'static str, Vec<String>, Vec<String>, Self); 8] = [
            (
                "client",
                texts(&self.client, |glob| glob.0.clone()),
                client(),
                self.only(|one| one.client = self.client.clone()),
            ),
            (
                "not_client",
                texts(&self.not_client, |glob| glob.0.clone()),
                client(),
                self.only(|one| one.not_client = self.not_client.clone()),
            ),
            (
                "application_type",
                texts(&self.application_type, |kind| kind.as_str().to_owned()),
                vec![facts.client.application_type.clone()],
                self.only(|one| one.application_type = self.application_type.clone()),
            ),
            (
                "scope",
                texts(&self.scope, |value| value.as_str().to_owned()),
                facts.scope.to_vec(),
                self.only(|one| one.scope = self.scope.clone()),
            ),
            (
                "acr",
                texts(&self.acr, |acr| acr.value.to_string()),
                facts.acr.to_vec(),
                self.only(|one| one.acr = self.acr.clone()),
            ),
            (
                "network",
                texts(&self.network, ToString::to_string),
                one(facts.ip),
                self.only(|one| one.network = self.network.clone()),
            ),
            (
                "grant_type",
                texts(&self.grant_type, |grant| grant.as_str().to_owned()),
                one(facts.grant_type),
                self.only(|one| one.grant_type = self.grant_type.clone()),
            ),
            (
                "token",
                texts(&self.token, token),
                facts.token.iter().map(token).collect(),
                self.only(|one| one.token = self.token.clone()),
            ),
        ];
        let written = rows.into_iter().filter(|(_, wants, ..)| !wants.is_empty());
        written
            .map(|(selector, wants, has, alone)| Verdict { selector, wants, has, matches: alone.admits(facts) })
            .collect()
    }

    /// One selector alone, so that it is judged by what judges all of them.
    fn only(&self, put: impl FnOnce(&mut Self)) -> Self {
        let mut one = Self::default();
        put(&mut one);
        one
    }
}

fn texts<T>(values: &[T], text: impl Fn(&T) -> String) -> Vec<String> {
    values.iter().map(text).collect()
}

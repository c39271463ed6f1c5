//! Which bindings would run for a request, and why each of them would or would not: read from the manifest alone, nothing
//! runs. What a script then decides is not known here, so the row after it is told as if it passed.

use crate::manifest::{Binding, Facts, Manifest, OnError, Terms, Verdict};
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::{ClientView, HookKind, TokenKind};

/// A request, as far as selectors look at one.
#[derive(Debug, Clone)]
pub struct Question {
    /// The client.
    pub client: ClientView,
    /// The scope values asked for, and granted.
    pub scope: Vec<String>,
    /// The ACRs asked for, the most wanted first.
    pub acr_values: Vec<String>,
    /// Claims asked for by name.
    pub claims: Vec<String>,
    /// The browser's address.
    pub address: Option<String>,
    /// The grant under which tokens are issued.
    pub grant_type: String,
}

/// What would happen to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The ACR that is reached when no `select_acr` binding chooses; none when nobody signs in, or none can be reached.
    pub acr: Option<String>,
    /// Why that one.
    pub acr_because: &'static str,
    /// Each hook's row of bindings, in the order of the walk; `customize_token` once for each kind of token.
    pub hooks: Vec<Row>,
}

/// The bindings of one hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The hook.
    pub hook: HookKind,
    /// The token, where the hook is about one.
    pub token: Option<TokenKind>,
    /// How its bindings are put together.
    pub rule: &'static str,
    /// In the order they are asked; stand-ins are not among them.
    pub bindings: Vec<Explained>,
}

/// One binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Its name.
    pub name: String,
    /// What it runs.
    pub run: String,
    /// Where it is bound.
    pub place: Place,
    /// Whether it runs.
    pub runs: bool,
    /// Its selectors; without any it matches everything.
    pub when: Vec<Verdict>,
    /// What else decides whether it runs.
    pub because: Option<String>,
    /// What happens when it fails: `deny`, `skip`, or the names of its stand-ins.
    pub on_error: String,
}

const CREDENTIALS: &str = "client_credentials";

/// Explains a request.
pub fn explain(manifest: &Manifest, question: &Question) -> Explanation {
    let (acr, acr_because) = own_selection(manifest, question);
    let asker = Asker { manifest, question, reached: acr.iter().cloned().collect() };
    let signs_in = question.grant_type != CREDENTIALS;
    let mut hooks = Vec::new();
    for hook in HookKind::ALL {
        match hook {
            HookKind::CustomizeToken => {
                let kinds: &[TokenKind] = match signs_in {
                    true => &[TokenKind::Access, TokenKind::Id, TokenKind::Refresh],
                    false => &[TokenKind::Access],
                };
                hooks.extend(kinds.iter().map(|kind| asker.row(hook, Some(*kind))));
            }
            _ if signs_in => hooks.push(asker.row(hook, None)),
            _ => {}
        }
    }
    Explanation { acr, acr_because, hooks }
}

fn own_selection(manifest: &Manifest, question: &Question) -> (Option<String>, &'static str) {
    if question.grant_type == CREDENTIALS {
        return (None, "with client credentials nobody signs in");
    }
    let reached = |wanted: &str| {
        manifest.bindings.iter().any(
            |binding| matches!(&binding.terms, Terms::Authenticate { reaches: Some((acr, _)), .. } if acr.value.as_str() == wanted),
        )
    };
    if let Some(asked) = question.acr_values.iter().find(|asked| reached(asked)) {
        return (Some(asked.clone()), "the first that the client asks for and a binding reaches");
    }
    (manifest.default_acr.as_ref().map(|acr| acr.value.to_string()), "the policy's default")
}

struct Asker<'q> {
    manifest: &'q Manifest,
    question: &'q Question,
    reached: Vec<String>,
}

impl Asker<'_> {
    fn row(&self, hook: HookKind, token: Option<TokenKind>) -> Row {
        let facts = self.facts(hook, token);
        let row = self.manifest.bindings.iter().filter(|binding| binding.hook == hook && !binding.stand_in);
        let mut bindings: Vec<Explained> = Vec::new();
        for binding in row {
            let before = bindings.iter().find(|earlier| earlier.runs).map(|earlier| earlier.name.clone());
            bindings.push(self.binding(binding, &facts, before));
        }
        Row { hook, token, rule: rule(hook), bindings }
    }

    fn facts(&self, hook: HookKind, token: Option<TokenKind>) -> Facts<'_> {
        let knows_the_browser = matches!(hook, HookKind::SelectAcr | HookKind::AfterAuthentication | HookKind::Consent);
        Facts {
            client: &self.question.client,
            scope: &self.question.scope,
            acr: if hook == HookKind::SelectAcr { &self.question.acr_values } else { &self.reached },
            ip: self.question.address.as_deref().filter(|_| knows_the_browser),
            grant_type: token.map(|_| self.question.grant_type.as_str()),
            token,
        }
    }

    /// One binding, `before` being one of its row that runs.
    fn binding(&self, binding: &Binding, facts: &Facts<'_>, before: Option<String>) -> Explained {
        let when = binding.when.verdicts(facts);
        let selected = when.iter().all(|verdict| verdict.matches);
        let (runs, because) = match (&binding.terms, before) {
            (Terms::Authenticate { reaches: Some((acr, level)), .. }, _) => {
                let runs = self.reached.iter().any(|reached| reached == acr.value.as_str());
                (runs, Some(format!("it reaches the ACR {} at level {level}", acr.value)))
            }
            (Terms::Claims { scopes, claims }, _) => {
                let (asked, because) = self.asked_for(scopes, claims);
                (asked && selected, Some(because))
            }
            (_, Some(before)) if binding.hook == HookKind::Consent && selected => {
                (false, Some(format!("{before} before it matches, and the first decides")))
            }
            _ => (selected, None),
        };
        Explained {
            name: binding.name.value.to_string(),
            run: binding.run.value.clone(),
            place: binding.name.place.clone(),
            runs,
            when,
            because,
            on_error: self.on_error(binding),
        }
    }

    /// Whether a granted scope or a name asks for a binding's claims.
    fn asked_for(&self, scopes: &[String], claims: &[String]) -> (bool, String) {
        if let Some(scope) = self.question.scope.iter().find(|granted| scopes.contains(granted)) {
            return (true, format!("the scope {scope} asks for its claims"));
        }
        match self.question.claims.iter().find(|asked| claims.contains(asked)) {
            Some(claim) => (true, format!("the claim {claim} is asked for by name")),
            None if scopes.is_empty() => {
                (false, format!("none of its claims is asked for by name: {}", claims.join(", ")))
            }
            None => (false, format!("it serves the scope {}, and none of its claims is asked for", scopes.join(", "))),
        }
    }

    fn on_error(&self, binding: &Binding) -> String {
        let name = match &binding.on_error.value {
            OnError::Deny => return "deny".to_owned(),
            OnError::Skip => return "skip".to_owned(),
            OnError::Fallback(name) => name,
        };
        match crate::compile::fallback(self.manifest, binding) {
            // A circle is an error of the bundle; here it is told once.
            Some(next) if next.name.value != binding.name.value => {
                let then = match &next.on_error.value {
                    OnError::Fallback(_) => "its own on_error".to_owned(),
                    _ => self.on_error(next),
                };
                format!("{}, then {then}", next.name.value)
            }
            _ => name.clone(),
        }
    }
}

fn rule(hook: HookKind) -> &'static str {
    match hook {
        HookKind::SelectAcr => "all that match, in order; the first that does not pass decides",
        HookKind::Authenticate => "the one that reaches the ACR",
        HookKind::AfterAuthentication => "all that match; the strictest decides",
        HookKind::Consent => "the first that matches; without one the built-in page",
        HookKind::Claims => "all that match and are asked for, merged in order",
        HookKind::CustomizeToken => "all that match, each on the last one's result",
    }
}

#[cfg(test)]
mod tests;

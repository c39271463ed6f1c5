//! The input of the hook under test, as a test writes it.

use crate::bundle::CompiledBundle;
use crate::manifest::Terms;
use gatewright_domain::hooks::{
    AcrView, AfterAuthenticationInput, AuthenticateInput, ClaimsInput, ConsentInput, CustomizeTokenInput, HookInput,
    HookKind, Misuse, Policy as _, SelectAcrInput,
};
use serde_json::Value;

/// The sample of the hook, made to fit a binding: it reaches its ACR, its scopes are granted.
pub(super) fn sample(policy: &CompiledBundle, hook: HookKind, terms: &Terms) -> Value {
    let sample = match hook {
        HookKind::SelectAcr => {
            let acrs = policy.acrs().iter();
            let available = acrs
                .map(|method| AcrView { acr: method.acr.to_string(), level: method.level, enrolled: None })
                .collect();
            serde_json::to_value(SelectAcrInput { available, ..SelectAcrInput::sample() })
        }
        HookKind::Authenticate => {
            let mut input = AuthenticateInput::sample();
            if let Terms::Authenticate { reaches: Some((acr, _)), .. } = terms {
                input.acr = acr.value.to_string();
            }
            serde_json::to_value(input)
        }
        HookKind::AfterAuthentication => serde_json::to_value(AfterAuthenticationInput::sample()),
        HookKind::Consent => serde_json::to_value(ConsentInput::sample()),
        HookKind::Claims => {
            let mut input = ClaimsInput::sample();
            if let Terms::Claims { scopes, .. } = terms {
                input
                    .scope
                    .extend(scopes.iter().filter(|scope| !input.scope.contains(scope)).cloned().collect::<Vec<_>>());
            }
            serde_json::to_value(input)
        }
        HookKind::CustomizeToken => serde_json::to_value(CustomizeTokenInput::sample()),
    };
    sample.unwrap_or_else(|_| unreachable!("a sample is plain data"))
}

/// The typed input; a member the contract does not have is the test's error.
pub(super) fn parsed(hook: HookKind, input: Value) -> Result<HookInput, Misuse> {
    let wrong = |error: serde_json::Error| Misuse::new(format!("this is no input of {hook}: {error}"));
    macro_rules! parse {
        ($kind:ident as $input:ty) => {{
            let typed: $input = serde_json::from_value(input.clone()).map_err(wrong)?;
            (serde_json::to_value(&typed).map_err(wrong)?, HookInput::$kind(typed))
        }};
    }
    let (known, typed) = match hook {
        HookKind::SelectAcr => parse!(SelectAcr as SelectAcrInput),
        HookKind::Authenticate => parse!(Authenticate as AuthenticateInput),
        HookKind::AfterAuthentication => parse!(AfterAuthentication as AfterAuthenticationInput),
        HookKind::Consent => parse!(Consent as ConsentInput),
        HookKind::Claims => parse!(Claims as ClaimsInput),
        HookKind::CustomizeToken => parse!(CustomizeToken as CustomizeTokenInput),
    };
    match unknown_member(&input, &known, "") {
        Some(member) => Err(Misuse::new(format!("the input of {hook} has no `{member}`"))),
        None => Ok(typed),
    }
}

/// `over` laid over `base`: maps member by member, anything else in its place.
pub(super) fn laid_over(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                laid_over(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

/// The path of the first member of `given` that `known` lacks.
fn unknown_member(given: &Value, known: &Value, path: &str) -> Option<String> {
    let (Value::Object(given), Value::Object(known)) = (given, known) else { return None };
    given.iter().find_map(|(name, value)| {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match known.get(name) {
            Some(inside) => unknown_member(value, inside, &path),
            None => Some(path),
        }
    })
}

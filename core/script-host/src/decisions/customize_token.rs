//! `customize_token`: `keep()` with `.claim(name, value)`, `.remove(name)`, `.lifetime(seconds)`,
//! `.audience([…])`, `.scope([…])`; or `deny(reason)`.

use super::register_refusal;
use crate::failure::{Thrown, refuse};
use crate::modules::pages::scope_of;
use crate::values::{to_json, to_texts};
use gatewright_domain::hooks::{CustomizeTokenDecision, HookDecision, LIFETIME_S_MAX, TokenChanges};
use rhai::{Dynamic, ImmutableString, Module};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most claims one hook sets or removes in one token.
pub const CLAIMS_MAX: usize = 128;

/// The token as it is, with changes. Its methods change it wherever it is held, so that they can be chained or not.
#[derive(Debug, Clone)]
struct Kept(Arc<Mutex<TokenChanges>>);

pub(super) fn register(module: &mut Module) {
    module.set_custom_type::<Kept>("Token");
    module.set_native_fn("keep", || Ok(Kept(Arc::default())));
    module.set_native_fn("claim", |kept: &mut Kept, name: ImmutableString, value: Dynamic| {
        let value = to_json(&value).map_err(|why| refuse(format!("the claim `{name}`: {why}")))?;
        kept.set(&name, value)
    });
    module.set_native_fn("remove", |kept: &mut Kept, name: ImmutableString| kept.set(&name, Value::Null));
    module.set_native_fn("lifetime", |kept: &mut Kept, seconds: i64| {
        let fits = u64::try_from(seconds).ok().filter(|seconds| (1..=LIFETIME_S_MAX).contains(seconds));
        let why = || refuse(format!("a token lives 1 to {LIFETIME_S_MAX} seconds, not {seconds}"));
        let lifetime_s = Some(fits.ok_or_else(why)?);
        kept.change(|changes| changes.lifetime_s = lifetime_s)
    });
    module.set_native_fn("audience", |kept: &mut Kept, audience: Dynamic| {
        let audience = to_texts(&audience).map_err(|why| refuse(format!("audience {why}")))?;
        if audience.is_empty() {
            return Err(refuse("audience needs at least one value"));
        }
        kept.change(|changes| changes.audience = Some(audience))
    });
    module.set_native_fn("scope", |kept: &mut Kept, scopes: Dynamic| {
        let scope = scope_of("scope", &scopes)?;
        kept.change(|changes| changes.scope = Some(scope))
    });
    register_refusal(module, "deny", |reason| HookDecision::CustomizeToken(CustomizeTokenDecision::Deny { reason }));
}

/// The decision in what was returned, if it is one.
pub(super) fn read(returned: &Dynamic) -> Option<HookDecision> {
    let kept = returned.read_lock::<Kept>()?;
    Some(HookDecision::CustomizeToken(CustomizeTokenDecision::Change(kept.changes().clone())))
}

impl Kept {
    fn changes(&self) -> MutexGuard<'_, TokenChanges> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, name: &str, value: Value) -> Thrown<Self> {
        let mut changes = self.changes();
        if changes.claims.len() >= CLAIMS_MAX && !changes.claims.contains_key(name) {
            return Err(refuse(format!("a hook changes at most {CLAIMS_MAX} claims")));
        }
        changes.claims.insert(name.to_owned(), value);
        drop(changes);
        Ok(self.clone())
    }

    fn change(&self, change: impl FnOnce(&mut TokenChanges)) -> Thrown<Self> {
        change(&mut self.changes());
        Ok(self.clone())
    }
}

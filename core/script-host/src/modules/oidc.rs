//! `oidc`: sign-in at other OpenID Providers (OpenID Connect Core 3.1).

use super::answers::name;
use crate::failure::{Thrown, placed, refuse};
use crate::slot::{host_call, wrong_answer};
use crate::values::{describe, from_object};
use gatewright_domain::capabilities::oidc::{OidcCall, SignedIn};
use gatewright_domain::flow::{HostAnswer, HostCall};
use rhai::{Dynamic, ImmutableString, Map, Module, NativeCallContext};
use std::collections::BTreeMap;

/// `oidc::authorization_url(provider, state)`, `oidc::redeem(provider, state, returned)`.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn(
        "authorization_url",
        |context: NativeCallContext, provider: ImmutableString, state: ImmutableString| {
            let call = OidcCall::AuthorizationUrl { provider: provider.to_string(), state: state.to_string() };
            name(&context, HostCall::Oidc(call), "oidc::authorization_url")
        },
    );
    module.set_native_fn(
        "redeem",
        |context: NativeCallContext, provider: ImmutableString, state: ImmutableString, returned: Map| {
            let returned = placed(&context, parameters(&returned))?;
            let call = OidcCall::Redeem { provider: provider.to_string(), state: state.to_string(), returned };
            match host_call(&context, HostCall::Oidc(call))? {
                HostAnswer::SignedIn(signed_in) => Ok(signed_in.as_ref().map_or(Dynamic::UNIT, signed_in_map)),
                _ => wrong_answer(&context, "oidc::redeem"),
            }
        },
    );
    module
}

/// What a visit brought back.
fn parameters(returned: &Map) -> Thrown<BTreeMap<String, String>> {
    let text = |(name, value): (&rhai::Identifier, &Dynamic)| match value.as_immutable_string_ref() {
        Ok(text) => Ok((name.to_string(), text.to_string())),
        Err(_) => {
            let what = describe(value);
            Err(refuse(format!("oidc::redeem needs what visit answered; `{name}` in it is {what}, not a string")))
        }
    };
    returned.iter().map(text).collect()
}

fn signed_in_map(signed_in: &SignedIn) -> Dynamic {
    let mut map = Map::new();
    map.insert("issuer".into(), signed_in.issuer.as_str().into());
    map.insert("subject".into(), signed_in.subject.as_str().into());
    map.insert("claims".into(), Dynamic::from_map(from_object(&signed_in.claims)));
    Dynamic::from_map(map)
}

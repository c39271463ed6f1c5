//! Counts how often claims are told, and shortens tokens.

use gatewright_plugin::prelude::*;

struct Plugin;

gatewright_plugin::export!(Plugin: claims, customize_token);

impl Claims for Plugin {
    fn claims(about: claims::Input) -> Outcome<ClaimSet> {
        let told = kv::add(&about.user.subject, 1, 60)?;
        Ok(ClaimSet::new().with("told", Value::object().with("times", told)))
    }
}

impl CustomizeToken for Plugin {
    fn access_token(token: customize_token::Input) -> Outcome<customize_token::Decision> {
        Ok(keep().lifetime(token.lifetime_s / 2))
    }
}

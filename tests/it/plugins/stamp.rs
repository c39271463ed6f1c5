//! A plugin that says in access tokens under which ACR they were issued and with which roles, and lets them live two
//! minutes.

use gatewright_plugin::prelude::*;

struct Plugin;

gatewright_plugin::export!(Plugin: customize_token);

impl CustomizeToken for Plugin {
    fn access_token(token: customize_token::Input) -> Outcome<customize_token::Decision> {
        let acr = token.acr.clone().unwrap_or_default();
        let roles = token.claims.get("roles").map(ToString::to_string).unwrap_or_default();
        Ok(keep().claim("stamp", format!("{acr} {roles}")).lifetime(120))
    }
}

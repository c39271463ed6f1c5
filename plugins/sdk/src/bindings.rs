//! What wit-bindgen makes of the published interfaces: the host's imports once, and one module a hook, so that a
//! plugin exports only the hooks it serves.
#![allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]

pub use host::gatewright::plugin::{
    clock, factors, http, kv, log, mail, network, oidc, pages, random, recovery, secrets, totp, types, users, webauthn,
};

/// What every plugin may call.
pub mod host {
    wit_bindgen::generate!({
        path: "../wit/v0.1",
        world: "host",
        additional_derives: [PartialEq],
        generate_unused_types: true,
        pub_export_macro: true,
    });
}

macro_rules! hook {
    ($module:ident, $world:literal, $export:literal) => {
        /// One hook: its input, its decision and the macro that exports it.
        pub mod $module {
            wit_bindgen::generate!({
                path: "../wit/v0.1",
                world: $world,
                additional_derives: [PartialEq],
                pub_export_macro: true,
                export_macro_name: $export,
                with: {
                    "gatewright:plugin/types@0.1.0": crate::bindings::host::gatewright::plugin::types,
                    "gatewright:plugin/pages@0.1.0": crate::bindings::host::gatewright::plugin::pages,
                    "gatewright:plugin/log@0.1.0": crate::bindings::host::gatewright::plugin::log,
                    "gatewright:plugin/users@0.1.0": crate::bindings::host::gatewright::plugin::users,
                    "gatewright:plugin/kv@0.1.0": crate::bindings::host::gatewright::plugin::kv,
                    "gatewright:plugin/http@0.1.0": crate::bindings::host::gatewright::plugin::http,
                    "gatewright:plugin/secrets@0.1.0": crate::bindings::host::gatewright::plugin::secrets,
                    "gatewright:plugin/network@0.1.0": crate::bindings::host::gatewright::plugin::network,
                    "gatewright:plugin/factors@0.1.0": crate::bindings::host::gatewright::plugin::factors,
                    "gatewright:plugin/totp@0.1.0": crate::bindings::host::gatewright::plugin::totp,
                    "gatewright:plugin/webauthn@0.1.0": crate::bindings::host::gatewright::plugin::webauthn,
                    "gatewright:plugin/mail@0.1.0": crate::bindings::host::gatewright::plugin::mail,
                    "gatewright:plugin/recovery@0.1.0": crate::bindings::host::gatewright::plugin::recovery,
                    "gatewright:plugin/oidc@0.1.0": crate::bindings::host::gatewright::plugin::oidc,
                    "gatewright:plugin/clock@0.1.0": crate::bindings::host::gatewright::plugin::clock,
                    "gatewright:plugin/random@0.1.0": crate::bindings::host::gatewright::plugin::random,
                },
            });
        }
    };
}

hook!(select_acr, "select-acr-plugin", "export_select_acr");
hook!(authenticate, "authentication-plugin", "export_authenticate");
hook!(after_authentication, "after-authentication-plugin", "export_after_authentication");
hook!(consent, "consent-plugin", "export_consent");
hook!(claims, "claims-plugin", "export_claims");
hook!(customize_token, "customize-token-plugin", "export_customize_token");

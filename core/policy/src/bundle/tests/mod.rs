//! The table of the contracts, row by row, with stub programs.

mod after_authentication;
mod authenticate;
mod claims;
mod consent;
mod customize_token;
mod failures;
mod observed;
mod on_record;
mod select_acr;

use gatewright_domain::flow::HookFault;
use gatewright_domain::hooks::{HookInput, Login, SessionView};

fn login(client: &str) -> Login {
    let mut login = Login::sample();
    login.client.id = client.into();
    login
}

fn session(acr: &str, level: i32) -> SessionView {
    SessionView { subject: "248289761001".into(), acr: acr.into(), level, amr: vec![], auth_time: 1_790_000_000 }
}

/// Why a decision was not allowed.
fn why(fault: HookFault) -> String {
    match fault.kind {
        gatewright_domain::flow::FaultKind::NotAllowed { why } => why,
        other => panic!("another fault: {other}"),
    }
}

fn token(input: &HookInput) -> &gatewright_domain::hooks::CustomizeTokenInput {
    match input {
        HookInput::CustomizeToken(token) => token,
        other => panic!("another input: {other:?}"),
    }
}

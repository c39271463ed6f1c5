//! The walk of the shipped password policy, as a closure.

use super::fixed::{Ended, FixedPolicy};
use super::host::StubHost;
use gatewright_domain::flow::{FlowEnd, HostAnswer, HostCall, UsersCall};
use gatewright_domain::hooks::{AuthenticateDecision, AuthenticateInput};
use gatewright_domain::page::{Field, FieldKind, Form, Page};

impl FixedPolicy {
    /// Walks `authenticate` with a page that asks for `username` and `password` until the directory knows
    /// them.
    #[must_use]
    pub fn asking_password(self) -> Self {
        self.on_authenticate(ask_password)
    }
}

fn ask_password(_: &AuthenticateInput, host: &mut StubHost<'_>) -> Ended<AuthenticateDecision> {
    let mut notice = None;
    loop {
        let Some(filled) = host.ask(password_page(notice))? else { return host.waiting() };
        let call = UsersCall::VerifyPassword { username: filled.text("username"), password: filled.secret("password") };
        if let Some(HostAnswer::User(Some(user))) = host.call(HostCall::Users(call))? {
            let decision = AuthenticateDecision::Authenticated { subject: user.subject, amr: vec![] };
            return Ok(FlowEnd::Decided(decision));
        }
        notice = Some("Wrong username or password");
    }
}

/// A page with the fields `username` and `password`.
pub fn password_page(notice: Option<&str>) -> Page {
    let field = |name: &str, kind| Field {
        name: name.to_owned(),
        label: None,
        kind,
        value: None,
        error: None,
        optional: false,
    };
    Page::Form(Form {
        title: "Sign in".to_owned(),
        notice: notice.map(str::to_owned),
        fields: vec![field("username", FieldKind::Text), field("password", FieldKind::Password)],
        ..Form::default()
    })
}

//! Policies that several tests begin with.

use super::{BOB, BOBS_PASSWORD};
use gatewright_domain::flow::{FaultKind, FlowEnd, HookFault, HostAnswer, HostCall, UsersCall};
use gatewright_domain::hooks::{AuthenticateDecision, AuthenticateInput};
use gatewright_domain::identifiers::Subject;
use gatewright_domain::page::{Field, FieldKind, Form, Page};
use gatewright_testing::capabilities::StubTools;
use gatewright_testing::policies::{Ended, FixedPolicy, StubHost, password_page};
use gatewright_testing::samples::{self, SUBJECT};

/// A page for username and password, consent on the built-in page.
pub fn asking_password() -> FixedPolicy {
    knowing_both().asking_password()
}

/// The same for `pwd`; for any other ACR a page for a one-time code, which every code passes. Whoever is stepped up stays
/// who they are; a code without anyone before it is Alice's.
pub fn two_factors() -> FixedPolicy {
    knowing_both().on_authenticate(|input, host| match input.acr.as_str() {
        "pwd" => by_password(host),
        _ => by_code(input, host),
    })
}

/// A hook that fails.
pub fn broken<D>() -> Result<D, HookFault> {
    Err(HookFault::new(samples::word("broken"), FaultKind::Threw { message: "it was told to".to_owned() }))
}

/// A page for a one-time code.
fn code_page() -> Page {
    let code = Field {
        name: "code".to_owned(),
        label: None,
        kind: FieldKind::Code,
        value: None,
        error: None,
        optional: false,
    };
    Page::Form(Form { title: "One-time code".to_owned(), fields: vec![code], ..Form::default() })
}

/// The decision that `subject` is who they say.
pub fn authenticated(subject: Subject) -> Ended<AuthenticateDecision> {
    Ok(FlowEnd::Decided(AuthenticateDecision::Authenticated { subject, amr: vec![] }))
}

fn knowing_both() -> FixedPolicy {
    let tools = StubTools::new();
    tools.users.add(samples::user(BOB, BOB), BOBS_PASSWORD);
    FixedPolicy::new().with_tools(tools.tools)
}

fn by_password(host: &mut StubHost<'_>) -> Ended<AuthenticateDecision> {
    let Some(filled) = host.ask(password_page(None))? else { return host.waiting() };
    let call = UsersCall::VerifyPassword { username: filled.text("username"), password: filled.secret("password") };
    match host.call(HostCall::Users(call))? {
        Some(HostAnswer::User(Some(user))) => authenticated(user.subject),
        _ => Ok(FlowEnd::Decided(AuthenticateDecision::Fail { reason: "wrong password".to_owned() })),
    }
}

fn by_code(input: &AuthenticateInput, host: &mut StubHost<'_>) -> Ended<AuthenticateDecision> {
    if host.ask(code_page())?.is_none() {
        return host.waiting();
    }
    authenticated(input.user.as_ref().map_or_else(|| samples::word(SUBJECT), |user| user.subject.clone()))
}

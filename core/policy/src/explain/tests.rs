//! Explained is what would happen: held against the bundle that is asked.

use super::*;
use crate::bundle::CompiledBundle;
use crate::stub::{PWD, StubRuntime, files_of, policy};
use gatewright_domain::hooks::{
    ClaimsInput, ConsentInput, CustomizeTokenInput, HookInput, Login, Origin, SelectAcrInput,
};

const ROWS: &str = r#"
[[authenticate]]
acr = "otp"
level = 20
run = "otp.rhai"
[[select_acr]]
run = "outside.rhai"
when = { network = ["203.0.113.0/24"], client = ["billing-*"] }
[[consent]]
run = "payments.rhai"
when = { scope = ["payments"] }
[[consent]]
run = "rest.rhai"
on_error = { fallback = "spare" }
[[consent]]
stand_in = true
run = "spare.rhai"
[[claims]]
run = "groups.rhai"
scopes = ["groups"]
claims = ["groups"]
when = { acr = ["otp"] }
[[customize_token]]
run = "short.rhai"
when = { token = ["access"], not_client = ["slow"] }
"#;

fn question() -> Question {
    Question {
        client: Login::sample().client,
        scope: vec!["openid".into()],
        acr_values: vec![],
        claims: vec![],
        address: None,
        grant_type: "authorization_code".into(),
    }
}

fn explained(question: &Question) -> Explanation {
    explain(&Manifest::read(&format!("{PWD}{ROWS}")).0, question)
}

fn running(explanation: &Explanation, hook: HookKind) -> Vec<&str> {
    let rows = explanation.hooks.iter().filter(|row| row.hook == hook);
    rows.flat_map(|row| &row.bindings).filter(|binding| binding.runs).map(|binding| binding.name.as_str()).collect()
}

#[test]
fn the_acr_is_the_first_asked_for_that_is_reached_else_the_default() {
    let plain = explained(&question());
    assert_eq!(plain.acr.as_deref(), Some("pwd"));
    assert_eq!(running(&plain, HookKind::Authenticate), ["authenticate/pwd"]);
    let asked = explained(&Question { acr_values: vec!["gold".into(), "otp".into()], ..question() });
    assert_eq!(running(&asked, HookKind::Authenticate), ["authenticate/otp"]);
}

#[test]
fn each_selector_says_what_it_wants_and_what_it_met() {
    let explanation = explained(&Question { address: Some("203.0.113.7".into()), ..question() });
    let select = &explanation.hooks[0].bindings[0];
    assert!(!select.runs);
    let verdicts: Vec<_> = select.when.iter().map(|it| (it.selector, it.has.join(" "), it.matches)).collect();
    assert_eq!(verdicts, [("client", "demo".to_owned(), false), ("network", "203.0.113.7".to_owned(), true)]);
    assert_eq!(select.when[0].wants, ["billing-*"]);
}

#[test]
fn of_consent_the_first_that_matches_runs_and_the_next_says_so() {
    let explanation = explained(&Question { scope: vec!["payments".into()], ..question() });
    assert_eq!(running(&explanation, HookKind::Consent), ["consent/payments"]);
    let row = explanation.hooks.iter().find(|row| row.hook == HookKind::Consent).unwrap();
    let rest = &row.bindings[1];
    assert_eq!(rest.because.as_deref(), Some("consent/payments before it matches, and the first decides"));
    assert_eq!(rest.on_error, "consent/spare, then deny");
    assert_eq!(row.bindings.len(), 2, "a stand-in is asked for nothing of its own");
}

#[test]
fn with_client_credentials_nobody_signs_in_and_one_token_is_issued() {
    let explanation = explained(&Question { grant_type: "client_credentials".into(), ..question() });
    assert_eq!(explanation.acr, None);
    let rows: Vec<_> = explanation.hooks.iter().map(|row| (row.hook, row.token)).collect();
    assert_eq!(rows, [(HookKind::CustomizeToken, Some(TokenKind::Access))]);
    assert_eq!(running(&explanation, HookKind::CustomizeToken), ["customize_token/short"]);
}

/// Whether the compiled bundle asks any binding of a hook, by its own rules.
fn is_asked(bundle: &CompiledBundle, hook: HookKind, question: &Question) -> bool {
    let reached = explained(question).acr.unwrap_or_default();
    let mut login = Login { client: question.client.clone(), scope: question.scope.clone(), ..Login::sample() };
    login.acr_values.clone_from(&question.acr_values);
    login.origin = Origin { ip: question.address.clone().unwrap_or_default(), user_agent: None };
    bundle.is_asked(&match hook {
        HookKind::SelectAcr => HookInput::SelectAcr(SelectAcrInput { login, available: vec![] }),
        HookKind::Consent => {
            let sample = ConsentInput::sample();
            login.session = sample.login.session.clone();
            HookInput::Consent(ConsentInput { login, ..sample })
        }
        HookKind::Claims => HookInput::Claims(ClaimsInput {
            client: login.client,
            scope: login.scope,
            requested: question.claims.clone(),
            acr: reached,
            ..ClaimsInput::sample()
        }),
        _ => HookInput::CustomizeToken(CustomizeTokenInput { client: login.client, ..CustomizeTokenInput::sample() }),
    })
}

#[test]
fn what_is_explained_to_run_is_what_a_compiled_bundle_asks() {
    let bundle = policy(ROWS, &StubRuntime::new(&[]));
    assert_eq!(files_of(&format!("{PWD}{ROWS}")).digest(), bundle.digest);
    let client = |id: &str| gatewright_domain::hooks::ClientView { id: id.into(), ..question().client };
    let mut asked = 0;
    for question in [
        question(),
        Question { client: client("billing-7"), address: Some("203.0.113.7".into()), ..question() },
        Question { client: client("billing-7"), address: Some("198.51.100.1".into()), ..question() },
        Question { client: client("slow"), ..question() },
        Question { scope: vec!["groups".into()], acr_values: vec!["otp".into()], ..question() },
        Question { scope: vec!["groups".into()], ..question() },
        Question { claims: vec!["groups".into()], acr_values: vec!["otp".into()], ..question() },
    ] {
        let explanation = explained(&question);
        for hook in [HookKind::SelectAcr, HookKind::Consent, HookKind::Claims, HookKind::CustomizeToken] {
            let is = is_asked(&bundle, hook, &question);
            assert_eq!(!running(&explanation, hook).is_empty(), is, "{hook} {question:?}");
            asked += usize::from(is);
        }
    }
    assert!(asked > 10, "{asked}");
}

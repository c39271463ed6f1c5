//! What is certain of decisions and of parts of the input before a script runs, and what is left to the run.

use crate::stage::Setting;
use gatewright_domain::hooks::{Diagnostic, HookKind};

fn found(hook: HookKind, body: &str) -> Vec<Diagnostic> {
    Setting::of(hook).compile(&format!("fn {hook}(input) {{\n{body}\n}}")).err().unwrap_or_default()
}

fn told(hook: HookKind, body: &str) -> Vec<(String, String)> {
    found(hook, body).into_iter().map(|found| (found.message, found.hint.unwrap_or_default())).collect()
}

#[test]
fn a_field_of_a_decision_is_told_with_what_was_probably_meant() {
    for (hook, body, field, hint) in [
        (HookKind::CustomizeToken, "keep().claims", "claims", "did you mean `claim(…)`?"),
        (HookKind::CustomizeToken, "keep().claim(\"role\", 1).scopes", "scopes", "did you mean `scope(…)`?"),
        (HookKind::CustomizeToken, "let token = keep(); token.lifetime_s = 60; token", "lifetime_s", LIFETIME),
        (
            HookKind::CustomizeToken,
            "let token = keep(); if token.nothing { deny(\"x\") } else { token }",
            "nothing",
            ALL,
        ),
        (HookKind::Consent, "grant([]).remember", "remember", "it has forget(…)"),
        (HookKind::SelectAcr, "use_acr(\"pwd\").level", "level", "return use_acr(…), pass() or deny(…)"),
    ] {
        assert_eq!(
            told(hook, body),
            [(format!("a decision has no field `{field}`"), hint.to_owned())],
            "{hook}: {body}"
        );
    }
}

const LIFETIME: &str = "did you mean `lifetime(…)`?";
const ALL: &str = "it has audience(…), claim(…), lifetime(…), remove(…), scope(…)";

#[test]
fn a_claim_of_the_servers_own_in_a_decision_is_told_where_it_stands() {
    for body in ["keep().claim(\"sub\", \"x\")", "let token = keep(); token.remove(\"sub\"); token"] {
        let message = "the claim `sub` is the server's own, no hook may change it";
        assert_eq!(told(HookKind::CustomizeToken, body)[0].0, message, "{body}");
    }
}

#[test]
fn a_field_of_a_part_of_the_input_is_known() {
    let body = "let user = input.user; let of = user.clams; keep().claim(\"of\", of)";
    let expected = ("`input.user` has no `clams`".to_owned(), "did you mean `claims`?".to_owned());
    assert_eq!(told(HookKind::CustomizeToken, body), [expected]);
}

#[test]
fn what_only_a_run_can_tell_is_not_told() {
    for body in [
        "let token = keep(); token = #{ claims: 1 }; let of = token.claims; keep()",
        "let token = keep(); [1].for_each(|x| token = #{ claims: x }); let of = token.claims; keep()",
        "let keep = #{ claims: 1 }; let of = keep.claims; keep()",
        "let name = \"sub\"; keep().claim(name, 1)",
        "let claims = #{ claim: 1 }; let of = claims.claim; keep()",
        "let user = input.user; user.extra = 1; let of = user.extra; keep()",
        "let user = input.user; user.mixin(#{ extra: 1 }); let of = user.extra; keep()",
        "let user = input.user; user = #{ extra: 1 }; let of = user.extra; keep()",
        "let user = input.user; { let user = #{ extra: 1 }; let of = user.extra; } keep()",
        "let of = input.user.claims.anything; let claims = input.claims; let other = claims.anything; keep()",
    ] {
        assert_eq!(found(HookKind::CustomizeToken, body), [], "{body}");
    }
}

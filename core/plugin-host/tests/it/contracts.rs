//! Each hook: its input arrives, and every decision it may return is read as what it is.

use crate::guest::{Guest, OUTCOME, RETURN, store};
use crate::stage::{decide, fault};
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::{
    AfterAuthenticationDecision, AuthenticateDecision, ClaimsDecision, ConsentDecision, CustomizeTokenDecision,
    HookDecision, HookKind, LIFETIME_S_MAX, SelectAcrDecision, TokenChanges,
};
use gatewright_domain::identifiers::Subject;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::scope::Scope;
use serde_json::json;

/// A plugin that returns these numbers of 32 bits.
fn returning(hook: HookKind, words: impl FnOnce(&mut Guest) -> Vec<usize>) -> Guest {
    let mut guest = Guest::of(hook);
    let words = words(&mut guest);
    guest.body = format!("{} (i32.const {RETURN})", store(RETURN, &words));
    guest
}

fn with_text(hook: HookKind, case: usize, text: &str) -> Guest {
    returning(hook, |guest| {
        let [place, length] = guest.span(text);
        vec![case, place, length]
    })
}

fn acr(text: &str) -> Acr {
    Acr::try_from(text).unwrap()
}

#[track_caller]
fn not_allowed(guest: &Guest, expected: &str) {
    match fault(guest) {
        FaultKind::NotAllowed { why } => assert!(why.contains(expected), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn select_acr_uses_passes_and_denies() {
    use HookKind::SelectAcr as HOOK;
    let chosen = returning(HOOK, |guest| [&[0][..], &guest.texts(&["otp", "pwd"])].concat());
    assert_eq!(decide(&chosen), HookDecision::SelectAcr(SelectAcrDecision::Use(vec![acr("otp"), acr("pwd")])));
    let enrolled = returning(HOOK, |guest| [&[1][..], &guest.texts(&["otp"])].concat());
    assert_eq!(decide(&enrolled), HookDecision::SelectAcr(SelectAcrDecision::Enrol(vec![acr("otp")])));
    assert_eq!(decide(&with_text(HOOK, 2, "")), HookDecision::SelectAcr(SelectAcrDecision::Pass));
    let denied = HookDecision::SelectAcr(SelectAcrDecision::Deny { reason: "no".into() });
    assert_eq!(decide(&with_text(HOOK, 3, "no")), denied);
    not_allowed(&returning(HOOK, |_| vec![0, 0, 0]), "names no ACR");
    not_allowed(&returning(HOOK, |_| vec![1, 0, 0]), "names no ACR");
    not_allowed(&returning(HOOK, |guest| [&[0][..], &guest.texts(&["not an acr"])].concat()), "is no ACR");
}

#[test]
fn authenticate_authenticates_fails_and_delegates() {
    use HookKind::Authenticate as HOOK;
    let authenticated = |subject: &'static str, amr: &'static [&'static str]| {
        returning(HOOK, move |guest| [&[0][..], &guest.span(subject), &guest.texts(amr)].concat())
    };
    let HookDecision::Authenticate(AuthenticateDecision::Authenticated { subject, amr: methods }) =
        decide(&authenticated("248289761001", &["pwd", "otp"]))
    else {
        panic!()
    };
    assert_eq!(subject, Subject::parse("248289761001").unwrap());
    assert_eq!(methods.iter().map(|amr| amr.as_str()).collect::<Vec<_>>(), ["pwd", "otp"]);
    let failed = HookDecision::Authenticate(AuthenticateDecision::Fail { reason: "no".into() });
    assert_eq!(decide(&with_text(HOOK, 1, "no")), failed);
    let delegated = HookDecision::Authenticate(AuthenticateDecision::Delegate { acr: acr("otp") });
    assert_eq!(decide(&with_text(HOOK, 2, "otp")), delegated);
    not_allowed(&authenticated("", &[]), "Subject");
    not_allowed(&authenticated("x", &["p w d"]), "no amr value");
    not_allowed(&with_text(HOOK, 2, ""), "is no ACR");
}

#[test]
fn after_authentication_proceeds_steps_up_asks_and_denies() {
    use AfterAuthenticationDecision::{AskConsent, Deny, Proceed, StepUp};
    use HookKind::AfterAuthentication as HOOK;
    let decided = |decision| HookDecision::AfterAuthentication(decision);
    assert_eq!(decide(&with_text(HOOK, 0, "")), decided(Proceed));
    assert_eq!(decide(&with_text(HOOK, 1, "")), decided(AskConsent));
    assert_eq!(decide(&with_text(HOOK, 2, "otp")), decided(StepUp { acr: acr("otp") }));
    let long = "x".repeat(400);
    assert_eq!(decide(&with_text(HOOK, 3, &long)), decided(Deny { reason: long[..300].to_owned() }));
    not_allowed(&with_text(HOOK, 2, "o t p"), "is no ACR");
}

#[test]
fn consent_grants_denies_and_leaves_it_to_the_page() {
    use HookKind::Consent as HOOK;
    let granted = |values: &'static [&'static str], remember: usize| {
        returning(HOOK, move |guest| [&[0][..], &guest.texts(values), &[remember]].concat())
    };
    let scope = Scope::parse("openid email").unwrap();
    let grant = HookDecision::Consent(ConsentDecision::Grant { scope, remember: true });
    assert_eq!(decide(&granted(&["openid", "email", "openid"], 1)), grant);
    let denied = HookDecision::Consent(ConsentDecision::Deny { reason: "no".into() });
    assert_eq!(decide(&with_text(HOOK, 1, "no")), denied);
    assert_eq!(decide(&with_text(HOOK, 2, "")), HookDecision::Consent(ConsentDecision::BuiltIn));
    not_allowed(&granted(&["a b"], 0), "no scope value");
    let many: Vec<String> = (0..65).map(|n| format!("s{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    not_allowed(&returning(HOOK, |guest| [&[0][..], &guest.texts(&many), &[0]].concat()), "too many");
}

/// A claim's six words: its name, the case of its value, and two words of that.
fn claim(guest: &mut Guest, name: &str, case: usize, value: [usize; 2]) -> Vec<usize> {
    [&guest.span(name)[..], &[case, 0], &value].concat()
}

#[test]
fn claims_are_added_by_name() {
    let guest = returning(HookKind::Claims, |guest| {
        let text = guest.span("Alice");
        let texts = guest.texts(&["staff", "admins"]);
        let [x, length] = guest.span("x");
        let member = guest.words(&[x, length, 1]);
        // members([("x", 1)]) and null, 16 bytes each: the case, what fills up to 8 bytes, the value.
        let nodes = guest.words(&[6, 0, member, 1, 0, 0, 0, 0]);
        let claims = [
            claim(guest, "name", 3, text),
            claim(guest, "flag", 0, [1, 0]),
            claim(guest, "number", 1, [7, 0]),
            claim(guest, "groups", 4, texts),
            claim(guest, "tree", 5, [nodes, 2]),
            claim(guest, "nothing", 5, [nodes + 16, 1]),
        ];
        vec![guest.words(&claims.concat()), claims.len()]
    });
    let expected =
        json!({ "name": "Alice", "flag": true, "number": 7, "groups": ["staff", "admins"], "tree": { "x": null } });
    let claims = expected.as_object().cloned().unwrap();
    assert_eq!(decide(&guest), HookDecision::Claims(ClaimsDecision { claims }));
}

#[test]
fn claims_that_are_none_are_refused() {
    let twice = returning(HookKind::Claims, |guest| {
        let both = [claim(guest, "a", 0, [1, 0]), claim(guest, "a", 0, [0, 0])].concat();
        vec![guest.words(&both), 2]
    });
    not_allowed(&twice, "the claim `a` is there twice");
    let cycle = returning(HookKind::Claims, |guest| {
        let itself = guest.words(&[0]);
        let nodes = guest.words(&[5, 0, itself, 1]);
        let claim = claim(guest, "a", 5, [nodes, 1]);
        vec![guest.words(&claim), 1]
    });
    not_allowed(&cycle, "the claim `a`: two of its parts point at part 0");
    let many = returning(HookKind::Claims, |guest| {
        let claims: Vec<usize> = (0..129).flat_map(|n| claim(guest, &format!("c{n}"), 0, [1, 0])).collect();
        vec![guest.words(&claims), 129]
    });
    not_allowed(&many, "at most 128 claims");
}

/// `change` with a lifetime, an audience and a scope; each with whether it is there.
fn changed(claims: [usize; 2], lifetime_s: [usize; 3], audience: [usize; 3], scope: [usize; 3]) -> Vec<usize> {
    let [there, low, high] = lifetime_s;
    [&[0, 0][..], &claims, &[there, 0, low, high], &audience, &scope].concat()
}

#[test]
fn a_token_is_changed_or_denied() {
    use HookKind::CustomizeToken as HOOK;
    let guest = returning(HOOK, |guest| {
        let text = guest.span("gold");
        let claims = claim(guest, "tier", 3, text);
        let claims = [guest.words(&claims), 1];
        let ([audience, one], [scope, two]) = (guest.texts(&["https://api.example.com"]), guest.texts(&["a", "b"]));
        changed(claims, [1, 60, 0], [1, audience, one], [1, scope, two])
    });
    let changes = TokenChanges {
        claims: json!({ "tier": "gold" }).as_object().cloned().unwrap(),
        lifetime_s: Some(60),
        audience: Some(vec!["https://api.example.com".into()]),
        scope: Some(Scope::parse("a b").unwrap()),
    };
    assert_eq!(decide(&guest), HookDecision::CustomizeToken(CustomizeTokenDecision::Change(changes)));
    let kept = returning(HOOK, |_| changed([0; 2], [0; 3], [0; 3], [0; 3]));
    let same = CustomizeTokenDecision::Change(TokenChanges::default());
    assert_eq!(decide(&kept), HookDecision::CustomizeToken(same));
    let denied = returning(HOOK, |guest| [&[1, 0][..], &guest.span("no")].concat());
    let expected = CustomizeTokenDecision::Deny { reason: "no".into() };
    assert_eq!(decide(&denied), HookDecision::CustomizeToken(expected));
    let long = usize::try_from(LIFETIME_S_MAX).unwrap() + 1;
    not_allowed(&returning(HOOK, |_| changed([0; 2], [1, long, 0], [0; 3], [0; 3])), "lives 1 to");
    not_allowed(&returning(HOOK, |_| changed([0; 2], [1, 0, 0], [0; 3], [0; 3])), "lives 1 to");
    not_allowed(&returning(HOOK, |_| changed([0; 2], [0; 3], [1, 0, 0], [0; 3])), "at least one value");
}

#[test]
fn a_null_claim_takes_one_out_of_a_token() {
    let guest = returning(HookKind::CustomizeToken, |guest| {
        let nodes = guest.words(&[0, 0, 0, 0]);
        let claims = claim(guest, "tier", 5, [nodes, 1]);
        changed([guest.words(&claims), 1], [0; 3], [0; 3], [0; 3])
    });
    let HookDecision::CustomizeToken(CustomizeTokenDecision::Change(changes)) = decide(&guest) else { panic!() };
    assert!(changes.claims["tier"].is_null());
}

/// The input's claims (those of its user) come back as they went in: they lie 16 bytes into the user, after
/// the destination and the client.
#[test]
fn the_claims_of_the_user_arrive() {
    let body = format!(
        "(i32.store (i32.const {RETURN}) (i32.load offset=52 (local.get $input)))
         (i32.store (i32.const {}) (i32.load offset=56 (local.get $input)))
         (i32.const {RETURN})",
        RETURN + 4
    );
    let decided = decide(&Guest::that(HookKind::Claims, &body));
    let claims = json!({ "name": "Alice Liddell", "email": "alice@example.com", "groups": ["staff"] });
    let claims = claims.as_object().cloned().unwrap();
    assert_eq!(decided, HookDecision::Claims(ClaimsDecision { claims }));
}

/// A plugin that returns a fault: these numbers of 32 bits.
fn faulty(hook: HookKind, words: impl FnOnce(&mut Guest) -> Vec<usize>) -> Guest {
    let mut guest = returning(hook, words);
    guest.body = format!("(i32.store (i32.const {}) (i32.const 1)) {}", RETURN - OUTCOME, guest.body);
    guest
}

#[test]
fn a_hook_without_a_decision_says_why() {
    for hook in HookKind::ALL {
        let unexpected = faulty(hook, |guest| [&[1, 0][..], &guest.span("the card reader is gone")].concat());
        assert_eq!(fault(&unexpected), FaultKind::Threw { message: "the card reader is gone".into() }, "{hook}");
    }
    let capability = |case: usize, text: &'static str| {
        fault(&faulty(HookKind::Claims, move |guest| [&[0, 0, case, 0][..], &guest.span(text)].concat()))
    };
    let not_lent = CapabilityError::NotLent { what: "kv".into() };
    assert_eq!(capability(0, "kv"), FaultKind::Capability(not_lent));
    let invalid = CapabilityError::Invalid { why: "no key".into() };
    assert_eq!(capability(1, "no key"), FaultKind::Capability(invalid));
    let unreachable = CapabilityError::Invalid { why: "https://a.example did not answer".into() };
    assert_eq!(capability(2, "https://a.example did not answer"), FaultKind::Capability(unreachable));
    let large = fault(&faulty(HookKind::Claims, |_| vec![0, 0, 3, 0, 700, 0]));
    assert_eq!(large, FaultKind::Capability(CapabilityError::TooLarge { bytes_max: 700 }));
}

#[test]
fn a_long_reason_of_a_fault_is_cut() {
    let long = faulty(HookKind::Claims, |guest| [&[1, 0][..], &guest.span(&"x".repeat(400))].concat());
    assert_eq!(fault(&long), FaultKind::Threw { message: "x".repeat(300) });
}

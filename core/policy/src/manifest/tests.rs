//! What a manifest may say, and what is said of one that says something else.

use super::*;
use gatewright_domain::capabilities::loan::HttpLoan;

fn read(text: &str) -> Manifest {
    let (manifest, wrong) = Manifest::read(text);
    assert_eq!(wrong, vec![]);
    manifest
}

/// `line:column message / hint` of everything wrong with a text.
fn wrong(text: &str) -> Vec<String> {
    let said = |diagnostic: &Diagnostic| {
        let Diagnostic { place, message, hint } = diagnostic;
        let hint = hint.as_ref().map(|hint| format!(" / {hint}")).unwrap_or_default();
        format!("{}:{} {message}{hint}", place.line, place.column)
    };
    Manifest::read(text).1.iter().map(said).collect()
}

fn only(text: &str) -> String {
    let wrong = wrong(text);
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    wrong.into_iter().next().unwrap()
}

const OTP: &str = r#"
name = "acme"
default_acr = "otp"

[[authenticate]]
acr   = "otp"
level = 20
amr   = ["pwd", "otp"]
run   = "authentication/otp.rhai"
lend  = ["users", "kv"]

[[customize_token]]
name  = "risk"
when  = { client = ["billing-*"], scope = ["payments"], token = ["access"] }
run   = "risk.wasm"
lend  = { users = true, http = ["https://risk.example.com"], secrets = ["risk_api_key"] }
limit = { time_ms = 20, memory_mib = 16 }
on_error = "deny"
"#;

#[test]
fn a_manifest_is_read_whole() {
    let manifest = read(OTP);
    assert_eq!(manifest.name.as_deref(), Some("acme"));
    let [otp, risk] = manifest.bindings.as_slice() else { panic!("two bindings") };
    assert_eq!(otp.name.value.as_str(), "authenticate/otp");
    assert_eq!(otp.run.place, Place { file: "policy.toml".into(), line: 9, column: 9 });
    assert_eq!(otp.loan, Loan { users: true, kv: true, ..Loan::default() });
    let Terms::Authenticate { reaches: Some((acr, 20)), amr, .. } = &otp.terms else { panic!("{:?}", otp.terms) };
    assert_eq!((acr.value.as_str(), amr.len()), ("otp", 2));
    assert_eq!(risk.name.value.as_str(), "customize_token/risk");
    let origins = ["https://risk.example.com".to_owned()].into();
    let http = Some(HttpLoan { origins, private_addresses: false });
    let secrets = ["risk_api_key".to_owned()].into();
    assert_eq!(risk.loan, Loan { users: true, http, secrets, ..Loan::default() });
    assert_eq!(risk.limits, Limits { time_ms: 20, memory_mib: 16, ..Limits::default() });
    assert_eq!(risk.on_error.value, OnError::Deny);
}

#[test]
fn an_unknown_key_is_refused_where_it_stands_with_the_nearest_known() {
    let text = "[[select_acr]]\nrun = \"a.rhai\"\nwehn = {}\n[[selct_acr]]\nrun = \"b.rhai\"\n";
    assert_eq!(
        wrong(text),
        [
            "3:1 a binding has no key `wehn` / did you mean `when`?",
            "4:3 the manifest has no key `selct_acr` / did you mean `select_acr`?",
        ]
    );
    let inside = "[[select_acr]]\nrun = \"a.rhai\"\nwhen = { cleint = [\"a\"] }\nlimit = { opertions = 1 }";
    assert_eq!(
        wrong(inside),
        [
            "3:10 `when` has no key `cleint` / did you mean `client`?",
            "4:11 `limit` has no key `opertions` / did you mean `operations`?",
        ]
    );
}

#[test]
fn a_text_that_is_no_toml_says_where() {
    assert!(only("name = \"x\"\n[[claims\n").starts_with("2:9 "), "{}", only("name = \"x\"\n[[claims\n"));
    assert!(only("name = \"x\"\nname = \"y\"\n").starts_with("2:1 duplicate key"));
}

#[test]
fn everything_wrong_is_told_at_once() {
    let text = "default_acr = 7\n[[authenticate]]\nacr = \"a b\"\nlevel = \"high\"\nrun = 1\n[claims]\n";
    assert_eq!(wrong(text).len(), 5, "{:#?}", wrong(text));
}

#[test]
fn lend_takes_a_list_a_table_or_a_list_with_more_said_beside_it() {
    let lent = |text: &str| read(&format!("[[select_acr]]\nrun = \"a.rhai\"\n{text}")).bindings[0].loan.names();
    assert!(lent("").is_empty());
    assert_eq!(lent("lend = [\"log\", \"network\"]"), ["log", "network"]);
    assert_eq!(lent("lend = { kv = true, log = false }"), ["kv"]);
    assert_eq!(lent("lend = [\"http\", \"users\"]\nhttp = [\"http://127.0.0.1:9000\"]"), ["users", "http"]);
    assert_eq!(lent("lend = [\"secrets\"]\nsecrets = [\"key\"]"), ["secrets"]);
    let private = "lend = { http = { origins = [\"https://a.example\"], private_addresses = true } }";
    assert_eq!(lent(private), ["http"]);
}

#[test]
fn a_loan_that_does_not_say_what_it_lends_is_refused() {
    let said = |text: &str| only(&format!("[[select_acr]]\nrun = \"a.rhai\"\n{text}"));
    assert!(said("lend = [\"http\"]").starts_with("3:9 `http` is lent without saying which / add its origins"));
    assert!(said("lend = [\"secrets\"]").starts_with("3:9 `secrets` is lent without saying which"));
    assert!(said("lend = [\"users\"]\nhttp = [\"https://a.example\"]").starts_with("4:8 `http` is not lent"));
    assert!(said("secrets = [\"key\"]").starts_with("3:11 `secrets` is not lent"));
    assert_eq!(said("lend = [\"user\"]"), "3:9 there is no capability `user` / did you mean `users`?");
    let long = "x".repeat(lend::SECRET_NAME_BYTES_MAX + 1);
    for name in ["", "a b", &long] {
        assert!(said(&format!("lend = {{ secrets = [{name:?}] }}")).contains("is no `secrets`"), "{name}");
    }
    assert!(said("lend = { http = [] }").starts_with("3:17 `http` is empty"));
    for origin in ["risk.example.com", "ftp://a.example", "https://a.example/path", "https://a.example:443"] {
        assert!(said(&format!("lend = {{ http = [{origin:?}] }}")).contains("is no `http`"), "{origin}");
    }
}

#[test]
fn a_loan_of_factors_and_providers_says_which() {
    let text = "[[select_acr]]\nrun = \"a.rhai\"\nlend = { factors = \"badge\", oidc = [\"corporate\"], totp = true }";
    let loan = &read(text).bindings[0].loan;
    let factors = loan.factors.as_ref().map(|kind| kind.as_str());
    assert_eq!((factors, loan.oidc.contains("corporate"), loan.totp), (Some("badge"), true, true));
    assert_eq!(loan.names(), ["factors", "totp", "oidc"]);
    let listed = "[[select_acr]]\nrun = \"a.rhai\"\nlend = [\"totp\", \"webauthn\", \"mail\", \"recovery\"]";
    assert_eq!(read(listed).bindings[0].loan.names(), ["totp", "webauthn", "mail", "recovery"]);
    let said = |lend: &str| only(&format!("[[select_acr]]\nrun = \"a.rhai\"\nlend = {lend}"));
    assert_eq!(
        said("[\"factors\"]"),
        "3:9 `factors` is lent without saying which / add its kind, in a table: `lend = { factors = \"badge\" }`"
    );
    assert_eq!(
        said("[\"oidc\"]"),
        "3:9 `oidc` is lent without saying which / add its providers, in a table: `lend = { oidc = [\"corporate\"] }`"
    );
    for kind in gatewright_domain::factor::OWN_KINDS {
        let said = said(&format!("{{ factors = {kind:?} }}"));
        assert!(
            said.starts_with(&format!("3:20 `{kind}` is no `factors`: ")) && said.contains("lend `totp`"),
            "{said}"
        );
    }
    let long = "x".repeat(lend::KIND_BYTES_MAX + 1);
    for kind in ["", "a b", &long] {
        assert!(said(&format!("{{ factors = {kind:?} }}")).contains("is no `factors`"), "{kind}");
    }
    assert!(said("{ oidc = [] }").starts_with("3:17 `oidc` is empty"));
    assert!(said("{ oidc = [\"a b\"] }").contains("is no `oidc`: a provider's name has 1 to 128"));
    assert!(said("{ oidc = true }").contains("`oidc` must be a list of texts"));
    assert!(said("{ totp = \"yes\" }").contains("`totp` must be true or false"));
}

#[test]
fn a_method_says_which_factor_it_asks_for_and_whether_one_is_enrolled_on_the_way() {
    let binding = |more: &str| format!("[[authenticate]]\nacr = \"a\"\nlevel = 1\nrun = \"a.rhai\"\n{more}");
    let terms = |more: &str| match &read(&binding(more)).bindings[0].terms {
        Terms::Authenticate { factor, enrols, .. } => (factor.as_ref().map(ToString::to_string), *enrols),
        other => panic!("{other:?}"),
    };
    assert_eq!(terms(""), (None, false));
    assert_eq!(terms("factor = \"totp\""), (Some("totp".to_owned()), false));
    assert_eq!(terms("factor = \"badge\"\nenrol = true"), (Some("badge".to_owned()), true));
    let said = |more: &str| only(&binding(more));
    assert_eq!(
        said("enrol = true"),
        "1:1 a binding lacks `factor` / say which kind: `factor = \"totp\"`, or remove `enrol`"
    );
    let long = "x".repeat(binding::NAME_BYTES_MAX + 1);
    for kind in ["", "a b", &long] {
        assert!(said(&format!("factor = {kind:?}")).contains("is no `factor`: a kind of factor has 1 to 64"), "{kind}");
    }
    let stand_in = "[[authenticate]]\nstand_in = true\nrun = \"a.rhai\"\nfactor = \"totp\"";
    assert!(only(stand_in).starts_with("4:1 `factor` is not a stand-in's"));
    let elsewhere = "[[consent]]\nrun = \"a.rhai\"\nfactor = \"totp\"";
    assert!(only(elsewhere).starts_with("3:1 a binding has no key `factor`"));
}

#[test]
fn only_hooks_that_leave_a_safe_default_may_be_skipped() {
    for hook in HookKind::ALL.into_iter().filter(|hook| *hook != HookKind::Authenticate) {
        let claims = if hook == HookKind::Claims { "claims = [\"x\"]\n" } else { "" };
        let text = format!("[[{hook}]]\nrun = \"a.rhai\"\n{claims}on_error = \"skip\"");
        assert_eq!(wrong(&text).is_empty(), hook.may_be_skipped(), "{hook}");
    }
    let text = "[[authenticate]]\nacr = \"a\"\nlevel = 1\nrun = \"a.rhai\"\non_error = \"skip\"";
    assert!(only(text).starts_with("5:12 authenticate may not be skipped"));
    assert!(
        only("[[claims]]\nrun = \"a.rhai\"\nclaims = [\"x\"]\non_error = \"skpi\"").ends_with("did you mean `skip`?")
    );
}

#[test]
fn an_authenticate_binding_says_what_it_reaches_and_has_no_selectors() {
    assert_eq!(wrong("[[authenticate]]\nrun = \"a.rhai\"").len(), 2);
    let text = "[[authenticate]]\nacr = \"a\"\nlevel = 1\nrun = \"a.rhai\"\nwhen = { client = [\"a\"] }";
    assert!(only(text).starts_with("5:8 `when` cannot choose an authenticate binding"));
}

#[test]
fn a_stand_in_says_nothing_of_when_it_runs_or_what_it_reaches() {
    let acr = "[[authenticate]]\nstand_in = true\nrun = \"a.rhai\"\nacr = \"a\"";
    assert!(only(acr).starts_with("4:1 `acr` is not a stand-in's"));
    let when = "[[consent]]\nstand_in = true\nrun = \"a.rhai\"\nwhen = { client = [\"a\"] }";
    assert!(only(when).contains("a stand-in has no `when`"));
    let claims = "[[claims]]\nstand_in = true\nrun = \"a.rhai\"\nclaims = [\"a\"]";
    assert!(only(claims).starts_with("4:1 `claims` is not a stand-in's"));
}

#[test]
fn a_claims_binding_declares_claims_and_never_a_protected_one() {
    assert!(only("[[claims]]\nrun = \"a.rhai\"").contains("lacks `claims`"));
    assert!(only("[[claims]]\nrun = \"a.rhai\"\nclaims = [\"sub\"]").contains("the server's own"));
}

#[test]
fn a_limit_outside_its_range_is_refused() {
    let said = |limit: &str| only(&format!("[[select_acr]]\nrun = \"a.rhai\"\nlimit = {{ {limit} }}"));
    assert_eq!(said("time_ms = 0"), "3:21 the limit time_ms must be from 1 to 1000 / left out, it is 50");
    assert_eq!(said("total_ms = 60001"), "3:22 the limit total_ms must be from 1 to 60000 / left out, it is 10000");
    assert!(said("operations = -1").contains("must be a whole number"));
}

#[test]
fn more_bindings_than_the_limit_are_refused() {
    let text = "[[select_acr]]\nrun = \"a.rhai\"\n".repeat(BINDINGS_MAX + 1);
    assert_eq!(only(&text), format!("1:1 a manifest has at most {BINDINGS_MAX} bindings"));
}

#[test]
fn a_name_is_that_of_the_file_unless_one_is_given() {
    let name = |text: &str| read(&format!("[[select_acr]]\n{text}")).bindings[0].name.value.to_string();
    assert_eq!(name("run = \"lib/by_network.rhai\""), "select_acr/by_network");
    assert_eq!(name("run = \"a.rhai\"\nname = \"office\""), "select_acr/office");
    let long = "x".repeat(binding::NAME_BYTES_MAX + 1);
    assert!(only(&format!("[[select_acr]]\nrun = \"a.rhai\"\nname = \"{long}\"")).contains("is no `name`"));
    assert!(only("[[select_acr]]\nrun = \"a b.rhai\"").contains("lacks `name`"));
    let long = "x".repeat(binding::CLAIM_NAME_BYTES_MAX + 1);
    assert!(only(&format!("[[claims]]\nrun = \"a.rhai\"\nclaims = [\"{long}\"]")).contains("1 to 128"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "([a-z_\"\\[\\]{}=., \\n0-9]|\\PC){0,200}") {
        Manifest::read(&text);
    }

    #[test]
    fn no_change_of_a_manifest_makes_reading_panic(at in 0..OTP.len(), put in "[\\[\\]{}=\"\\n0a]{0,3}", cut in 0..12usize) {
        let end = (at + cut).min(OTP.len());
        Manifest::read(&format!("{}{put}{}", &OTP[..at], &OTP[end..]));
    }
}

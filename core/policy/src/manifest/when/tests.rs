//! What selectors select.

use super::*;
use crate::manifest::Manifest;
use gatewright_domain::hooks::Login;

#[test]
fn a_star_stands_for_any_characters_and_everything_else_for_itself() {
    let table = [
        ("demo", "demo", true),
        ("demo", "demo2", false),
        ("demo", "Demo", false),
        ("billing-*", "billing-", true),
        ("billing-*", "billing-7", true),
        ("billing-*", "xbilling-7", false),
        ("*-test", "a-test", true),
        ("*-test", "a-test-b", false),
        ("a*b*c", "a-b-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("a*a", "a", false),
        ("a**a", "aa", true),
        ("*", "", true),
        ("a.c", "abc", false),
    ];
    for (glob, client, matches) in table {
        assert_eq!(Glob::try_from(glob).unwrap().matches(client), matches, "{glob} {client}");
    }
    for bad in ["", "a?", "[ab]", "{a,b}", "ä", "a\nb"] {
        assert!(Glob::try_from(bad).is_err(), "{bad}");
    }
}

proptest::proptest! {
    #[test]
    fn a_pattern_matches_just_what_the_obvious_slow_way_matches(glob in "[ab*]{1,8}", text in "[ab]{0,8}") {
        fn slow(glob: &[u8], text: &[u8]) -> bool {
            match glob {
                [] => text.is_empty(),
                [b'*', rest @ ..] => (0..=text.len()).any(|at| slow(rest, &text[at..])),
                [one, rest @ ..] => text.first() == Some(one) && slow(rest, &text[1..]),
            }
        }
        let matches = Glob::try_from(glob.as_str()).unwrap().matches(&text);
        proptest::prop_assert_eq!(matches, slow(glob.as_bytes(), text.as_bytes()));
    }
}

fn when(selectors: &str) -> When {
    let (manifest, wrong) = Manifest::read(&format!("[[customize_token]]\nrun = \"a.rhai\"\nwhen = {{ {selectors} }}"));
    assert_eq!(wrong, vec![]);
    manifest.bindings[0].when.clone()
}

fn wrong(hook: &str, selectors: &str) -> String {
    let text = format!("[[{hook}]]\nrun = \"a.rhai\"\nclaims = [\"x\"]\nwhen = {{ {selectors} }}");
    let text = if hook == "claims" { text } else { text.replace("claims = [\"x\"]\n", "") };
    let wrong = Manifest::read(&text).1;
    assert_eq!(wrong.len(), 1, "{selectors}: {wrong:#?}");
    wrong[0].message.clone()
}

#[test]
fn every_selector_must_match_and_any_value_within_one() {
    let login = Login::sample();
    let acr = ["pwd".to_owned()];
    let facts = Facts {
        client: &login.client,
        scope: &login.scope,
        acr: &acr,
        ip: None,
        grant_type: Some("refresh_token"),
        token: Some(TokenKind::Access),
    };
    let table = [
        ("", true),
        ("client = [\"other\", \"de*\"]", true),
        ("not_client = [\"demo\"]", false),
        ("client = [\"*o\"], not_client = [\"demo2\"]", true),
        ("scope = [\"payments\", \"email\"]", true),
        ("scope = [\"payments\"]", false),
        ("acr = [\"otp\", \"pwd\"]", true),
        ("acr = [\"otp\"]", false),
        ("grant_type = [\"authorization_code\"]", false),
        ("grant_type = [\"refresh_token\"]", true),
        ("token = [\"id\", \"access\"]", true),
        ("token = [\"refresh\"]", false),
        ("application_type = [\"web\"]", true),
        ("application_type = [\"native\"]", false),
        ("client = [\"demo\"], scope = [\"payments\"]", false),
    ];
    for (selectors, admits) in table {
        assert_eq!(when(selectors).admits(&facts), admits, "{selectors}");
    }
}

#[test]
fn a_network_holds_its_addresses_of_either_family() {
    let text = "[[consent]]\nrun = \"a.rhai\"\nwhen = { network = [\"10.0.0.0/8\", \"2001:db8::/32\", \"192.0.2.7\"] }";
    let when = &Manifest::read(text).0.bindings[0].when;
    let login = Login::sample();
    let table = [
        (Some("10.255.0.1"), true),
        (Some("::ffff:10.0.0.1"), true),
        (Some("11.0.0.1"), false),
        (Some("2001:db8::1"), true),
        (Some("192.0.2.7"), true),
        (Some("192.0.2.8"), false),
        (Some("no address"), false),
        (None, false),
    ];
    for (ip, near) in table {
        let facts = Facts { client: &login.client, scope: &[], acr: &[], ip, grant_type: None, token: None };
        assert_eq!(when.admits(&facts), near, "{ip:?}");
    }
}

#[test]
fn a_selector_that_can_never_match_is_refused() {
    assert_eq!(wrong("claims", "network = [\"10.0.0.0/8\"]"), "`network` cannot be known to claims");
    assert_eq!(wrong("consent", "token = [\"id\"]"), "`token` cannot be known to consent");
    assert_eq!(wrong("select_acr", "grant_type = [\"implicit\"]"), "`grant_type` cannot be known to select_acr");
    assert_eq!(wrong("consent", "client = []"), "`client` is empty");
    assert!(wrong("consent", "client = [\"a\"], not_client = [\"a\"]").starts_with("`not_client` leaves out"));
    assert!(wrong("consent", "client = [\"ab*\"], not_client = [\"a*\"]").starts_with("`not_client` leaves out"));
    assert!(wrong("consent", "not_client = [\"*\"]").starts_with("`not_client` leaves out"));
    assert!(wrong("consent", "network = [\"10.0.0.1/8\"]").contains("bits beyond its prefix length"));
    assert!(wrong("consent", "network = [\"office\"]").contains("write a network such as"));
    assert!(wrong("consent", "client = [\"a?\"]").contains("only * is special"));
    assert!(wrong("customize_token", "grant_type = [\"password\"]").contains("is no `grant_type`"));
    assert!(wrong("customize_token", "token = [\"jwt\"]").contains("write `access`, `id` or `refresh`"));
    assert!(wrong("consent", "application_type = [\"spa\"]").contains("is no `application_type`"));
    assert!(wrong("consent", "scope = \"openid\"").contains("must be a list of texts, not a string"));
}

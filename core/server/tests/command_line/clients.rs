//! `gatewright client`.

use crate::process::Home;

const REDIRECT: [&str; 2] = ["--redirect-uri", "https://almanac.example/callback"];

#[test]
fn a_client_is_added_listed_shown_and_removed() {
    let home = Home::new("");
    let added = home.run(&[&["client", "add", "--name", "Almanac", "--first-party", "--json"], &REDIRECT[..]].concat());
    let added = added.json();
    let id = added["client_id"].as_str().unwrap();
    assert_eq!(added["client_secret"].as_str().unwrap().len(), 43);
    assert_eq!(added["token_endpoint_auth_method"], "client_secret_basic");
    assert!(home.run(&["client", "list"]).done().contains("Almanac"));
    let listed = home.run(&["client", "list", "--json"]).json();
    assert_eq!(listed["clients"][0]["client_id"], id);
    let shown = home.run(&["client", "show", id, "--json"]).json();
    assert_eq!((&shown["first_party"], &shown["client_name"]), (&true.into(), &"Almanac".into()));
    assert!(shown.get("client_secret").is_none());
    let text = home.run(&["client", "show", id]).done();
    assert!(text.contains("https://almanac.example/callback") && text.contains("consent is not asked"), "{text}");
    assert!(home.run(&["client", "remove", id]).done().contains(id));
    for command in ["remove", "show"] {
        assert!(home.run(&["client", command, id]).failed().contains("client list"));
    }
}

#[test]
fn an_id_and_a_secret_of_ones_own_are_taken_and_the_secret_is_no_argument() {
    let home = Home::new("");
    let words = [&["client", "add", "--id", "almanac", "--secret-file", "-"], &REDIRECT[..]].concat();
    let added = home.run_with(&words, "a secret of my own\nrest").done();
    assert!(added.contains("a secret of my own") && added.contains("shown this once"), "{added}");
    assert!(home.run_with(&words, "a secret of my own").failed().contains("there is a client almanac already"));
    let words = [&["client", "add", "--secret-file", "-"], &REDIRECT[..]].concat();
    assert!(home.run_with(&words, "short").failed().contains("16 characters"));
}

#[test]
fn a_public_client_has_no_secret() {
    let home = Home::new("");
    let added = home.run(&[&["client", "add", "--public", "--id", "phone"], &REDIRECT[..]].concat()).done();
    assert!(!added.contains("secret"), "{added}");
    assert!(home.run(&["client", "show", "phone"]).done().contains("none"));
}

#[test]
fn the_operator_is_held_to_the_rules_of_registration() {
    let home = Home::new("");
    let told = home.run(&["client", "add", "--redirect-uri", "http://almanac.example/callback"]).failed();
    assert!(told.contains("redirect_uris"), "{told}");
    let told = home.run(&["client", "add"]).failed();
    assert!(told.contains("redirect_uris"), "{told}");
    let words = ["client", "add", "--id", "gatewright-account"];
    let told = home.run(&[&words[..], &REDIRECT[..]].concat()).failed();
    assert!(told.contains("there is a client gatewright-account already"), "{told}");
    let words = ["client", "add", "--id-token-algorithm", "EdDSA"];
    let told = home.run(&[&words[..], &REDIRECT[..]].concat()).failed();
    assert!(told.contains("does not sign with EdDSA"), "{told}");
}

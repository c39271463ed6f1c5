//! `gatewright keys`.

use crate::process::Home;
use serde_json::Value;

fn states(home: &Home) -> Vec<String> {
    let listed = home.run(&["keys", "list", "--json"]).json();
    listed["keys"].as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_rotation_publishes_the_next_key_beside_the_one_that_signs() {
    let home = Home::new("");
    assert!(states(&home).is_empty());
    home.run(&["check"]).done();
    assert_eq!(states(&home), ["published", "signs"], "one to encrypt to, one that signs");
    let rotated = home.run(&["keys", "rotate", "--json"]).json();
    assert_eq!(rotated["rotated"][0]["algorithm"], "ES256");
    assert_eq!(rotated["rotated"][1]["algorithm"], "ECDH-ES");
    assert_eq!(states(&home), ["published", "signs", "published", "next"]);
    let text = home.run(&["keys", "list"]).done();
    assert!(text.contains(rotated["rotated"][0]["kid"].as_str().unwrap()), "{text}");
}

#[test]
fn after_a_theft_the_new_key_signs_at_once_and_the_old_ones_are_gone() {
    let home = Home::new("");
    home.run(&["check"]).done();
    home.run(&["keys", "rotate", "--algorithm", "ES256", "--stolen"]).done();
    let listed = home.run(&["keys", "list", "--json"]).json();
    let keys = listed["keys"].as_array().unwrap().iter().filter(|key| key["algorithm"] == "ES256");
    let left: Vec<&Value> = keys.filter(|key| key["state"] != "dropped").collect();
    assert_eq!(left.len(), 1, "{listed}");
    assert_eq!(left[0]["state"], "signs");
}

#[test]
fn a_stolen_key_to_decrypt_with_is_gone_at_once() {
    let home = Home::new("");
    home.run(&["check"]).done();
    home.run(&["keys", "rotate", "--algorithm", "ECDH-ES", "--stolen"]).done();
    let listed = home.run(&["keys", "list", "--json"]).json();
    let keys = listed["keys"].as_array().unwrap().iter().filter(|key| key["algorithm"] == "ECDH-ES");
    let live: Vec<&Value> = keys.filter(|key| key["state"] != "dropped").collect();
    assert_eq!((live.len(), &live[0]["state"]), (1, &"published".into()), "{listed}");
    let told = home.run(&["keys", "rotate", "--algorithm", "RSA-OAEP-256"]).failed();
    assert!(told.contains("does not decrypt with RSA-OAEP-256") && told.contains("keys.decryption"), "{told}");
}

#[test]
fn an_algorithm_that_is_not_configured_is_refused() {
    let told = Home::new("").run(&["keys", "rotate", "--algorithm", "EdDSA"]).failed();
    assert!(told.contains("does not sign with EdDSA") && told.contains("keys.algorithms"), "{told}");
}

//! `gatewright user`.

use crate::process::Home;

#[test]
fn an_end_user_is_added_listed_given_a_password_and_removed() {
    let home = Home::new("");
    let words = ["user", "add", "Carol", "--claim", "given_name=Carol", "--claim", "email_verified=true", "--json"];
    let added = home.run_with(&words, "correct horse\n").json();
    assert_eq!(added["username"], "Carol");
    let listed = home.run(&["user", "list", "--json"]).json();
    let carol = &listed["users"][0];
    assert_eq!((&carol["subject"], &carol["has_password"]), (&added["subject"], &true.into()));
    assert_eq!((&carol["claims"]["given_name"], &carol["claims"]["email_verified"]), (&"Carol".into(), &true.into()));
    assert!(!listed.to_string().contains("argon2"), "{listed}");
    assert!(home.run(&["user", "list"]).done().contains("Carol"));
    assert!(home.run_with(&["user", "add", "CAROL"], "x\n").failed().contains("already"));
    assert!(home.run_with(&["user", "set-password", "carol"], "battery staple\n").done().contains("is set"));
    assert!(home.run(&["user", "remove", "carol"]).done().contains("removed Carol"));
    for command in ["remove", "set-password"] {
        assert!(home.run_with(&["user", command, "carol"], "x").failed().contains("there is no end-user carol"));
    }
}

#[test]
fn an_end_user_is_disabled_and_enabled_again() {
    let home = Home::new("");
    home.run_with(&["user", "add", "carol"], "correct horse\n").done();
    let told = home.run(&["user", "enable", "carol"]).done();
    assert!(told.contains("was not disabled"), "{told}");
    let told = home.run(&["user", "disable", "CAROL"]).done();
    assert!(told.contains("cannot sign in") && told.contains("`gatewright user enable carol`"), "{told}");
    assert_eq!(home.run(&["user", "list", "--json"]).json()["users"][0]["disabled"], true);
    assert!(home.run(&["user", "list"]).done().contains("disabled"));
    assert!(home.run(&["user", "enable", "carol"]).done().contains("can sign in again"));
    assert_eq!(home.run(&["user", "disable", "carol", "--json"]).json()["disabled"], true);
    assert_eq!(home.run(&["user", "enable", "carol", "--json"]).json()["disabled"], false);
    for command in ["disable", "enable"] {
        assert!(home.run(&["user", command, "dave"]).failed().contains("there is no end-user dave"));
    }
}

#[test]
fn a_password_is_not_empty_and_an_account_may_have_none() {
    let home = Home::new("");
    assert!(home.run_with(&["user", "add", "carol"], "\n").failed().contains("it is empty"));
    assert!(home.run(&["user", "list", "--json"]).json()["users"].as_array().unwrap().is_empty());
    home.run(&["user", "add", "carol", "--no-password", "--subject", "carol-for-life"]).done();
    let carol = &home.run(&["user", "list", "--json"]).json()["users"][0];
    assert_eq!((&carol["has_password"], &carol["subject"]), (&false.into(), &"carol-for-life".into()));
    let words = ["user", "add", "dave", "--no-password", "--subject", "carol-for-life"];
    assert!(home.run(&words).failed().contains("already"));
}

#[test]
fn a_password_that_would_be_guessed_is_refused_with_what_to_do() {
    let home = Home::new("");
    let add = ["user", "add", "carol", "--claim", "email=smithers@example.com"];
    for (password, why) in [
        ("short", "it is shorter than 8 characters; a few words in a row"),
        ("Password2026!", "it is one of those that everyone tries first; take a few words"),
        ("Smithers99", "it is a name of the account or of the server; take one that cannot be guessed from it"),
    ] {
        let told = home.run_with(&add, &format!("{password}\n")).failed();
        assert!(told.contains("the password cannot be set") && told.contains(why), "{told}");
    }
    home.run_with(&add, "correct horse\n").done();
    let told = home.run_with(&["user", "set-password", "carol"], "qwertyuiop\n").failed();
    assert!(told.contains("everyone tries first"), "{told}");
    let strict = ["user", "set-password", "carol", "--set", "passwords.length_min=15"];
    assert!(home.run_with(&strict, "correct horse\n").failed().contains("it is shorter than 15 characters"));
}

#[test]
fn an_end_user_is_shown_and_unlocked() {
    let home = Home::new("");
    home.run_with(&["user", "add", "carol"], "correct horse\n").done();
    let told = home.run(&["user", "show", "CAROL"]).done();
    assert!(told.contains("carol (") && told.contains("can sign in"), "{told}");
    let shown = home.run(&["user", "show", "carol", "--json"]).json();
    assert_eq!((&shown["wait_s"], &shown["locked_until"]), (&0.into(), &serde_json::Value::Null));
    assert_eq!(shown["events"], serde_json::json!([]));
    assert!(home.run(&["user", "unlock", "carol"]).done().contains("had nothing to wait for"));
    for command in ["show", "unlock"] {
        assert!(home.run(&["user", command, "dave"]).failed().contains("there is no end-user dave"));
    }
}

#[test]
fn claims_come_from_a_file_and_protected_ones_are_refused() {
    let home = Home::new("");
    let file = home.path("claims.json");
    std::fs::write(&file, r#"{"address": {"locality": "Bonn"}}"#).unwrap();
    home.run(&["user", "add", "carol", "--no-password", "--claims-file", file.to_str().unwrap()]).done();
    let listed = home.run(&["user", "list", "--json"]).json();
    assert_eq!(listed["users"][0]["claims"]["address"]["locality"], "Bonn");
    let told = home.run(&["user", "add", "dave", "--no-password", "--claim", "sub=carol"]).failed();
    assert!(told.contains("the claim sub cannot be kept"), "{told}");
}

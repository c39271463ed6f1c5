//! Factors of a script's own kind.

use super::{Stage, after_password, claims, is_through, typed};
use crate::world::{Browser, RelyingParty};

/// Enrols a badge with a counter, and counts its uses.
const SCRIPT: &str = r#"fn authenticate(login) {
    let answer = ask(form("Sign in").text("username").password("password"));
    let user = users::verify_password(answer.username, answer.password);
    if user == () {
        return fail("Wrong username or password.");
    }
    let badge = factors::find("badge-7");
    if badge == () {
        factors::enrol(user, "Badge", "badge-7", #{ uses: 0 });
        return authenticated(user, ["pwd"]);
    }
    let before = factors::data(badge.id);
    if !factors::update(badge.id, before, #{ uses: before.uses + 1 }) {
        return fail("The badge was used elsewhere.");
    }
    ask(form("Used " + (before.uses + 1)).action("go", "Go on"));
    authenticated(user, ["pwd", "hwk"])
}
"#;
const LEND: &str = r#"{ users = true, factors = "badge" }"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_script_keeps_with_a_factor_is_there_after_a_restart() {
    let stage = Stage::new(SCRIPT, LEND, &[]);
    let server = stage.start();
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let enrolled = after_password(&browser, &client).await;
    assert_eq!(claims(&client, &browser, &enrolled).await["amr"], serde_json::json!(["pwd"]));
    let mut server = server;
    for uses in ["Used 1", "Used 2"] {
        server = stage.restart(server);
        let browser = Browser::new();
        let asked = after_password(&browser, &client).await;
        assert_eq!(asked.page().heading(), uses);
        let through = typed(&browser, &asked, &[]).await;
        assert!(is_through(&through), "{}", through.body);
    }
}

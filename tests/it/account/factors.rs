//! What an end-user signs in with: added, named, removed; recovery codes. Whoever has a factor proves it first.

use super::{AtHome, Office, office, offices};
use crate::world::page::heading;
use crate::world::{Answer, Server};
use reqwest::{Method, StatusCode};

/// The name of the one factor on the page.
fn factor_on(home: &Answer) -> String {
    let at = home.body.split("/account/remove/").nth(1).unwrap_or_else(|| panic!("no factor:\n{}", home.body));
    at.split('"').next().unwrap().to_owned()
}

/// Alice with a badge, in a session that knows her password alone.
pub async fn with_badge(server: &Server) -> (AtHome<'_>, String) {
    let alice = AtHome::alice(server).await;
    let asked = alice.posts("/account", &[("action", "enrol"), ("acr", "badge")]).await.page();
    assert_eq!(asked.heading(), "Add a badge");
    let home = alice.browser.submit(&asked, &[("word", "teapot")], "add").await;
    assert!(home.body.contains("Blue badge") && home.body.contains("It is added."), "{}", home.body);
    let factor = factor_on(&home);
    (alice, factor)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_factor_is_removed_only_by_whoever_proves_it_first() {
    for Office { server, .. } in &offices("account_factors") {
        let (alice, factor) = with_badge(server).await;
        let path = format!("/account/remove/{factor}");
        let refused = alice.posts(&path, &[("action", "remove")]).await;
        assert_eq!(heading(&refused.body), "Show your badge");
        assert!(alice.opens("/account").await.body.contains("Blue badge"));

        let asked = alice.opens(&path).await.page();
        assert_eq!(asked.heading(), "Show your badge");
        let question = alice.browser.submit(&asked, &[("word", "teapot")], "show").await;
        assert_eq!(
            (question.url.path(), heading(&question.body).as_str()),
            (path.as_str(), "Remove this way to sign in?")
        );
        assert!(question.body.contains("Blue badge"), "{}", question.body);
        let home = alice.browser.submit(&question.page(), &[], "remove").await;
        assert!(home.body.contains("It is removed.") && !home.body.contains(&factor), "{}", home.body);
        for event in ["was added", "was removed"] {
            assert!(home.body.contains(event), "{event} in {}", home.body);
        }
        let again = alice.posts(&path, &[("action", "remove")]).await;
        assert_eq!(heading(&again.body), "Your account", "a second time it leads to how things are");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_prove_the_factor_changes_nothing() {
    let office = office(None);
    let (alice, factor) = with_badge(&office.server).await;
    let asked = alice.opens(&format!("/account/remove/{factor}")).await.page();
    let home = alice.browser.submit(&asked, &[("word", "kettle")], "show").await;
    assert!(home.body.contains("Nothing was changed") && home.body.contains("Blue badge"), "{}", home.body);
    let asked = alice.opens("/account/recovery").await;
    assert_eq!(heading(&asked.body), "Show your badge");
    let asked = alice.posts("/account", &[("action", "enrol"), ("acr", "badge")]).await;
    assert_eq!(heading(&asked.body), "Show your badge", "another is added by whoever has the first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_factor_is_called_what_its_end_user_calls_it() {
    let office = office(None);
    let (alice, factor) = with_badge(&office.server).await;
    let asked = alice.opens(&format!("/account/rename/{factor}")).await.page();
    let page = alice.browser.submit(&asked, &[("word", "teapot")], "show").await;
    let unfit = alice.browser.submit(&page.page(), &[("label", "   ")], "rename").await;
    assert!(unfit.body.contains("aria-invalid"), "{}", unfit.body);
    let home = alice.browser.submit(&unfit.page(), &[("label", "Café <b>")], "rename").await;
    assert!(home.body.contains("<span class=\"name\"><bdi>Café &lt;b&gt;</bdi>"), "{}", home.body);
    assert!(!home.body.contains("<span class=\"name\"><bdi>Blue badge"), "{}", home.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_another_end_users_factor_is_not_there() {
    let office = office(None);
    let (_alice, factor) = with_badge(&office.server).await;
    let bob = AtHome::of(&office.server, crate::world::Browser::new()).signs_in("bob", "builder").await;
    for path in [format!("/account/remove/{factor}"), format!("/account/rename/{factor}")] {
        assert_eq!(bob.opens(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        let done = bob.posts(&path, &[("label", "mine"), ("action", "remove")]).await;
        assert_eq!(heading(&done.body), "Your account", "{path}");
    }
    let alice = AtHome::alice(&office.server).await;
    assert!(alice.opens("/account").await.body.contains("Blue badge"));
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_codes_are_shown_once_and_kept_by_nobody() {
    for Office { server, .. } in &offices("account_recovery") {
        let alice = AtHome::alice(server).await;
        let question = alice.opens("/account/recovery").await;
        assert_eq!(heading(&question.body), "Recovery codes");
        let codes = alice.browser.submit(&question.page(), &[], "renew").await;
        assert_eq!(codes.body.matches("<li><code>").count(), 10, "{}", codes.body);
        assert_eq!(codes.headers["cache-control"], "no-store");
        let first = codes.body.split("<li><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        for path in ["/account", "/account/recovery"] {
            assert!(!alice.opens(path).await.body.contains(&first), "{path}");
        }
        assert!(alice.opens("/account").await.body.contains("10 of 10 codes are left."));
        let url = server.at("/account/recovery");
        let made_up = alice.browser.send(Method::POST, &url, Some(&[("step", "made-up")])).await;
        assert_eq!(made_up.status, StatusCode::BAD_REQUEST);
    }
}

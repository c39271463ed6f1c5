//! Tests of how pages are answered.

use super::*;
use bytes::Bytes;
use gatewright_domain::secret::SecretText;
use http::{HeaderMap, StatusCode};

fn person() -> SignInArguments {
    SignInArguments {
        username: "alice".into(),
        password: SecretText::new("pw"),
        username_field: "username".into(),
        password_field: "password".into(),
        form_fields: vec![("tenant".into(), "t".into())],
        consent_fields: vec![("remember".into(), "1".into())],
        sign_in_button: "go".into(),
        allow_button: "allow".into(),
    }
}

fn reply(status: u16, page: &str, password_sent: bool) -> Result<Reply, Failure> {
    let answer = Answer {
        endpoint: "page",
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::from(page.to_owned()),
    };
    Page { url: Url::parse("http://h/op/login?i=1").unwrap(), answer }.reply(&person(), password_sent)
}

fn sent(page: &str, password_sent: bool) -> (ReplyStep, String, Option<String>) {
    let reply = reply(200, page, password_sent).unwrap();
    (reply.step, reply.url.to_string(), reply.body)
}

const SIGN_IN: &str = "<form method=post action=login><input name=username><input name=password>
    <button name=cancel>No</button><button name=go value=1>Yes</button></form>";

#[test]
fn the_sign_in_form_is_filled_and_its_button_pressed() {
    let expected = "username=alice&password=pw&tenant=t&go=1".to_owned();
    assert_eq!(sent(SIGN_IN, false), (ReplyStep::Password, "http://h/op/login".into(), Some(expected)));
}

#[test]
fn a_user_name_may_be_asked_for_first() {
    let page = "<form method=post><input name=username><button>Next</button></form>";
    let expected = "username=alice&tenant=t".to_owned();
    assert_eq!(sent(page, false), (ReplyStep::Username, "http://h/op/login?i=1".into(), Some(expected)));
}

#[test]
fn the_sign_in_form_coming_again_means_a_refusal_whatever_its_status() {
    for status in [200, 401, 422] {
        assert!(matches!(reply(status, SIGN_IN, true), Err(Failure::SignInRefused { .. })), "{status}");
    }
}

#[test]
fn consent_presses_the_button_that_allows() {
    let page = "<form method=post action=/c><input type=hidden name=t value=1>
        <button name=deny>No</button><button id=allow name=choice value=yes>Yes</button></form>";
    let expected = "t=1&remember=1&choice=yes".to_owned();
    assert_eq!(sent(page, true), (ReplyStep::Consent, "http://h/c".into(), Some(expected)));
}

#[test]
fn consent_in_forms_of_their_own_takes_the_one_that_allows() {
    let page =
        "<form action=/no><button>No</button></form><form action=/yes?x#y><button name=allow>Yes</button></form>";
    assert_eq!(sent(page, true), (ReplyStep::Consent, "http://h/yes?remember=1&allow=".into(), None));
}

#[test]
fn a_lone_button_needs_no_name() {
    let page = "<form method=post action=/c><button>Continue</button></form>";
    assert_eq!(sent(page, true).1, "http://h/c");
}

#[test]
fn several_buttons_none_of_which_is_named_leave_consent_undecided() {
    let page = "<form><button name=deny>No</button><button value=ok>Yes</button></form>";
    match reply(200, page, true) {
        Err(Failure::NoButton { offered, .. }) => assert_eq!(offered, ["deny", "ok"]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_error_page_is_not_answered_even_if_it_holds_a_form() {
    let page = "<h1>Sorry</h1><form><input name=q><button>Search</button></form>";
    assert!(matches!(reply(400, page, false), Err(Failure::Status { status: 400, .. })));
    assert!(matches!(reply(200, "<h1>Hello</h1>", false), Err(Failure::NoForm { .. })));
}

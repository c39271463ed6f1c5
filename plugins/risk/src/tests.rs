//! What is usual passes, what is not needs more, and what is worst is refused.

use super::Risk;
use super::settings::{PER_ADDRESS_MAX, PER_SUBJECT_MAX, STRONG_ACR, WINDOW_S};
use gatewright_plugin::prelude::*;
use gatewright_plugin::testing;

const BEGIN_S: i64 = 1_790_000_000;

fn from(ip: &str) -> testing::SelectAcr {
    testing::SelectAcr::new().given(|login| login.origin.ip = ip.to_owned())
}

/// Alice, signed in with an ACR of this level, from an address and with a browser.
fn alice(level: i32, ip: &str, browser: &str) -> testing::AfterAuthentication {
    at(testing::AfterAuthentication::new(), level, ip, browser)
}

fn at(test: testing::AfterAuthentication, level: i32, ip: &str, browser: &str) -> testing::AfterAuthentication {
    test.given(|login| {
        login.origin.ip = ip.to_owned();
        login.origin.user_agent = Some(browser.to_owned());
        if let Some(session) = &mut login.session {
            session.level = level;
        }
    })
}

#[test]
fn an_ordinary_request_is_left_to_the_server() {
    assert_eq!(from("203.0.113.7").run::<Risk>().decision(), pass());
}

#[test]
fn a_suspect_network_needs_a_strong_method() {
    let run = from("198.51.100.9").run::<Risk>();
    assert_eq!(run.decision(), use_acr(["otp"]));
    assert_eq!(run.log(), ["info: a request from 198.51.100.9 needs a stronger sign-in at 50"]);
    let weak = from("198.51.100.9").given(|login| login.available.truncate(1)).run::<Risk>();
    assert_eq!(weak.decision(), deny("This sign-in looks risky, and no method here is strong enough for it."));
}

#[test]
fn a_strong_wish_of_the_client_stays_first() {
    let passkey = select_acr::AvailableAcr { acr: "passkey".into(), level: 30, enrolled: None };
    let run = from("198.51.100.9")
        .given(|login| {
            login.available.push(passkey);
            login.acr_values = vec!["pwd".into(), "passkey".into()];
        })
        .run::<Risk>();
    assert_eq!(run.decision(), use_acr(["passkey", "otp"]));
}

#[test]
fn an_address_that_asks_too_often_needs_a_strong_method_for_a_while() {
    let mut test = from("203.0.113.7");
    for _ in 0..PER_ADDRESS_MAX {
        assert_eq!(test.run::<Risk>().decision(), pass());
    }
    assert_eq!(test.run::<Risk>().decision(), use_acr("otp"));
    let mut later = test.time(BEGIN_S + WINDOW_S as i64);
    assert_eq!(later.run::<Risk>().decision(), pass());
}

#[test]
fn everything_at_once_is_refused() {
    let run = from("198.51.100.9")
        .given(|login| login.origin.user_agent = None)
        .kv("198.51.100.9", PER_ADDRESS_MAX)
        .run::<Risk>();
    assert_eq!(run.decision(), deny("This sign-in looks too risky."));
    assert_eq!(run.log(), ["warn: a request from 198.51.100.9 is refused at 130"]);
}

#[test]
fn a_trusted_network_is_never_counted() {
    let run = from("10.1.2.3").given(|login| login.origin.user_agent = None).run::<Risk>();
    assert_eq!(run.decision(), pass());
    assert_eq!(run.stored("10.1.2.3"), None);
}

#[test]
fn who_was_never_seen_signs_in_strongly_once_and_then_as_usual() {
    let mut test = alice(10, "203.0.113.7", "Firefox");
    assert_eq!(test.run::<Risk>().decision(), step_up(STRONG_ACR));
    // Asking for more is no habit yet.
    assert_eq!(test.run::<Risk>().decision(), step_up(STRONG_ACR));
    let mut test = at(test, 20, "203.0.113.7", "Firefox");
    assert_eq!(test.run::<Risk>().decision(), proceed());
    let mut test = at(test, 10, "203.0.113.99", "Firefox");
    assert_eq!(test.run::<Risk>().decision(), proceed());
}

#[test]
fn one_new_thing_is_no_risk_and_two_are() {
    let mut known = alice(20, "203.0.113.7", "Firefox");
    known.run::<Risk>();
    assert_eq!(at(known.clone(), 10, "192.0.2.1", "Firefox").run::<Risk>().decision(), proceed());
    assert_eq!(at(known.clone(), 10, "203.0.113.7", "Chrome").run::<Risk>().decision(), proceed());
    assert_eq!(at(known, 10, "192.0.2.1", "Chrome").run::<Risk>().decision(), step_up(STRONG_ACR));
}

#[test]
fn somebody_new_from_a_suspect_network_is_refused_however_strong() {
    let run = alice(20, "198.51.100.9", "curl").run::<Risk>();
    assert_eq!(run.decision(), deny("This sign-in looks too risky."));
    assert_eq!(run.stored("h248289761001"), None);
}

#[test]
fn too_many_sign_ins_need_a_stronger_one_but_single_sign_on_does_not_count() {
    let mut known = alice(20, "203.0.113.7", "Firefox");
    known.run::<Risk>();
    let mut often = at(known, 10, "203.0.113.7", "Firefox").given(|login| login.fresh = false);
    for _ in 0..2 * PER_SUBJECT_MAX {
        assert_eq!(often.run::<Risk>().decision(), proceed());
    }
    let mut often = often.given(|login| login.fresh = true);
    for _ in 1..PER_SUBJECT_MAX {
        assert_eq!(often.run::<Risk>().decision(), proceed());
    }
    assert_eq!(often.run::<Risk>().decision(), step_up(STRONG_ACR));
}

#[test]
fn without_its_capabilities_it_decides_nothing() {
    let run = from("203.0.113.7").lend(["log"]).run::<Risk>();
    assert_eq!(run.fault(), "not lent: network");
}

//! Plugins that use factors, mail and other providers, and what their tests say of it.

use super::{Account, Consent, Login, MAILED_CODE, NEW_APP_CODE};
use crate::oidc::SignedIn;
use crate::prelude::*;

fn alice() -> Account {
    Account::new("alice").subject("a1").password("wonderland").claim("email", "alice@example.com")
}

/// A hook of a few lines.
macro_rules! plugin {
    ($name:ident, |$login:ident| $body:expr) => {
        struct $name;

        impl Authenticate for $name {
            fn authenticate($login: authenticate::Input) -> Outcome<authenticate::Decision> {
                $body
            }
        }
    };
}

plugin!(App, |login| {
    let user = users::by_subject("a1")?.ok_or("she is gone")?;
    let enrols = login.enrolment == authenticate::Enrolment::Open;
    let enrolment = if enrols { totp::begin(&user)? } else { String::new() };
    for _ in 0..3 {
        let form = if enrols { Form::new("New").totp_enrolment("app", &enrolment) } else { Form::new("Code") };
        let answer = ask(form.code("code").action("go", "Go").action("recovery", "Recovery code"));
        let code = answer.secret("code");
        let right = match answer.action() {
            "recovery" => recovery::verify(&user, code)?,
            _ if enrols => totp::confirm(&enrolment, "My app", code)?.is_some(),
            _ => totp::verify(&user, code)?.is_some(),
        };
        if right {
            return Ok(authenticated(&user).amr([recovery::remaining(&user)?.to_string()]));
        }
        notice("Wrong code.");
    }
    Ok(fail("Too many attempts."))
});

#[test]
fn what_an_app_shows_counts_once_in_its_step() {
    let mut test = Login::new().user(alice().app("755224").recovery_codes(["blue-moon"]));
    let wrong_then_right = |test: &mut Login| {
        *test = test.clone().answer([("code", "0")]).answer([("code", "755224")]);
        test.run::<App>()
    };
    let run = wrong_then_right(&mut test);
    assert_eq!(run.decision(), authenticated("a1").amr("1"));
    assert_eq!(run.pages()[1].notice(), Some("Wrong code."));
    assert_eq!(wrong_then_right(&mut test).page().notice(), Some("Wrong code."));
    let recovery = || [("code", "blue-moon"), ("action", "recovery")];
    assert_eq!(test.clone().answer(recovery()).run::<App>().decision(), authenticated("a1").amr("0"));
    let mut later = test.wait(30).answer([("code", "755224")]);
    assert_eq!(later.run::<App>().decision(), authenticated("a1").amr("1"));
}

#[test]
fn an_app_is_enrolled_by_the_code_that_it_shows() {
    let open = || Login::new().user(alice()).given(|login| login.enrolment = authenticate::Enrolment::Open);
    let run = open().answer([("code", "0")]).answer([("code", NEW_APP_CODE)]).run::<App>();
    assert_eq!(run.decision(), authenticated("a1").amr("0"));
    assert_eq!(run.pages()[0].qr_code("app"), Some("factor-1"));
    let late = open().wait(600).answer([("code", NEW_APP_CODE)]).run::<App>();
    assert_eq!(late.page().notice(), Some("Wrong code."));
}

plugin!(Passkey, |_login| {
    let ceremony = webauthn::begin_authentication()?;
    let answer = ask(Form::new("Sign in").passkey("key", &ceremony));
    if let Some(verified) = webauthn::finish_authentication(&ceremony, answer.secret("key"))? {
        return Ok(authenticated(verified.subject).amr(if verified.user_verified { "user" } else { "hwk" }));
    }
    let ceremony = webauthn::begin_registration("a1")?;
    let answer = ask(Form::new("New").register_passkey("key", &ceremony));
    Ok(match webauthn::finish_registration(&ceremony, "My key", answer.secret("key"))? {
        Some(_) => authenticated("a1").amr(factors::list("a1")?.into_iter().map(|f| f.label).collect::<Vec<_>>()),
        None => fail("No passkey."),
    })
});

#[test]
fn a_passkey_signs_for_whose_it_is() {
    let with = |account| Login::new().user(account).answer([("key", "alice")]);
    assert_eq!(with(alice().passkey(true)).run::<Passkey>().decision(), authenticated("a1").amr("user"));
    assert_eq!(with(alice().passkey(false)).run::<Passkey>().decision(), authenticated("a1").amr("hwk"));
    assert_eq!(with(alice()).run::<Passkey>().page().title(), "New");
    let made = with(alice()).answer([("key", "alice")]).run::<Passkey>();
    assert_eq!(made.decision(), authenticated("a1").amr("My key"));
    let of_another = with(alice()).user(Account::new("bob")).answer([("key", "bob")]).run::<Passkey>();
    assert_eq!(of_another.decision(), fail("No passkey."));
}

plugin!(Mailed, |_login| {
    let challenge = mail::send_code("a1", "Your code", "It is {code}.")?;
    for _ in 0..6 {
        let answer = ask(Form::new("Code").code("code"));
        if mail::verify_code(&challenge, answer.secret("code"))? {
            mail::send("a1", "Signed in", "You signed in.")?;
            return Ok(authenticated("a1"));
        }
    }
    Ok(fail("Too many attempts."))
});

#[test]
fn a_mailed_code_is_in_the_mail() {
    let run = Login::new().user(alice()).answer([("code", "0")]).answer([("code", MAILED_CODE)]).run::<Mailed>();
    assert_eq!(run.decision(), authenticated("a1"));
    let [code, done] = run.mails() else { panic!("two mails, each once") };
    assert_eq!((code.address.as_str(), code.text.as_str()), ("alice@example.com", "It is 654321."));
    assert_eq!((done.to.as_str(), done.title.as_str()), ("a1", "Signed in"));
}

#[test]
fn a_mailed_code_lasts_ten_minutes_and_five_tries() {
    let late = Login::new().user(alice()).wait(600).answer([("code", MAILED_CODE)]).run::<Mailed>();
    assert_eq!(late.page().title(), "Code");
    let tried = (0..5).fold(Login::new().user(alice()), |test, _| test.answer([("code", "0")]));
    assert_eq!(tried.answer([("code", MAILED_CODE)]).run::<Mailed>().decision(), fail("Too many attempts."));
}

#[test]
fn who_has_no_address_gets_no_mail() {
    let run = Login::new().user(Account::new("alice").subject("a1")).run::<Mailed>();
    assert!(run.fault().contains("no mail address"), "{}", run.fault());
    assert!(Login::new().run::<Mailed>().fault().contains("add .user(…)"));
}

plugin!(Linked, |_login| {
    let state = return_state();
    let back = visit(&oidc::authorization_url("corporate", &state)?);
    let Some(there) = oidc::redeem("corporate", &state, &back)? else { return Ok(fail("Nobody.")) };
    if let Some(known) = factors::find(&there.subject)? {
        let seen = factors::data(&known.id)?.unwrap_or(Value::Null);
        let next = seen.as_integer().unwrap_or(0) + 1;
        assert!(!factors::update(&known.id, -1, next)? && factors::update(&known.id, seen, next)?);
        return Ok(authenticated(known.subject).amr(next.to_string()));
    }
    let id = factors::enrol_as("a1", "Corporate", &there.subject, 0)?;
    let other = factors::enrol("a1", "Other", Value::object())?;
    assert!(factors::remove(&other)? && !factors::remove(&other)?);
    log::info(&format!("{id}: {}", there.claims.text("email").unwrap_or_default()));
    Ok(authenticated("a1"))
});

#[test]
fn who_signed_in_elsewhere_is_known_by_a_reference() {
    let claims = ClaimSet::from([("email", "a@acme.example")]);
    let there = SignedIn { issuer: "https://idp.example".into(), subject: "c7".into(), claims };
    let mut test = Login::new().user(alice()).provider("corporate", there.clone()).come_back([("code", "x")]);
    let run = test.run::<Linked>();
    assert_eq!((run.decision(), run.log()), (authenticated("a1"), &["info: factor-1: a@acme.example".to_owned()][..]));
    let again = |test: &Login| test.clone().come_back([("code", "x")]).run::<Linked>().decision();
    assert_eq!(again(&test), authenticated("a1").amr("1"));
    let known = Login::new().user(alice().factor_as("Corporate", "c7", 6)).provider("corporate", there);
    assert_eq!(again(&known), authenticated("a1").amr("7"));
    assert_eq!(test.clone().come_back([("error", "access_denied")]).run::<Linked>().decision(), fail("Nobody."));
    let nobody = Login::new().user(alice()).come_back([("code", "x")]).run::<Linked>();
    assert!(nobody.fault().contains("nobody who signs in there"), "{}", nobody.fault());
}

#[test]
fn what_is_not_lent_is_not_to_be_had() {
    let lent = |names: &'static [&'static str]| Login::new().user(alice()).lend(names.iter().copied());
    assert_eq!(lent(&["users"]).run::<Mailed>().fault(), "not lent: mail");
    assert_eq!(lent(&["mail"]).run::<Passkey>().fault(), "not lent: webauthn");
    assert_eq!(lent(&["mail"]).run::<Linked>().fault(), "not lent: oidc");
    assert_eq!(lent(&["users"]).answer([("code", "1")]).run::<App>().fault(), "not lent: totp");
}

plugin!(Limits, |_login| {
    let over = [
        factors::enrol("a1", "", 1).err(),
        factors::enrol("a1", &"x".repeat(65), 1).err(),
        factors::enrol_as("a1", "x", &"r".repeat(1_025), 1).err(),
        factors::enrol("a1", "x", "d".repeat(16 * 1024)).err(),
        mail::send("a1", &"t".repeat(201), "x").err(),
        mail::send("a1", "two\nlines", "x").err(),
        mail::send("a1", "t", &"x".repeat(10_001)).err(),
        mail::send_code("a1", "t", "without a place for it").err(),
        oidc::redeem("corporate", "made-up", &[]).err(),
    ];
    assert!(over.iter().all(|failure| matches!(failure, Some(Failure::Invalid(_)))), "{over:?}");
    factors::enrol_as("a1", &"x".repeat(64), &"r".repeat(1_024), "d".repeat(16 * 1024 - 2))?;
    mail::send("a1", &"t".repeat(200), &"x".repeat(10_000))?;
    Ok(fail("Each held."))
});

#[test]
fn the_servers_limits_are_held() {
    assert_eq!(Login::new().user(alice()).run::<Limits>().decision(), fail("Each held."));
}

plugin!(Patient, |_login| {
    let answer = ask(Form::new("Waiting").text("other").password("password").wait(5));
    if answer.action() == "wait" {
        return Ok(fail("It waited."));
    }
    let user = users::verify_password("alice", answer.secret("password"))?;
    Ok(user.map_or_else(|| fail(users::wait_s("alice").unwrap_or(0).to_string()), |user| authenticated(&user)))
});

#[test]
fn a_page_that_answers_itself_needs_nothing_filled_in() {
    assert_eq!(Login::new().answer([("action", "wait")]).run::<Patient>().decision(), fail("It waited."));
}

#[test]
fn while_an_account_must_wait_no_password_is_right() {
    let typed = || [("other", "x"), ("password", "wonderland")];
    let test = || Login::new().user(alice().must_wait(30));
    assert_eq!(test().wait(20).answer(typed()).run::<Patient>().decision(), fail("10"));
    assert_eq!(test().wait(30).answer(typed()).run::<Patient>().decision(), authenticated("a1"));
}

struct Asks;

impl crate::consent::Consent for Asks {
    fn consent(login: consent::Input) -> Outcome<consent::Decision> {
        if pages::ask_consent(&login.scope) { Ok(grant(&login.scope)) } else { Ok(deny("No.")) }
    }
}

plugin!(AsksToo, |login| {
    pages::ask_consent(&login.scope);
    Ok(fail("It went on."))
});

#[test]
fn the_servers_own_question_is_asked_by_consent_alone() {
    assert_eq!(Consent::new().run::<Asks>().consent_question(), ["openid", "profile", "email"]);
    let allowed = |answer| Consent::new().answer([("allowed", answer)]).run::<Asks>().decision();
    assert_eq!(allowed("true"), grant(["openid", "profile", "email"]));
    assert_eq!(allowed("false"), deny("No."));
    assert_eq!(Login::new().run::<AsksToo>().fault(), "this hook cannot ask for consent; only consent can");
}

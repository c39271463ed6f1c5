//! The scripted server keeps to the rules of the real one, and says plainly what is wrong.

use crate::prelude::*;
use crate::testing::{self, Account, Login, Response, Token};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a failing test prints.
fn complaint(test: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(test)).expect_err("the test fails");
    panic.downcast_ref::<String>().expect("with a message").clone()
}

/// A plugin that is one function.
macro_rules! plugin {
    ($name:ident, $contract:ident, $function:ident, |$input:ident: $of:ty| -> $decision:ty $body:block) => {
        struct $name;

        impl $contract for $name {
            #[allow(unused_variables, reason = "some need no input")]
            fn $function($input: $of) -> Outcome<$decision> $body
        }
    };
}

fn alice() -> Account {
    Account::new("alice").subject("a1").password("wonderland").claim("email", "alice@example.com")
}

plugin!(Password, Authenticate, authenticate, |login: authenticate::Input| -> authenticate::Decision {
    for _ in 0..2 {
        let form = Form::new("Sign in").text("username").value("username", &login.login_hint).password("password");
        let answer = ask(form);
        if let Some(user) = users::verify_password(answer.text("username"), answer.secret("password"))? {
            kv::add("sign-ins", 1, 60)?;
            log::info(&format!("{} at {}", user.subject, clock::now()));
            return Ok(authenticated(&user).amr(["pwd"]));
        }
        notice("Wrong username or password.");
    }
    Ok(fail("Too many attempts."))
});

#[test]
fn a_page_is_shown_until_it_is_answered() {
    let run = Login::new().given(|login| login.login_hint = Some("alice".into())).run::<Password>();
    assert_eq!(run.page().title(), "Sign in");
    assert_eq!(run.page().fields(), ["username", "password"]);
    assert_eq!(run.page().value("username"), Some("alice"));
    assert_eq!(run.page().notice(), None);
}

#[test]
fn effects_happen_once_however_often_the_hook_runs() {
    let mut test = Login::new()
        .users([alice()])
        .answer([("username", "alice"), ("password", "no")])
        .answer([("username", "alice"), ("password", "wonderland")]);
    let run = test.run::<Password>();
    assert_eq!(run.decision(), authenticated("a1").amr("pwd"));
    assert_eq!(run.pages().len(), 2);
    assert_eq!(run.pages()[1].notice(), Some("Wrong username or password."));
    assert_eq!(run.log(), ["info: a1 at 1790000000"]);
    assert_eq!(run.stored("sign-ins"), Some(1.into()));

    // What it keeps stays for the next run.
    test = test.answer([("username", "alice"), ("password", "wonderland")]);
    assert_eq!(test.run::<Password>().stored("sign-ins"), Some(2.into()));
}

#[test]
fn a_page_that_cannot_be_answered_so_is_said_to_be() {
    let unknown = complaint(|| drop(Login::new().answer([("user", "alice")]).run::<Password>()));
    assert_eq!(unknown, "authenticate: the page \"Sign in\" with username, password has no field `user`");
    let blank = complaint(|| drop(Login::new().answer([("username", "alice")]).run::<Password>()));
    assert!(blank.ends_with("again: `password` is to be filled in"), "{blank}");
    let button = complaint(|| drop(Login::new().answer([("action", "cancel")]).run::<Password>()));
    assert!(button.contains("has no button `cancel`"), "{button}");
    let visit = complaint(|| drop(Login::new().come_back([("code", "x")]).run::<Password>()));
    assert!(visit.contains("expected: a visit to come back from\n     got: the page \"Sign in\""), "{visit}");
}

#[test]
fn an_end_that_was_not_expected_is_said_to_be() {
    let page = complaint(|| drop(Login::new().run::<Password>().decision()));
    assert_eq!(page, "expected: a decision\n     got: the page \"Sign in\" with username, password");
    let answers = [("username", "alice"), ("password", "wonderland")];
    let decision = complaint(|| drop(Login::new().user(alice()).answer(answers).run::<Password>().page().clone()));
    assert!(decision.contains("got: the decision Decision::Authenticated"), "{decision}");
    let left = complaint(|| drop(Login::new().user(alice()).answer(answers).answer(answers).run::<Password>()));
    assert_eq!(left, "authenticate: it ended while 1 of the test's answers were left over");
}

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

/// How often it was called: what no plugin may decide by.
fn outside() -> u32 {
    RUNS.set(RUNS.get() + 1);
    RUNS.get()
}

plugin!(OtherCall, SelectAcr, select_acr, |login: select_acr::Input| -> select_acr::Decision {
    kv::get(&format!("key {}", outside()))?;
    Ok(pass())
});
plugin!(OtherHeader, SelectAcr, select_acr, |login: select_acr::Input| -> select_acr::Decision {
    http::post("https://a.example").header("x-run", outside().to_string()).json("body").send()?;
    Ok(pass())
});
plugin!(OtherDecision, SelectAcr, select_acr, |login: select_acr::Input| -> select_acr::Decision {
    Ok(use_acr(format!("acr {}", outside())))
});
plugin!(FewerCalls, SelectAcr, select_acr, |login: select_acr::Input| -> select_acr::Decision {
    if outside() < 3 {
        clock::now_ms();
    }
    Ok(pass())
});
plugin!(MoreCalls, SelectAcr, select_acr, |login: select_acr::Input| -> select_acr::Decision {
    if outside() > 1 {
        clock::now_ms();
    }
    Ok(pass())
});

#[test]
fn a_hook_that_asks_something_else_when_it_runs_again_fails_the_test() {
    RUNS.set(0);
    let other = complaint(|| drop(testing::SelectAcr::new().run::<OtherCall>()));
    let said = "select_acr: it ran differently the second time (host call 0)\nexpected: kv: get \"key 1\"\n     got: kv: get \"key 2\"\n";
    assert!(other.starts_with(said), "{other}");
    RUNS.set(0);
    let header = complaint(|| drop(testing::SelectAcr::new().run::<OtherHeader>()));
    assert!(header.contains("\"x-run\", Text::Plain(\"1\")") && header.contains("Text::Plain(\"2\")"), "{header}");
    RUNS.set(0);
    let fewer = complaint(|| drop(testing::SelectAcr::new().run::<FewerCalls>()));
    assert!(fewer.contains("expected: clock: the time\n     got: the end of the hook"), "{fewer}");
    RUNS.set(0);
    let more = complaint(|| drop(testing::SelectAcr::new().run::<MoreCalls>()));
    assert!(more.contains("expected: the end of the hook\n     got: clock: the time"), "{more}");
}

#[test]
fn a_hook_that_decides_something_else_when_it_runs_again_fails_the_test() {
    RUNS.set(0);
    let other = complaint(|| drop(testing::SelectAcr::new().run::<OtherDecision>()));
    assert!(other.contains("expected: Decision(Decision::Use([\"acr 1\"]))"), "{other}");
}

plugin!(KeepsAPassword, Authenticate, authenticate, |login: authenticate::Input| -> authenticate::Decision {
    let first = ask(Form::new("Sign in").password("password"));
    ask(Form::new("Read this"));
    let user = users::verify_password("alice", first.secret("password"))?;
    Ok(user.map_or(fail("no"), authenticated))
});
plugin!(NoField, Authenticate, authenticate, |login: authenticate::Input| -> authenticate::Decision {
    ask(Form::new("Sign in").text("Not a name"));
    Ok(fail("no"))
});
plugin!(Asks, SelectAcr, select_acr, |login: select_acr::Input| -> select_acr::Decision {
    ask(Form::new("Which one?"));
    Ok(pass())
});
plugin!(DrawsTooMuch, SelectAcr, select_acr, |login: select_acr::Input| -> select_acr::Decision {
    random::bytes(257);
    Ok(pass())
});
plugin!(Logs, SelectAcr, select_acr, |login: select_acr::Input| -> select_acr::Decision {
    log::debug("here");
    Ok(pass())
});
plugin!(Endless, SelectAcr, select_acr, |login: select_acr::Input| -> select_acr::Decision {
    loop {
        clock::now_ms();
    }
});

#[test]
fn what_the_server_holds_against_a_hook_is_a_fault() {
    let gone = Login::new().user(alice()).answer([("password", "wonderland")]).answer([]).run::<KeepsAPassword>();
    assert_eq!(gone.fault(), "a typed secret is gone after its page; use it before the next ask");
    assert!(Login::new().run::<NoField>().fault().contains("`Not a name` is no field name"));
    assert!(testing::SelectAcr::new().run::<Asks>().fault().starts_with("this hook cannot show pages"));
    assert_eq!(testing::SelectAcr::new().run::<DrawsTooMuch>().fault(), "random draws 1 to 256 bytes, not 257");
    assert!(testing::SelectAcr::new().lend([]).run::<Logs>().log().is_empty());
    assert_eq!(testing::SelectAcr::new().lend(["log"]).run::<Logs>().log(), ["debug: here"]);
    assert_eq!(testing::SelectAcr::new().run::<Endless>().fault(), "it reached its limit of 256 host calls");
}

plugin!(Visits, Authenticate, authenticate, |_login: authenticate::Input| -> authenticate::Decision {
    let back = visit(&format!("https://idp.example.com/?state={}", return_state()));
    let code = back.iter().find(|(name, _)| name == "code").map_or("", |(_, code)| code);
    let token = http::post("https://idp.example.com/token")
        .header("Authorization", bearer(secrets::get("idp_key")?))
        .form("code", code)
        .send()?;
    Ok(authenticated(token.json()?["sub"].as_text().ok_or("no sub")?))
});

#[test]
fn a_visit_comes_back_and_requests_are_seen_in_clear() {
    let test = Login::new()
        .secret("idp_key", "s3cret")
        .http("https://idp.example.com/token", Response::json(Value::object().with("sub", "b2")));
    assert_eq!(test.clone().run::<Visits>().visit(), "https://idp.example.com/?state=state-1");
    let run = test.clone().come_back([("code", "a b")]).run::<Visits>();
    assert_eq!(run.decision(), authenticated("b2"));
    let [request] = run.requests() else { panic!("one request") };
    assert_eq!((request.method.as_str(), request.body.as_str()), ("POST", "code=a%20b"));
    assert_eq!(request.header("authorization"), Some("Bearer s3cret"));
}

#[test]
fn what_was_not_lent_or_not_given_is_a_failure() {
    let back = |test: Login| test.come_back([("code", "x")]).run::<Visits>();
    assert_eq!(back(Login::new()).fault(), "the secret `idp_key` is not configured; add it under [secrets]",);
    assert_eq!(back(Login::new().secret("idp_key", "s").lend(["http"])).fault(), "not lent: the secret `idp_key`");
    assert_eq!(back(Login::new().secret("idp_key", "s").lend(["secrets"])).fault(), "not lent: http");
    let silent = back(Login::new().secret("idp_key", "s"));
    assert!(silent.fault().starts_with("https://idp.example.com/token"), "{}", silent.fault());
}

plugin!(Limits, Claims, claims, |about: claims::Input| -> ClaimSet {
    let said =
        |failure: Result<(), Failure>| failure.map_or_else(|failure| Fault::from(failure).to_string(), |()| "".into());
    Ok(ClaimSet::new()
        .with("key", said(kv::put("", 1, 1)))
        .with("life", said(kv::put("k", 1, 0)))
        .with("size", said(kv::put("k", "x".repeat(16 * 1024), 1)))
        .with("fits", said(kv::put("k", "x", 1)))
        .with("wait", said(http::get("https://a.example").timeout_ms(0).send().map(drop)))
        .with("deepest", said(kv::put("k", nested(32), 1)))
        .with("deeper", said(kv::put("k", nested(33), 1)))
        .with("sent", said(http::post("https://a.example").json(nested(33)).send().map(drop)))
        .with("infinite", said(kv::put("k", f64::INFINITY, 1)))
        .with("again", said(http::get("https://a.example").header("a", "1").header("a", "2").send().map(drop)))
        .with("one", network::contains("2001:db8::7", "2001:db8::7")?)
        .with("mapped", network::contains("203.0.113.0/24", "::ffff:203.0.113.7")?)
        .with("inside", network::contains(["192.0.2.0/24", "2001:db8::/32"], "2001:db8::7")?)
        .with("outside", network::contains("203.0.113.0/25", "203.0.113.200")?)
        .with("no_network", said(network::contains("10.0.0.0/33", "10.0.0.1").map(drop))))
});

/// A list in a list, so many lists deep.
fn nested(levels: usize) -> Value {
    (1..levels).fold(Value::from([1]), |inner, _| Value::from([inner]))
}

#[test]
fn limits_are_those_of_the_server() {
    let claims = testing::Claims::new().run::<Limits>().decision();
    assert!(claims["key"].as_text().is_some_and(|said| said.contains("1 to 256 bytes")), "{claims:?}");
    assert!(claims["life"].as_text().is_some_and(|said| said.contains("seconds")));
    assert!(claims["size"].as_text().is_some_and(|said| said.contains("16384 bytes")));
    assert_eq!(claims["fits"].as_text(), Some(""));
    assert!(claims["wait"].as_text().is_some_and(|said| said.contains("1 to 5000")));
    assert_eq!(claims["deepest"].as_text(), Some(""));
    assert!(claims["deeper"].as_text().is_some_and(|said| said.contains("more than 32 deep")));
    assert!(claims["sent"].as_text().is_some_and(|said| said.contains("cannot be sent as JSON")));
    assert!(claims["infinite"].as_text().is_some_and(|said| said.contains("not finite")));
    assert!(claims["again"].as_text().is_some_and(|said| said.contains("each header once")));
    assert_eq!((claims["one"].as_flag(), claims["mapped"].as_flag()), (Some(true), Some(true)));
    assert_eq!((claims["inside"].as_flag(), claims["outside"].as_flag()), (Some(true), Some(false)));
    assert!(claims["no_network"].as_text().is_some_and(|said| said.contains("10.0.0.0/33")));
}

plugin!(
    Counts,
    AfterAuthentication,
    after_authentication,
    |login: after_authentication::Input| -> after_authentication::Decision {
        let sum = kv::add("n", 1, 60)?;
        Ok(if sum > 2 { deny(format!("{sum} from {}", login.origin.ip)) } else { step_up("otp") })
    }
);

#[test]
fn a_number_lives_from_when_it_was_made() {
    let mut test = testing::AfterAuthentication::new();
    assert_eq!(test.run::<Counts>().decision(), step_up("otp"));
    test = test.time(1_790_000_059);
    test.run::<Counts>();
    assert_eq!(test.run::<Counts>().decision(), deny("3 from 203.0.113.7"));
    test = test.time(1_790_000_060);
    assert_eq!(test.run::<Counts>().decision(), step_up("otp"));
}

plugin!(Random, CustomizeToken, access_token, |token: customize_token::Input| -> customize_token::Decision {
    let number = random::number(100_000, 999_999);
    assert!((100_000..=999_999).contains(&number));
    Ok(keep().claim("jti", random::text(16)).claim("n", number).remove("azp").lifetime(60).scope(&token.scope[..1]))
});

#[test]
fn random_values_differ_from_each_other_and_come_back_in_the_next_test() {
    let first = Token::new().run::<Random>().decision();
    let customize_token::Decision::Change(changes) = &first else { panic!("changes") };
    assert_eq!(changes.claims.text("jti").map(str::len), Some(22));
    assert!(changes.claims["azp"].is_null() && changes.claims.get("azp").is_some());
    assert_eq!(changes.scope, Some(vec!["openid".to_owned()]));
    assert_eq!(Token::new().run::<Random>().decision(), first);
    // A kind of token that the plugin has no function for is kept as it is.
    let id = Token::new().given(|token| token.kind = customize_token::TokenKind::Id).run::<Random>();
    assert_eq!(id.decision(), keep());
}

plugin!(Terms, Consent, consent, |login: consent::Input| -> consent::Decision {
    let answer = ask(Form::new("Terms")
        .checkbox("accepted")
        .choice("way", [("once", "Once"), ("always", "Always")])
        .action("go_on", "Continue")
        .back("refuse", "Refuse"));
    if answer.action() == "refuse" || !answer.flag("accepted") {
        return Ok(deny("The terms were not accepted."));
    }
    Ok(match answer.text("way") {
        "once" => grant_once(login.scope.clone()),
        _ => grant(&login.scope),
    })
});

#[test]
fn a_consent_is_given_or_refused() {
    let run =
        |answer: &[(&str, &str)]| testing::Consent::new().answer(answer.iter().copied()).run::<Terms>().decision();
    assert_eq!(run(&[("accepted", "true"), ("way", "always")]), grant(["openid", "profile", "email"]));
    assert_eq!(run(&[("accepted", "true"), ("way", "once")]), grant_once(["openid", "profile", "email"]));
    assert_eq!(run(&[("way", "once")]), deny("The terms were not accepted."));
    assert_eq!(run(&[("action", "refuse")]), deny("The terms were not accepted."));
}

#[test]
#[should_panic(expected = "there is no server here")]
fn outside_of_a_run_there_is_no_server() {
    clock::now_ms();
}

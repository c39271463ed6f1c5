//! Codes by mail.

use super::{Stage, after_password, claims, code_typed, is_through};
use crate::world::{Browser, RelyingParty};
use gatewright_testing::smtp::{Says, SmtpServer};

const SCRIPT: &str = r#"fn authenticate(login) {
    let answer = ask(form("Sign in").text("username").password("password"));
    let user = users::verify_password(answer.username, answer.password);
    if user == () {
        return fail("Wrong username or password.");
    }
    let challenge = mail::send_code(user, "Your code", "Type {code} where you sign in.");
    for attempt in 0..3 {
        let answer = ask(form("Enter the code").code("code", "Code"));
        if mail::verify_code(challenge, answer.code) {
            return authenticated(user, ["pwd", "otp"]);
        }
        notice("Wrong or used.");
    }
    fail("Too many codes.")
}
"#;
const LEND: &str = "{ users = true, mail = true }";

/// The code in the last message.
fn mailed(server: &SmtpServer) -> String {
    let letter = server.letters().pop().expect("a message");
    assert_eq!((letter.from.as_str(), letter.to.len()), ("no-reply@example.com", 1));
    let (_, after) = letter.text.split_once("Type ").unwrap_or_else(|| panic!("{}", letter.text));
    after[..6].to_owned()
}

fn stage(port: u16) -> Stage {
    let port = port.to_string();
    let settings = [
        ("GATEWRIGHT__MAIL__HOST", "127.0.0.1"),
        ("GATEWRIGHT__MAIL__PORT", port.as_str()),
        ("GATEWRIGHT__MAIL__TLS", "none"),
        ("GATEWRIGHT__MAIL__FROM", "Example <no-reply@example.com>"),
    ];
    Stage::new(SCRIPT, LEND, &settings)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_code_signs_in_once_and_after_a_restart() {
    let mail = SmtpServer::start(Says::default()).await;
    let stage = stage(mail.port);
    let server = stage.start();
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let asked = after_password(&browser, &client).await;
    let code = mailed(&mail);
    let server = stage.restart(server);
    let through = code_typed(&browser, &asked, &code).await;
    assert_eq!(claims(&client, &browser, &through).await["amr"], serde_json::json!(["pwd", "otp"]));
    assert_eq!(mail.letters().len(), 1, "what runs again sends nothing again");

    let browser = Browser::new();
    let asked = after_password(&browser, &client).await;
    let refused = code_typed(&browser, &asked, &code).await;
    assert!(!is_through(&refused) && refused.body.contains("Wrong or used."), "another's code: {}", refused.body);
    assert!(!server.log().contains(&code), "a code is in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_refuses_keeps_the_server_well_and_the_reason_in_its_log() {
    let mail = SmtpServer::start(Says { recipient: "550 5.1.1 no such user here", ..Says::default() }).await;
    let stage = stage(mail.port);
    let server = stage.start();
    let client = RelyingParty::demo(&server);
    let answer = after_password(&Browser::new(), &client).await;
    assert!(!answer.status.is_server_error(), "{}: {}", answer.status, answer.body);
    assert!(server.log().contains("the mail server refused the message: 550"), "{}", server.log());
}

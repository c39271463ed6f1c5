//! Mail: sent to a server that is really spoken to, and codes that count once.

use super::*;
use crate::factor_fakes::Bench;
use gatewright_domain::capabilities::mail::{MAIL_CODE_S, MAIL_CODE_TRIES_MAX, TITLE_CHARS_MAX};
use gatewright_testing::samples;
use gatewright_testing::smtp::{Letter, Says, SmtpServer};
use mail_parser::MessageParser;
use serde_json::json;
use std::time::Duration;

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: SmtpTls::None,
        authorities: None,
        credentials: None,
        from: "Wonderland <no-reply@example.com>".to_owned(),
        name: "login.example.com".to_owned(),
        timeout: Duration::from_secs(20),
    }
}

fn mail_with(bench: &Bench, settings: &SmtpSettings) -> SmtpMail {
    SmtpMail::new(MailSetup {
        mailer: Arc::new(Mailer::new(settings).unwrap()),
        users: bench.stores.users.clone(),
        kv: bench.stores.kv.clone(),
        sealer: bench.sealer.clone(),
        guesses: bench.limit.clone(),
        clock: bench.clock.clone(),
        entropy: bench.entropy.clone(),
    })
}

/// Mail over a server that takes every message.
async fn working() -> (Bench, SmtpServer, SmtpMail) {
    let (bench, server) = (Bench::new().await, SmtpServer::start(Says::default()).await);
    let mail = mail_with(&bench, &settings(server.port));
    (bench, server, mail)
}

fn alice() -> Subject {
    samples::word("alice")
}

fn message(title: &str, text: &str) -> Message {
    Message { title: title.to_owned(), text: text.to_owned() }
}

/// A message, read as RFC 5322 and 2045 say, by a parser that nobody here wrote.
fn parsed(letter: &Letter) -> mail_parser::Message<'_> {
    MessageParser::default().parse(letter.text.as_bytes()).expect("a message")
}

/// Its text, with our line ends.
fn text_of(letter: &Letter) -> String {
    parsed(letter).body_text(0).expect("a text").replace("\r\n", "\n")
}

fn said<T: std::fmt::Debug>(failed: Result<T, CallFailed>) -> String {
    match failed {
        Err(CallFailed::Capability(error)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_message_arrives_as_it_was_written() {
    let (_bench, server, mail) = working().await;
    let text = "Größe: 3 €\n.\n..two dots\n\nlong ".to_owned() + &"word ".repeat(300) + "\nFrom here\n";
    mail.send(&alice(), &message("Grüße aus dem Wunderland, lange genug, daß es gefaltet wird ☂", &text))
        .await
        .unwrap();
    let letters = server.letters();
    let Letter { from, to, .. } = &letters[0];
    assert_eq!((from.as_str(), to.as_slice()), ("no-reply@example.com", &["alice@example.com".to_owned()][..]));
    let parsed = parsed(&letters[0]);
    assert_eq!(parsed.subject(), Some("Grüße aus dem Wunderland, lange genug, daß es gefaltet wird ☂"));
    let sender = parsed.from().unwrap().first().unwrap();
    assert_eq!((sender.name(), sender.address()), (Some("Wonderland"), Some("no-reply@example.com")));
    let recipients: Vec<_> = parsed.to().unwrap().iter().map(|to| to.address().unwrap()).collect();
    assert_eq!(recipients, ["alice@example.com"]);
    assert_eq!(parsed.header("Auto-Submitted").unwrap().as_text(), Some("auto-generated"));
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2026-09-21T14:13:20Z");
    assert!(parsed.message_id().unwrap().ends_with("@login.example.com"));
    assert_eq!(text_of(&letters[0]).trim_end_matches('\n'), text.trim_end_matches('\n'));
}

#[tokio::test]
async fn nothing_that_is_sent_adds_a_header_or_a_recipient() {
    let (bench, server, mail) = working().await;
    for title in ["a\r\nBcc: mallory@example.com", "a\nb", "a\rb", "a\0b", &"x".repeat(TITLE_CHARS_MAX + 1)] {
        assert!(said(mail.send(&alice(), &message(title, "text")).await).contains("on one line"), "{title:?}");
    }
    for (number, claim) in [
        json!("alice@example.com\r\nBcc: mallory@example.com"),
        json!("alice@example.com, mallory@example.com"),
        json!("alice@example.com> RCPT TO:<mallory@example.com"),
        json!("Alice <alice@example.com>"),
        json!("alice"),
        json!(""),
        json!(7),
        json!(["alice@example.com"]),
        json!(null),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("user{number}");
        let claims = json!({ "email": claim.clone() }).as_object().cloned().unwrap();
        let user = User { claims, ..samples::user(&name, &name) };
        bench.stores.users.add(&user).await.unwrap().unwrap();
        let failed = said(mail.send(&samples::word(&name), &message("Title", "text")).await);
        assert!(failed.contains("no mail address"), "{claim}: {failed}");
    }
    assert!(server.letters().is_empty());
    let dots = "text\r\n.\r\nMAIL FROM:<mallory@example.com>\r\n";
    mail.send(&alice(), &message("Title", dots)).await.unwrap();
    assert_eq!(server.letters().len(), 1, "a line of one dot does not end the message");
}

#[tokio::test]
async fn who_is_disabled_or_gone_is_sent_nothing() {
    let (bench, server, mail) = working().await;
    bench.stores.users.set_disabled(&samples::word("bob"), true).await.unwrap();
    for subject in ["bob", "nobody"] {
        let failed = said(mail.send_code(&samples::word(subject), &message("Title", "{code}")).await);
        assert!(failed.contains("no such end-user"), "{failed}");
    }
    assert!(server.letters().is_empty());
}

#[tokio::test]
async fn what_keeps_a_message_from_its_recipient_is_said() {
    let bench = Bench::new().await;
    let table = [
        (Says { recipient: "550 5.1.1 no such user here", ..Says::default() }, "refused the message: 550"),
        (Says { recipient: "451 4.7.1 greylisted", ..Says::default() }, "try again later: 451"),
        (Says { data_end: "554 5.7.1 spam", ..Says::default() }, "554"),
        (Says { greeting: "421 4.3.2 closing", ..Says::default() }, "421"),
        (Says { greeting: "nonsense", ..Says::default() }, "did not answer"),
    ];
    for (says, why) in table {
        let server = SmtpServer::start(says).await;
        let failed = said(mail_with(&bench, &settings(server.port)).send(&alice(), &message("T", "t")).await);
        assert!(failed.contains("the mail server") && failed.contains(why), "{why}: {failed}");
    }
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let failed = said(mail_with(&bench, &settings(closed)).send(&alice(), &message("T", "t")).await);
    assert!(failed.contains("refused"), "{failed}");
}

#[tokio::test]
async fn a_mail_server_that_stays_silent_is_left_when_its_time_is_over() {
    let bench = Bench::new().await;
    for says in [Says { greeting: "", ..Says::default() }, Says { data_end: "", ..Says::default() }] {
        let server = SmtpServer::start(says).await;
        let hurried = SmtpSettings { timeout: Duration::from_millis(300), ..settings(server.port) };
        let failed = said(mail_with(&bench, &hurried).send(&alice(), &message("T", "t")).await);
        assert!(failed.contains("not taken within 0.3 s"), "{failed}");
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_no_message_in_clear_when_tls_is_asked_for() {
    let (bench, server) = (Bench::new().await, SmtpServer::start(Says::default()).await);
    for tls in [SmtpTls::StartTls, SmtpTls::Implicit] {
        let settings = SmtpSettings { tls, timeout: Duration::from_secs(2), ..settings(server.port) };
        let failed = mail_with(&bench, &settings).send(&alice(), &message("T", "t")).await;
        assert!(failed.is_err(), "{tls:?}");
    }
    assert!(server.letters().is_empty());
}

#[tokio::test]
async fn credentials_are_given_and_refused_ones_are_told_apart() {
    let bench = Bench::new().await;
    for (says, signs_in) in [(Says::default(), true), (Says { auth: "535 5.7.8 wrong", ..Says::default() }, false)] {
        let server = SmtpServer::start(says).await;
        let credentials = Some(("mailer".to_owned(), SecretText::new("s3cr3t")));
        let mail = mail_with(&bench, &SmtpSettings { credentials, ..settings(server.port) });
        let sent = mail.send(&alice(), &message("T", "t")).await;
        assert_eq!(sent.is_ok(), signs_in);
        // PLAIN (RFC 4616): NUL, mailer, NUL, s3cr3t.
        assert!(
            server.commands().iter().any(|line| line == "AUTH PLAIN AG1haWxlcgBzM2NyM3Q="),
            "{:?}",
            server.commands()
        );
        if !signs_in {
            let failed = said(sent);
            assert!(failed.contains("535") && !failed.contains("s3cr3t"), "{failed}");
        }
    }
}

#[tokio::test]
async fn policies_send_an_end_user_so_many_messages_an_hour() {
    let (bench, server, mail) = working().await;
    let text = message("T", "t {code}");
    for _ in 0..MAILS_AN_HOUR_MAX / 2 {
        mail.send(&alice(), &text).await.unwrap();
        mail.send_code(&alice(), &text).await.unwrap();
    }
    assert!(said(mail.send(&alice(), &text).await).contains("within an hour"));
    assert!(said(mail.send_code(&alice(), &text).await).contains("within an hour"));
    mail.send(&samples::word("bob"), &text).await.unwrap();
    assert_eq!(server.letters().len(), MAILS_AN_HOUR_MAX as usize + 1);
    bench.clock.advance(3600);
    mail.send(&alice(), &text).await.unwrap();
}

#[test]
fn what_cannot_be_used_is_said_before_anything_is_sent() {
    let sender = SmtpSettings { from: "nobody".to_owned(), ..settings(25) };
    assert!(matches!(Mailer::new(&sender), Err(MailUnusable::Sender { .. })));
    for pem in ["no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let authorities = Some(pem.as_bytes().to_vec());
        let settings = SmtpSettings { tls: SmtpTls::StartTls, authorities, ..settings(25) };
        assert!(matches!(Mailer::new(&settings), Err(MailUnusable::Tls { .. })), "{pem}");
    }
    assert!(is_sender("a@example.com") && is_sender("A <a@example.com>") && !is_sender("A <a>") && !is_sender(""));
}

async fn with_code() -> (Bench, SmtpMail, String, String) {
    let (bench, server, mail) = working().await;
    let challenge = mail.send_code(&alice(), &message("Your code", "It is {code}.")).await.unwrap();
    let text = text_of(&server.letters()[0]);
    let text = text.trim();
    let code = text.strip_prefix("It is ").and_then(|rest| rest.strip_suffix('.')).unwrap();
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{text}");
    let code = code.to_owned();
    (bench, mail, challenge, code)
}

async fn verify(mail: &SmtpMail, challenge: &str, code: &str) -> bool {
    mail.verify_code(challenge, &SecretText::new(code), None).await.unwrap()
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn a_code_counts_once_for_its_challenge() {
    let (bench, mail, challenge, code) = with_code().await;
    assert!(!verify(&mail, "another challenge", &code).await);
    assert!(!verify(&mail, &challenge, "").await);
    assert!(verify(&mail, &challenge, &format!(" {} {}", &code[..3], &code[3..])).await);
    assert!(!verify(&mail, &challenge, &code).await);
    assert_eq!(bench.limit.counted(), (2, 1, 0), "of what is no challenge nothing can be guessed");
}

#[tokio::test]
async fn of_many_uses_of_a_code_at_once_one_counts() {
    let (_bench, mail, challenge, code) = with_code().await;
    let sent = mail.sent(&challenge).await.unwrap().unwrap();
    let guess = guess_at_factor(&Attempt { subject: &alice(), address: None });
    let code = SecretText::new(code);
    let mut counted = 0;
    // All have found the challenge before any makes its code count.
    for _ in 0..MAIL_CODE_TRIES_MAX {
        counted += usize::from(mail.redeem_code(&challenge, (&sent, &code), &guess).await.unwrap());
    }
    assert_eq!(counted, 1);
}

#[tokio::test]
async fn after_five_wrong_tries_the_right_code_is_none() {
    let (_bench, mail, challenge, code) = with_code().await;
    for _ in 1..MAIL_CODE_TRIES_MAX {
        assert!(!verify(&mail, &challenge, wrong(&code)).await);
    }
    assert!(verify(&mail, &challenge, &code).await, "the fifth try");
    let (_bench, mail, challenge, code) = with_code().await;
    for _ in 0..MAIL_CODE_TRIES_MAX {
        assert!(!verify(&mail, &challenge, wrong(&code)).await);
    }
    assert!(!verify(&mail, &challenge, &code).await, "the sixth");
}

#[tokio::test]
async fn a_code_can_be_typed_for_ten_minutes_to_the_second() {
    for (seconds, counts) in [(MAIL_CODE_S as i64 - 1, true), (MAIL_CODE_S as i64, false)] {
        let (bench, mail, challenge, code) = with_code().await;
        bench.clock.advance(seconds);
        assert_eq!(verify(&mail, &challenge, &code).await, counts, "{seconds}");
    }
}

#[tokio::test]
async fn every_try_is_reserved_and_while_it_has_to_wait_the_right_code_is_none_and_stays_good() {
    let (bench, mail, challenge, code) = with_code().await;
    assert!(!verify(&mail, &challenge, wrong(&code)).await);
    bench.limit.wait(true);
    assert!(!verify(&mail, &challenge, &code).await);
    bench.limit.wait(false);
    let address = "192.0.2.7".parse().ok();
    assert!(mail.verify_code(&challenge, &SecretText::new(code), address).await.unwrap());
    assert_eq!(bench.limit.counted(), (2, 1, 0));
    let guesses = bench.limit.guesses.lock().unwrap();
    assert_eq!(guesses[1], guess_at_factor(&Attempt { subject: &alice(), address }));
}

#[tokio::test]
async fn a_code_of_an_end_user_who_was_disabled_meanwhile_is_none() {
    let (bench, mail, challenge, code) = with_code().await;
    bench.stores.users.set_disabled(&alice(), true).await.unwrap();
    assert!(!verify(&mail, &challenge, &code).await);
}

#[tokio::test]
async fn a_code_that_could_not_be_sent_is_forgotten() {
    let bench = Bench::new().await;
    let server = SmtpServer::start(Says { recipient: "550 no", ..Says::default() }).await;
    let mail = mail_with(&bench, &settings(server.port));
    let before = bench.stores.sweeper.sweep(bench.clock.now().plus(1 << 30)).await.unwrap();
    mail.send_code(&alice(), &message("T", "{code}")).await.unwrap_err();
    let left = bench.stores.sweeper.sweep(bench.clock.now().plus(1 << 30)).await.unwrap();
    assert_eq!((before, left), (0, 1), "how many were sent this hour, and nothing else");
}

//! Mail to end-users of what happened to their account: to them alone, without a secret, and beside the requests.

use super::factors::with_badge;
use super::{AtHome, office_with};
use crate::guessing::{browser_at, settings, tries};
use crate::world::page::heading;
use crate::world::server::{free_port, program};
use crate::world::{RelyingParty, Server};
use gatewright_testing::smtp::{Letter, Says, SmtpServer};
use mail_parser::MessageParser;
use std::io::Write;
use std::process::{Command, Stdio};

/// Mail goes out at that port.
fn mail_at(port: &str) -> [(&str, &str); 4] {
    [
        ("GATEWRIGHT__MAIL__HOST", "127.0.0.1"),
        ("GATEWRIGHT__MAIL__PORT", port),
        ("GATEWRIGHT__MAIL__TLS", "none"),
        ("GATEWRIGHT__MAIL__FROM", "Example <no-reply@example.com>"),
    ]
}

/// The third try that fails locks the account.
fn locking(port: &str) -> Vec<(&str, &str)> {
    let lockout =
        [("GATEWRIGHT__GUESSING__ACCOUNT__LOCKOUT_TRIES", "3"), ("GATEWRIGHT__GUESSING__ACCOUNT__LOCKOUT_S", "600")];
    [&settings("3")[..], &lockout, &mail_at(port)].concat()
}

/// A title and a text, as a mail program shows them.
fn read(letter: &Letter) -> (String, String) {
    let parsed = MessageParser::default().parse(letter.text.as_bytes()).expect("a message");
    (parsed.subject().unwrap().to_owned(), parsed.body_text(0).unwrap().into_owned())
}

/// Everything that was mailed once the server has ended, by title.
fn mailed(mut server: Server, mail: &SmtpServer) -> Vec<(String, String)> {
    server.ask_to_stop();
    assert!(server.ended().success(), "{}", server.log());
    let letters = mail.letters();
    let strange = letters.iter().find(|letter| letter.to != ["alice@example.com"]);
    assert!(strange.is_none(), "{strange:?}");
    let mut read: Vec<_> = letters.iter().map(read).collect();
    read.sort();
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lockout_is_mailed_once_to_the_account_and_a_name_that_nobody_has_to_nobody() {
    let mail = SmtpServer::start(Says::default()).await;
    let (directory, port) = (tempfile::tempdir().unwrap(), mail.port.to_string());
    let server = Server::quickstart_with(directory.path(), free_port(), &locking(&port));
    let (client, issuer) = (RelyingParty::demo(&server), server.issuer.clone());
    for username in ["alice", "nobody", "nobody@example.com"] {
        for _ in 0..5 {
            tries(&client, &browser_at("192.0.2.7"), username, "looking-glass").await;
        }
    }
    let mailed = mailed(server, &mail);
    let [(title, text)] = &mailed[..] else { panic!("{mailed:?}") };
    assert_eq!(title, "localhost: too many failed tries to sign in");
    for part in ["your account alice at localhost", "192.0.2.7", " UTC", "unlock", &format!("{issuer}/account")] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("looking-glass"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_what_an_end_user_signs_in_with_are_mailed_without_a_secret() {
    let mail = SmtpServer::start(Says::default()).await;
    let port = mail.port.to_string();
    let office = office_with(&mail_at(&port));
    let alice = AtHome::alice(&office.server).await;
    let codes = alice.browser.submit(&alice.opens("/account/recovery").await.page(), &[], "renew").await;
    let code = codes.body.split("<li><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let (alice, factor) = with_badge(&office.server).await;
    let asked = alice.opens(&format!("/account/remove/{factor}")).await.page();
    let question = alice.browser.submit(&asked, &[("word", "teapot")], "show").await;
    let home = alice.browser.submit(&question.page(), &[], "remove").await;
    assert!(home.body.contains("It is removed."), "{}", home.body);
    set_password(&office.directory.path().join("data"), "through the door", &mail_at(&port));

    let mailed = mailed(office.server, &mail);
    let titles: Vec<_> = mailed.iter().map(|(title, _)| title.strip_prefix("localhost: ").unwrap()).collect();
    let (added, removed) = ("a way to sign in was added", "a way to sign in was removed");
    assert_eq!(titles, [added, removed, "new recovery codes were made", "your password was changed"]);
    for (title, text) in &mailed {
        assert!(text.contains("/account") && text.contains("alice at localhost"), "{title}: {text}");
        assert_eq!(text.contains("“Blue badge”"), title.contains("a way to sign in"), "{text}");
        for secret in ["wonderland", "teapot", "through the door", &code, &code.replace('-', "")] {
            assert!(!text.contains(secret), "{title}: {text}");
        }
    }
}

fn set_password(data: &std::path::Path, password: &str, environment: &[(&str, &str)]) {
    let mut command = Command::new(program());
    let command = command.args(["user", "set-password", "alice", "--data", data.to_str().unwrap()]);
    let command = command.envs(environment.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("the password of alice is set"), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_stays_silent_holds_up_neither_a_request_nor_the_end() {
    let mail = SmtpServer::start(Says { greeting: "", ..Says::default() }).await;
    let port = mail.port.to_string();
    let silent = [&mail_at(&port)[..], &[("GATEWRIGHT__MAIL__TIMEOUT_S", "60")]].concat();
    let mut office = office_with(&silent);
    let (alice, _) = with_badge(&office.server).await;
    let home = alice.opens("/account").await;
    assert_eq!(heading(&home.body), "Your account");
    assert!(home.body.contains("was added"), "the page says what the mail could not: {}", home.body);
    office.server.ask_to_stop();
    assert!(office.server.ended().success());
    assert!(office.server.log().contains("did not take all notices in time"), "{}", office.server.log());
    assert!(mail.letters().is_empty());
}

//! Notices by mail: what they say, in whose language, and what an operator may change of them.

use super::super::samples;
use super::super::*;
use super::gallery::pages;
use gatewright_domain::capabilities::mail::{Message, TITLE_CHARS_MAX};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::identifiers::{EventId, FactorKind};
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::user::{User, UserView};
use serde_json::{Value, json};

const URL: &str = "https://id.example.com/account";

fn factor_added(label: &str) -> SecurityEventKind {
    SecurityEventKind::FactorAdded { kind: FactorKind::parse("totp").unwrap(), label: label.to_owned() }
}

/// One of each kind.
fn kinds() -> Vec<SecurityEventKind> {
    let (kind, label) = (FactorKind::parse("totp").unwrap(), "Phone".to_owned());
    vec![
        SecurityEventKind::LockedOut { until: Timestamp(600) },
        factor_added("Phone"),
        SecurityEventKind::FactorRemoved { kind: kind.clone(), label: label.clone() },
        SecurityEventKind::RecoveryCodesRenewed,
        SecurityEventKind::PasswordChanged,
        SecurityEventKind::FailedTries { tries: 3 },
        SecurityEventKind::FactorRenamed { kind, label },
        SecurityEventKind::SessionEnded { user_agent: None },
        SecurityEventKind::ClientDisconnected { name: "Shop".to_owned() },
        SecurityEventKind::ClientNotToldOfLogout { name: "Shop".to_owned() },
    ]
}

fn notice(pages: &Pages, kind: SecurityEventKind, locale: Value, address: Option<&str>) -> Result<Message, Fault> {
    let UserView { subject, username, claims } = samples::user();
    let mut user = User { subject, username, claims, password: None, disabled: false, created_at: Timestamp(0) };
    user.claims.insert("locale".to_owned(), locale);
    let (id, subject) = (EventId::parse("e1").unwrap(), user.subject.clone());
    let address = address.map(|address| address.parse().unwrap());
    let event = SecurityEvent { id, subject, at: Timestamp(0), address, kind };
    pages.notice(NoticeView { event: &event, user: &user, site: "id.example.com", url: URL })
}

#[test]
fn what_is_mailed_has_words_in_every_language_and_nothing_else_has() {
    for kind in kinds() {
        for locale in ["en", "de", "fr"] {
            let Ok(message) = notice(pages(), kind.clone(), locale.into(), Some("2001:db8::7")) else {
                assert!(!kind.is_mailed(), "{kind:?}");
                continue;
            };
            assert!(kind.is_mailed() && message.title.starts_with("id.example.com"), "{kind:?}: {message:?}");
            for part in [URL, "1970-01-01 00:00 UTC", "2001:db8::7", &samples::user().username] {
                assert!(message.text.contains(part), "{locale} {kind:?}: {part} in {}", message.text);
            }
            assert_eq!(
                message.text.contains("1970-01-01 00:10 UTC"),
                matches!(kind, SecurityEventKind::LockedOut { .. })
            );
        }
    }
}

#[test]
fn a_notice_speaks_the_language_of_its_end_user_and_else_english() {
    for (locale, word) in [
        (json!("de_AT"), "hinzugefügt"),
        (json!("fr-CA"), "ajouté"),
        (json!("en"), "was added"),
        (json!("xx"), "was added"),
        (json!(7), "was added"),
        (json!(null), "was added"),
    ] {
        let message = notice(pages(), factor_added("Phone"), locale.clone(), None).unwrap();
        assert!(message.title.contains(word), "{locale}: {message:?}");
    }
}

#[test]
fn a_notice_is_plain_text_in_which_no_label_adds_a_line() {
    let label = "Tom’s <b>phone</b> & \"key\"\r\n\r\nOpen https://evil.example\u{202e}";
    let message = notice(pages(), factor_added(label), json!("en"), None).unwrap();
    let added = "“Tom’s <b>phone</b> & \"key\" Open https://evil.example” was added to the ways you sign in.";
    assert!(message.text.lines().any(|line| line == added), "{}", message.text);
    assert!(!message.text.contains("From:"), "an address that is not known has no line");
    assert!(!message.text.contains("\n\n\n") && !message.title.contains('\n'), "{message:?}");
}

fn overriding(path: &str, text: &str) -> Result<Pages, PagesError> {
    Pages::new(Overrides::from_files([(path, text.as_bytes())])?, Site::default())
}

#[test]
fn an_operator_words_notices_and_is_told_at_once_of_what_they_lack() {
    let words = "[notice]\nchange_not_yours = \"Call extension 7, or open {url}\"";
    let message = notice(&overriding("messages/en.toml", words).unwrap(), factor_added("Phone"), json!("en"), None);
    assert!(message.unwrap().text.contains(&format!("Call extension 7, or open {URL}")));
    let own = "{{ page.what }} & more\n{{ page.url }}";
    let message = notice(&overriding("pages/notice.txt", own).unwrap(), factor_added("Phone"), json!("en"), None);
    let own = Message { title: "factor_added & more".to_owned(), text: format!("{URL}\n") };
    assert_eq!(message.unwrap(), own);
    let long = format!("{}\n{{{{ page.url }}}}", "x".repeat(TITLE_CHARS_MAX + 1));
    for (template, why) in [
        ("Title alone", "first line"),
        ("{{ page.url }}", "first line"),
        (long.as_str(), "first line"),
        ("Title\nno way to the page", "the account page's address"),
        ("Title\n{{ page.nothing }}", "undefined"),
        ("{% include 'parts/account.html' %}\n{{ page.url }}", "not"),
    ] {
        let refused = overriding("pages/notice.txt", template).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("pages/notice.txt") && refused.contains(why), "{template}: {refused}");
    }
}

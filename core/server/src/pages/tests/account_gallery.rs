//! The account's pages, as golden files and screenshots show them.

use super::super::samples;
use super::super::*;
use super::gallery::STEP;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::FactorView;
use gatewright_domain::identifiers::{EventId, FactorId, FactorKind, SessionId, Subject};
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_engine::account::{Connected, Enrollable, Overview, SessionLine};
use gatewright_protocol::acr::Acr;
use gatewright_protocol::scope::Scope;
use std::sync::Arc;

const NOW: Timestamp = Timestamp(1_795_400_000);
const LAPTOP: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1";

fn factor(kind: &str, label: &str, used_at: Option<Timestamp>) -> FactorView {
    FactorView {
        id: FactorId::parse(format!("id-{kind}")).unwrap(),
        subject: Subject::parse("248289761001").unwrap(),
        kind: FactorKind::parse(kind).unwrap(),
        label: label.into(),
        created_at: NOW,
        used_at,
    }
}

fn session(id: &str, is_this: bool, user_agent: Option<&str>, address: &str) -> SessionLine {
    SessionLine {
        id: SessionId::parse(id).unwrap(),
        is_this,
        auth_time: NOW,
        created_at: NOW,
        address: address.parse().ok(),
        user_agent: user_agent.map(Into::into),
    }
}

fn method(acr: &str, kind: &str, enrolled: bool) -> Enrollable {
    Enrollable { acr: Acr::try_from(acr).unwrap(), kind: FactorKind::parse(kind).unwrap(), enrolled }
}

/// One of each kind.
fn events() -> Vec<SecurityEvent> {
    let (kind, label) = (FactorKind::parse("totp").unwrap(), "Work \u{202e}<phone>".to_owned());
    let kinds = [
        SecurityEventKind::FailedTries { tries: 3 },
        SecurityEventKind::LockedOut { until: NOW },
        SecurityEventKind::FactorAdded { kind: kind.clone(), label: label.clone() },
        SecurityEventKind::FactorRenamed { kind: kind.clone(), label: label.clone() },
        SecurityEventKind::FactorRemoved { kind, label },
        SecurityEventKind::RecoveryCodesRenewed,
        SecurityEventKind::PasswordChanged,
        SecurityEventKind::SessionEnded { user_agent: Some(PHONE.into()) },
        SecurityEventKind::SessionEnded { user_agent: None },
        SecurityEventKind::ClientDisconnected { name: "Weather Almanac".into() },
        SecurityEventKind::ClientNotToldOfLogout { name: "Weather Almanac".into() },
    ];
    let subject = Subject::parse("248289761001").unwrap();
    let event = |(place, kind): (usize, SecurityEventKind)| SecurityEvent {
        id: EventId::parse(format!("e{place}")).unwrap(),
        subject: subject.clone(),
        at: NOW,
        address: (place % 2 == 0).then(|| "192.0.2.7".parse().unwrap()),
        kind,
    };
    kinds.into_iter().enumerate().map(event).collect()
}

/// An account with everything.
fn full() -> Overview {
    let scope = Scope::parse("openid profile offline_access payments:read").unwrap();
    let client = |allowed_at, signed_in_at| Connected {
        client: Arc::new(samples::client()),
        scope: scope.clone(),
        allowed_at,
        signed_in_at,
        begin: allowed_at.map(|_| "https://almanac.example/login?iss=https%3A%2F%2Fid.example".to_owned()),
    };
    Overview {
        user: samples::user(),
        token: STEP.into(),
        factors: vec![
            factor("totp", "Work phone", Some(NOW)),
            factor("passkey", "Blue key", None),
            factor("face<id>", "\u{202e}Camera & <b>", None),
        ],
        enrollable: vec![method("otp", "totp", true), method("mfa-key", "passkey", false)],
        recovery: Some(7),
        sessions: vec![
            session("s1", true, Some(LAPTOP), "2001:db8::7"),
            session("s2", false, Some(PHONE), "::ffff:192.0.2.7"),
            session("s3", false, None, ""),
        ],
        clients: vec![client(Some(NOW), Some(NOW)), client(None, Some(NOW))],
        events: events(),
    }
}

/// An account with nothing but the session that looks at it.
fn bare() -> Overview {
    Overview {
        user: samples::user(),
        token: STEP.into(),
        factors: vec![],
        enrollable: vec![method("otp", "totp", false)],
        recovery: Some(0),
        sessions: vec![session("s1", true, Some(LAPTOP), "192.0.2.7")],
        clients: vec![],
        events: vec![],
    }
}

/// Each by the name of its golden file.
pub(super) fn gallery(pages: &Pages) -> Vec<(&'static str, Rendered)> {
    let frame = |tag| Frame { language: pages.language(&Locales::parse(tag), None), client: None };
    let (english, german, french) = (frame("en"), frame("de"), frame("fr"));
    let account = |frame, overview: &Overview, notice| pages.account(AccountView { frame, overview, notice }).unwrap();
    let factor = factor("totp", "Work phone", Some(NOW));
    let about = |frame, unfit| FactorPageView { frame, factor: &factor, step: STEP, unfit };
    let codes: Vec<String> = (0..10).map(|number| format!("k7qd{number}-9xm2{number}")).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let recovery =
        |left, codes| pages.account_recovery(RecoveryView { frame: &english, step: STEP, left, codes }).unwrap();
    vec![
        ("account", account(&english, &full(), None)),
        ("account_de", account(&german, &full(), Some(AccountNotice::Added))),
        ("account_bare", account(&english, &bare(), Some(AccountNotice::NotDone))),
        ("account_rename", pages.account_rename(about(&english, None)).unwrap()),
        ("account_rename_fr", pages.account_rename(about(&french, Some("a\nb"))).unwrap()),
        ("account_remove", pages.account_remove(about(&english, None)).unwrap()),
        ("account_recovery", recovery(3, &[])),
        ("account_codes", recovery(10, &codes)),
    ]
}

//! Notices by mail, to a server that is really spoken to.

use super::*;
use crate::NoticedEvents;
use crate::factor_fakes::Bench;
use crate::mail::{SmtpSettings, SmtpTls};
use gatewright_domain::capabilities::mail::Message;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::store::SecurityEventStore;
use gatewright_domain::user::User;
use gatewright_testing::samples;
use gatewright_testing::smtp::{Says, SmtpServer};

/// Says what happened, and to whom.
struct Plain;

impl NoticeWords for Plain {
    fn worded(&self, event: &SecurityEvent, user: &User) -> Result<Message, Fault> {
        Ok(Message { title: format!("{:?}", event.kind), text: format!("to {}", user.username) })
    }
}

fn notices(bench: &Bench, server: &SmtpServer) -> MailedNotices {
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: server.port,
        tls: SmtpTls::None,
        authorities: None,
        credentials: None,
        from: "no-reply@example.com".to_owned(),
        name: "login.example.com".to_owned(),
        timeout: Duration::from_secs(20),
    };
    MailedNotices::start(NoticesSetup {
        mailer: Arc::new(Mailer::new(&settings).unwrap()),
        words: Arc::new(Plain),
        users: bench.stores.users.clone(),
        kv: bench.stores.kv.clone(),
        clock: bench.clock.clone(),
        entropy: bench.entropy.clone(),
    })
}

/// Everything that was told is sent.
async fn finished(notices: MailedNotices) {
    notices.finish(Duration::from_secs(60)).await;
}

fn event(id: &str, subject: &str, kind: SecurityEventKind) -> SecurityEvent {
    SecurityEvent { id: samples::word(id), subject: samples::word(subject), at: Timestamp(0), address: None, kind }
}

fn locked() -> SecurityEventKind {
    SecurityEventKind::LockedOut { until: Timestamp(600) }
}

fn removed() -> SecurityEventKind {
    SecurityEventKind::FactorRemoved { kind: samples::word("totp"), label: "Phone".to_owned() }
}

#[tokio::test]
async fn of_changes_and_lockouts_there_is_mail_and_of_nothing_else() {
    let (bench, server) = (Bench::new().await, SmtpServer::start(Says::default()).await);
    let notices = notices(&bench, &server);
    let (kind, label) = (samples::word("totp"), "Phone".to_owned());
    let mailed = [
        locked(),
        SecurityEventKind::FactorAdded { kind: samples::word("totp"), label: label.clone() },
        removed(),
        SecurityEventKind::RecoveryCodesRenewed,
        SecurityEventKind::PasswordChanged,
    ];
    let not_mailed = [
        SecurityEventKind::FailedTries { tries: 3 },
        SecurityEventKind::FactorRenamed { kind, label },
        SecurityEventKind::SessionEnded { user_agent: None },
        SecurityEventKind::ClientDisconnected { name: "Shop".to_owned() },
    ];
    for kind in mailed.iter().chain(&not_mailed) {
        notices.tell(&event("e1", "alice", kind.clone()));
    }
    finished(notices).await;
    let mut told: Vec<_> = server.letters().iter().map(|letter| letter.to.join(" ")).collect();
    told.dedup();
    assert_eq!((server.letters().len(), told), (mailed.len(), vec!["alice@example.com".to_owned()]));
}

#[tokio::test]
async fn who_is_locked_out_again_and_again_is_told_so_often_a_day_and_of_changes_always() {
    let (bench, server) = (Bench::new().await, SmtpServer::start(Says::default()).await);
    let tell = async |subject: &str, kinds: &[SecurityEventKind]| {
        let before = server.letters().len();
        let notices = notices(&bench, &server);
        kinds.iter().for_each(|kind| notices.tell(&event("e1", subject, kind.clone())));
        finished(notices).await;
        server.letters().len() - before
    };
    let most = LOCKOUT_NOTICES_A_DAY_MAX as usize;
    assert_eq!(tell("alice", &vec![locked(); most + 2]).await, most);
    assert_eq!(tell("alice", &[locked(), removed()]).await, 1, "what was removed");
    assert_eq!(tell("bob", &[locked()]).await, 1, "others are told");
    bench.clock.advance(24 * 3600 - 1);
    assert_eq!(tell("alice", &[locked()]).await, 0);
    bench.clock.advance(1);
    assert_eq!(tell("alice", &[locked()]).await, 1, "the next day");
}

#[tokio::test]
async fn who_has_no_address_is_disabled_or_gone_is_sent_nothing() {
    let (bench, server) = (Bench::new().await, SmtpServer::start(Says::default()).await);
    let nowhere = User { claims: serde_json::Map::new(), ..samples::user("carol", "carol") };
    bench.stores.users.add(&nowhere).await.unwrap().unwrap();
    bench.stores.users.set_disabled(&samples::word("bob"), true).await.unwrap();
    let notices = notices(&bench, &server);
    for subject in ["bob", "carol", "nobody", "alice"] {
        notices.tell(&event("e1", subject, removed()));
    }
    finished(notices).await;
    assert_eq!(server.letters().len(), 1, "alice alone");
}

#[tokio::test]
async fn a_queue_that_is_full_takes_no_more_and_after_its_end_none_is_taken() {
    let (bench, server) = (Bench::new().await, SmtpServer::start(Says { greeting: "", ..Says::default() }).await);
    let notices = notices(&bench, &server);
    let event = event("e1", "alice", removed());
    let taken = (0..NOTICES_WAITING_MAX + 3).filter(|_| notices.take(&event)).count();
    assert_eq!(taken, NOTICES_WAITING_MAX);
    notices.tell(&event);
    notices.finish(Duration::from_millis(50)).await;
    assert!(!notices.take(&event) && server.letters().is_empty(), "the mail server never said a word");
    notices.finish(Duration::ZERO).await;
}

#[tokio::test]
async fn so_many_are_sent_at_once_and_no_more() {
    let (bench, server) = (Bench::new().await, SmtpServer::start(Says { data_end: "", ..Says::default() }).await);
    let notices = notices(&bench, &server);
    for _ in 0..NOTICES_AT_ONCE_MAX + 3 {
        notices.tell(&event("e1", "alice", removed()));
    }
    notices.finish(Duration::from_secs(1)).await;
    let begun = server.commands().iter().filter(|line| line.starts_with("EHLO ")).count();
    assert!((1..=NOTICES_AT_ONCE_MAX).contains(&begun), "{begun}");
}

#[tokio::test]
async fn a_mail_server_that_refuses_keeps_no_later_notice_back() {
    let bench = Bench::new().await;
    let server = SmtpServer::start(Says { recipient: "550 no such user here", ..Says::default() }).await;
    let notices = notices(&bench, &server);
    for _ in 0..2 * NOTICES_AT_ONCE_MAX {
        notices.tell(&event("e1", "alice", removed()));
    }
    finished(notices).await;
    let tried = server.commands().iter().filter(|line| line.starts_with("RCPT ")).count();
    assert_eq!(tried, 2 * NOTICES_AT_ONCE_MAX);
}

/// What was told.
#[derive(Default)]
struct Told(Mutex<Vec<SecurityEvent>>);

impl Notices for Told {
    fn tell(&self, event: &SecurityEvent) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[tokio::test]
async fn what_is_written_down_is_told_and_what_could_not_be_is_not() {
    let bench = Bench::new().await;
    let told = Arc::new(Told::default());
    let events = NoticedEvents { events: bench.stores.security_events.clone(), notices: told.clone() };
    let event = event("e1", "alice", SecurityEventKind::FailedTries { tries: 1 });
    events.record(&event).await.unwrap();
    events.record(&event).await.unwrap_err();
    assert_eq!(*told.0.lock().unwrap(), std::slice::from_ref(&event));
    assert_eq!(events.list(&event.subject).await.unwrap(), std::slice::from_ref(&event));
    assert_eq!(events.untold(&event.subject).await.unwrap().len(), 1);
    events.told(&[event.id], Timestamp(1)).await.unwrap();
    assert_eq!(events.untold(&event.subject).await.unwrap(), []);
}

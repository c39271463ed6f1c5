//! Mail, and the notices that go out by it: put together before anything that writes an event down.

use super::error::AssemblyError;
use crate::configuration::{Configuration, Mail as MailSettings, MailTls};
use crate::pages::{NoticeView, Pages};
use gatewright_capabilities::{
    ConfiguredSecrets, MailedNotices, Mailer, NOTICES_FINISH_S, NoticedEvents, NoticesSetup, OsEntropy, SmtpSettings,
    SmtpTls, SystemClock,
};
use gatewright_domain::capabilities::mail::Message;
use gatewright_domain::capabilities::notices::NoticeWords;
use gatewright_domain::capabilities::vault::SecretVault;
use gatewright_domain::fault::Fault;
use gatewright_domain::security_event::SecurityEvent;
use gatewright_domain::store::Stores;
use gatewright_domain::user::User;
use gatewright_protocol::issuer::Issuer;
use std::sync::Arc;
use std::time::Duration;

/// Where mail goes out, where the configuration names a mail server.
#[derive(Clone, Default)]
pub(crate) struct Post {
    /// Sends.
    pub(super) mailer: Option<Arc<Mailer>>,
    notices: Option<Arc<MailedNotices>>,
}

impl Post {
    /// As the configuration says, with notices in the words of these pages. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// What of the configuration cannot be used.
    pub(crate) fn open(
        configuration: &Configuration,
        stores: &Stores,
        pages: &Arc<Pages>,
    ) -> Result<Self, AssemblyError> {
        let issuer = &configuration.issuer;
        let Some(settings) = smtp_settings(&configuration.mail, issuer)? else { return Ok(Self::default()) };
        let mailer = Arc::new(Mailer::new(&settings)?);
        let notices = MailedNotices::start(NoticesSetup {
            mailer: mailer.clone(),
            words: Arc::new(PageWords { pages: pages.clone(), issuer: issuer.clone() }),
            users: stores.users.clone(),
            kv: stores.kv.clone(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
        });
        Ok(Self { mailer: Some(mailer), notices: Some(Arc::new(notices)) })
    }

    /// The stores, with mail of what is written down in them.
    pub(crate) fn over(&self, stores: Stores) -> Stores {
        let Some(notices) = self.notices.clone() else { return stores };
        let events = stores.security_events;
        Stores { security_events: Arc::new(NoticedEvents { events, notices }), ..stores }
    }

    /// Takes no more notices, and sends those that wait for as long as [`NOTICES_FINISH_S`].
    pub(crate) async fn finish(&self) {
        if let Some(notices) = &self.notices {
            notices.finish(Duration::from_secs(NOTICES_FINISH_S)).await;
        }
    }
}

/// The words of the pages.
struct PageWords {
    pages: Arc<Pages>,
    issuer: Issuer,
}

impl NoticeWords for PageWords {
    fn worded(&self, event: &SecurityEvent, user: &User) -> Result<Message, Fault> {
        let url = self.issuer.endpoint("/account");
        self.pages.notice(NoticeView { event, user, site: self.issuer.host(), url: &url })
    }
}

fn smtp_settings(mail: &MailSettings, issuer: &Issuer) -> Result<Option<SmtpSettings>, AssemblyError> {
    let (Some(host), Some(from)) = (&mail.host, &mail.from) else { return Ok(None) };
    let authorities = mail.ca_file.as_ref().map(std::fs::read).transpose().map_err(AssemblyError::MailAuthorities)?;
    let name = "mail.password";
    let password = mail.password.as_ref().map(|password| (name.to_owned(), password.text().clone()));
    let password = ConfiguredSecrets::read(password)?.secret(name);
    Ok(Some(SmtpSettings {
        host: host.clone(),
        port: mail.port(),
        tls: match mail.tls {
            MailTls::StartTls => SmtpTls::StartTls,
            MailTls::Implicit => SmtpTls::Implicit,
            MailTls::None => SmtpTls::None,
        },
        authorities,
        credentials: mail.username.clone().zip(password),
        from: from.clone(),
        name: issuer.host().to_owned(),
        timeout: Duration::from_secs(mail.timeout_s),
    }))
}

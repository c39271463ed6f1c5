//! Notices by mail: that something happened to an account. The words and their order are a template's, `notice.txt`, whose
//! first line is the message's title; nothing in it is HTML.

use super::account::called;
use super::{Frame, Pages, PagesError, presentable, renderer};
use crate::moment;
use gatewright_domain::capabilities::mail::{MAIL_CHARS_MAX, Message, TITLE_CHARS_MAX};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::user::User;
use gatewright_protocol::locale::Locales;
use serde::Serialize;
use serde_json::Value;

const TEMPLATE: &str = "notice.txt";

/// What happened, and to whom.
#[derive(Debug, Clone, Copy)]
pub struct NoticeView<'a> {
    /// What.
    pub event: &'a SecurityEvent,
    /// Whose account; their claim `locale` says in which language they are told.
    pub user: &'a User,
    /// What end-users know this server by.
    pub site: &'a str,
    /// Where their account page is.
    pub url: &'a str,
}

#[derive(Debug, Serialize)]
struct NoticeModel<'a> {
    what: &'static str,
    which: Option<String>,
    until: Option<String>,
    at: String,
    address: Option<String>,
    account: String,
    site: String,
    url: &'a str,
}

impl<'a> NoticeModel<'a> {
    /// None for what no notice is of.
    fn of(view: NoticeView<'a>) -> Option<Self> {
        let NoticeView { event, user, site, url } = view;
        let (what, which, until) = match &event.kind {
            SecurityEventKind::LockedOut { until } => ("locked_out", None, Some(minute(*until))),
            SecurityEventKind::FactorAdded { label, .. } => ("factor_added", Some(called(label)), None),
            SecurityEventKind::FactorRemoved { label, .. } => ("factor_removed", Some(called(label)), None),
            SecurityEventKind::RecoveryCodesRenewed => ("recovery_renewed", None, None),
            SecurityEventKind::PasswordChanged => ("password_changed", None, None),
            SecurityEventKind::FailedTries { .. }
            | SecurityEventKind::FactorRenamed { .. }
            | SecurityEventKind::SessionEnded { .. }
            | SecurityEventKind::ClientDisconnected { .. }
            | SecurityEventKind::ClientNotToldOfLogout { .. } => return None,
        };
        let address = event.address.map(|address| address.to_canonical().to_string());
        let (account, site) = (called(&user.username), presentable::name(site));
        Some(Self { what, which, until, at: minute(event.at), address, account, site, url })
    }
}

/// In UTC: nobody's time zone is known.
fn minute(at: Timestamp) -> String {
    format!("{} UTC", moment::shown(at))
}

impl Pages {
    /// Words a notice.
    ///
    /// # Errors
    /// A fault when an operator's template fails, or for an event that no notice is of.
    pub fn notice(&self, view: NoticeView<'_>) -> Result<Message, Fault> {
        let locale = view.user.claims.get("locale").and_then(Value::as_str).unwrap_or_default();
        // Some write it as their system does (OpenID Connect Core 5.1).
        let language = self.language(&Locales::parse(&locale.replace('_', "-")), None);
        let model = NoticeModel::of(view).ok_or_else(|| Fault::new("pages", "no notice is of such an event"))?;
        self.letter(&Frame { language, client: None }, &model).map_err(|why| Fault::new("pages", why))
    }

    fn letter(&self, frame: &Frame, model: &NoticeModel<'_>) -> Result<Message, String> {
        let drawn = self.renderer.render_text(TEMPLATE, &frame.language, model);
        let drawn = drawn.map_err(|error| renderer::described(&error))?;
        let (title, text) = drawn.trim_start().split_once('\n').unwrap_or_default();
        let (title, text) = (title.trim(), text.trim());
        let fits = (1..=TITLE_CHARS_MAX).contains(&title.chars().count()) && !title.chars().any(char::is_control);
        if !fits || text.is_empty() || text.chars().count() > MAIL_CHARS_MAX {
            return Err(format!(
                "its first line is the message's title, of at most {TITLE_CHARS_MAX} characters; below it stands the text, of \
                 at most {MAIL_CHARS_MAX}"
            ));
        }
        Ok(Message { title: title.to_owned(), text: format!("{text}\n") })
    }

    /// Proves a notice of each kind in the frame's language; `url` stands for the account page.
    pub(super) fn prove_notices(&self, frame: &Frame, url: &str) -> Result<(), PagesError> {
        for (place, what) in
            ["locked_out", "factor_added", "factor_removed", "recovery_renewed", "password_changed"].iter().enumerate()
        {
            let sample = NoticeModel {
                what,
                which: what.starts_with("factor").then(|| "Phone".into()),
                until: (*what == "locked_out").then(|| minute(Timestamp(600))),
                at: minute(Timestamp(0)),
                address: (place % 2 == 0).then(|| "192.0.2.7".into()),
                account: "alice".into(),
                site: "x".repeat(presentable::NAME_CHARS_MAX),
                url,
            };
            let path = format!("pages/{TEMPLATE}");
            let letter = self.letter(frame, &sample);
            let letter = letter.map_err(|message| PagesError::Template { path: path.clone(), message })?;
            super::proof::must_hold(TEMPLATE, &letter.text, url, "the account page's address, {{ page.url }}")?;
        }
        Ok(())
    }
}

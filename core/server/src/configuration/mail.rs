//! `[mail]`: the server that mail to end-users goes out by. Without a host there is no mail.

use super::choice::choice;
use super::complaint::{Complaint, within};
use super::confidential::Confidential;
use gatewright_capabilities::is_sender;
use gatewright_domain::secret::SecretText;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::path::PathBuf;

/// Longest time for one message, in seconds.
pub const MAIL_TIMEOUT_S_MAX: u64 = 60;

choice! {
    /// How the connection to the mail server is protected.
    pub enum MailTls {
        /// By STARTTLS, and not used without (RFC 3207).
        StartTls = "starttls",
        /// By TLS from its start (RFC 8314).
        Implicit = "implicit",
        /// Not at all.
        None = "none",
    }
}

/// The mail server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Its name.
    pub host: Option<String>,
    /// Its port; what is usual for `tls` where absent.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub tls: MailTls,
    /// Certificate authorities to trust beside the system's, in PEM.
    pub ca_file: Option<PathBuf>,
    /// Whom this server signs in there as.
    pub username: Option<String>,
    /// With which password: the text itself, or `file:PATH`.
    pub password: Option<Confidential>,
    /// Who sends: an address, or `Name <address>`.
    pub from: Option<String>,
    /// Seconds for one message.
    pub timeout_s: u64,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            host: None,
            port: None,
            tls: MailTls::StartTls,
            ca_file: None,
            username: None,
            password: None,
            from: None,
            timeout_s: 10,
        }
    }
}

impl Mail {
    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            MailTls::StartTls => 587,
            MailTls::Implicit => 465,
            MailTls::None => 25,
        })
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        let mut complain = |key: &str, what: &str| complaints.push(Complaint::of(key, what));
        let Some(host) = &self.host else {
            // Rather than leave out silently what the operator asked for.
            let asks = self.from.is_some() || self.username.is_some() || self.port.is_some();
            if asks {
                complain("mail.host", "is missing, but other settings of [mail] are made: name the mail server");
            }
            return;
        };
        if host.trim().is_empty() {
            complain("mail.host", "is empty: name the mail server, or leave the setting out for no mail");
        }
        match &self.from {
            None => complain("mail.from", "is missing: say who sends, such as \"Example <no-reply@example.com>\""),
            Some(from) if !is_sender(from) => {
                complain("mail.from", "is no mail address, such as \"Example <no-reply@example.com>\"");
            }
            Some(_) => {}
        }
        match (&self.username, &self.password) {
            (Some(_), None) => complain("mail.password", "is missing, but mail.username is set"),
            (None, Some(_)) => complain("mail.username", "is missing, but mail.password is set"),
            (Some(_), Some(_)) if self.tls == MailTls::None && !is_loopback(host) => {
                complain("mail.tls", "is none, so that the password would travel in clear: write \"starttls\"");
            }
            _ => {}
        }
        if self.port == Some(0) {
            complain("mail.port", "is 0; it must be from 1 to 65535");
        }
        within(complaints, "mail.timeout_s", self.timeout_s, 1..=MAIL_TIMEOUT_S_MAX);
    }

    pub(super) fn specimen() -> Self {
        Self {
            host: Some(String::new()),
            port: Some(25),
            ca_file: Some("ca.pem".into()),
            username: Some(String::new()),
            password: Some(Confidential::new(SecretText::new(""))),
            from: Some(String::new()),
            ..Self::default()
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

//! Sends messages by SMTP (RFC 5321), with STARTTLS (RFC 3207), TLS from the start (RFC 8314) or neither.

use gatewright_domain::capabilities::mail::{Message, TITLE_CHARS_MAX};
use gatewright_domain::capabilities::{CallFailed, CapabilityError};
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::entropy::{Entropy, random_text};
use gatewright_domain::fault::Fault;
use gatewright_domain::secret::SecretText;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Letter};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters, TlsVersion};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

/// How much of what a mail server says is passed on, in characters.
pub const SMTP_WHY_CHARS_MAX: usize = 200;

const PLACE: &str = "mail";
const SERVER: &str = "the mail server";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// By STARTTLS, and not used without.
    StartTls,
    /// By TLS from its start.
    Implicit,
    /// Not at all.
    None,
}

/// The mail server, and who sends.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// Certificate authorities beside the system's, in PEM.
    pub authorities: Option<Vec<u8>>,
    /// Username and password.
    pub credentials: Option<(String, SecretText)>,
    /// Who sends: an address, or `Name <address>`.
    pub from: String,
    /// What this server calls itself.
    pub name: String,
    /// For one message, from the connection to the last answer.
    pub timeout: Duration,
}

/// Why mail cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum MailUnusable {
    /// The sender is none.
    #[error("{from:?} is no mail address")]
    Sender {
        /// As configured.
        from: String,
    },
    /// TLS cannot be set up: the authorities are none, or the system's cannot be read.
    #[error("TLS to the mail server cannot be set up: {why}")]
    Tls {
        /// Why.
        why: String,
    },
}

/// Whether the text is an address, or a name with one.
pub fn is_sender(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

/// Sends messages, each on a connection of its own.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    name: String,
    timeout: Duration,
}

impl Mailer {
    /// Ready to send; connects to nobody yet.
    ///
    /// # Errors
    /// What of the settings cannot be used.
    pub fn new(settings: &SmtpSettings) -> Result<Self, MailUnusable> {
        let from = settings.from.parse();
        let from = from.map_err(|_| MailUnusable::Sender { from: settings.from.clone() })?;
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls(settings)?)
            .hello_name(ClientId::Domain(settings.name.clone()))
            .timeout(Some(settings.timeout));
        if let Some((username, password)) = &settings.credentials {
            transport = transport.credentials(Credentials::new(username.clone(), password.expose().to_owned()));
        }
        Ok(Self { transport: transport.build(), from, name: settings.name.clone(), timeout: settings.timeout })
    }

    /// Sends a message now, under a name of its own.
    ///
    /// # Errors
    /// Why not, or a fault.
    pub(crate) async fn post(
        &self,
        to: Address,
        message: &Message,
        (clock, entropy): (&dyn Clock, &dyn Entropy),
    ) -> Result<(), CallFailed> {
        // lettre folds and encodes; what has more than one line never was a title.
        let title_fits = message.title.chars().count() <= TITLE_CHARS_MAX;
        if !title_fits || message.title.chars().any(char::is_control) {
            let why = format!("a message's title has at most {TITLE_CHARS_MAX} characters, on one line");
            return Err(CapabilityError::Invalid { why }.into());
        }
        let id = random_text::<16>(entropy);
        self.send(to, message, (&id, clock.now())).await
    }

    async fn send(&self, to: Address, message: &Message, (id, now): (&str, Timestamp)) -> Result<(), CallFailed> {
        let since_1970 = Duration::from_secs(u64::try_from(now.0).unwrap_or(0));
        let letter = Letter::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&message.title)
            .date(UNIX_EPOCH + since_1970)
            .message_id(Some(format!("<{id}@{}>", self.name)))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())
            .map_err(|error| Fault::caused(PLACE, error))?;
        // lettre's own limit is on the connection alone.
        match tokio::time::timeout(self.timeout, self.transport.send(letter)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failure(&error, self.timeout).into()),
            Err(_) => Err(too_late(self.timeout).into()),
        }
    }
}

fn tls(settings: &SmtpSettings) -> Result<Tls, MailUnusable> {
    if settings.tls == SmtpTls::None {
        return Ok(Tls::None);
    }
    let unusable = |error: SmtpError| MailUnusable::Tls { why: innermost(&error) };
    let mut parameters = TlsParameters::builder(settings.host.clone()).set_min_tls_version(TlsVersion::Tlsv12);
    for certificate in certificates(settings.authorities.as_deref().unwrap_or_default())? {
        let certificate = Certificate::from_pem(certificate.as_bytes()).map_err(unusable)?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters.build_native().map_err(unusable)?;
    Ok(if settings.tls == SmtpTls::Implicit { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
}

/// The certificates of a file of many, each for itself.
fn certificates(pem: &[u8]) -> Result<Vec<String>, MailUnusable> {
    let none = || MailUnusable::Tls { why: "the extra certificate authorities are no PEM certificates".to_owned() };
    let text = std::str::from_utf8(pem).map_err(|_| none())?;
    let certificates: Vec<String> =
        text.split(CERTIFICATE).skip(1).map(|certificate| format!("{CERTIFICATE}{certificate}")).collect();
    if certificates.is_empty() && !pem.is_empty() { Err(none()) } else { Ok(certificates) }
}

/// The failure in our words.
fn failure(error: &SmtpError, timeout: Duration) -> CapabilityError {
    let why = innermost(error);
    match error.status() {
        _ if error.is_timeout() => too_late(timeout),
        Some(code) if error.is_permanent() => {
            CapabilityError::Invalid { why: format!("{SERVER} refused the message: {code} {why}") }
        }
        Some(code) => CapabilityError::Unreachable {
            what: SERVER.to_owned(),
            why: format!("it asks to try again later: {code} {why}"),
        },
        None => CapabilityError::Unreachable { what: SERVER.to_owned(), why },
    }
}

fn too_late(timeout: Duration) -> CapabilityError {
    let why = format!("the message was not taken within {} s", timeout.as_secs_f32());
    CapabilityError::Unreachable { what: SERVER.to_owned(), why }
}

/// The innermost reason: what the server said, or why there is no connection.
fn innermost(error: &SmtpError) -> String {
    let mut reason: &(dyn Error + 'static) = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    let plain = |letter: &char| !letter.is_control();
    reason.to_string().chars().filter(plain).take(SMTP_WHY_CHARS_MAX).collect()
}

/// Nobody is to answer by a machine (RFC 3834 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

//! What policies and the engine are lent of the world: outgoing HTTP behind a guard, password hashing, the directory, the
//! limit on guessing, factors, passkeys, mail and notices, logout tokens to clients, the operator's secrets, time and randomness. reqwest, argon2, lettre,
//! totp-rs, webauthn-rs and the operating system's generator live only here.

mod address;
mod argon2_hasher;
mod audited_events;
mod back_channel;
mod clock;
mod directory;
mod entropy;
mod factor_vault;
mod factors;
mod fetch;
mod guess_limit;
mod hashing_threads;
mod http;
mod mail;
mod noticed_events;
mod notices;
mod origin;
mod outgoing;
mod recorded_factors;
mod recovery;
mod request_headers;
mod resolver;
mod secrets;
mod totp;
mod tries;
mod turns;
mod upstream;
mod webauthn;

#[cfg(test)]
mod factor_fakes;
#[cfg(test)]
mod fakes;

pub use argon2_hasher::{Argon2Hasher, HASH_QUEUE_MAX, HashCost, ITERATIONS_MAX, LANES_MAX, MEMORY_KIB_MAX};
pub use audited_events::AuditedEvents;
pub use back_channel::{GuardedBackChannel, LOGOUT_ANSWER_BYTES_MAX};
pub use clock::SystemClock;
pub use directory::Directory;
pub use entropy::OsEntropy;
pub use factor_vault::{FactorVault, NewFactor};
pub use factors::BindingFactors;
pub use fetch::{FETCH_TIMEOUT_MS, FetchSettings, GuardedFetcher};
pub use guess_limit::{FAILED_TRIES_KEPT_S, GuessLimitSetup, GuessingPaces, StoredGuessLimit};
pub use http::GuardedHttp;
pub use mail::{
    MAILS_AN_HOUR_MAX, MailSetup, MailUnusable, Mailer, SMTP_WHY_CHARS_MAX, SmtpMail, SmtpSettings, SmtpTls, is_sender,
};
pub use noticed_events::NoticedEvents;
pub use notices::{
    LOCKOUT_NOTICES_A_DAY_MAX, MailedNotices, NOTICES_AT_ONCE_MAX, NOTICES_FINISH_S, NOTICES_WAITING_MAX, NoticesSetup,
};
pub use outgoing::{IN_FLIGHT_MAX, OutgoingError, RESPONSE_HEADER_BYTES_MAX};
pub use recorded_factors::RecordedFactors;
pub use recovery::{RECOVERY_ALPHABET, RECOVERY_CODE_CHARS, RecoveryCodes, RecoverySetup};
pub use request_headers::{REQUEST_HEADER_BYTES_MAX, REQUEST_HEADERS_MAX};
pub use secrets::{ConfiguredSecrets, SECRET_BYTES_MAX, SecretUnreadable};
pub use totp::{AuthenticatorApps, TOTP_DRIFT_STEPS, TOTP_STEP_S, TotpSetup};
pub use turns::TURNS_MAX;
pub use upstream::{PROVIDER_BYTES_MAX, PROVIDER_TIMEOUT_MS, UpstreamProvider, UpstreamProviders, UpstreamSetup};
pub use webauthn::{CREDENTIAL_ID_BYTES_MAX, NoRelyingParty, Passkeys, PasskeysSetup, RelyingParty};

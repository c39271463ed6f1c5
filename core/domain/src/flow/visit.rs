//! A visit: where it may lead, and what tells its return from that of every other (RFC 6749 10.12, RFC 9700 4.4.2).
//!
//! A `state` belongs to one visit. Whoever was visited knows that visit's and no other, so what they send back can
//! never answer a visit to somebody else.

use super::call::{HostAnswer, HostCall, Visit};
use super::host::invalid;
use super::journal::Journal;
use crate::entropy::{Entropy, random_text};
use crate::identifiers::InteractionId;
use url::{Host, Url};

/// Random bytes of a `state`.
const STATE_BYTES: usize = 16;

/// A new `state`: it begins with the interaction it leads back to.
pub(super) fn draw_state(interaction: Option<&InteractionId>, entropy: &dyn Entropy) -> String {
    let interaction = interaction.map_or("", InteractionId::as_str);
    format!("{interaction}.{}", random_text::<STATE_BYTES>(entropy))
}

/// What a hook is told of a visit that the browser must not be sent on; none when it may go.
pub(super) fn refused(visit: &Visit, journal: &Journal) -> Option<HostAnswer> {
    if !is_trusted(&visit.url) {
        let why =
            "visit needs an absolute https URL without user name; http leads only to localhost, 127.0.0.1 or [::1]";
        return Some(invalid(why.to_owned()));
    }
    if journal.unspent_state().is_none() {
        let why =
            "visit needs a `state` of its own: call return_state() before each visit and send what it answers along";
        return Some(invalid(why.to_owned()));
    }
    None
}

/// Whether nobody between the browser and the site can read or change what it carries.
fn is_trusted(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let plain = url.username().is_empty() && url.password().is_none();
    let trusted = match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => name == "localhost",
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    };
    plain && trusted
}

impl Journal {
    /// The `state` that the browser must bring back from the visit the flow waits for; none when it waits for no visit.
    pub fn awaited_state(&self) -> Option<&str> {
        self.unspent_state().filter(|_| matches!(self.waiting(), Some(HostCall::Visit(_))))
    }

    /// Whether `state` was given out for a visit of this flow, be it over or not.
    pub fn knows_state(&self, state: &str) -> bool {
        self.entries().iter().any(|entry| matches!(&entry.answer, HostAnswer::State(drawn) if drawn == state))
    }

    /// The newest `state` that no visit has used up.
    fn unspent_state(&self) -> Option<&str> {
        let since_return =
            self.entries().iter().rev().take_while(|entry| !matches!(entry.answer, HostAnswer::Returned(_)));
        since_return.into_iter().find_map(|entry| match &entry.answer {
            HostAnswer::State(state) => Some(state.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_leads_to_https_or_to_this_very_machine() {
        let good = [
            "https://idp.example/a?b#c",
            "HTTPS://idp.example",
            "http://localhost:8080/x",
            "http://127.0.0.1/",
            "http://[::1]:1/",
        ];
        let bad = [
            "http://idp.example/",
            "http://localhost.example/",
            "http://10.0.0.1/",
            "ftp://idp.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "//idp.example/",
            "/visit",
            "",
            "https://user@idp.example/",
            "https://:secret@idp.example/",
        ];
        for url in good {
            assert!(is_trusted(url), "{url}");
        }
        for url in bad {
            assert!(!is_trusted(url), "{url}");
        }
    }
}

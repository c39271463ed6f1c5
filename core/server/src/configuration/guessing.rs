//! `[guessing]`: how often secrets may be guessed (RFC 6749 10.10, NIST SP 800-63B 5.2.2).

use super::complaint::{Complaint, within};
use gatewright_capabilities::TURNS_MAX;
use gatewright_domain::guessing::Pace;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv6Addr};

/// Most tries that may be free, or lead to the lockout.
pub const TRIES_MAX: u32 = 1_000_000;
/// Longest wait, in seconds (31 days).
pub const WAIT_S_MAX: u64 = 31 * 24 * 3600;
/// Least free tries at an account: more than a node checks at once, so that right passwords never wait for one another.
const FREE_TRIES_MIN: u32 = TURNS_MAX as u32 + 1;

/// How often secrets may be guessed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guessing {
    /// Networks that no address is counted of, here and in `limits.sign_ins_*`.
    #[serde(with = "super::networks")]
    pub trusted_networks: Vec<IpNet>,
    /// At one account.
    pub account: Pace,
    /// From one address.
    pub address: Pace,
}

impl Default for Guessing {
    fn default() -> Self {
        let loopback = [IpNet::from(IpAddr::from([127, 0, 0, 1])), IpNet::from(IpAddr::from(Ipv6Addr::LOCALHOST))];
        Self {
            trusted_networks: loopback.into(),
            account: Pace {
                free_tries: 5,
                delay_s: 1,
                delay_max_s: 900,
                lockout_tries: 100,
                lockout_s: 86_400,
                window_s: 86_400,
            },
            address: Pace {
                free_tries: 200,
                delay_s: 1,
                delay_max_s: 60,
                lockout_tries: 1_000,
                lockout_s: 3_600,
                window_s: 3_600,
            },
        }
    }
}

impl Guessing {
    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        for (section, pace) in [("account", &self.account), ("address", &self.address)] {
            let key = |name: &str| format!("guessing.{section}.{name}");
            within(complaints, &key("free_tries"), pace.free_tries, FREE_TRIES_MIN..=TRIES_MAX);
            within(complaints, &key("delay_s"), pace.delay_s, 1..=WAIT_S_MAX);
            within(complaints, &key("delay_max_s"), pace.delay_max_s, pace.delay_s..=WAIT_S_MAX);
            within(complaints, &key("lockout_tries"), pace.lockout_tries, pace.free_tries..=TRIES_MAX);
            within(complaints, &key("lockout_s"), pace.lockout_s, pace.delay_max_s..=WAIT_S_MAX);
            within(complaints, &key("window_s"), pace.window_s, 60..=WAIT_S_MAX);
        }
        if self.trusted_networks.iter().any(|network| network.prefix_len() == 0) {
            let what = "has a network of every address, so that nothing would be counted of any";
            complaints.push(Complaint::of("guessing.trusted_networks", what));
        }
    }
}

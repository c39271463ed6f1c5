//! What an end-user usually does: the browsers they use and the networks they come from. A browser's name proves
//! nothing, it is only a sign; so it is kept as a short digest.

use crate::settings::{BUSY_SUBJECT, HABIT_S, HABITS_MAX, NEW_DEVICE, NEW_NETWORK, PER_SUBJECT_MAX, WINDOW_S};
use gatewright_plugin::Origin;
use gatewright_plugin::prelude::*;
use std::net::IpAddr;

/// Where a sign-in comes from, and on what.
pub struct Visit {
    device: String,
    network: String,
}

/// What was seen before, the oldest first.
#[derive(Default)]
pub struct Habits {
    devices: Vec<String>,
    networks: Vec<String>,
}

impl Visit {
    /// Of a request.
    pub fn of(origin: &Origin) -> Self {
        let device = digest(origin.user_agent.as_deref().unwrap_or_default());
        Self { device: format!("{device:016x}"), network: network_of(&origin.ip) }
    }
}

impl Habits {
    /// Of an end-user.
    pub fn of(subject: &str) -> Outcome<Self> {
        let Some(seen) = kv::get(&place(subject))? else { return Ok(Self::default()) };
        let texts = |name: &str| seen[name].texts().into_iter().map(Into::into).collect();
        Ok(Self { devices: texts("devices"), networks: texts("networks") })
    }

    /// What is unusual about a visit. Of somebody who was never seen, everything is.
    pub fn score(&self, visit: &Visit) -> i64 {
        let device = if self.devices.contains(&visit.device) { 0 } else { NEW_DEVICE };
        let network = if self.networks.contains(&visit.network) { 0 } else { NEW_NETWORK };
        device + network
    }

    /// Remembers a visit.
    pub fn learn(&mut self, visit: Visit, subject: &str) -> Outcome<()> {
        remember(&mut self.devices, visit.device);
        remember(&mut self.networks, visit.network);
        let seen = Value::object().with("devices", self.devices.clone()).with("networks", self.networks.clone());
        Ok(kv::put(&place(subject), seen, HABIT_S)?)
    }
}

/// What is unusual about how often an end-user signs in, counting this time.
pub fn velocity(subject: &str) -> Outcome<i64> {
    let times = kv::add(&format!("n{subject}"), 1, WINDOW_S)?;
    Ok(if times > PER_SUBJECT_MAX { BUSY_SUBJECT } else { 0 })
}

/// Where habits are kept. A subject has up to 255 bytes and a key 256.
fn place(subject: &str) -> String {
    format!("h{subject}")
}

/// Puts `new` last.
fn remember(seen: &mut Vec<String>, new: String) {
    seen.retain(|old| *old != new);
    seen.push(new);
    seen.drain(..seen.len().saturating_sub(HABITS_MAX));
}

/// The network that an address is assigned from: 24 bits of IPv4, 48 of IPv6.
fn network_of(ip: &str) -> String {
    match ip.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}")
        }
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}")
        }
        Err(_) => ip.to_owned(),
    }
}

/// FNV-1a: short, and the same wherever it runs.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_alike() {
        assert_eq!(network_of("203.0.113.7"), network_of("::ffff:203.0.113.200"));
        assert_ne!(network_of("203.0.113.7"), network_of("203.0.112.7"));
        assert_eq!(network_of("2001:db8:1:2::3"), network_of("2001:db8:1:ffff::1"));
        assert_ne!(network_of("2001:db8:1::"), network_of("2001:db8:2::"));
    }

    #[test]
    fn the_oldest_habit_is_forgotten_first() {
        let mut seen = Vec::new();
        for new in 0..=HABITS_MAX {
            remember(&mut seen, new.to_string());
        }
        remember(&mut seen, "1".into());
        assert_eq!(seen.len(), HABITS_MAX);
        assert_eq!(seen.first().map(String::as_str), Some("2"));
        assert_eq!(seen.last().map(String::as_str), Some("1"));
    }

    #[test]
    fn the_digest_is_fnv_1a() {
        assert_eq!(digest(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest("foobar"), 0x8594_4171_f739_67e8);
    }
}

//! `[limits]`: how much one caller may take, and how long.

use super::complaint::{Complaint, within};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Requests' sizes and times.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Largest request body, in bytes.
    pub request_body_bytes: u64,
    /// Largest request head (method, path, headers), in bytes.
    pub request_head_bytes: u32,
    /// Open connections; more wait to be accepted.
    pub connections: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams_per_connection: u32,
    /// Requests being answered at once; more get 503.
    pub requests_in_flight: usize,
    /// Sign-ins that one address may begin a minute.
    pub sign_ins_per_minute: u32,
    /// Sign-ins that one address may begin at once.
    pub sign_ins_at_once: u32,
    /// Time for a TLS handshake, in seconds.
    pub tls_handshake_timeout_s: u64,
    /// Time for a request's head, in seconds; also how long a connection may wait for its next request.
    pub header_read_timeout_s: u64,
    /// Time for a request's body, in seconds.
    pub body_read_timeout_s: u64,
    /// Time a connection may be silent in both directions, in seconds.
    pub idle_timeout_s: u64,
    /// Time that requests in flight are given when the server stops, in seconds.
    pub stop_timeout_s: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_body_bytes: 64 * 1024,
            request_head_bytes: 32 * 1024,
            connections: 4096,
            streams_per_connection: 100,
            requests_in_flight: 1024,
            sign_ins_per_minute: 300,
            sign_ins_at_once: 600,
            tls_handshake_timeout_s: 5,
            header_read_timeout_s: 30,
            body_read_timeout_s: 10,
            idle_timeout_s: 75,
            stop_timeout_s: 10,
        }
    }
}

/// Longest of the times, in seconds.
const SECONDS: RangeInclusive<u64> = 1..=3600;

impl Limits {
    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        // hyper takes no smaller buffer than 8 KiB.
        within(complaints, "limits.request_head_bytes", self.request_head_bytes, 8 * 1024..=1024 * 1024);
        within(complaints, "limits.request_body_bytes", self.request_body_bytes, 1024..=16 * 1024 * 1024);
        within(complaints, "limits.connections", self.connections, 1..=1_000_000);
        within(complaints, "limits.streams_per_connection", self.streams_per_connection, 1..=10_000);
        within(complaints, "limits.requests_in_flight", self.requests_in_flight, 1..=1_000_000);
        within(complaints, "limits.sign_ins_per_minute", self.sign_ins_per_minute, 1..=1_000_000);
        within(complaints, "limits.sign_ins_at_once", self.sign_ins_at_once, 1..=1_000_000);
        let times = [
            ("limits.tls_handshake_timeout_s", self.tls_handshake_timeout_s),
            ("limits.header_read_timeout_s", self.header_read_timeout_s),
            ("limits.body_read_timeout_s", self.body_read_timeout_s),
            ("limits.idle_timeout_s", self.idle_timeout_s),
            ("limits.stop_timeout_s", self.stop_timeout_s),
        ];
        for (key, seconds) in times {
            within(complaints, key, seconds, SECONDS);
        }
    }
}

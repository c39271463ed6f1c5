//! Rules that settings must hold to, each by itself and with one another.

use super::complaint::Complaint;
use super::keys::DAY_S;
use super::{Configuration, admin, profile};
use gatewright_protocol::issuer::Issuer;
use std::net::IpAddr;

/// Everything in a configuration that cannot stand.
pub(super) fn admit(configuration: &Configuration) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    configuration.tls.admit(&mut complaints);
    configuration.proxy.admit(&mut complaints);
    configuration.database.admit(&mut complaints);
    configuration.keys.admit(&mut complaints);
    configuration.policy.admit(&mut complaints);
    configuration.lifetimes.admit(&mut complaints);
    configuration.scopes.admit(&mut complaints);
    configuration.secrets.admit(&mut complaints);
    configuration.oidc.admit(&mut complaints);
    configuration.logout.admit(&mut complaints);
    configuration.mail.admit(&mut complaints);
    configuration.passwords.admit(&mut complaints);
    configuration.guessing.admit(&mut complaints);
    configuration.logging.admit(&mut complaints);
    configuration.limits.admit(&mut complaints);
    configuration.trace.admit(&mut complaints);
    configuration.cors.admit(&mut complaints);
    admin::admit(configuration, &mut complaints);
    profile::admit(configuration, &mut complaints);
    admit_issuer(configuration, &mut complaints);
    admit_overlap(configuration, &mut complaints);
    complaints
}

/// The issuer's scheme must be the one that requests really arrive by (OpenID Connect Discovery 1.0 3: https).
fn admit_issuer(configuration: &Configuration, complaints: &mut Vec<Complaint>) {
    let issuer = &configuration.issuer;
    let mut complain = |what: &str| complaints.push(Complaint::of("issuer", what));
    let ends_tls = configuration.tls.files().is_some();
    if issuer.is_https() {
        if !ends_tls && configuration.proxy.trusted.is_empty() {
            complain(
                "is https, but nothing here speaks HTTPS: set tls.certificate_file and tls.key_file, or name the proxy \
                 that does in proxy.trusted",
            );
        }
        return;
    }
    if ends_tls {
        complain("is http, but tls.certificate_file makes this an HTTPS server: write https://");
    } else if !is_loopback(issuer) && !configuration.protocol.allow_http_issuer {
        complain(
            "is http on another host than this machine: passwords and tokens would travel in clear. Write https://, or \
             set protocol.allow_http_issuer for a closed test network",
        );
    }
}

fn is_loopback(issuer: &Issuer) -> bool {
    let host = issuer.host().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A key must be published for as long as anything it signed is valid.
fn admit_overlap(configuration: &Configuration, complaints: &mut Vec<Complaint>) {
    let longest_s = configuration.lifetimes.access_token_s.max(configuration.lifetimes.id_token_s);
    if configuration.keys.overlap_days.saturating_mul(DAY_S) < longest_s {
        let what = format!("is shorter than the tokens that a key has signed live ({longest_s} s)");
        complaints.push(Complaint::of("keys.overlap_days", &what));
    }
}

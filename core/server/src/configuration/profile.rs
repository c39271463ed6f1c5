//! `protocol.profile`: settings that contradict the profile that every client is held to. A server that could not keep to
//! it does not start.

use super::Configuration;
use super::complaint::Complaint;
use gatewright_engine::fapi2;
use gatewright_protocol::security_profile::SecurityProfile;

pub(super) fn admit(configuration: &Configuration, complaints: &mut Vec<Complaint>) {
    if configuration.protocol.profile != Some(SecurityProfile::Fapi2) {
        return;
    }
    let mut complain = |key: &str, what: &str| {
        complaints.push(Complaint::of(key, &format!("contradicts protocol.profile = \"fapi2\": {what}")));
    };
    if !configuration.issuer.is_https() {
        complain("issuer", "write https://, and set tls.certificate_file or proxy.trusted");
    }
    if configuration.protocol.allow_http_issuer {
        complain("protocol.allow_http_issuer", "take it out");
    }
    if configuration.lifetimes.code_s > fapi2::CODE_S_MAX {
        complain("lifetimes.code_s", &format!("write {} or less", fapi2::CODE_S_MAX));
    }
    let keys = &configuration.keys;
    if let Some(other) = keys.algorithms.iter().find(|algorithm| !fapi2::ALGORITHMS.contains(algorithm)) {
        complain("keys.algorithms", &format!("take {other} out; there are ES256, PS256 and EdDSA"));
    }
    if !fapi2::ALGORITHMS.contains(&keys.default_algorithm) {
        complain("keys.default_algorithm", "write ES256, PS256 or EdDSA");
    }
}

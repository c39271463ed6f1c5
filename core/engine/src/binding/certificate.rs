//! Whether a certificate is that of a client (RFC 8705 2.1.2 and 2.2.2).

use crate::Engine;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_domain::certificate::ClientCertificate;
use gatewright_domain::client::{Client, ClientKeys};
use gatewright_domain::fetch::FetchFailed;
use gatewright_protocol::distinguished_name::DistinguishedName;
use gatewright_protocol::public_jwk::PublicJwk;
use gatewright_protocol::registration::binding_metadata::BindingMetadata;
use serde_json::Value;
use std::net::IpAddr;

impl Engine {
    /// Whether a certificate has one of the client's keys; newer ones are asked for where those that are known do not fit.
    pub(crate) async fn has_key_of(
        &self,
        client: &Client,
        certificate: &ClientCertificate,
    ) -> Result<bool, FetchFailed> {
        let Some(keys) = &client.keys else { return Ok(false) };
        if is_among(certificate, self.keys_of(keys, false).await?.as_ref()) {
            return Ok(true);
        }
        match keys {
            ClientKeys::Inline(_) => Ok(false),
            ClientKeys::Uri(_) => Ok(is_among(certificate, self.keys_of(keys, true).await?.as_ref())),
        }
    }
}

/// Whether a certificate that an authority vouches for has the one name that the client registered, exactly.
pub(crate) fn has_name_of(certificate: &ClientCertificate, registered: &BindingMetadata) -> bool {
    let names = registered.certificate_names();
    let [(member, name)] = names.as_slice() else { return false };
    let fits = match *member {
        "tls_client_auth_subject_dn" => {
            DistinguishedName::parse(name).is_ok_and(|name| certificate.subject.as_ref() == Some(&name))
        }
        // Host names have no case (RFC 4343).
        "tls_client_auth_san_dns" => certificate.dns_names.iter().any(|known| known.eq_ignore_ascii_case(name)),
        "tls_client_auth_san_uri" => certificate.uris.iter().any(|known| known == name),
        "tls_client_auth_san_ip" => name.parse::<IpAddr>().is_ok_and(|ip| certificate.ip_addresses.contains(&ip)),
        "tls_client_auth_san_email" => certificate.emails.iter().any(|known| known == name),
        _ => false,
    };
    certificate.is_vouched_for && fits
}

/// Whether a key set has the certificate itself (`x5c`), or its key.
fn is_among(certificate: &ClientCertificate, jwks: &Value) -> bool {
    let is_it = |jwk: &Value| match jwk.get("x5c").and_then(|chain| chain.get(0)) {
        Some(first) => first.as_str().is_some_and(|text| STANDARD.decode(text).is_ok_and(|der| der == certificate.der)),
        None => certificate.key.as_ref().is_some_and(|key| PublicJwk::parse(jwk).is_ok_and(|known| known == *key)),
    };
    jwks.get("keys").and_then(Value::as_array).is_some_and(|keys| keys.iter().any(is_it))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use gatewright_protocol::thumbprint::Thumbprint;
    use serde_json::json;

    /// A certificate that an authority vouches for.
    pub(crate) fn certificate() -> ClientCertificate {
        let der = b"certificate".to_vec();
        ClientCertificate {
            thumbprint: Thumbprint::of(&der),
            der,
            key: PublicJwk::parse(&json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "BB" })).ok(),
            is_vouched_for: true,
            subject: DistinguishedName::parse("CN=client,O=Acme").ok(),
            dns_names: vec!["client.example".into()],
            uris: vec!["https://client.example/id".into()],
            ip_addresses: vec!["2001:db8::1".parse().unwrap()],
            emails: vec!["ops@client.example".into()],
        }
    }

    fn named(member: &str, name: &str) -> BindingMetadata {
        serde_json::from_value(json!({ member: name })).unwrap()
    }

    #[test]
    fn a_certificate_has_the_one_name_that_the_client_registered() {
        let table = [
            ("tls_client_auth_subject_dn", "cn=client, o=Acme", true),
            ("tls_client_auth_subject_dn", "CN=client", false),
            ("tls_client_auth_subject_dn", "O=Acme,CN=client", false),
            ("tls_client_auth_san_dns", "Client.Example", true),
            ("tls_client_auth_san_dns", "other.client.example", false),
            ("tls_client_auth_san_uri", "https://client.example/id", true),
            ("tls_client_auth_san_uri", "https://client.example/", false),
            ("tls_client_auth_san_ip", "2001:DB8:0::1", true),
            ("tls_client_auth_san_ip", "192.0.2.1", false),
            ("tls_client_auth_san_email", "ops@client.example", true),
            ("tls_client_auth_san_email", "OPS@client.example", false),
        ];
        for (member, name, fits) in table {
            assert_eq!(has_name_of(&certificate(), &named(member, name)), fits, "{member} {name}");
            let stranger = ClientCertificate { is_vouched_for: false, ..certificate() };
            assert!(!has_name_of(&stranger, &named(member, name)), "anyone can make a certificate of any name");
        }
        assert!(!has_name_of(&certificate(), &BindingMetadata::default()));
        let nameless = ClientCertificate { subject: None, ..certificate() };
        assert!(!has_name_of(&nameless, &named("tls_client_auth_subject_dn", "CN=client,O=Acme")));
    }

    #[test]
    fn a_certificate_is_the_clients_by_itself_or_by_its_key() {
        let key = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "BB", "kid": "1" });
        let other = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "CC" });
        let with =
            |der: &[u8]| json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "BB", "x5c": [STANDARD.encode(der)] });
        let table = [
            (json!([other, key]), true),
            (json!([other]), false),
            (json!([with(b"certificate")]), true),
            (json!([with(b"another")]), false),
            (json!([]), false),
            (json!("text"), false),
        ];
        for (keys, fits) in table {
            assert_eq!(is_among(&certificate(), &json!({ "keys": keys })), fits, "{keys}");
        }
        let strange = ClientCertificate { key: None, ..certificate() };
        assert!(!is_among(&strange, &json!({ "keys": [key] })));
    }
}

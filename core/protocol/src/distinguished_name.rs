//! Distinguished names, as text (RFC 4514) and as a certificate has them, so that the one can be compared with the other
//! exactly (RFC 8705 2.1.2). A relative name of several attributes (`CN=a+OU=b`) is not taken.

use crate::malformed::Malformed;

/// Longest name as text, in bytes.
pub const NAME_MAX_BYTES: usize = 1024;

const WHAT: &str = "distinguished name";

/// Attribute types by their object identifier, their short names (RFC 4514 3, RFC 4519 2, RFC 5280 A.1) and the long ones
/// of certificates.
const TYPES: [(&str, &[&str]); 16] = [
    ("2.5.4.3", &["cn", "commonname"]),
    ("2.5.4.4", &["sn", "surname"]),
    ("2.5.4.5", &["serialnumber"]),
    ("2.5.4.6", &["c", "countryname"]),
    ("2.5.4.7", &["l", "localityname"]),
    ("2.5.4.8", &["st", "stateorprovincename"]),
    ("2.5.4.9", &["street", "streetaddress"]),
    ("2.5.4.10", &["o", "organizationname"]),
    ("2.5.4.11", &["ou", "organizationalunitname"]),
    ("2.5.4.12", &["title"]),
    ("2.5.4.15", &["businesscategory"]),
    ("2.5.4.42", &["gn", "givenname"]),
    ("2.5.4.97", &["organizationidentifier"]),
    ("0.9.2342.19200300.100.1.1", &["uid", "userid"]),
    ("0.9.2342.19200300.100.1.25", &["dc", "domaincomponent"]),
    ("1.2.840.113549.1.9.1", &["emailaddress"]),
];

/// Attribute types (as object identifiers) and values, the most specific first, as text has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinguishedName(Vec<(String, String)>);

impl DistinguishedName {
    /// Reads a name from text.
    ///
    /// # Errors
    /// When it is none, or has an attribute type that this server does not know: its object identifier would do.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let form = |why| Malformed::Form { what: WHAT, why };
        if text.len() > NAME_MAX_BYTES {
            return Err(Malformed::TooLong { what: WHAT, limit: NAME_MAX_BYTES });
        }
        let mut attributes = Vec::new();
        for part in split(text) {
            let (kind, value) = part.split_once('=').ok_or_else(|| form("has a part without ="))?;
            let kind = object_identifier(kind.trim()).ok_or_else(|| form("has an unknown attribute type"))?;
            let value = unescape(trim(value)).ok_or_else(|| form("has a value that cannot be read"))?;
            attributes.push((kind, value));
        }
        Ok(Self(attributes))
    }

    /// The name of a certificate, whose attributes stand the least specific first. `None` for an attribute type that text
    /// could not name.
    #[must_use]
    pub fn of<'a>(attributes: impl Iterator<Item = (&'a str, String)>) -> Option<Self> {
        let mut read = Vec::new();
        for (kind, value) in attributes {
            read.push((object_identifier(kind)?, value));
        }
        read.reverse();
        (!read.is_empty()).then_some(Self(read))
    }
}

fn object_identifier(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let numbers = lower.strip_prefix("oid.").unwrap_or(&lower);
    if !numbers.is_empty() && numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Some(numbers.to_owned());
    }
    TYPES.iter().find(|(_, names)| names.contains(&lower.as_str())).map(|(numbers, _)| (*numbers).to_owned())
}

/// The parts between commas that are not escaped.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (position, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                parts.push(&text[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Without the spaces around it, but for one at the end that is escaped.
fn trim(value: &str) -> &str {
    let value = value.trim_start_matches(' ');
    let end = value.trim_end_matches(' ');
    let slashes = end.len() - end.trim_end_matches('\\').len();
    if slashes % 2 == 1 && end.len() < value.len() { &value[..=end.len()] } else { end }
}

/// A value without its escapes (RFC 4514 2.4). One in hexadecimal (`#`), and several in one part (`+`), are not read.
fn unescape(value: &str) -> Option<String> {
    if value.is_empty() || value.starts_with('#') {
        return None;
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' => {
                let next = rest.next()?;
                let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                match hex(next) {
                    Some(high) => bytes.push(high * 16 + hex(rest.next()?)?),
                    None => bytes.push(next),
                }
            }
            b'+' | b'"' | b';' | b'<' | b'>' | 0 => return None,
            plain => bytes.push(plain),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> DistinguishedName {
        DistinguishedName::parse(text).unwrap()
    }

    #[test]
    fn a_name_in_text_is_that_of_the_certificate_in_reverse() {
        let certificate = [("countryName", "DE"), ("organizationName", "Acme, Inc."), ("commonName", "client")];
        let of = DistinguishedName::of(certificate.iter().map(|(kind, value)| (*kind, (*value).to_owned()))).unwrap();
        for same in [
            "CN=client,O=Acme\\, Inc.,C=DE",
            "cn=client, o=Acme\\2C Inc. , c = DE",
            "2.5.4.3=client,OID.2.5.4.10=Acme\\, Inc.,2.5.4.6=DE",
        ] {
            assert_eq!(parsed(same), of, "{same}");
        }
        for other in ["CN=client", "C=DE,O=Acme\\, Inc.,CN=client", "CN=Client,O=Acme\\, Inc.,C=DE"] {
            assert_ne!(parsed(other), of, "{other}");
        }
    }

    #[test]
    fn escapes_stand_for_what_they_say() {
        assert_eq!(parsed("CN=\\20a\\ "), parsed("CN=\\ a\\20"));
        assert_eq!(parsed("CN=L\\C3\\BC"), parsed("CN=Lü"));
        assert_eq!(parsed("CN=a\\\\ "), parsed("CN=a\\5c"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = format!("CN={}", "x".repeat(NAME_MAX_BYTES));
        for text in
            ["", "client", "CN=", "CN=a,", "XX=a", "CN=a+OU=b", "CN=#0c0161", "CN=a\\", "CN=\\c", "CN=\\ff", &long]
        {
            assert!(DistinguishedName::parse(text).is_err(), "{text:.40}");
        }
        assert_eq!(DistinguishedName::of([].into_iter()), None, "a certificate without a name has none");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(CN|O|2\\.5)=[ -~ü\\\\]{0,20}(,C=\\PC{0,10})?") {
            if let Ok(name) = DistinguishedName::parse(&text) {
                prop_assert!(name.0.iter().all(|(_, value)| !value.is_empty()));
            }
        }
    }
}

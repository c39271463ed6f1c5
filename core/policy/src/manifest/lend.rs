//! `lend`: the capabilities a binding is given. A list of names, or a table where one needs more said:
//!
//! ```toml
//! lend = ["users", "kv"]
//! lend = { users = true, http = ["https://risk.example.com"], secrets = ["risk_api_key"] }
//! ```
//!
//! A list may name `http` and `secrets` too; then the binding says beside it which: `http = […]`, `secrets = […]`.

use super::Spot;
use super::document::Document;
use super::table::{Table, expected, list};
use crate::nearest::suggestion;
use gatewright_domain::capabilities::loan::{CAPABILITIES, HttpLoan, Loan};
use gatewright_domain::factor::OWN_KINDS;
use gatewright_domain::identifiers::FactorKind;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeValue};

/// Longest name of a secret, in bytes.
pub const SECRET_NAME_BYTES_MAX: usize = 128;

/// Longest kind of factor, in bytes.
pub const KIND_BYTES_MAX: usize = 64;

type Value<'s> = Spanned<DeValue<'s>>;

/// What a binding is lent, and where its manifest says so.
#[derive(Default)]
pub(super) struct Lending {
    pub(super) loan: Loan,
    pub(super) lent: Vec<Spot<&'static str>>,
}

/// Reads `lend`, and `http` and `secrets` beside it.
pub(super) fn read(binding: &mut Table<'_, '_>, document: &mut Document<'_>) -> Lending {
    let http = binding.value("http");
    let secrets = binding.value("secrets");
    match binding.value("lend") {
        None => {
            beside_nothing(http, "http", document);
            beside_nothing(secrets, "secrets", document);
            Lending::default()
        }
        Some(lend) => match lend.get_ref() {
            DeValue::Array(names) => {
                let loan = from_list(names, http, secrets, document);
                let named = |name: &str| {
                    let entry = names.iter().find(|entry| entry.get_ref().as_str() == Some(name));
                    entry.map_or_else(|| lend.span(), Spanned::span)
                };
                lending(loan, named, document)
            }
            DeValue::Table(table) => {
                beside_nothing(http, "http", document);
                beside_nothing(secrets, "secrets", document);
                let whole = Table::new(table, lend.span(), "`lend`");
                let loan = from_table(Table::new(table, lend.span(), "`lend`"), document);
                lending(loan, |name| whole.key_span(name), document)
            }
            _ => {
                let hint = "write `lend = [\"users\"]` or `lend = { users = true }`".to_owned();
                expected(lend, "lend", "a list or a table", Some(hint), document);
                Lending::default()
            }
        },
    }
}

fn lending(loan: Loan, named: impl Fn(&str) -> Range<usize>, document: &Document<'_>) -> Lending {
    let spot = |name| Spot { value: name, place: document.place(&named(name)) };
    Lending { lent: loan.names().into_iter().map(spot).collect(), loan }
}

fn beside_nothing(value: Option<&Value<'_>>, name: &str, document: &mut Document<'_>) {
    if let Some(value) = value {
        let hint = format!("add {name:?} to the list in `lend`, or say it inside: `lend = {{ {name} = […] }}`");
        document.wrong(value.span(), format!("`{name}` is not lent"), Some(hint));
    }
}

fn from_list(
    names: &DeArray<'_>,
    http: Option<&Value<'_>>,
    secrets: Option<&Value<'_>>,
    document: &mut Document<'_>,
) -> Loan {
    let mut loan = Loan::default();
    let (mut lends_http, mut lends_secrets) = (false, false);
    for entry in names.iter() {
        let Some(name) = super::table::text(entry, "lend", document) else { continue };
        match name.value {
            "log" => loan.log = true,
            "users" => loan.users = true,
            "kv" => loan.kv = true,
            "network" => loan.network = true,
            "http" => lends_http = true,
            "secrets" => lends_secrets = true,
            "totp" => loan.totp = true,
            "webauthn" => loan.webauthn = true,
            "mail" => loan.mail = true,
            "recovery" => loan.recovery = true,
            "factors" | "oidc" => {}
            other => unknown(other, entry, document),
        }
        let what = match name.value {
            "http" if http.is_none() => Some("origins, such as `http = [\"https://risk.example.com\"]`"),
            "secrets" if secrets.is_none() => Some("names, such as `secrets = [\"risk_api_key\"]`"),
            "factors" => Some("kind, in a table: `lend = { factors = \"badge\" }`"),
            "oidc" => Some("providers, in a table: `lend = { oidc = [\"corporate\"] }`"),
            _ => None,
        };
        if let Some(what) = what {
            let message = format!("`{}` is lent without saying which", name.value);
            document.wrong(entry.span(), message, Some(format!("add its {what}")));
        }
    }
    if lends_http {
        loan.http = http.and_then(|http| origins(http, document))
    } else {
        beside_nothing(http, "http", document)
    }
    if lends_secrets {
        loan.secrets = secrets.map_or_else(BTreeSet::new, |secrets| names_of(secrets, document));
    } else {
        beside_nothing(secrets, "secrets", document);
    }
    loan
}

fn from_table(mut table: Table<'_, '_>, document: &mut Document<'_>) -> Loan {
    let loan = Loan {
        log: table.flag("log", document),
        users: table.flag("users", document),
        kv: table.flag("kv", document),
        network: table.flag("network", document),
        http: table.value("http").and_then(|http| origins(http, document)),
        secrets: table.value("secrets").map_or_else(BTreeSet::new, |secrets| names_of(secrets, document)),
        factors: table.parsed::<OwnKind>("factors", document).map(|spot| spot.value.0),
        totp: table.flag("totp", document),
        webauthn: table.flag("webauthn", document),
        mail: table.flag("mail", document),
        recovery: table.flag("recovery", document),
        oidc: table.value("oidc").map_or_else(BTreeSet::new, |providers| {
            list::<ProviderName>(providers, "oidc", document).into_iter().map(|spot| spot.value.0).collect()
        }),
    };
    table.finish(document);
    loan
}

fn unknown(name: &str, entry: &Value<'_>, document: &mut Document<'_>) {
    document.wrong(entry.span(), format!("there is no capability `{name}`"), suggestion(name, &CAPABILITIES));
}

/// `["https://…"]`, or `{ origins = ["…"], private_addresses = true }`.
fn origins(value: &Value<'_>, document: &mut Document<'_>) -> Option<HttpLoan> {
    let (origins, private_addresses) = match value.get_ref() {
        DeValue::Table(inner) => {
            let mut table = Table::new(inner, value.span(), "`http`");
            let origins = table.list::<Origin>("origins", document);
            if origins.is_empty() && inner.get("origins").is_none() {
                table.missing(
                    "origins",
                    "say where requests may go: `origins = [\"https://risk.example.com\"]`",
                    document,
                );
            }
            let private_addresses = table.flag("private_addresses", document);
            table.finish(document);
            (origins, private_addresses)
        }
        _ => (list::<Origin>(value, "http", document), false),
    };
    let origins: BTreeSet<String> = origins.into_iter().map(|spot| spot.value.0).collect();
    (!origins.is_empty()).then_some(HttpLoan { origins, private_addresses })
}

fn names_of(value: &Value<'_>, document: &mut Document<'_>) -> BTreeSet<String> {
    list::<SecretName>(value, "secrets", document).into_iter().map(|spot| spot.value.0).collect()
}

/// The name of a configured secret.
struct SecretName(String);

impl TryFrom<&str> for SecretName {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let sound =
            (1..=SECRET_NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if sound { Ok(Self(text.to_owned())) } else { Err("a secret's name has 1 to 128 visible ASCII characters") }
    }
}

/// The name of a configured OpenID Provider.
struct ProviderName(String);

impl TryFrom<&str> for ProviderName {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let name = SecretName::try_from(text).map_err(|_| "a provider's name has 1 to 128 visible ASCII characters")?;
        Ok(Self(name.0))
    }
}

/// A kind of factor of a binding's own.
struct OwnKind(FactorKind);

impl TryFrom<&str> for OwnKind {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        if OWN_KINDS.contains(&text) {
            return Err("the server keeps this kind itself: lend `totp`, `webauthn`, `mail` or `recovery` instead");
        }
        let sound = text.len() <= KIND_BYTES_MAX;
        let kind = FactorKind::parse(text).ok().filter(|_| sound);
        kind.map(Self).ok_or("a kind of factor has 1 to 64 visible ASCII characters")
    }
}

/// An origin (RFC 6454): scheme, host and port, and nothing after them.
struct Origin(String);

impl TryFrom<&str> for Origin {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let url = url::Url::parse(text).map_err(|_| "write an origin such as `https://risk.example.com`")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("only http and https can be lent");
        }
        let origin = url.origin().ascii_serialization();
        if text.trim_end_matches('/') != origin {
            return Err("write scheme, host and port alone, in lower case, without a path or a default port");
        }
        Ok(Self(origin))
    }
}

//! One binding of a manifest.

use super::document::Document;
use super::lend::Lending;
use super::table::Table;
use super::{Binding, Spot, Terms, lend, on_error, when};
use gatewright_domain::hooks::{HookKind, Limits};
use gatewright_domain::identifiers::{BindingName, FactorKind};
use gatewright_protocol::acr::Acr;
use gatewright_protocol::claims::is_protected;
use gatewright_protocol::scope::ScopeValue;

/// Longest name of a binding, in bytes.
pub const NAME_BYTES_MAX: usize = 64;
/// Longest name of a claim, in bytes.
pub const CLAIM_NAME_BYTES_MAX: usize = 128;

/// Reads a binding of `hook`; nothing when so much is wrong that the rest cannot be judged.
pub(super) fn read(hook: HookKind, mut table: Table<'_, '_>, document: &mut Document<'_>) -> Option<Binding> {
    let wrong_before = document.wrong_so_far();
    let run = table.text("run", document).map(|run| Spot { value: run.value.to_owned(), place: run.place });
    if table.value("run").is_none() {
        table.missing("run", "say which file answers: `run = \"authentication/password.rhai\"`", document);
    }
    let name = read_name(hook, run.as_ref(), &mut table, document);
    let stand_in = table.flag("stand_in", document);
    let when = when::read(hook, &mut table, document);
    if stand_in && !when.is_everything() {
        let hint = "it runs for whatever the binding it stands in for runs for".to_owned();
        document.wrong(table.at(), "a stand-in has no `when`", Some(hint));
    }
    let Lending { loan, lent } = lend::read(&mut table, document);
    let signed_by = table.list("signed_by", document);
    let limits = read_limits(&mut table, document);
    let on_error = on_error::read(hook, &mut table, document);
    let terms = match hook {
        HookKind::Authenticate => read_authenticate(stand_in, &mut table, document),
        HookKind::Claims => read_claims(stand_in, &mut table, document),
        _ => Terms::None,
    };
    table.finish(document);
    let sound = document.wrong_so_far() == wrong_before;
    let (name, run) = (name?, run?);
    Some(Binding { name, hook, run, stand_in, when, loan, lent, signed_by, limits, on_error, terms, sound })
}

/// Its name, or that of its file.
fn read_name(
    hook: HookKind,
    run: Option<&Spot<String>>,
    table: &mut Table<'_, '_>,
    document: &mut Document<'_>,
) -> Option<Spot<BindingName>> {
    if let Some(Spot { value, place }) = table.parsed::<ShortName>("name", document) {
        return Some(Spot { value: full_name(hook, &value.0)?, place });
    }
    let run = run?;
    let file = run.value.rsplit('/').next().unwrap_or(&run.value);
    let stem = file.split('.').next().unwrap_or(file);
    let name = ShortName::try_from(stem).ok().and_then(|name| full_name(hook, &name.0));
    if name.is_none() {
        table.missing("name", "its file's name cannot serve as one; write `name = \"…\"`", document);
    }
    Some(Spot { value: name?, place: run.place.clone() })
}

/// The name of a binding in the whole bundle.
pub(crate) fn full_name(hook: HookKind, short: &str) -> Option<BindingName> {
    BindingName::parse(format!("{hook}/{short}")).ok()
}

fn read_limits(table: &mut Table<'_, '_>, document: &mut Document<'_>) -> Limits {
    let Some(mut table) = table.table("limit", "`limit`", document) else { return Limits::default() };
    let mut limits = Limits::default();
    macro_rules! read {
        ($($limit:ident),*) => {$(
            if let Some(number) = table.number(stringify!($limit), document) {
                let alone = Limits { $limit: number.value, ..Limits::default() };
                match alone.admit() {
                    Ok(admitted) => limits.$limit = admitted.$limit,
                    Err(error) => {
                        let at = table.span(stringify!($limit));
                        let hint = format!("left out, it is {}", Limits::default().$limit);
                        document.wrong(at, error.to_string(), Some(hint));
                    }
                }
            }
        )*};
    }
    read!(operations, time_ms, total_ms, call_depth, string_bytes, array_items, map_items, memory_mib, output_bytes);
    table.finish(document);
    limits
}

fn read_authenticate(stand_in: bool, table: &mut Table<'_, '_>, document: &mut Document<'_>) -> Terms {
    let amr = table.list("amr", document).into_iter().map(|spot| spot.value).collect();
    if stand_in {
        let why = "is not a stand-in's: it reaches the ACR of the binding it stands in for";
        for key in ["acr", "level", "factor", "enrol"] {
            table.refuse(key, why, "remove it, or remove `stand_in`", document);
        }
        return Terms::Authenticate { reaches: None, amr, factor: None, enrols: false };
    }
    let acr: Option<Spot<Acr>> = table.parsed("acr", document);
    let level: Option<Spot<i32>> = table.number("level", document);
    if table.value("acr").is_none() {
        table.missing("acr", "say which ACR it reaches: `acr = \"otp\"`", document);
    }
    if table.value("level").is_none() {
        table.missing("level", "say how strong it is: `level = 20`; higher is stronger", document);
    }
    let factor = table.parsed::<Kind>("factor", document).map(|spot| spot.value.0);
    let enrols = table.flag("enrol", document);
    if enrols && factor.is_none() {
        let hint = "say which kind: `factor = \"totp\"`, or remove `enrol`";
        table.missing("factor", hint, document);
    }
    Terms::Authenticate { reaches: acr.zip(level).map(|(acr, level)| (acr, level.value)), amr, factor, enrols }
}

fn read_claims(stand_in: bool, table: &mut Table<'_, '_>, document: &mut Document<'_>) -> Terms {
    if stand_in {
        let why = "is not a stand-in's: it serves what the binding it stands in for serves";
        for key in ["scopes", "claims"] {
            table.refuse(key, why, "remove it, or remove `stand_in`", document);
        }
        return Terms::Claims { scopes: Vec::new(), claims: Vec::new() };
    }
    let scopes = table.list::<ScopeValue>("scopes", document);
    let claims = table.list::<ClaimName>("claims", document);
    if table.value("claims").is_none() {
        table.missing("claims", "declare what it returns: `claims = [\"org_name\"]`; nothing else can be", document);
    }
    Terms::Claims {
        scopes: scopes.into_iter().map(|spot| spot.value.into()).collect(),
        claims: claims.into_iter().map(|spot| spot.value.0).collect(),
    }
}

/// The kind of factor that a method asks for.
struct Kind(FactorKind);

impl TryFrom<&str> for Kind {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let kind = FactorKind::parse(text).ok().filter(|_| text.len() <= NAME_BYTES_MAX);
        kind.map(Self).ok_or("a kind of factor has 1 to 64 visible ASCII characters")
    }
}

/// The name of a binding within its hook; namespace of its `kv` values.
struct ShortName(String);

impl TryFrom<&str> for ShortName {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let sound = (1..=NAME_BYTES_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if sound { Ok(Self(text.to_owned())) } else { Err("a name has 1 to 64 letters, digits, _ and -") }
    }
}

/// A claim that a binding may declare.
struct ClaimName(String);

impl TryFrom<&str> for ClaimName {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        if is_protected(text) {
            return Err("this claim is the server's own; no hook may set it");
        }
        let sound = (1..=CLAIM_NAME_BYTES_MAX).contains(&text.len()) && !text.chars().any(char::is_control);
        if sound { Ok(Self(text.to_owned())) } else { Err("a claim's name has 1 to 128 characters") }
    }
}

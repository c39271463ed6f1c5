//! What a plugin says of itself: TOML in the custom section `gatewright:manifest` of the component.
//!
//! ```toml
//! name = "risk"
//! version = "1.2.0"
//! description = "Asks the risk service about each login"
//! hooks = ["customize_token"]
//! capabilities = { http = ["https://risk.example.com"], secrets = ["risk_api_key"] }
//! ```
//!
//! `capabilities` has the form of `lend` in `policy.toml`: a list of names, or a table that says more. Whoever runs the
//! plugin reads there what it wants before lending it anything.

use gatewright_domain::capabilities::loan::CAPABILITIES;
use gatewright_domain::hooks::HookKind;
use serde::Deserialize;
use std::collections::BTreeSet;
use wasmparser::{Parser, Payload};

/// Name of the section.
pub const SECTION: &str = "gatewright:manifest";
/// Longest manifest, in bytes.
pub const MANIFEST_BYTES_MAX: usize = 16 * 1024;
/// Longest name or version, in bytes.
pub const NAME_BYTES_MAX: usize = 64;
/// Longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 1_000;
/// Most origins, and most secrets, that a plugin can want.
pub const WANTS_MAX: usize = 64;
/// Longest origin or name of a secret, in bytes.
pub const WANT_BYTES_MAX: usize = 256;

/// A plugin's manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// What it does.
    pub description: String,
    /// The hooks it answers.
    pub hooks: Vec<HookKind>,
    /// The capabilities it calls.
    pub wants: Wants,
}

/// The capabilities that a plugin calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wants {
    log: bool,
    users: bool,
    kv: bool,
    network: bool,
    http: Option<BTreeSet<String>>,
    secrets: Option<BTreeSet<String>>,
    factors: bool,
    totp: bool,
    webauthn: bool,
    mail: bool,
    recovery: bool,
    oidc: bool,
}

/// Why there is no manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoManifest {
    /// There is no such section.
    #[error("the plugin has no manifest")]
    Missing,
    /// There is more than one.
    #[error("the plugin has two manifests")]
    Twice,
    /// The file is no component.
    #[error("the file cannot be read as a WASM component: {0}")]
    Unreadable(String),
    /// It breaks a rule.
    #[error("the plugin's manifest: {0}")]
    Invalid(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    name: String,
    version: String,
    #[serde(default)]
    description: String,
    hooks: Vec<String>,
    #[serde(default)]
    capabilities: Capabilities,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`capabilities` is a list of names or a table, such as `{ kv = true }`")]
enum Capabilities {
    Names(Vec<String>),
    Table(Wants),
}

impl Default for Capabilities {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

impl Manifest {
    /// Reads it out of a component.
    ///
    /// # Errors
    /// It is not there, or not as it must be.
    pub fn read(component: &[u8]) -> Result<Self, NoManifest> {
        let section = section(component)?;
        if section.len() > MANIFEST_BYTES_MAX {
            return Err(NoManifest::Invalid(format!("it has more than {MANIFEST_BYTES_MAX} bytes")));
        }
        let text = std::str::from_utf8(section).map_err(|_| NoManifest::Invalid("it is not UTF-8".to_owned()))?;
        Self::parse(text)
    }

    /// Reads its text.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn parse(text: &str) -> Result<Self, NoManifest> {
        let document: Document =
            toml::from_str(text).map_err(|error| NoManifest::Invalid(error.message().to_owned()))?;
        document.admit().map_err(NoManifest::Invalid)
    }
}

/// The one manifest section at the top of a component; those of what is nested in it are not its own.
fn section(component: &[u8]) -> Result<&[u8], NoManifest> {
    if !component.starts_with(b"\0asm") {
        return Err(NoManifest::Unreadable("it does not begin as one".to_owned()));
    }
    let (mut depth, mut found) = (0_u32, Vec::new());
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(|error| NoManifest::Unreadable(error.message().to_owned()))? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 0 && section.name() == SECTION => found.push(section.data()),
            _ => {}
        }
    }
    match found[..] {
        [] => Err(NoManifest::Missing),
        [section] => Ok(section),
        [..] => Err(NoManifest::Twice),
    }
}

impl Document {
    fn admit(self) -> Result<Manifest, String> {
        let Self { name, version, description, hooks, capabilities } = self;
        for (what, text) in [("name", &name), ("version", &version)] {
            let sound = (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
            if !sound {
                return Err(format!("`{what}` has 1 to {NAME_BYTES_MAX} visible ASCII characters"));
            }
        }
        // Files are named after it.
        if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) || name.contains(['/', '\\', ':', '"']) {
            return Err("`name` begins with a letter or digit and has no slash, colon or quote".to_owned());
        }
        if description.chars().count() > DESCRIPTION_CHARS_MAX || description.chars().any(char::is_control) {
            return Err(format!("`description` is one line of at most {DESCRIPTION_CHARS_MAX} characters"));
        }
        let hooks = hooks.iter().map(|name| hook(name)).collect::<Result<Vec<_>, _>>()?;
        if hooks.is_empty() {
            return Err(format!("`hooks` names at least one of {}", hook_names()));
        }
        if hooks.iter().enumerate().any(|(place, hook)| hooks[..place].contains(hook)) {
            return Err("`hooks` names a hook twice".to_owned());
        }
        Ok(Manifest { name, version, description, hooks, wants: capabilities.admit()? })
    }
}

fn hook(name: &str) -> Result<HookKind, String> {
    let known = HookKind::ALL.into_iter().find(|hook| hook.name() == name);
    known.ok_or_else(|| format!("there is no hook `{name}`; there are {}", hook_names()))
}

fn hook_names() -> String {
    HookKind::ALL.map(HookKind::name).join(", ")
}

impl Capabilities {
    fn admit(self) -> Result<Wants, String> {
        let wants = match self {
            Self::Table(wants) => wants,
            Self::Names(names) => Wants::of_names(&names)?,
        };
        for (what, texts) in [("http", wants.origins()), ("secrets", wants.secrets())] {
            let sound = |text: &String| {
                (1..=WANT_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
            };
            if texts.len() > WANTS_MAX || !texts.iter().all(sound) {
                return Err(format!(
                    "`{what}` names at most {WANTS_MAX}, each of 1 to {WANT_BYTES_MAX} visible ASCII characters"
                ));
            }
        }
        Ok(wants)
    }
}

static NOTHING: BTreeSet<String> = BTreeSet::new();

impl Wants {
    fn of_names(names: &[String]) -> Result<Self, String> {
        let mut wants = Self::default();
        for name in names {
            match name.as_str() {
                "log" => wants.log = true,
                "users" => wants.users = true,
                "kv" => wants.kv = true,
                "network" => wants.network = true,
                "http" => wants.http = Some(BTreeSet::new()),
                "secrets" => wants.secrets = Some(BTreeSet::new()),
                "factors" => wants.factors = true,
                "totp" => wants.totp = true,
                "webauthn" => wants.webauthn = true,
                "mail" => wants.mail = true,
                "recovery" => wants.recovery = true,
                "oidc" => wants.oidc = true,
                other => {
                    return Err(format!("there is no capability `{other}`; there are {}", CAPABILITIES.join(", ")));
                }
            }
        }
        Ok(wants)
    }

    /// Their names, as a manifest writes them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let wanted = [
            ("log", self.log),
            ("users", self.users),
            ("kv", self.kv),
            ("network", self.network),
            ("http", self.http.is_some()),
            ("secrets", self.secrets.is_some()),
            ("factors", self.factors),
            ("totp", self.totp),
            ("webauthn", self.webauthn),
            ("mail", self.mail),
            ("recovery", self.recovery),
            ("oidc", self.oidc),
        ];
        wanted.into_iter().filter_map(|(name, is)| is.then_some(name))
    }

    /// Where it sends requests, as far as it says.
    pub fn origins(&self) -> &BTreeSet<String> {
        self.http.as_ref().unwrap_or(&NOTHING)
    }

    /// The secrets it uses, as far as it says.
    pub fn secrets(&self) -> &BTreeSet<String> {
        self.secrets.as_ref().unwrap_or(&NOTHING)
    }
}

#[cfg(test)]
mod tests;

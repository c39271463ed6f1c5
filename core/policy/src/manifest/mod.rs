//! `policy.toml`: which code answers which hook, when, with what, and what happens when it fails.

pub(crate) mod binding;
mod document;
mod lend;
mod on_error;
mod table;
mod when;

pub use on_error::OnError;
pub use when::{Facts, Glob, Verdict, When};

use document::Document;
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::{Diagnostic, HookKind, Limits};
use gatewright_domain::identifiers::{BindingName, FactorKind};
use gatewright_domain::plugin_key::KeyName;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use table::Table;

/// Most bindings in one manifest.
pub const BINDINGS_MAX: usize = 256;

/// A value and where it stands in the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub place: Place,
}

/// A manifest, read but not yet held against the bundle's files.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// What its author calls it.
    pub name: Option<String>,
    /// The ACR reached when nothing else is asked for.
    pub default_acr: Option<Spot<Acr>>,
    /// The bindings, hook by hook, each in the order written.
    pub bindings: Vec<Binding>,
}

/// One binding: code, bound to a hook.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Its name in the whole bundle: `hook/name`.
    pub name: Spot<BindingName>,
    /// Its hook.
    pub hook: HookKind,
    /// The file it runs.
    pub run: Spot<String>,
    /// Whether it runs only where another's `on_error` names it.
    pub stand_in: bool,
    /// Which calls it runs for.
    pub when: When,
    /// What it is lent.
    pub loan: Loan,
    /// Where each of the capabilities lent is named.
    pub lent: Vec<Spot<&'static str>>,
    /// Keys that must have signed what it runs.
    pub signed_by: Vec<Spot<KeyName>>,
    /// Its limits.
    pub limits: Limits,
    /// What happens when it fails.
    pub on_error: Spot<OnError>,
    /// What its hook needs to know besides.
    pub terms: Terms,
    /// Whether nothing was wrong with it: only then is its code worth compiling.
    pub sound: bool,
}

/// What only some hooks' bindings say.
#[derive(Debug, Clone)]
pub enum Terms {
    /// Nothing more.
    None,
    /// Of `authenticate`.
    Authenticate {
        /// The ACR it reaches and how strong that is; none for a stand-in.
        reaches: Option<(Spot<Acr>, i32)>,
        /// `amr` when the hook names none.
        amr: Vec<Amr>,
        /// The kind of factor that it asks for.
        factor: Option<FactorKind>,
        /// Whether an end-user without one enrols one on the way.
        enrols: bool,
    },
    /// Of `claims`.
    Claims {
        /// Scope values that ask for its claims.
        scopes: Vec<String>,
        /// The claims it may return.
        claims: Vec<String>,
    },
}

impl Manifest {
    /// Reads the text of a `policy.toml`: what could be read of it, and everything that is wrong with it.
    pub fn read(text: &str) -> (Self, Vec<Diagnostic>) {
        let mut manifest = Self { name: None, default_acr: None, bindings: Vec::new() };
        let mut document = Document::new(text);
        let Some(root) = document.parse() else { return (manifest, document.finish()) };
        let mut table = Table::new(root.get_ref(), 0..0, "the manifest");
        manifest.name = table.text("name", &mut document).map(|text| text.value.to_owned());
        manifest.default_acr = table.parsed("default_acr", &mut document);
        for hook in HookKind::ALL {
            for entry in table.tables(hook.name(), &mut document) {
                manifest.bindings.extend(binding::read(hook, entry, &mut document));
            }
        }
        if manifest.bindings.len() > BINDINGS_MAX {
            document.wrong(0..0, format!("a manifest has at most {BINDINGS_MAX} bindings"), None);
        }
        table.finish(&mut document);
        (manifest, document.finish())
    }
}

#[cfg(test)]
mod tests;

//! What is known of a compiled binding without running it: enough to say what it can never do.

use super::Diagnostic;
use crate::flow::Place;
use gatewright_protocol::acr::Acr;
use std::collections::BTreeSet;

/// What is known of the code of one binding. Nothing is claimed that is not certain: what a runtime cannot tell, it
/// leaves unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Study {
    /// The files it is made of, paths in the bundle.
    pub files: BTreeSet<String>,
    /// The capabilities it calls; none when that is not known.
    pub calls: Option<BTreeSet<String>>,
    /// The configured secrets it asks for by name; none when some name is computed, or that is not known.
    pub secrets: Option<BTreeSet<String>>,
    /// The OpenID Providers it asks for by name; none when some name is computed, or that is not known.
    pub providers: Option<BTreeSet<String>>,
    /// The ACRs that it decides on by name.
    pub acrs: Vec<NamedAcr>,
    /// Whether it decides on no other ACR than those.
    pub names_every_acr: bool,
    /// Whether each of its decisions ends the row: it never passes, and never ends without one.
    pub never_passes: bool,
    /// The claims that it returns by name.
    pub claims: Vec<NamedClaim>,
    /// What is not wrong, but probably not meant.
    pub warnings: Vec<Diagnostic>,
}

/// An ACR in a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAcr {
    /// The ACR.
    pub acr: Acr,
    /// The decision, such as `use_acr`.
    pub decision: String,
    /// Where.
    pub place: Place,
}

/// A claim in what is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedClaim {
    /// Its name.
    pub claim: String,
    /// Where.
    pub place: Place,
}

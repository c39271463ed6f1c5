//! What a bundle's code is compiled with: a runtime for each kind of file, and whose signatures its plugins need.

use crate::signatures::Trust;
use gatewright_domain::hooks::Runtime;
use std::sync::Arc;

/// The runtimes, and the operator's keys. Cheap to clone.
#[derive(Clone)]
pub struct Runtimes {
    runtimes: Vec<Arc<dyn Runtime>>,
    trust: Arc<Trust>,
}

impl Runtimes {
    /// These runtimes; plugins are signed as `trust` wants it.
    pub fn new(runtimes: Vec<Arc<dyn Runtime>>, trust: Trust) -> Self {
        Self { runtimes, trust: Arc::new(trust) }
    }

    /// The runtime for files of this extension.
    pub(crate) fn of(&self, extension: &str) -> Option<&Arc<dyn Runtime>> {
        self.runtimes.iter().find(|runtime| runtime.extension() == extension)
    }

    /// The extensions of the files that can be run.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = &'static str> {
        self.runtimes.iter().map(|runtime| runtime.extension())
    }

    /// The operator's keys.
    pub(crate) fn trust(&self) -> &Trust {
        &self.trust
    }
}

/// For an operator who named no keys.
impl From<Vec<Arc<dyn Runtime>>> for Runtimes {
    fn from(runtimes: Vec<Arc<dyn Runtime>>) -> Self {
        Self::new(runtimes, Trust::nobody())
    }
}

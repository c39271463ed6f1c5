//! A policy folder, looked over: what is wrong, what was probably not meant, and whether its tests hold. The command line
//! and the admin API tell the same of it.

use crate::operations::{ExaminedDocument, OperationError};
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::Diagnostic;
use gatewright_policy::Runtimes;
use gatewright_policy::compile::{Survey, survey};
use gatewright_policy::files::Files;
use gatewright_policy::rehearsal::{Played, rehearse};
use gatewright_policy::report::survey_as_json;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

/// A bundle that was looked over.
pub(crate) struct Examined {
    /// Its files, laid over the shipped policies.
    pub(crate) files: Files,
    /// What is wrong, and what was probably not meant.
    pub(crate) survey: Survey,
    /// Its tests; none were run where there are errors.
    pub(crate) played: Vec<Played>,
}

/// Looks a folder's own files over, laid on `base`; their tests are run where they have no errors.
///
/// # Errors
/// When both together are more than a bundle may be.
pub(crate) async fn examine(own: Files, base: Files, runtimes: Runtimes) -> Result<Examined, OperationError> {
    let files = base.overlaid(&own)?;
    let (with, bundle) = (runtimes.clone(), files.clone());
    let looking = spawn_blocking(move || survey(&bundle, &own, &with)).await;
    let mut survey = looking.map_err(|error| Fault::caused("policy.survey", error))?;
    let mut played = Vec::new();
    if survey.errors.is_empty() {
        match rehearse(&files, &runtimes).await {
            Ok(tests) => played = tests,
            Err(wrong) => survey.errors = wrong,
        }
    }
    Ok(Examined { files, survey, played })
}

impl Examined {
    /// Tests that failed, with what failed and where.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (&Played, &Diagnostic)> {
        self.played.iter().filter_map(|test| Some((test, test.failure.as_ref()?)))
    }

    /// Whether it could go live.
    pub(crate) fn fits(&self) -> bool {
        self.survey.errors.is_empty() && self.failures().next().is_none()
    }

    /// The document that programs get.
    pub(crate) fn document(&self) -> ExaminedDocument {
        let failed: Vec<Value> = self
            .failures()
            .map(|(test, Diagnostic { place, message, hint })| {
                json!({
                    "file": place.file, "line": place.line, "column": place.column, "test": test.test,
                    "message": message, "hint": hint,
                })
            })
            .collect();
        let diagnostics = match survey_as_json(&self.survey) {
            Value::Array(diagnostics) => diagnostics,
            _ => Vec::new(),
        };
        ExaminedDocument {
            fit: self.fits(),
            digest: self.files.digest(),
            diagnostics,
            tests: json!({ "passed": self.played.len() - failed.len(), "failed": failed }),
        }
    }
}

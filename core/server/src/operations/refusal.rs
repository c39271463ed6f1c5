//! What the life of a policy refuses, as problems: the same here and by the admin API.

use super::error::{OperationError, Problem, ProblemKind};
use gatewright_domain::hooks::Diagnostic;
use gatewright_policy::activation::ActivationError;
use gatewright_policy::files::FilesError;

impl From<ActivationError> for OperationError {
    fn from(error: ActivationError) -> Self {
        let kind = match &error {
            ActivationError::Fault(_) => ProblemKind::Fault,
            ActivationError::Wrong(_) => ProblemKind::PolicyRefused,
            ActivationError::Endless(_) => ProblemKind::PolicyEndless,
            ActivationError::NoBundle(_) | ActivationError::NoDigest(_) | ActivationError::Ambiguous { .. } => {
                ProblemKind::NoPolicy
            }
            ActivationError::NothingBefore => ProblemKind::NothingBefore,
            ActivationError::NeverLive(_) => ProblemKind::NeverLive,
            ActivationError::NothingLive => ProblemKind::NothingLive,
            ActivationError::Busy(_) => ProblemKind::ActivationOpen,
            ActivationError::Overtaken => ProblemKind::Overtaken,
            ActivationError::Refused { .. } => ProblemKind::NotActivated,
            ActivationError::SamePerson(_) => ProblemKind::SamePerson,
            ActivationError::NobodyPushed => ProblemKind::NobodyPushed,
            ActivationError::StillLive(_) => ProblemKind::StillLive,
        };
        let detail = error.to_string();
        match error {
            ActivationError::Fault(fault) => fault.into(),
            ActivationError::Wrong(diagnostics) => Problem { kind, detail, diagnostics }.into(),
            _ => kind.says(detail).into(),
        }
    }
}

impl From<FilesError> for OperationError {
    fn from(error: FilesError) -> Self {
        let kind = match &error {
            FilesError::TooMany | FilesError::TooLarge | FilesError::FileTooLarge { .. } => ProblemKind::PolicyTooLarge,
            _ => ProblemKind::PolicyRefused,
        };
        kind.says(error.to_string()).into()
    }
}

impl Problem {
    /// Diagnostics as the admin API writes them.
    pub(crate) fn written(diagnostics: &[Diagnostic]) -> Vec<serde_json::Value> {
        let one = |Diagnostic { place, message, hint }: &Diagnostic| {
            serde_json::json!({ "file": place.file, "line": place.line, "column": place.column, "message": message,
                "hint": hint })
        };
        diagnostics.iter().map(one).collect()
    }

    /// The same, read.
    pub(super) fn read(written: &serde_json::Value) -> Vec<Diagnostic> {
        let one = |written: &serde_json::Value| {
            let number = |member: &str| written[member].as_u64().and_then(|number| usize::try_from(number).ok());
            let text = |member: &str| written[member].as_str().map(str::to_owned);
            let place = gatewright_domain::flow::Place {
                file: text("file")?,
                line: number("line")?,
                column: number("column")?,
            };
            Some(Diagnostic { place, message: text("message")?, hint: text("hint") })
        };
        written.as_array().into_iter().flatten().filter_map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::flow::Place;

    #[test]
    fn what_is_wrong_with_a_policy_is_read_as_it_was_written() {
        let place = Place { file: "a.rhai".into(), line: 3, column: 0 };
        let hint = Some("did you mean `lend`?".to_owned());
        let wrong = vec![
            Diagnostic { place: place.clone(), message: "m".into(), hint },
            Diagnostic { place, message: "n".into(), hint: None },
        ];
        assert_eq!(Problem::read(&serde_json::json!(Problem::written(&wrong))), wrong);
        assert_eq!(Problem::read(&serde_json::json!([{ "file": 1 }, "x"])), []);
    }
}

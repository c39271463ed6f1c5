//! What went wrong, and what to do next: the error page as a problem document (RFC 9457).

use super::super::error_page::model;
use super::super::{ErrorView, Pages};
use super::DOCUMENT_VERSION;
use http::StatusCode;
use serde::Serialize;

/// A problem. It names no `type`: which one it is stands in `problem`, a word for each page there is.
#[derive(Debug, Serialize)]
pub struct Problem {
    version: u32,
    problem: &'static str,
    title: String,
    #[serde(serialize_with = "number")]
    status: StatusCode,
    /// What happened.
    detail: String,
    /// What to do next.
    next: String,
    /// The code of the specification, for the app's developer.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<String>,
    /// What the log calls this request.
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    /// Seconds until another try.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
}

impl Problem {
    /// Its media type.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// The status it goes out with.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The same with the time to wait.
    #[must_use]
    pub fn retried_after(self, retry_after_s: Option<u64>) -> Self {
        Self { retry_after_s, ..self }
    }
}

impl Pages {
    /// The error page as a document.
    pub fn problem(&self, view: ErrorView<'_>) -> Problem {
        let told = model(view);
        Problem {
            version: DOCUMENT_VERSION,
            problem: view.story.key(),
            title: told.title,
            status: view.story.status(),
            detail: told.happened,
            next: told.next,
            error: view.refusal.map(|refusal| refusal.code().as_str()),
            error_description: told.reason,
            correlation_id: view.correlation_id.map(ToOwned::to_owned),
            retry_after_s: None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

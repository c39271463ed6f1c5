//! `/policies`: bundles pushed, put live and taken back, and what was decided under them.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use crate::http::essence;
use crate::operations::{Asking, BUNDLE_TYPE, DifferenceDocument, OperationError, ProblemKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_policy::activation::{NOTE_CHARS_MAX, PERSON_CHARS_MAX, WITHIN_S_MAX, line};
use gatewright_policy::difference::difference;
use gatewright_policy::files::{Files, MisencodedBundle};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a bundle's tests may take, and then the nodes to get ready, in seconds, where whoever asks does not say it.
pub const ACTIVATION_WITHIN_S: u64 = 50;

/// A bundle as JSON: the files of a policy folder by path, each in base64. The shipped policies are laid below.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPolicy {
    pub files: BTreeMap<String, String>,
}

/// What is said of an activation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activating {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_s: Option<u64>,
}

/// Where to go back to: to what was live before where it is not said.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RollingBack {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_s: Option<u64>,
}

pub(super) async fn list(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::list(&admin.operations.policies(call.limit()?).await?)
}

pub(super) async fn push(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let asking = call.asking(call.query("note")?.map(str::to_owned), call.within()?)?;
    Answer::created(&admin.operations.push_policy(&call.bundle()?, &asking).await?, None)
}

pub(super) async fn check(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let within_s = within(call.within()?)?;
    Answer::of(&admin.operations.examine_policy(&call.bundle()?, within_s).await?)
}

pub(super) async fn bundle(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let files = admin.operations.policy_files(call.path(0)).await?;
    Ok(Answer::bytes(BUNDLE_TYPE, files.encode()))
}

pub(super) async fn diff(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let from = admin.operations.policy_files(call.path(0)).await?;
    let to = admin.operations.policy_files(call.path(1)).await?;
    Answer::of(&DifferenceDocument::from(&difference(&from, &to)))
}

pub(super) async fn activate(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let Activating { note, within_s } = call.json()?;
    let asking = call.asking(note, within_s)?;
    Answer::of(&admin.operations.activate_policy(call.path(0), &asking).await?)
}

pub(super) async fn roll_back(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let RollingBack { to, note, within_s } = call.json()?;
    let asking = call.asking(note, within_s)?;
    Answer::of(&admin.operations.roll_back_policy(to.as_deref(), &asking).await?)
}

pub(super) async fn history(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::list(&admin.operations.policy_history(call.limit()?).await?)
}

pub(super) async fn status(admin: Arc<Admin>, _: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.policy_status().await?)
}

pub(super) async fn issued(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.issued_under(call.path(0), call.limit()?).await?)
}

pub(super) async fn revoke(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.revoke_issued(call.path(0)).await?)
}

impl Call {
    /// Who asks for a change of what is live: the access token's client.
    pub(super) fn asking(&self, note: Option<String>, within_s: Option<u64>) -> Result<Asking, OperationError> {
        let unfit = || ProblemKind::BadRequest.says(format!("note is one line of 1 to {NOTE_CHARS_MAX} characters"));
        let note = note.map(|note| line(&note, NOTE_CHARS_MAX).ok_or_else(unfit)).transpose()?;
        Ok(Asking { by: self.person(), note, within_s: within(within_s)? })
    }

    /// Who asks, as the history knows them.
    pub(super) fn person(&self) -> String {
        let name: String = self.principal.name.chars().take(PERSON_CHARS_MAX).collect();
        line(&name, PERSON_CHARS_MAX).unwrap_or_else(|| "admin API".to_owned())
    }

    /// `within_s` of the query.
    fn within(&self) -> Result<Option<u64>, OperationError> {
        let unfit = || ProblemKind::BadRequest.says("within_s cannot be read");
        Ok(self.query("within_s")?.map(|text| text.parse().map_err(|_| unfit())).transpose()?)
    }

    /// The bundle in the body: canonical bytes, or JSON.
    fn bundle(&self) -> Result<Files, OperationError> {
        if essence(&self.headers).eq_ignore_ascii_case(BUNDLE_TYPE) {
            return Files::decode_any(&self.body).map_err(|error| match error {
                MisencodedBundle::Files(error) => error.into(),
                other => ProblemKind::BadRequest.says(format!("the body is no bundle: {other}")).into(),
            });
        }
        let new: NewPolicy = self.json()?;
        let mut files = BTreeMap::new();
        for (path, text) in new.files {
            let unfit = |_| ProblemKind::PolicyRefused.says(format!("the file {path:.100} is no base64"));
            let bytes = STANDARD.decode(&text).map_err(unfit)?;
            files.insert(path, bytes);
        }
        Ok(Files::new(files)?)
    }
}

fn within(within_s: Option<u64>) -> Result<u64, OperationError> {
    let within_s = within_s.unwrap_or(ACTIVATION_WITHIN_S);
    match (1..=WITHIN_S_MAX).contains(&within_s) {
        true => Ok(within_s),
        false => Err(ProblemKind::BadRequest.says(format!("within_s is from 1 to {WITHIN_S_MAX}")).into()),
    }
}

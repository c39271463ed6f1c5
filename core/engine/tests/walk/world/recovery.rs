//! Recovery codes that can be counted.

use async_trait::async_trait;
use gatewright_domain::capabilities::recovery::{RECOVERY_CODES, Recovery};
use gatewright_domain::capabilities::{Attempt, CallFailed};
use gatewright_domain::identifiers::Subject;
use gatewright_domain::secret::SecretText;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// How often each end-user was given a set.
#[derive(Default)]
pub struct RecoveryCodes(Mutex<BTreeMap<Subject, usize>>);

#[async_trait]
impl Recovery for RecoveryCodes {
    async fn renew(&self, subject: &Subject) -> Result<Vec<SecretText>, CallFailed> {
        let mut sets = self.0.lock().unwrap();
        let set = sets.entry(subject.clone()).or_default();
        *set += 1;
        Ok((0..RECOVERY_CODES).map(|number| SecretText::new(format!("{set}-{number}"))).collect())
    }

    async fn remaining(&self, subject: &Subject) -> Result<usize, CallFailed> {
        Ok(if self.0.lock().unwrap().contains_key(subject) { RECOVERY_CODES } else { 0 })
    }

    async fn verify(&self, _: &Attempt<'_>, _: &SecretText) -> Result<bool, CallFailed> {
        Ok(false)
    }
}

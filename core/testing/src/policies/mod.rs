//! A policy whose answers a test sets, hook by hook; and a set of such policies.

mod fixed;
mod host;
mod password;

pub use fixed::{Ended, FixedPolicy};
pub use host::{Filled, StubHost};
pub use password::password_page;

use async_trait::async_trait;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::{Policies, Policy};
use gatewright_domain::identifiers::BundleDigest;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A live policy, and all that were live before.
pub struct FixedPolicies(Mutex<Known>);

struct Known {
    live: Arc<dyn Policy>,
    all: BTreeMap<BundleDigest, Arc<dyn Policy>>,
}

impl FixedPolicies {
    /// With `policy` live.
    pub fn new(policy: impl Policy + 'static) -> Self {
        let live: Arc<dyn Policy> = Arc::new(policy);
        Self(Mutex::new(Known { all: BTreeMap::from([(live.digest().clone(), live.clone())]), live }))
    }

    /// Makes `policy` live; the earlier ones stay to be had by digest.
    pub fn activate(&self, policy: impl Policy + 'static) {
        let live: Arc<dyn Policy> = Arc::new(policy);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.all.insert(live.digest().clone(), live.clone());
        known.live = live;
    }
}

#[async_trait]
impl Policies for FixedPolicies {
    fn live(&self) -> Arc<dyn Policy> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).live.clone()
    }

    async fn pinned(&self, digest: &BundleDigest) -> Result<Arc<dyn Policy>, Fault> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.all.get(digest).cloned().ok_or_else(|| Fault::new("policy", format!("no bundle {digest}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use gatewright_domain::flow::{Flow, FlowEnd, HostAnswer};
    use gatewright_domain::hooks::{AuthenticateDecision, AuthenticateInput};
    use gatewright_domain::page::{Page, Submission};
    use gatewright_domain::secret::SecretText;

    fn answer(flow: &mut Flow, page: &Page, password: &str) {
        let Page::Form(form) = page else { panic!("{page:?}") };
        let values = [("username", "alice"), ("password", password)];
        let values = values.map(|(name, text)| (name.to_owned(), SecretText::new(text)));
        let (answer, typed) = form.read(Submission { values: values.into(), action: None }).unwrap();
        flow.live = Default::default();
        flow.live.keep(flow.journal.entries().len(), typed);
        assert!(flow.journal.answer(HostAnswer::Form(answer)));
    }

    #[tokio::test]
    async fn the_password_policy_asks_until_the_directory_knows_them() {
        let policy = FixedPolicy::new().asking_password();
        let mut flow = Flow::default();
        for (password, notice) in [("wrong", None), (samples::PASSWORD, Some("Wrong username or password"))] {
            let ended = policy.authenticate(AuthenticateInput::sample(), &mut flow).await.unwrap();
            assert_eq!(ended, FlowEnd::Waiting(gatewright_domain::flow::Wait::Page(password_page(notice))));
            answer(&mut flow, &password_page(notice), password);
        }
        let ended = policy.authenticate(AuthenticateInput::sample(), &mut flow).await.unwrap();
        let subject = samples::word(samples::SUBJECT);
        assert_eq!(ended, FlowEnd::Decided(AuthenticateDecision::Authenticated { subject, amr: vec![] }));
    }

    #[tokio::test]
    async fn a_policy_that_was_live_can_still_be_had_by_digest() {
        let policies = FixedPolicies::new(FixedPolicy::new().with_digest("one"));
        policies.activate(FixedPolicy::new().with_digest("two"));
        assert_eq!(policies.live().digest().as_str(), "two");
        assert_eq!(policies.pinned(&samples::word("one")).await.unwrap().digest().as_str(), "one");
        assert!(policies.pinned(&samples::word("three")).await.is_err());
    }
}

//! Replays of recorded logins.

use super::Local;
use crate::assembly::AssemblyError;
use crate::operations::replay::{Candidate, ReplayDocument, ReplayQuery, ReplayedLogin};
use crate::operations::{OperationError, Outcome, PolicyOperations, ProblemKind, ReplayOperations};
use async_trait::async_trait;
use gatewright_capabilities::OsEntropy;
use gatewright_domain::store::TraceFilter;
use gatewright_domain::trace::Redaction;
use gatewright_policy::activation::ActivationError;
use gatewright_policy::files::Files;
use gatewright_policy::replay::{candidate, questions, recorded, replay};
use gatewright_signing::MasterSealer;
use std::sync::Arc;

#[async_trait]
impl ReplayOperations for Local {
    async fn replay(&self, asked: &Candidate, query: &ReplayQuery) -> Outcome<ReplayDocument> {
        let files = match asked {
            Candidate::Stored(name) => self.policy_files(name).await?,
            Candidate::Folder(own) => Files::shipped().overlaid(own)?,
        };
        let compiled = candidate(&files, &self.life().runtimes).await;
        let compiled = compiled.map_err(|wrong| OperationError::from(ActivationError::Wrong(wrong)))?;
        let master = self.configuration.keys.read_master_key().map_err(AssemblyError::from)?;
        let sealer = MasterSealer::new(master, Arc::new(OsEntropy));
        let redaction = Redaction::new(self.configuration.trace.personal_claims.iter().cloned());
        let (client, since_ms) = (query.client.clone(), Some(query.since_ms));
        let filter = TraceFilter { client, since_ms, ..TraceFilter::default() };
        let traces = self.stores.traces.as_ref();
        let heads = recorded(traces, &filter, query.limit).await?;
        if heads.is_empty() {
            return ProblemKind::NothingRecorded.refuse("no recorded login is meant");
        }
        let mut told = ReplayDocument { policy: files.digest(), questions: 0, logins: Vec::new() };
        for head in heads {
            let asked = questions(traces, &sealer, &head.id).await?;
            told.questions += asked.len();
            told.logins.push(ReplayedLogin::of(&head, &replay(&compiled, &asked, &redaction).await));
        }
        Ok(told)
    }
}

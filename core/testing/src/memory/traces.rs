//! Traces in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::TraceId;
use gatewright_domain::store::{TRACES_LISTED_MAX, TRACES_REMOVED_MAX, Trace, TraceFilter, TraceRetention, TraceStore};
use gatewright_domain::trace::{TraceEntry, TraceHead, TraceOutcome, TraceStep};

#[async_trait]
impl TraceStore for Memory {
    async fn append(&self, entries: &[TraceEntry]) -> Result<(), Fault> {
        let mut tables = self.tables();
        for entry in entries {
            if !tables.traces.contains_key(&entry.trace) {
                let Some(head) = entry.head.clone() else { continue };
                tables.traces.insert(entry.trace.clone(), Trace { head, steps: Vec::new() });
            }
            let Some(trace) = tables.traces.get_mut(&entry.trace) else { continue };
            if let Some(head) = &entry.head {
                trace.head.subject = head.subject.clone().or(trace.head.subject.take());
                trace.head.error = head.error.clone().or(trace.head.error.take());
                if head.outcome != TraceOutcome::Open {
                    trace.head.outcome = head.outcome;
                }
            }
            for step in &entry.steps {
                if !trace.steps.iter().any(|there| there.number == step.number) {
                    trace.steps.push(step.clone());
                }
            }
            trace.steps.sort_by_key(|step| step.number);
        }
        Ok(())
    }

    async fn find(&self, id: &TraceId) -> Result<Option<Trace>, Fault> {
        let mut found = self.tables().traces.get(id).cloned();
        found.iter_mut().flat_map(|trace| &mut trace.steps).for_each(|step| step.recording = None);
        Ok(found)
    }

    async fn recordings(&self, id: &TraceId) -> Result<Vec<String>, Fault> {
        let tables = self.tables();
        let steps = tables.traces.get(id).map(|trace| trace.steps.as_slice()).unwrap_or_default();
        Ok(steps.iter().filter_map(|step| step.recording.clone()).collect())
    }

    async fn list(&self, filter: &TraceFilter, limit: usize) -> Result<Vec<TraceHead>, Fault> {
        let tables = self.tables();
        let mut meant: Vec<TraceHead> =
            tables.traces.values().filter(|trace| is_meant(trace, filter)).map(|trace| trace.head.clone()).collect();
        meant.sort_by(|one, other| (other.began_at_ms, &other.id).cmp(&(one.began_at_ms, &one.id)));
        meant.truncate(limit.min(TRACES_LISTED_MAX));
        Ok(meant)
    }

    async fn retain(&self, retention: TraceRetention) -> Result<u64, Fault> {
        let mut tables = self.tables();
        let mut oldest: Vec<(i64, TraceId, u64)> = tables
            .traces
            .values()
            .map(|trace| (trace.head.began_at_ms, trace.head.id.clone(), bytes_of(trace)))
            .collect();
        oldest.sort();
        let mut total: u64 = oldest.iter().map(|(_, _, bytes)| bytes).sum();
        let mut gone = 0;
        for (began_at_ms, id, bytes) in oldest.into_iter().take(TRACES_REMOVED_MAX) {
            if began_at_ms >= retention.since_ms && total <= retention.bytes_max {
                break;
            }
            total = total.saturating_sub(bytes);
            tables.traces.remove(&id);
            gone += 1;
        }
        Ok(gone)
    }
}

fn bytes_of(trace: &Trace) -> u64 {
    let bytes = |step: &TraceStep| {
        let recorded = step.recording.as_ref().map_or(0, String::len) as u64;
        serde_json::to_string(step).map_or(0, |json| json.len() as u64 + 64) + recorded
    };
    trace.steps.iter().map(bytes).sum()
}

fn is_meant(trace: &Trace, filter: &TraceFilter) -> bool {
    let head = &trace.head;
    let is = |asked: bool, holds: bool| !asked || holds;
    is(filter.subject.is_some(), head.subject == filter.subject)
        && is(filter.client.is_some(), filter.client.as_ref() == Some(&head.client))
        && is(filter.login.is_some(), head.login == filter.login)
        && filter.since_ms.is_none_or(|since_ms| head.began_at_ms >= since_ms)
        && filter.until_ms.is_none_or(|until_ms| head.began_at_ms < until_ms)
        && is(filter.error.is_some(), head.error == filter.error)
        && is(filter.failed, head.error.is_some())
        && is(filter.recorded, trace.steps.iter().any(|step| step.recording.is_some()))
        && is(filter.correlation.is_some(), trace.steps.iter().any(|step| step.correlation == filter.correlation))
}

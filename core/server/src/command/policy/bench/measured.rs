//! What was found of one binding.

use super::super::super::error::CommandError;
use super::super::super::measure::{WARMING_UP, end, times};
use super::super::PolicyError;
use gatewright_domain::flow::FaultKind;
use gatewright_plugin_host::INSTRUCTIONS_AN_OPERATION;
use gatewright_policy::rehearsal::{Call, Gauge};
use hdrhistogram::Histogram;
use std::time::{Duration, Instant};

/// What was found.
pub(super) struct Measured {
    /// Its name in the whole policy.
    pub(super) binding: String,
    pub(super) times: Histogram<u64>,
    /// Operations of one run of a script, the most of any input; none for a plugin.
    pub(super) operations: Option<u64>,
    /// Instructions of one run of a plugin, the most of any input; none for a script.
    pub(super) instructions: Option<u64>,
    /// Operations that one run may take.
    pub(super) operations_max: u64,
    /// Computing time that one run may take, in milliseconds.
    pub(super) time_ms_max: u64,
    pub(super) host_calls: usize,
    /// How the calls ended, in words; input by input where those differ.
    pub(super) ends: Vec<String>,
    /// The limit that one has reached, in words.
    reached: Option<String>,
}

impl Measured {
    fn none_of(gauge: &Gauge) -> Self {
        Self {
            binding: gauge.binding().to_owned(),
            times: times(),
            operations: None,
            instructions: None,
            operations_max: gauge.limits().operations,
            time_ms_max: gauge.limits().time_ms,
            host_calls: 0,
            ends: Vec::new(),
            reached: None,
        }
    }

    /// Operations of one run, those that a plugin's instructions count for among them.
    pub(super) fn work(&self) -> u64 {
        let of_plugin = self.instructions.map(|count| count.div_ceil(INSTRUCTIONS_AN_OPERATION));
        self.operations.or(of_plugin).unwrap_or(0)
    }

    /// That it has reached a limit.
    pub(super) fn over_limit(&self) -> Option<String> {
        self.reached.as_ref().map(|limit| format!("{}: {limit}", self.binding))
    }

    /// What one input tells of it that time does not.
    async fn look_at(&mut self, gauge: &Gauge, turn: usize) -> Result<(), CommandError> {
        let Call { ended, host_calls, .. } = gauge.call(turn).await.map_err(PolicyError::from)?;
        let spent = gauge.last_run(turn).await.map_err(PolicyError::from)?;
        self.operations = self.operations.max(spent.operations);
        self.instructions = self.instructions.max(spent.fuel);
        self.host_calls = self.host_calls.max(host_calls);
        if let Err(fault) = &ended
            && matches!(fault.kind, FaultKind::Overrun { .. })
        {
            self.reached.get_or_insert_with(|| fault.kind.to_string());
        }
        let end = end(&ended);
        if !self.ends.contains(&end) {
            self.ends.push(end);
        }
        Ok(())
    }
}

/// Measures a binding for so long.
pub(super) async fn measure(gauge: &Gauge, time: Duration) -> Result<Measured, CommandError> {
    let mut measured = Measured::none_of(gauge);
    for turn in 0..gauge.inputs() {
        measured.look_at(gauge, turn).await?;
    }
    for turn in 0..WARMING_UP as usize {
        gauge.call(turn).await.map_err(PolicyError::from)?;
    }
    let began = Instant::now();
    let mut turn = 0;
    while began.elapsed() < time {
        let call = gauge.call(turn).await.map_err(PolicyError::from)?;
        measured.times.saturating_record(u64::try_from(call.took.as_nanos()).unwrap_or(u64::MAX));
        turn += 1;
    }
    Ok(measured)
}

//! What a run takes.

/// What one run of a binding took. A run that stops for a host call and begins again counts each time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// From its beginning to its end, in microseconds; what the host did for it is part of it.
    pub micros: u64,
    /// Operations of a script; none for a plugin.
    pub operations: Option<u64>,
    /// Instructions of a plugin; none for a script.
    pub fuel: Option<u64>,
}

impl Spent {
    /// Adds operations of a script.
    pub fn add_operations(&mut self, operations: u64) {
        self.operations = Some(self.operations.unwrap_or(0).saturating_add(operations));
    }

    /// Adds instructions of a plugin.
    pub fn add_fuel(&mut self, fuel: u64) {
        self.fuel = Some(self.fuel.unwrap_or(0).saturating_add(fuel));
    }
}

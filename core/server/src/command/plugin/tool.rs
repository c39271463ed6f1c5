//! Another program that builds or tests a plugin. What it says goes to the terminal.

use super::error::PluginError;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Output, Stdio};

/// One call of it.
pub(super) struct Tool {
    /// What a person calls it, and what is looked up when it is missing.
    name: &'static str,
    command: Command,
}

impl Tool {
    /// The program `program`, which a person calls `name`, in `folder`.
    pub(super) fn new(name: &'static str, program: impl AsRef<OsStr>, folder: &Path) -> Self {
        let mut command = Command::new(program);
        command.current_dir(folder).stdin(Stdio::null());
        Self { name, command }
    }

    /// With these arguments more.
    pub(super) fn arguments<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// With a variable in its environment.
    pub(super) fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it. What it prints is for the terminal, and none of our own output.
    pub(super) fn run(mut self) -> Result<(), PluginError> {
        let ended = self.command.stdout(io::stderr()).status();
        self.succeeded(ended)
    }

    /// Runs it, and answers what it printed.
    pub(super) fn printed(mut self) -> Result<String, PluginError> {
        let Output { status, stdout, .. } =
            self.command.stderr(Stdio::inherit()).output().map_err(|cause| self.missing(cause))?;
        self.succeeded(Ok(status))?;
        Ok(String::from_utf8_lossy(&stdout).into_owned())
    }

    fn succeeded(&self, ended: io::Result<ExitStatus>) -> Result<(), PluginError> {
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(PluginError::Tool { tool: self.name, status }),
            Err(cause) => Err(self.missing(cause)),
        }
    }

    fn missing(&self, cause: io::Error) -> PluginError {
        PluginError::NoTool { tool: self.name, cause }
    }
}

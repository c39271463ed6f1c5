//! Which server a command is about: that of a configuration, or that of a quickstart.

use super::error::CommandError;
use super::quickstart;
use crate::configuration::{Configuration, Override};
use clap::Args;
use std::path::PathBuf;

/// Where the configuration comes from.
#[derive(Debug, Clone, Args)]
pub(super) struct ConfigurationArguments {
    /// The configuration; without it, the environment alone (GATEWRIGHT__…)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A setting in place of the configuration's; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    settings: Vec<Override>,
}

/// Where the configuration comes from, or which quickstart's data is meant.
#[derive(Debug, Clone, Args)]
pub(super) struct Target {
    #[command(flatten)]
    configuration: ConfigurationArguments,
    /// The data folder of a quickstart, in place of a configuration
    #[arg(long, value_name = "DIR", conflicts_with_all = ["config", "settings"])]
    data: Option<PathBuf>,
}

impl ConfigurationArguments {
    /// The configuration, with `flags` over everything else.
    pub(super) fn load(&self, flags: &[Override]) -> Result<Configuration, CommandError> {
        let overrides = [&self.settings, flags].concat();
        let loaded = Configuration::load(self.config.as_deref(), std::env::vars_os(), &overrides);
        loaded.map_err(|error| match self.config {
            None => CommandError::NoConfiguration(error),
            Some(_) => error.into(),
        })
    }
}

impl Target {
    /// The configuration.
    pub(super) fn load(&self) -> Result<Configuration, CommandError> {
        match &self.data {
            None => self.configuration.load(&[]),
            Some(data) => quickstart::configuration_of(data),
        }
    }

    /// The configuration, where one was named: not that of the environment alone.
    pub(super) fn load_named(&self) -> Result<Option<Configuration>, CommandError> {
        let ConfigurationArguments { config, settings } = &self.configuration;
        if config.is_none() && settings.is_empty() { Ok(None) } else { self.load().map(Some) }
    }

    /// What the configuration is called, for people.
    pub(super) fn name(&self) -> String {
        match (&self.data, &self.configuration.config) {
            (Some(path), _) | (None, Some(path)) => path.display().to_string(),
            (None, None) => "the environment".to_owned(),
        }
    }
}

fn setting(text: &str) -> Result<Override, String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => {
            Ok(Override { flag: format!("--set {key}"), key: key.to_owned(), value: value.to_owned() })
        }
        _ => Err("write it as KEY=VALUE, such as logging.level=debug".to_owned()),
    }
}

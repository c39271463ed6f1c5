//! Which server a command is about: that of a configuration, or that of a quickstart.

use super::audited::operator_called;
use super::error::CommandError;
use super::input::secret_in;
use super::{opened, quickstart};
use crate::configuration::{Configuration, Override};
use crate::operations::{Local, OperationError, Operations, Remote};
use clap::Args;
use gatewright_capabilities::SystemClock;
use gatewright_domain::secret::SecretText;
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

/// Where the access token of the admin API is, if no file is named.
const TOKEN_VARIABLE: &str = "GATEWRIGHT_ADMIN_TOKEN";

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

/// Which server a command is about, by its database or by its admin API.
#[derive(Debug, Clone, Args)]
pub(super) struct ServerTarget {
    #[command(flatten)]
    here: Target,
    /// Speak to the admin API of this server, in place of its database: https://login.example.com
    #[arg(long, value_name = "URL", conflicts_with_all = ["config", "settings", "data"])]
    server: Option<Url>,
    /// The access token for it is the first line of this file, - for standard input; by default it is in the
    /// environment, as GATEWRIGHT_ADMIN_TOKEN
    #[arg(long, value_name = "FILE", requires = "server")]
    token_file: Option<PathBuf>,
    /// Trust the certificate authorities in this file too, in PEM
    #[arg(long, value_name = "FILE", requires = "server")]
    ca_file: Option<PathBuf>,
}

impl ServerTarget {
    /// The configuration of the server here.
    pub(super) fn load(&self) -> Result<Configuration, CommandError> {
        self.here.load()
    }

    /// Whether it is spoken to by its admin API.
    pub(super) fn is_remote(&self) -> bool {
        self.server.is_some()
    }

    /// What can be done to that server.
    pub(super) fn operations(&self) -> Result<Box<dyn Operations>, CommandError> {
        let Some(server) = &self.server else {
            return Ok(Box::new(local(self.here.load()?)?));
        };
        let token = match &self.token_file {
            Some(file) => secret_in(file)?,
            None => match std::env::var(TOKEN_VARIABLE) {
                Ok(token) if !token.is_empty() => SecretText::new(token),
                _ => return Err(CommandError::NoToken),
            },
        };
        let remote = Remote::new(server.clone(), token, self.ca_file.as_deref());
        Ok(Box::new(remote.map_err(OperationError::from)?))
    }
}

/// What can be done to the server of that configuration, over its database.
pub(super) fn local(configuration: Configuration) -> Result<Local, CommandError> {
    let stores = opened::migrated_storage(&configuration)?.stores();
    Ok(Local::new(configuration, stores, Arc::new(SystemClock)).run_by(operator_called()))
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

    /// The configuration, where one or a quickstart's data was named: not that of the environment alone.
    pub(super) fn load_named(&self) -> Result<Option<Configuration>, CommandError> {
        let ConfigurationArguments { config, settings } = &self.configuration;
        if config.is_none() && settings.is_empty() && self.data.is_none() { Ok(None) } else { self.load().map(Some) }
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

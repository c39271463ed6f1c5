//! Defaults, then the file, then the environment, then flags: read strictly, then held against each other.

use super::complaint::Complaint;
use super::error::ConfigurationError;
use super::layer::{Layer, Override};
use super::listen::PORT;
use super::quickstart::local_issuer;
use super::schema::{Kind, examine, find, origin};
use super::{Configuration, together};
use config::{Config, ConfigError, Value};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;

impl Configuration {
    /// Puts the configuration together: defaults, then the TOML file, then environment variables such as
    /// `GATEWRIGHT__LIFETIMES__CODE_S`, then flags; the later wins. It is accepted as a whole or not at all.
    ///
    /// # Errors
    /// Everything that is wrong, each with where it was set and what would be right.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        overrides: &[Override],
    ) -> Result<Self, ConfigurationError> {
        let schema = schema()?;
        let mut defaults = serde_json::to_value(Self::new(local_issuer(PORT)))?;
        if let Some(sections) = defaults.as_object_mut() {
            // There is no issuer by default: whoever runs the server says what it is called.
            sections.remove("issuer");
        }
        let file = file.map(Layer::of_file).transpose()?.unwrap_or_default();
        let environment = Layer::of_environment(&schema, environment)?;
        let overrides = Layer::of_overrides(&schema, overrides);
        put_together(&schema, [Layer::of_json(&defaults), file, environment, overrides])
    }

    /// The configuration of [`Configuration::quickstart`] under environment variables.
    ///
    /// # Errors
    /// As [`Configuration::load`].
    pub fn quickstart_in(
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        listen: SocketAddr,
        data: &Path,
    ) -> Result<Self, ConfigurationError> {
        let schema = schema()?;
        let own = Layer::of_json(&serde_json::to_value(Self::quickstart(listen, data))?);
        let environment = Layer::of_environment(&schema, environment)?;
        Ok(Self { demo: true, ..put_together(&schema, [own, environment])? })
    }
}

fn schema() -> Result<Kind, ConfigurationError> {
    Ok(Kind::of(&serde_json::to_value(Configuration::specimen(local_issuer(PORT)))?))
}

fn put_together(schema: &Kind, layers: impl IntoIterator<Item = Layer>) -> Result<Configuration, ConfigurationError> {
    let builder = layers.into_iter().fold(Config::builder(), |builder, layer| builder.add_source(layer));
    let tree = builder.build()?.cache;
    let mut complaints = examine(schema, &tree);
    if find(&tree, "issuer").is_none() {
        let what =
            "is missing; set it to the URL that clients know this server by, such as \"https://login.example.com\"";
        complaints.push(Complaint::of("issuer", what));
    }
    if !complaints.is_empty() {
        return Err(ConfigurationError::Refused(complaints));
    }
    let configuration: Configuration = tree.clone().try_deserialize().map_err(|error| unaccepted(&tree, error))?;
    let mut complaints = together::admit(&configuration);
    for complaint in &mut complaints {
        complaint.origin = find(&tree, &complaint.key).and_then(origin);
    }
    complaints.sort();
    if complaints.is_empty() { Ok(configuration) } else { Err(ConfigurationError::Refused(complaints)) }
}

/// What the types of the settings had to say about a value of the right kind.
fn unaccepted(tree: &Value, error: ConfigError) -> ConfigurationError {
    let (key, what) = match error {
        ConfigError::At { error, key: Some(key), .. } => (key, format!("is not accepted: {error}")),
        ConfigError::Type { expected, key: Some(key), .. } => (key, format!("is not accepted: it must be {expected}")),
        other => return ConfigurationError::Layers(other),
    };
    let origin = find(tree, &key).and_then(origin);
    ConfigurationError::Refused(vec![Complaint { origin, key, what }])
}

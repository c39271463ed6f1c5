//! The layers a configuration is put together from: the file, the environment, flags. Each value remembers where
//! it was set.

use super::complaint::Complaint;
use super::error::ConfigurationError;
use super::schema::Kind;
use config::{ConfigError, Map, Source, Value, ValueKind};
use serde_json::Value as Json;
use std::ffi::OsString;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What environment variables that are settings begin with; `__` also stands between section and setting.
pub const PREFIX: &str = "GATEWRIGHT__";
const SEPARATOR: &str = "__";

/// Stands for a value of a kind that no setting takes.
const FOR_NO_SETTING: ValueKind = ValueKind::Float(f64::NAN);

/// A setting given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The flag, such as `--listen`.
    pub flag: String,
    /// The setting, such as `listen.address`.
    pub key: String,
    /// Its value as text.
    pub value: String,
}

/// One layer.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer(Map<String, Value>);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

impl Layer {
    /// Settings as they are written out.
    pub(super) fn of_json(settings: &Json) -> Self {
        match from_json(settings) {
            ValueKind::Table(members) => Self(members),
            _ => Self::default(),
        }
    }

    /// The file at `path`.
    pub(super) fn of_file(path: &Path) -> Result<Self, ConfigurationError> {
        let unreadable = |cause| ConfigurationError::Unreadable { path: path.to_owned(), cause };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::of_toml(&path.display().to_string(), &text)
    }

    /// A TOML document called `name`.
    pub(super) fn of_toml(name: &str, text: &str) -> Result<Self, ConfigurationError> {
        let place = |offset: usize| {
            let before = text.get(..offset).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |end| end + 1);
            format!("{name}:{}:{}", before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
        };
        // The parser's own message would repeat the line, which may hold a secret.
        let document = DeTable::parse(text).map_err(|error| ConfigurationError::Syntax {
            place: place(error.span().map_or(0, |span| span.start)),
            what: error.message().to_owned(),
        })?;
        Ok(Self(from_table(document.get_ref(), &place)))
    }

    /// The variables among `variables` that are settings.
    pub(super) fn of_environment(
        schema: &Kind,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigurationError> {
        let mut layer = Self::default();
        for (name, value) in variables {
            let Some(path) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
            let origin = format!("environment variable {}", name.display());
            let path = path.to_lowercase().replace(SEPARATOR, ".");
            match value.into_string() {
                Ok(value) => layer.set(schema, &path, &value, origin),
                Err(_) => return Err(unreadable_variable(path, origin)),
            }
        }
        Ok(layer)
    }

    /// Settings given by flags.
    pub(super) fn of_overrides(schema: &Kind, overrides: &[Override]) -> Self {
        let mut layer = Self::default();
        for Override { flag, key, value } in overrides {
            layer.set(schema, key, value, format!("flag {flag}"));
        }
        layer
    }

    fn set(&mut self, schema: &Kind, path: &str, text: &str, origin: String) {
        let kind = schema.at(path.split('.')).map_or_else(|| ValueKind::from(text), |kind| kind.read(text));
        let mut names = path.split('.').rev();
        let last = names.next().unwrap_or(path);
        let leaf = (last.to_owned(), Value::new(Some(&origin), kind));
        let (root, value) = names
            .fold(leaf, |(name, value), section| (section.to_owned(), Value::new(None, Map::from([(name, value)]))));
        merge(&mut self.0, root, value);
    }
}

fn unreadable_variable(path: String, origin: String) -> ConfigurationError {
    let what = "is not UTF-8".to_owned();
    ConfigurationError::Refused(vec![Complaint { origin: Some(origin), key: path, what }])
}

fn merge(into: &mut Map<String, Value>, name: String, value: Value) {
    let Some(ValueKind::Table(members)) = into.get_mut(&name).map(|there| &mut there.kind) else {
        into.insert(name, value);
        return;
    };
    match value.kind {
        ValueKind::Table(more) => more.into_iter().for_each(|(name, value)| merge(members, name, value)),
        // A text where a section has been begun: kept, so that it is complained of.
        _ => drop(into.insert(name, value)),
    }
}

fn from_json(value: &Json) -> ValueKind {
    match value {
        Json::Null => ValueKind::Nil,
        Json::Bool(flag) => ValueKind::Boolean(*flag),
        Json::Number(number) => number.as_i64().map_or(ValueKind::Nil, ValueKind::I64),
        Json::String(text) => ValueKind::String(text.clone()),
        Json::Array(items) => ValueKind::Array(items.iter().map(|item| Value::new(None, from_json(item))).collect()),
        Json::Object(members) => {
            ValueKind::Table(members.iter().map(|(k, v)| (k.clone(), Value::new(None, from_json(v)))).collect())
        }
    }
}

fn from_table(table: &DeTable<'_>, place: &impl Fn(usize) -> String) -> Map<String, Value> {
    let member = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let key: &Spanned<std::borrow::Cow<'_, str>> = key;
        let origin = place(key.span().start);
        (key.get_ref().to_string(), Value::new(Some(&origin), from_toml(value.get_ref(), place)))
    };
    table.iter().map(member).collect()
}

fn from_toml(value: &DeValue<'_>, place: &impl Fn(usize) -> String) -> ValueKind {
    match value {
        DeValue::String(text) => ValueKind::String(text.to_string()),
        DeValue::Boolean(flag) => ValueKind::Boolean(*flag),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(FOR_NO_SETTING, ValueKind::I64)
        }
        DeValue::Float(_) | DeValue::Datetime(_) => FOR_NO_SETTING,
        DeValue::Array(items) => {
            let item = |item: &Spanned<DeValue<'_>>| {
                Value::new(Some(&place(item.span().start)), from_toml(item.get_ref(), place))
            };
            ValueKind::Array(items.iter().map(item).collect())
        }
        DeValue::Table(table) => ValueKind::Table(from_table(table, place)),
    }
}

//! Which settings there are and what kind of value each takes, read off a specimen of the configuration, so that
//! the structs stay the only place that declares them.

use super::complaint::Complaint;
use super::nearest::nearest;
use config::{Value, ValueKind};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// In a specimen: any name may stand here.
pub(super) const ANY_NAME: &str = "*";

/// What a setting takes.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Text,
    Flag,
    Number,
    List,
    /// A section with these settings and no others.
    Section(BTreeMap<String, Kind>),
    /// A section of settings that the operator names.
    Named(Box<Kind>),
}

impl Kind {
    /// The kind of a value like `specimen`.
    pub(super) fn of(specimen: &Json) -> Self {
        match specimen {
            Json::Bool(_) => Self::Flag,
            Json::Number(_) => Self::Number,
            Json::Array(_) => Self::List,
            Json::Object(members) => match members.get(ANY_NAME) {
                Some(member) => Self::Named(Box::new(Self::of(member))),
                None => Self::Section(members.iter().map(|(name, member)| (name.clone(), Self::of(member))).collect()),
            },
            Json::String(_) | Json::Null => Self::Text,
        }
    }

    /// The kind of the setting at `path`; none when there is no such setting.
    pub(super) fn at<'p>(&self, mut path: impl Iterator<Item = &'p str>) -> Option<&Self> {
        path.try_fold(self, |kind, name| match kind {
            Self::Section(members) => members.get(name),
            Self::Named(member) => Some(&**member),
            _ => None,
        })
    }

    /// A value of this kind from text: an environment variable or a flag. Text that is none of it stays text,
    /// and is complained of like any value of the wrong kind.
    pub(super) fn read(&self, text: &str) -> ValueKind {
        let trimmed = text.trim();
        match self {
            Self::Flag => trimmed.parse().map_or_else(|_| text.into(), ValueKind::Boolean),
            Self::Number => trimmed.parse().map_or_else(|_| text.into(), ValueKind::I64),
            Self::List if trimmed.is_empty() => ValueKind::Array(Vec::new()),
            Self::List => ValueKind::from(trimmed.split(',').map(|item| item.trim().to_owned()).collect::<Vec<_>>()),
            Self::Text | Self::Section(_) | Self::Named(_) => text.into(),
        }
    }

    /// Every setting's path.
    pub(super) fn paths(&self) -> Vec<String> {
        let Self::Section(members) = self else { return Vec::new() };
        let mut paths = Vec::new();
        for (name, member) in members {
            paths.push(name.clone());
            paths.extend(member.paths().iter().map(|below| format!("{name}.{below}")));
        }
        paths
    }

    fn expects(&self) -> &'static str {
        match self {
            Self::Text => "expects text in quotes",
            Self::Flag => "expects true or false",
            Self::Number => "expects a whole number of 0 or more",
            Self::List => "expects a list of texts, such as [\"one\", \"two\"]",
            Self::Section(_) | Self::Named(_) => "expects a section of settings",
        }
    }

    fn fits(&self, value: &ValueKind) -> bool {
        match (self, value) {
            (Self::Text, ValueKind::String(_)) | (Self::Flag, ValueKind::Boolean(_)) => true,
            (Self::Number, ValueKind::I64(number)) => *number >= 0,
            (Self::List, ValueKind::Array(items)) => items.iter().all(|item| matches!(item.kind, ValueKind::String(_))),
            (Self::Section(_) | Self::Named(_), ValueKind::Table(_)) => true,
            // An absent optional setting, from the defaults: TOML has no such value.
            (_, ValueKind::Nil) => true,
            _ => false,
        }
    }
}

/// Everything in `tree` that no setting of `schema` takes.
pub(super) fn examine(schema: &Kind, tree: &Value) -> Vec<Complaint> {
    let mut found = Vec::new();
    descend(schema, tree, "", &mut |path, value, kind| {
        let what = match kind {
            Some(kind) => kind.expects().to_owned(),
            None => match nearest(path, &schema.paths()) {
                Some(meant) => format!("is not a setting; did you mean `{meant}`?"),
                None => "is not a setting".to_owned(),
            },
        };
        found.push(Complaint { origin: origin(value), key: path.to_owned(), what });
    });
    found.sort();
    found
}

fn descend(kind: &Kind, value: &Value, path: &str, complain: &mut impl FnMut(&str, &Value, Option<&Kind>)) {
    if !kind.fits(&value.kind) {
        return complain(path, value, Some(kind));
    }
    let ValueKind::Table(members) = &value.kind else { return };
    for (name, member) in members {
        let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match kind.at(std::iter::once(name.as_str())) {
            Some(kind) => descend(kind, member, &below, complain),
            None => disown(member, &below, complain),
        }
    }
}

/// Complains of each setting in an unknown section, for what was meant by it shows what was meant by the section.
fn disown(value: &Value, path: &str, complain: &mut impl FnMut(&str, &Value, Option<&Kind>)) {
    match &value.kind {
        ValueKind::Table(members) if !members.is_empty() => {
            members.iter().for_each(|(name, member)| disown(member, &format!("{path}.{name}"), complain));
        }
        _ => complain(path, value, None),
    }
}

/// Where a value was set; of a section, where the first of its settings was. Nothing for a default.
pub(super) fn origin(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Table(members) => members.values().filter_map(origin).min(),
        _ => value.origin().map(ToOwned::to_owned),
    }
}

/// The value at a path such as `proxy.trusted[1]`; positions in a list are left out.
pub(super) fn find<'v>(tree: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').map(|name| name.split('[').next().unwrap_or(name)).try_fold(tree, |value, name| {
        let ValueKind::Table(members) = &value.kind else { return None };
        members.get(name)
    })
}

//! What differs between the bindings of two manifests, in the words of `policy.toml`.

use super::{BindingDifference, Change};
use crate::files::{Files, MANIFEST};
use gatewright_domain::hooks::HookKind;
use std::collections::BTreeSet;
use toml::{Table, Value};

/// A binding as it is written, under its name in the whole bundle.
type Written = (String, Table);

/// What differs. Of a manifest that is no TOML nothing is known.
pub(super) fn differences(from: &Files, to: &Files) -> Vec<BindingDifference> {
    let (old, new) = (bindings(from), bindings(to));
    let of = |name: &str, all: &[Written]| all.iter().find(|(known, _)| known == name).map(|(_, table)| table.clone());
    let mut told = Vec::new();
    for (name, table) in &new {
        let (change, before) = match of(name, &old) {
            None => (Change::Added, Table::new()),
            Some(before) if before == *table => continue,
            Some(before) => (Change::Changed, before),
        };
        told.push(BindingDifference { name: name.clone(), change, says: says(&before, table) });
    }
    let gone = old.iter().filter(|(name, _)| of(name, &new).is_none());
    told.extend(gone.map(|(name, table)| BindingDifference {
        name: name.clone(),
        change: Change::Removed,
        says: says(table, &Table::new()),
    }));
    told
}

fn bindings(files: &Files) -> Vec<Written> {
    let manifest: Table = files.text(MANIFEST).and_then(|text| text.parse().ok()).unwrap_or_default();
    let mut all = Vec::new();
    for hook in HookKind::ALL {
        let tables = manifest.get(hook.name()).and_then(Value::as_array).into_iter().flatten();
        all.extend(tables.filter_map(Value::as_table).map(|table| (named(hook, table), table.clone())));
    }
    all
}

/// Its name, or that of its file, as `manifest/binding.rs` reads it.
fn named(hook: HookKind, table: &Table) -> String {
    let text = |key| table.get(key).and_then(Value::as_str);
    let file = text("run").unwrap_or_default();
    let file = file.rsplit('/').next().unwrap_or(file);
    let name = text("name").unwrap_or_else(|| file.split('.').next().unwrap_or(file));
    format!("{}/{name}", hook.name())
}

/// What a binding says that differs, key by key.
fn says(old: &Table, new: &Table) -> Vec<String> {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differ = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
    let shown = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), ToString::to_string);
    differ.map(|key| format!("{key}: {} -> {}", shown(old.get(key)), shown(new.get(key)))).collect()
}

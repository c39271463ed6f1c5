//! What a folder's bindings are measured with: the files in its `bench/`.

use super::super::super::error::CommandError;
use super::super::document;
use gatewright_domain::hooks::{Given, HookKind, Misuse};
use gatewright_policy::rehearsal::givens;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Where they are.
const FOLDER: &str = "bench";
/// Most inputs of one hook.
const INPUTS_MAX: usize = 100;

/// What is laid over the samples, and what is in the world.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// By hook.
    pub(super) of_hooks: BTreeMap<HookKind, Vec<Value>>,
    /// Nothing where the usual world will do.
    pub(super) givens: Option<Vec<Given>>,
}

/// Reads those that are there.
pub(super) fn read(folder: &Path) -> Result<Inputs, CommandError> {
    let folder = folder.join(FOLDER);
    let mut inputs = Inputs::default();
    for hook in HookKind::ALL {
        let path = folder.join(format!("{hook}.json"));
        if !path.is_file() {
            continue;
        }
        let all = match document::read(&path)? {
            Value::Array(all) => all,
            one => vec![one],
        };
        if all.is_empty() || all.len() > INPUTS_MAX || !all.iter().all(Value::is_object) {
            let why = format!("it is neither an input (a JSON object) nor an array of 1 to {INPUTS_MAX}");
            return Err(document::wrong(&path, why));
        }
        inputs.of_hooks.insert(hook, all);
    }
    let path = folder.join("given.json");
    if path.is_file() {
        let told = |misuse: Misuse| document::wrong(&path, misuse.why);
        inputs.givens = Some(givens(document::read(&path)?).map_err(told)?);
    }
    Ok(inputs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_files_of_hooks_are_read_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap().of_hooks.is_empty());
        let bench = folder.path().join(FOLDER);
        fs::create_dir(&bench).unwrap();
        fs::write(bench.join("claims.json"), r#"[{ "scope": [] }, {}]"#).unwrap();
        fs::write(bench.join("consent.json"), "{}").unwrap();
        fs::write(bench.join("notes.json"), "nothing").unwrap();
        fs::write(bench.join("given.json"), r#"{ "time": 1 }"#).unwrap();
        let inputs = read(folder.path()).unwrap();
        let count = |hook| inputs.of_hooks.get(&hook).map_or(0, Vec::len);
        assert_eq!([count(HookKind::Claims), count(HookKind::Consent), count(HookKind::SelectAcr)], [2, 1, 0]);
        assert_eq!(inputs.givens, Some(vec![Given::Time(1)]));
        let many = Value::Array(vec![Value::Object(serde_json::Map::new()); INPUTS_MAX + 1]).to_string();
        for wrong in ["[]", "1", "[1]", &many] {
            fs::write(bench.join("claims.json"), wrong).unwrap();
            assert!(read(folder.path()).unwrap_err().to_string().contains("array of 1 to 100"), "{wrong}");
        }
    }
}

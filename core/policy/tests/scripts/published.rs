//! What is published for editors is what the code says: `scripts/schemas`, `scripts/definitions`. With `UPDATE_EXPECTED=1` it is
//! written anew.

use crate::world::repository;
use gatewright_policy::schema;
use gatewright_script_host::definitions;
use std::collections::BTreeMap;
use std::fs;

fn assert_published(folder: &str, documents: Vec<(String, String)>) {
    let folder = repository().join("scripts").join(folder);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::create_dir_all(&folder).unwrap();
        documents.iter().for_each(|(name, text)| fs::write(folder.join(name), text).unwrap());
    }
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap());
    let read = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path()).unwrap()));
    let (there, wanted): (BTreeMap<_, _>, BTreeMap<_, _>) = (read.collect(), documents.into_iter().collect());
    assert_eq!(there.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
    let stale: Vec<_> = wanted.iter().filter(|(name, text)| there[*name] != **text).map(|(name, _)| name).collect();
    assert!(stale.is_empty(), "not as the code says: {stale:?}; UPDATE_EXPECTED=1 writes them");
}

#[test]
fn the_schemas_are_those_of_the_contracts() {
    let written = schema::documents().into_iter().map(|(name, schema)| (name, schema::written(&schema)));
    assert_published("schemas", written.collect());
}

#[test]
fn the_definitions_are_those_of_the_functions_that_are_registered() {
    assert_published("definitions", definitions::documents());
}

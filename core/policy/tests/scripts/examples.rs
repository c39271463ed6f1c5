//! The policies in `examples/policies/`, each a folder as an operator would have it.

use crate::world::{compiled, rehearsed, repository, without_test};
use gatewright_policy::files::Files;
use gatewright_policy::watch::Source;

pub fn examples() -> Vec<(String, Files)> {
    let folder = repository().join("examples/policies");
    let mut examples = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            examples.push((name, Source { folder: path, base: Files::shipped() }.read().unwrap()));
        }
    }
    examples
}

#[tokio::test]
async fn every_example_compiles_and_its_tests_hold() {
    let examples = examples();
    assert!(!examples.is_empty());
    for (name, files) in examples {
        compiled(&files);
        assert!(!rehearsed(&files).await.is_empty(), "{name} has no tests");
    }
}

#[test]
fn every_script_of_an_example_has_a_test_beside_it() {
    let shipped = Files::shipped();
    for (name, files) in examples() {
        let own = without_test(&files).into_iter().filter(|path| shipped.get(path).is_none());
        assert_eq!(own.collect::<Vec<_>>(), Vec::<&str>::new(), "{name}");
    }
}

//! Counting the lines of scripts changes nothing about what they do.

use crate::examples::examples;
use crate::readme::{files_of, readme};
use gatewright_domain::hooks::Runtime;
use gatewright_policy::Runtimes;
use gatewright_policy::files::Files;
use gatewright_policy::rehearsal::rehearse_alone;
use gatewright_policy::report::{shown, with_source};
use gatewright_script_host::{Coverage, RhaiRuntime};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Runs every test of a bundle, which must hold; answers how often the lines of its scripts ran.
async fn covered(files: &Files) -> BTreeMap<String, BTreeMap<usize, u64>> {
    let coverage = Coverage::default();
    let runtime: Arc<dyn Runtime> = Arc::new(RhaiRuntime::covering(coverage.clone()));
    let played = rehearse_alone(files, &Runtimes::from(vec![runtime])).await;
    let played = played.unwrap_or_else(|wrong| panic!("\n{}", with_source(&wrong, files)));
    let failures: Vec<_> = played.iter().filter_map(|played| played.failure.clone()).collect();
    assert!(failures.is_empty(), "\n{}", shown(&failures));
    let scripts = coverage.scripts().into_iter();
    scripts.map(|script| (script.path.clone(), script.lines.unwrap_or_else(|| panic!("{}", script.path)))).collect()
}

#[tokio::test]
async fn every_script_here_can_be_measured_and_its_tests_hold_as_before() {
    let pages = [Files::shipped(), files_of(&readme())];
    for files in pages.into_iter().chain(examples().into_iter().map(|(_, files)| files)) {
        let scripts = covered(&files).await;
        assert!(!scripts.is_empty() && scripts.values().all(|lines| !lines.is_empty()), "{scripts:?}");
        for path in scripts.keys() {
            let text = files.text(path).unwrap();
            let beyond = scripts[path].keys().find(|line| text.lines().nth(**line - 1).is_none());
            assert_eq!(beyond, None, "{path}");
        }
    }
}

#[tokio::test]
async fn the_tests_of_shipped_scripts_run_nearly_all_of_their_lines() {
    let scripts = covered(&Files::shipped()).await;
    let (ran, all) = scripts
        .values()
        .flat_map(BTreeMap::values)
        .fold((0, 0), |(ran, all), times| (ran + usize::from(*times > 0), all + 1));
    assert!(all > 100 && ran * 100 >= all * 95, "{ran} of {all}: {scripts:#?}");
}

#[tokio::test]
async fn a_fault_has_its_place_in_the_author_s_text() {
    let files = BTreeMap::from([
        (
            "policy.toml".to_owned(),
            PASSWORD.to_owned() + "[[claims]]\nrun = \"x.rhai\"\nscopes = [\"x\"]\nclaims = [\"x\"]\n",
        ),
        ("x.rhai".to_owned(), "fn claims(input) {\n    let a = 1; throw \"no\";\n}\n".to_owned()),
        (
            "x.test.rhai".to_owned(),
            "fn it_fails_there() {\n    expect(run(sample()).fault.contains(\"x.rhai:2:16\"));\n}\n".to_owned(),
        ),
    ]);
    let files = files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let scripts = covered(&Files::shipped().overlaid(&Files::new(files).unwrap()).unwrap()).await;
    assert_eq!(scripts["x.rhai"], BTreeMap::from([(2, 2)]), "two statements on one line, both ran");
}

const PASSWORD: &str = "default_acr = \"pwd\"\n[[authenticate]]\nacr = \"pwd\"\nlevel = 10\nrun = \"authentication/password.rhai\"\nlend = [\"users\"]\n";

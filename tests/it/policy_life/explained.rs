//! `policy explain`: of what is live, and of a folder that is not.

use super::operator::Operator;
use serde_json::Value;

const ASKED: [&str; 3] = ["--client", "demo", "--json"];

/// The claims bindings that are told of.
fn bindings(document: &Value) -> Vec<&str> {
    let rows = document["hooks"].as_array().unwrap().iter().filter(|row| row["hook"] == "claims");
    let all = rows.flat_map(|row| row["bindings"].as_array().unwrap());
    all.map(|binding| binding["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_live_is_explained_and_not_the_folder_and_the_other_way_round() {
    let directory = tempfile::tempdir().unwrap();
    let operator = Operator::alone(directory.path());
    let live = operator.version(1);
    let manifest = std::fs::read_to_string(live.join("policy.toml")).unwrap();
    std::fs::write(live.join("policy.toml"), manifest.replace("[[claims]]", "[[claims]]\nname = \"only_live\""))
        .unwrap();
    let (digest, folder) = (operator.put_live(1), operator.version(0));
    let explained = |policy: &str| operator.policy(&[&["explain", policy], &ASKED[..]].concat()).json();
    let of_live = explained("live");
    assert_eq!(of_live["digest"], digest);
    assert_eq!(bindings(&of_live), ["claims/only_live"]);
    let of_folder = explained(folder.to_str().unwrap());
    assert_ne!(of_folder["digest"], digest);
    assert_eq!(bindings(&of_folder), ["claims/claims"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_the_data_that_is_named_is_known_though_no_configuration_is() {
    let directory = tempfile::tempdir().unwrap();
    let operator = Operator::alone(directory.path());
    let folder = operator.version(0);
    let folder = folder.to_str().unwrap();
    let told = operator.policy(&["explain", folder, "--client", "demo", "--json"]).json();
    assert_eq!(told["client"]["name"], "Demo", "the database says it: {told}");
    let unknown = operator.policy(&["explain", folder, "--client", "nobody"]);
    assert!(!unknown.done && unknown.error.contains("there is no client nobody"), "{unknown:?}");
}

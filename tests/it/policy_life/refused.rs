//! What never becomes live, and what is said of it.

use super::operator::Operator;
use crate::plugins::never_started;
use std::path::Path;

/// Pushes the folder and expects that it is not stored; answers what was said.
async fn refused(operator: &Operator, folder: &Path) -> String {
    let before = operator.serving().await;
    let listed = operator.policy(&["list", "--json"]).out;
    let said = operator.policy(&["push", folder.to_str().unwrap(), "--activate", "--within", "60"]);
    assert!(!said.done, "{}", said.out);
    assert_eq!(operator.policy(&["list", "--json"]).out, listed, "nothing is stored");
    assert_eq!(operator.serving().await, before, "what was live goes on");
    said.error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_is_broken_or_never_ends_is_never_live_and_it_is_said_where() {
    let directory = tempfile::tempdir().unwrap();
    let operator = Operator::alone(directory.path());
    operator.put_live(0);

    let broken = operator.version(1);
    let script = std::fs::read_to_string(broken.join("sign_in.rhai")).unwrap();
    std::fs::write(broken.join("sign_in.rhai"), script.replace("verify_password", "verify_pasword")).unwrap();
    let error = refused(&operator, &broken).await;
    assert!(
        error.contains("sign_in.rhai:10:23: ") && error.contains("did you mean `users::verify_password`?"),
        "{error}"
    );

    let looping = operator.version(2);
    let manifest = std::fs::read_to_string(looping.join("policy.toml")).unwrap();
    let bound = format!("{manifest}\n[[select_acr]]\nname = \"never\"\nrun = \"never.wasm\"\n");
    std::fs::write(looping.join("policy.toml"), bound).unwrap();
    std::fs::write(looping.join("never.wasm"), never_started()).unwrap();
    let error = refused(&operator, &looping).await;
    assert!(error.contains("never.wasm:1") && error.contains("the plugin cannot be set up"), "{error}");

    let endless = operator.version(3);
    std::fs::write(endless.join("claims.test.rhai"), "fn it_ends() {\n    loop { }\n}\n").unwrap();
    let error = refused(&operator, &endless).await;
    assert!(error.contains("claims.test.rhai:1") && error.contains("it_ends: Too many operations"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_persons_are_needed_one_alone_puts_nothing_live() {
    let directory = tempfile::tempdir().unwrap();
    let operator = Operator::alone(directory.path());
    let digest = operator.push(0);
    let before = operator.serving().await;
    let two = [("GATEWRIGHT__POLICY__TWO_PERSONS", "true")];
    let alone = operator.policy_with(&["activate", &digest], &two);
    assert!(!alone.done && alone.error.contains("ada pushed this bundle"), "{alone:?}");
    assert!(alone.error.contains("ask somebody else"), "{alone:?}");
    assert_eq!(operator.serving().await, before);
    let other = operator.policy_with(&["activate", &digest[..8], "--by", "bob", "--note", "reviewed"], &two);
    assert!(other.done, "{other:?}");
    assert_eq!(operator.serving().await, [(digest, before[0].1 + 1)]);
    let history = operator.policy(&["history"]).out;
    let line = history.lines().nth(1).unwrap();
    assert!(line.contains("bob") && line.contains("live") && line.ends_with("reviewed"), "{history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_bundles_are_told_apart_by_files_and_bindings() {
    let directory = tempfile::tempdir().unwrap();
    let operator = Operator::alone(directory.path());
    operator.put_live(0);
    let changed = operator.version(1);
    let manifest = std::fs::read_to_string(changed.join("policy.toml")).unwrap();
    std::fs::write(changed.join("policy.toml"), manifest.replacen("level = 10", "level = 20", 1)).unwrap();
    let said = operator.policy(&["diff", "live", changed.to_str().unwrap()]);
    assert!(said.done, "{said:?}");
    for told in ["changed authenticate/one_page", "    level: 10 -> 20", "changed lib/version.rhai", "-    0\n+    1"] {
        assert!(said.out.contains(told), "{told} is not in\n{}", said.out);
    }
    assert!(!said.out.contains("token.rhai"), "{}", said.out);
    let same = operator.policy(&["diff", "live", operator.version(0).to_str().unwrap()]);
    assert_eq!(same.out, "they are the same\n");
}

//! What is live already is not put live once more.

use super::operator::Operator;

#[tokio::test(flavor = "multi_thread")]
async fn activating_what_is_live_changes_nothing_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let operator = Operator::alone(directory.path());
    let digest = operator.put_live(0);
    let (serving, history) = (operator.serving().await, operator.policy(&["history", "--json"]).out);
    let again = operator.policy(&["activate", &digest]);
    assert!(
        again.done && again.out.contains("is live already") && again.out.contains("nothing has changed"),
        "{again:?}"
    );
    assert_eq!(operator.policy(&["activate", &digest[..8], "--json"]).json()["changed"], false);
    let folder = operator.version(0);
    let pushed = operator.policy(&["push", folder.to_str().unwrap(), "--activate"]);
    assert!(pushed.done && pushed.out.contains("is live already"), "{pushed:?}");
    assert_eq!(operator.serving().await, serving);
    assert_eq!(operator.policy(&["history", "--json"]).out, history);
    let other = operator.push(1);
    assert_eq!(operator.policy(&["activate", &other, "--json"]).json()["changed"], true);
}

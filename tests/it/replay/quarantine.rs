//! A live policy that fails too often.

use super::{candidate, printed, server, until};
use crate::world::relying_party::response_of;
use crate::world::{Browser, RelyingParty};

const BREAKS: &str = "fn claims(about) { throw \"broken\" }";
const BUDGET: [(&str, &str); 1] = [("GATEWRIGHT__POLICY__QUARANTINE__FAULTS", "3")];

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_whose_script_breaks_is_taken_back_and_somebody_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let server = server(directory, &BUDGET);
    let client = RelyingParty::demo(&server);
    client.tokens().await;
    let folder = candidate(directory, &[("label.rhai", BREAKS)]);
    printed(directory, &["policy", "push", &folder, "--by", "ada", "--activate"]);
    for _ in 0..3 {
        let answer = Browser::new().sign_in(&client.authorization_url(&[]), "alice", "wonderland").await;
        let failed = client.redeem(&response_of(&answer)["code"]).await;
        assert_ne!(failed.status, 200, "its script breaks");
    }
    let entries = until(directory, &["audit", "list", "--action", "policy.quarantine"], |told| {
        told.to_string().contains("went_back")
    });
    assert!(entries.to_string().contains("claims/label"), "{entries:#}");
    assert!(printed(directory, &["policy", "history"]).contains("quarantine"));
    until(directory, &["policy", "status"], |told| !told.to_string().contains("\"lags\":true"));
    client.tokens().await;
    assert!(
        server.log().contains("a binding of the live policy fails too often: it was taken back"),
        "{}",
        server.log()
    );
}

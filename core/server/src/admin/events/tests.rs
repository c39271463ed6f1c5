//! Events on one node and between two.

use super::listening::Listening;
use super::relay::TOLD_MAX;
use super::sources::Seen;
use super::*;
use gatewright_capabilities::{OsEntropy, SystemClock};
use gatewright_domain::activation::{ActivationKind, Proposal, Verdict};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::BULLETIN_BYTES_MAX;
use gatewright_storage::{Storage, StorageConfig};

fn live() -> LiveEvents {
    LiveEvents::new("here".into(), &OsEntropy)
}

/// Has `other` hear all that `live` tells; answers how many bulletins that took.
fn relayed(live: &LiveEvents, other: &LiveEvents) -> usize {
    let mut count = 0;
    while let Some(bulletin) = live.telling.lock().unwrap().bulletin(&live.run) {
        assert!(bulletin.len() <= BULLETIN_BYTES_MAX);
        other.heard(&bulletin);
        live.heard(&bulletin);
        count += 1;
    }
    count
}

async fn text(listening: &mut Listening) -> String {
    listening.next().await.map(|event| event.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn whoever_listens_is_told_in_order_until_the_server_stops() {
    let live = live();
    live.fault("token", "before", None);
    let mut listening = live.listen(None).unwrap();
    live.fault("token", "one", None);
    live.announce(EventKind::Follows, json!({ "digest": "d" }));
    live.close();
    let one = text(&mut listening).await;
    assert!(one.contains("\"one\"") && one.contains("\"node\":\"here\""), "{one}");
    assert!(text(&mut listening).await.contains("event:follows"));
    assert!(listening.next().await.is_none());
    assert!(live.listen(None).is_none());
}

#[tokio::test]
async fn whoever_comes_back_misses_nothing_that_is_kept_and_is_told_what_is_not() {
    let live = live();
    for number in 1..=KEPT_MAX + 5 {
        live.fault("token", &format!("n{number}."), None);
    }
    let id = |number: u64| format!("{}-{number}", live.run);
    let mut listening = live.listen(Some(&id(KEPT_MAX as u64 + 4))).unwrap();
    assert!(text(&mut listening).await.contains(&format!("\"n{}.\"", KEPT_MAX + 5)));
    let mut listening = live.listen(Some(&id(2))).unwrap();
    let missed = text(&mut listening).await;
    assert!(missed.contains("event:missed") && missed.contains("\"missed\":3"), "{missed}");
    assert!(text(&mut listening).await.contains("\"n6.\""));
    for strange in ["", "x", "other-1", &id(99_999)] {
        let mut listening = live.listen(Some(strange)).unwrap();
        assert!(text(&mut listening).await.contains("\"missed\":null"), "{strange}");
    }
}

#[tokio::test]
async fn a_slow_listener_loses_the_oldest_and_is_told_how_many() {
    let live = live();
    let mut listening = live.listen(None).unwrap();
    for _ in 0..WAITING_MAX + 7 {
        live.fault("token", "x", None);
    }
    assert!(text(&mut listening).await.contains("\"missed\":7"));
    assert!(text(&mut listening).await.contains("event:fault"));
}

#[test]
fn so_many_listen_and_no_more_until_one_leaves() {
    let live = live();
    let mut all: Vec<_> = (0..LISTENERS_MAX).map(|_| live.listen(None).unwrap()).collect();
    assert!(live.listen(None).is_none());
    all.pop();
    assert!(live.listen(None).is_some());
}

#[tokio::test]
async fn what_happens_on_one_node_is_told_on_another_once_each_and_in_order() {
    let (here, there) = (live(), LiveEvents::new("there".into(), &OsEntropy));
    let mut listening = (here.listen(None).unwrap(), there.listen(None).unwrap());
    for number in 0..100 {
        here.fault("token", &format!("n{number}."), Some("authenticate/pwd"));
    }
    assert!(relayed(&here, &there) > 1, "they do not fit into one bulletin");
    assert_eq!(relayed(&there, &here), 0, "what was heard is not told again");
    here.close();
    there.close();
    for number in 0..100 {
        for listening in [&mut listening.0, &mut listening.1] {
            let told = text(listening).await;
            assert!(told.contains(&format!("\"n{number}.\"")) && told.contains("\"node\":\"here\""), "{told}");
        }
    }
    assert!(listening.0.next().await.is_none() && listening.1.next().await.is_none());
}

#[tokio::test]
async fn what_is_too_much_to_be_told_to_others_is_counted_and_they_are_told_so() {
    let (here, there) = (live(), live());
    let mut listening = there.listen(None).unwrap();
    for _ in 0..TOLD_MAX + 3 {
        here.fault("token", "x", None);
    }
    here.fault("token", &"x".repeat(BULLETIN_BYTES_MAX), None);
    let bulletin = here.telling.lock().unwrap().bulletin(&here.run).unwrap();
    there.heard(&bulletin);
    let missed = text(&mut listening).await;
    assert!(missed.contains("event:missed") && missed.contains("\"missed\":4"), "{missed}");
    assert!(text(&mut listening).await.contains("event:fault"));
}

#[tokio::test]
async fn a_bulletin_of_another_form_is_told_as_something_missed() {
    let live = live();
    let mut listening = live.listen(None).unwrap();
    for text in ["", "[]", "{\"from\":\"x\"}", "{\"from\":\"x\",\"left_out\":0,\"events\":[{}]}"] {
        live.heard(text);
    }
    live.heard("{\"from\":\"x\",\"left_out\":0,\"events\":[{\"kind\":\"newer\",\"document\":{}}]}");
    live.close();
    for _ in 0..4 {
        assert!(text(&mut listening).await.contains("event:missed"));
    }
    assert!(listening.next().await.is_none(), "a kind that is not known here is left out");
}

#[tokio::test]
async fn activations_are_told_when_they_are_decided_refused_ones_too() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("db").display());
    let storage = Storage::open(StorageConfig::new(&url, Arc::new(SystemClock))).unwrap();
    storage.migrate().unwrap();
    let (live, store) = (live(), storage.stores().activations);
    let mut listening = live.listen(None).unwrap();
    let mut seen = Seen::default();
    let decide = async |digest: &str, verdict: Verdict| {
        let (digest, kind) = (BundleDigest::parse(digest).unwrap(), ActivationKind::Activate);
        let proposal = Proposal { digest, kind, by: "ada".into(), note: None, deadline: Timestamp(60) };
        store.propose(&proposal, Timestamp(1)).await.unwrap();
        let open = store.open().await.unwrap().unwrap();
        store.decide(open.number, &verdict, Timestamp(2)).await.unwrap();
    };
    decide("d0", Verdict::Live).await;
    seen.look(&live, store.as_ref()).await.unwrap();
    decide("d1", Verdict::Refused { why: "a node hangs".into() }).await;
    decide("d2", Verdict::Live).await;
    decide("d3", Verdict::Live).await;
    seen.look(&live, store.as_ref()).await.unwrap();
    seen.look(&live, store.as_ref()).await.unwrap();
    live.close();
    let refused = text(&mut listening).await;
    assert!(refused.contains("\"state\":\"refused\"") && refused.contains("a node hangs"), "{refused}");
    for digest in ["\"d2\"", "\"d3\""] {
        let went_live = text(&mut listening).await;
        assert!(went_live.contains("\"state\":\"live\"") && went_live.contains(digest), "{went_live}");
    }
    assert!(listening.next().await.is_none(), "each once, and nothing from before");
}

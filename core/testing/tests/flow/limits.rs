//! Every limit of the host, reached.

use crate::runs::{Bench, Ended, page};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::kv::{KEY_BYTES_MAX, KvCall, TTL_S_MAX, VALUE_BYTES_MAX};
use gatewright_domain::flow::{FaultKind, Flow, HOST_CALLS_MAX, HostAnswer, HostCall, RANDOM_BYTES_MAX, Visit};
use gatewright_domain::page::{FIELDS_MAX, FieldKind, Form, InvalidPage, Page};
use serde_json::json;

#[tokio::test]
async fn a_flow_makes_a_limited_number_of_calls_over_all_its_runs() {
    let mut bench = Bench::new();
    let shown = page("Name?", "name", FieldKind::Text);
    let flood = |calls: usize| {
        let shown = shown.clone();
        move |host: &mut dyn FnMut(HostCall) -> Result<HostAnswer, crate::runs::Stop>| {
            host(HostCall::Ask(shown.clone()))?;
            for _ in 1..calls {
                host(HostCall::Now)?;
            }
            Ok(())
        }
    };
    assert!(matches!(bench.request(flood(HOST_CALLS_MAX)).await, Ended::Waiting(_)));
    bench.answer(&shown, "name", "alice");
    assert_eq!(bench.request(flood(HOST_CALLS_MAX)).await, Ended::Decided(()));
    let Ended::Fault(fault) = bench.request(flood(HOST_CALLS_MAX + 1)).await else { panic!("it went on") };
    assert_eq!(fault.kind, FaultKind::Overrun { limit: "host calls", max: HOST_CALLS_MAX as u64 });
    assert_eq!(bench.flow.journal.entries().len(), HOST_CALLS_MAX);
}

#[tokio::test]
async fn one_call_draws_a_limited_number_of_random_bytes() {
    let mut bench = Bench::new();
    for (asked, drawn) in [(0, 0), (1, 1), (RANDOM_BYTES_MAX, RANDOM_BYTES_MAX), (usize::MAX, RANDOM_BYTES_MAX)] {
        let Ended::Decided(HostAnswer::Bytes(text)) = bench.call(HostCall::Random { bytes: asked }).await else {
            panic!("{asked}");
        };
        assert_eq!(URL_SAFE_NO_PAD.decode(text).unwrap().len(), drawn);
    }
}

#[tokio::test]
async fn a_kv_call_over_a_limit_is_told_so_and_not_made() {
    let put = |key: String, value: serde_json::Value, ttl_s| KvCall::Put { key, value, ttl_s };
    let longest = "k".repeat(KEY_BYTES_MAX);
    // Two bytes are the quotes of the JSON.
    let largest = json!("v".repeat(VALUE_BYTES_MAX - 2));
    let allowed = [
        put(longest.clone(), json!(1), 1),
        put("k".to_owned(), largest, TTL_S_MAX),
        KvCall::Add { key: longest.clone(), by: 1, ttl_s: TTL_S_MAX },
        KvCall::Get { key: longest.clone() },
        KvCall::Delete { key: longest },
    ];
    let over = "k".repeat(KEY_BYTES_MAX + 1);
    let refused = [
        put(over.clone(), json!(1), 1),
        put(String::new(), json!(1), 1),
        put("nul\0".to_owned(), json!(1), 1),
        put("k".to_owned(), json!("v".repeat(VALUE_BYTES_MAX - 1)), 1),
        put("k".to_owned(), json!(1), 0),
        put("k".to_owned(), json!(1), TTL_S_MAX + 1),
        KvCall::Add { key: "k".to_owned(), by: 1, ttl_s: 0 },
        KvCall::Add { key: "k".to_owned(), by: 1, ttl_s: TTL_S_MAX + 1 },
        KvCall::Add { key: over.clone(), by: 1, ttl_s: 1 },
        KvCall::Get { key: over.clone() },
        KvCall::Delete { key: over },
    ];
    let mut bench = Bench::new();
    for call in allowed {
        let ended = bench.call(HostCall::Kv(call.clone())).await;
        assert!(matches!(ended, Ended::Decided(HostAnswer::Value(_))), "{call:?}: {ended:?}");
    }
    for call in refused {
        let ended = bench.call(HostCall::Kv(call.clone())).await;
        let told = matches!(ended, Ended::Decided(HostAnswer::Failed(CapabilityError::Invalid { .. })));
        assert!(told, "{call:?}: {ended:?}");
    }
}

#[tokio::test]
async fn a_page_over_a_limit_is_a_fault_and_is_not_waited_for() {
    let mut bench = Bench::new();
    let Page::Form(Form { fields, .. }) = page("", "f", FieldKind::Text) else { panic!("a form") };
    let many = Form { fields: vec![fields[0].clone(); FIELDS_MAX + 1], ..Form::default() };
    let Ended::Fault(fault) = bench.call(HostCall::Ask(Page::Form(many))).await else { panic!("it was shown") };
    assert_eq!(fault.kind, FaultKind::Page(InvalidPage::TooManyFields));
    assert_eq!(bench.flow.journal.waiting(), None);
}

#[tokio::test]
async fn only_an_interactive_hook_asks_and_visits() {
    let mut bench = Bench { interactive: false, ..Bench::new() };
    let calls = [
        HostCall::Ask(page("Name?", "name", FieldKind::Text)),
        HostCall::ReturnState,
        HostCall::Visit(Visit { url: "https://idp.example.com/".to_owned() }),
    ];
    for call in calls {
        let Ended::Fault(fault) = bench.call(call).await else { panic!("it waits") };
        assert_eq!(fault.kind, FaultKind::NotInteractive);
        assert_eq!(bench.flow.journal, Flow::default().journal);
    }
    assert!(matches!(bench.call(HostCall::Now).await, Ended::Decided(HostAnswer::Time(_))));
}

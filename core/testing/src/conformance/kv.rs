//! Values of bindings.

use super::{Nodes, RACERS, later, race};
use gatewright_domain::capabilities::kv::KvCall;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::store::Stores;
use serde_json::{Value, json};

const LIFE_S: u64 = 100;

async fn call(stores: &Stores, call: KvCall, now: Timestamp) -> Value {
    stores.kv.call("authenticate/otp", &call, now).await.unwrap()
}

fn get(key: &str) -> KvCall {
    KvCall::Get { key: key.to_owned() }
}

fn put(key: &str, value: Value) -> KvCall {
    KvCall::Put { key: key.to_owned(), value, ttl_s: LIFE_S }
}

fn add(key: &str, by: i64) -> KvCall {
    KvCall::Add { key: key.to_owned(), by, ttl_s: LIFE_S }
}

/// Numbers at their ends, texts with every kind of character, and keys of the same.
pub async fn a_value_of_any_json_type_is_got_as_it_was_put(nodes: &Nodes) {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1.5),
        json!(""),
        json!("ä\u{0}\"'\\"),
        json!([1, [2, {}]]),
        json!({ "a": { "b": null } }),
    ];
    for (number, value) in values.into_iter().enumerate() {
        let key = format!("ключ '{number}' \"\\ %");
        assert_eq!(call(&nodes.here, put(&key, value.clone()), later(0)).await, Value::Null);
        assert_eq!(call(&nodes.there, get(&key), later(0)).await, value);
    }
    assert_eq!(call(&nodes.here, get("unknown"), later(0)).await, Value::Null);
}

/// A text by a number, a number by a text.
pub async fn a_value_is_replaced_with_its_life(nodes: &Nodes) {
    for value in [json!("text"), json!(7), json!("text again")] {
        call(&nodes.here, put("k", value.clone()), later(50)).await;
        assert_eq!(call(&nodes.there, get("k"), later(50)).await, value);
    }
    call(&nodes.here, put("k", json!(1)), later(100)).await;
    assert_eq!(call(&nodes.here, get("k"), later(199)).await, json!(1));
}

/// To the second.
pub async fn a_value_is_gone_when_its_life_ends(nodes: &Nodes) {
    call(&nodes.here, put("k", json!("v")), later(0)).await;
    assert_eq!(call(&nodes.there, get("k"), later(LIFE_S - 1)).await, json!("v"));
    assert_eq!(call(&nodes.there, get("k"), later(LIFE_S)).await, Value::Null);
}

/// A second time does nothing.
pub async fn a_deleted_value_is_gone(nodes: &Nodes) {
    call(&nodes.here, put("k", json!("v")), later(0)).await;
    for _ in 0..2 {
        assert_eq!(call(&nodes.there, KvCall::Delete { key: "k".to_owned() }, later(0)).await, Value::Null);
        assert_eq!(call(&nodes.here, get("k"), later(0)).await, Value::Null);
    }
}

/// Whatever their names and keys are when put together.
pub async fn namespaces_do_not_see_each_other(nodes: &Nodes) {
    let kv = &nodes.here.kv;
    kv.call("a", &put("b/c", json!(1)), later(0)).await.unwrap();
    kv.call("a/b", &put("c", json!(2)), later(0)).await.unwrap();
    assert_eq!(kv.call("a", &get("b/c"), later(0)).await.unwrap(), json!(1));
    assert_eq!(kv.call("a/b", &get("c"), later(0)).await.unwrap(), json!(2));
    assert_eq!(kv.call("a", &get("c"), later(0)).await.unwrap(), Value::Null);
}

/// Upwards and downwards.
pub async fn an_addition_begins_at_nothing_and_answers_the_sum(nodes: &Nodes) {
    for (by, sum) in [(3, 3), (4, 7), (-10, -3), (0, -3)] {
        assert_eq!(call(&nodes.here, add("n", by), later(0)).await, json!(sum));
        assert_eq!(call(&nodes.there, get("n"), later(0)).await, json!(sum));
    }
    call(&nodes.here, put("p", json!(41)), later(0)).await;
    assert_eq!(call(&nodes.here, add("p", 1), later(0)).await, json!(42));
}

/// A counter of tries in ten minutes ends after ten minutes, however many there were.
pub async fn an_addition_does_not_prolong_a_life(nodes: &Nodes) {
    call(&nodes.here, add("n", 1), later(0)).await;
    assert_eq!(call(&nodes.there, add("n", 1), later(LIFE_S - 1)).await, json!(2));
    assert_eq!(call(&nodes.here, get("n"), later(LIFE_S)).await, Value::Null);
    assert_eq!(call(&nodes.there, add("n", 1), later(LIFE_S)).await, json!(1));
    assert_eq!(call(&nodes.here, get("n"), later(2 * LIFE_S - 1)).await, json!(1));
}

/// With a life of its own.
pub async fn an_addition_to_what_is_no_number_begins_at_nothing(nodes: &Nodes) {
    for value in [json!("12"), json!(1.5), json!(u64::MAX), json!(null), json!([1])] {
        call(&nodes.here, put("k", value), later(0)).await;
        assert_eq!(call(&nodes.here, add("k", 5), later(50)).await, json!(5));
        assert_eq!(call(&nodes.there, get("k"), later(LIFE_S)).await, json!(5));
    }
}

/// It stays at the largest or the smallest rather than wrap or fail.
pub async fn a_sum_stays_within_a_whole_number(nodes: &Nodes) {
    let sums = [
        (i64::MAX, 1, i64::MAX),
        (i64::MAX, i64::MAX, i64::MAX),
        (i64::MAX, i64::MIN, -1),
        (i64::MIN, -1, i64::MIN),
        (i64::MIN, i64::MIN, i64::MIN),
        (i64::MIN, i64::MAX, -1),
        (i64::MAX - 1, 1, i64::MAX),
        (i64::MIN + 1, -1, i64::MIN),
    ];
    for (before, by, sum) in sums {
        call(&nodes.here, put("n", json!(before)), later(0)).await;
        assert_eq!(call(&nodes.here, add("n", by), later(0)).await, json!(sum), "{before} + {by}");
        assert_eq!(call(&nodes.there, get("n"), later(0)).await, json!(sum));
    }
}

/// Beginning at nothing, at a dead number and at a living one, all get different sums.
pub async fn of_many_additions_none_is_lost(nodes: &Nodes) {
    call(&nodes.here, put("dead", json!(9)), later(0)).await;
    call(&nodes.here, put("living", json!(9)), later(LIFE_S)).await;
    for (key, before) in [("nothing", 0), ("dead", 0), ("living", 9)] {
        let sums = race(nodes, |_, stores| async move { call(&stores, add(key, 1), later(LIFE_S)).await.as_i64() });
        let mut sums: Vec<i64> = sums.await.into_iter().flatten().collect();
        sums.sort_unstable();
        assert_eq!(sums, (before + 1..=before + RACERS as i64).collect::<Vec<_>>(), "{key}");
    }
}

/// None fails, and one of them stays.
pub async fn of_many_puts_at_once_all_succeed_and_one_stays(nodes: &Nodes) {
    let puts = race(nodes, |number, stores| async move { call(&stores, put("k", json!(number)), later(0)).await });
    puts.await;
    assert!(call(&nodes.here, get("k"), later(0)).await.as_u64().unwrap() < RACERS as u64);
}

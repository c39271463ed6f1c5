//! Values there and back, and lists of nodes that are no tree.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e300..1e300).prop_map(Json::from),
        "\\PC{0,12}".prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
            prop::collection::btree_map("\\PC{0,6}", inner, 0..8)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

fn any_node() -> impl Strategy<Value = Node> {
    prop_oneof![
        Just(Node::Null),
        any::<f64>().prop_map(Node::Decimal),
        prop::collection::vec(0_u32..12, 0..6).prop_map(Node::Items),
        prop::collection::vec(("[ab]", 0_u32..12), 0..4).prop_map(Node::Members),
    ]
}

proptest! {
    #[test]
    fn json_comes_back_as_it_went_in(value in any_json()) {
        prop_assert_eq!(to_json(to_typed(&value)), Ok(value));
    }

    #[test]
    fn any_list_of_nodes_is_a_tree_or_refused(list in prop::collection::vec(any_node(), 0..12)) {
        let length = list.len();
        if let Ok(value) = to_json(Typed::Structure(list)) {
            prop_assert_eq!(nodes(&value), length);
        }
    }
}

fn refused(nodes: Vec<Node>) -> String {
    to_json(Typed::Structure(nodes)).unwrap_err()
}

#[test]
fn what_is_no_tree_is_refused() {
    assert!(refused(vec![]).contains("no part 0"));
    assert!(refused(vec![Node::Items(vec![0])]).contains("two of its parts point at part 0"));
    assert!(refused(vec![Node::Items(vec![1, 1]), Node::Null]).contains("point at part 1"));
    assert!(refused(vec![Node::Items(vec![7])]).contains("no part 7"));
    assert!(refused(vec![Node::Null, Node::Null]).contains("nothing points at its part 1"));
    let twice = Node::Members(vec![("a".into(), 1), ("a".into(), 2)]);
    assert!(refused(vec![twice, Node::Null, Node::Null]).contains("two members `a`"));
    assert!(refused(vec![Node::Decimal(f64::INFINITY)]).contains("not finite"));
}

#[test]
fn nesting_over_the_limit_is_refused() {
    let chain = |levels: u32| {
        let mut nodes: Vec<Node> = (1..=levels).map(|next| Node::Items(vec![next])).collect();
        nodes.push(Node::Null);
        to_json(Typed::Structure(nodes))
    };
    let max = u32::try_from(NESTING_MAX).unwrap();
    assert!(chain(max).is_ok());
    assert!(chain(max + 1).unwrap_err().contains("nested more than 32 deep"));
}

#[test]
fn parts_over_the_limit_are_refused() {
    assert!(refused(vec![Node::Null; NODES_MAX + 1]).contains("more than 16384 parts"));
    let texts = Typed::Texts(vec![String::new(); NODES_MAX + 1]);
    assert!(to_json(texts).unwrap_err().contains("more than 16384 parts"));
}

#[test]
fn a_simple_value_travels_as_what_it_is() {
    assert!(matches!(to_typed(&json!(["a", "b"])), Typed::Texts(texts) if texts == ["a", "b"]));
    assert!(matches!(to_typed(&json!(7)), Typed::Integer(7)));
    assert!(matches!(to_typed(&json!(u64::MAX)), Typed::Decimal(_)));
    assert!(matches!(to_typed(&json!(null)), Typed::Structure(nodes) if matches!(nodes[..], [Node::Null])));
}

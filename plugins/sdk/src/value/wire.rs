//! A value as it travels between plugin and host: a simple one as itself, a tree as a list of nodes in which children
//! stand after their parent. Neither direction recurses, so depth costs no stack.

use super::Value;
use crate::bindings::types::{Node, Value as Wire};
use std::collections::VecDeque;

/// As the host reads it.
pub(crate) fn to_wire(value: &Value) -> Wire {
    match value {
        Value::Flag(flag) => Wire::Flag(*flag),
        Value::Integer(integer) => Wire::Integer(*integer),
        Value::Decimal(decimal) => Wire::Decimal(*decimal),
        Value::Text(text) => Wire::Text(text.clone()),
        Value::Items(items) if items.iter().all(|item| item.as_text().is_some()) => {
            Wire::Texts(items.iter().filter_map(Value::as_text).map(Into::into).collect())
        }
        _ => Wire::Structure(nodes(value)),
    }
}

/// Breadth first: a child's place is known when it is put into the queue.
fn nodes(root: &Value) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut queue = VecDeque::from([root]);
    let mut next = 1_u32;
    let mut place = |child, queue: &mut VecDeque<_>| {
        queue.push_back(child);
        next += 1;
        next - 1
    };
    while let Some(value) = queue.pop_front() {
        nodes.push(match value {
            Value::Null => Node::Null,
            Value::Flag(flag) => Node::Flag(*flag),
            Value::Integer(integer) => Node::Integer(*integer),
            Value::Decimal(decimal) => Node::Decimal(*decimal),
            Value::Text(text) => Node::Text(text.clone()),
            Value::Items(items) => Node::Items(items.iter().map(|item| place(item, &mut queue)).collect()),
            Value::Members(members) => {
                Node::Members(members.iter().map(|(name, value)| (name.clone(), place(value, &mut queue))).collect())
            }
        });
    }
    nodes
}

/// What the host says.
///
/// # Panics
/// When it is no tree, which no host says.
pub(crate) fn from_wire(wire: Wire) -> Value {
    match wire {
        Wire::Flag(flag) => Value::Flag(flag),
        Wire::Integer(integer) => Value::Integer(integer),
        Wire::Decimal(decimal) => Value::Decimal(decimal),
        Wire::Text(text) => Value::Text(text),
        Wire::Texts(texts) => texts.into(),
        Wire::Structure(nodes) => tree(nodes),
    }
}

/// From the last node to the root: children stand after their parent, so they are there when it comes.
fn tree(nodes: Vec<Node>) -> Value {
    let mut built: Vec<Option<Value>> = Vec::new();
    built.resize_with(nodes.len(), || None);
    for (place, node) in nodes.into_iter().enumerate().rev() {
        let mut child = |index: u32| built.get_mut(index as usize).and_then(Option::take).unwrap_or_else(|| no_tree());
        let value = match node {
            Node::Null => Value::Null,
            Node::Flag(flag) => Value::Flag(flag),
            Node::Integer(integer) => Value::Integer(integer),
            Node::Decimal(decimal) => Value::Decimal(decimal),
            Node::Text(text) => Value::Text(text),
            Node::Items(items) => Value::Items(items.into_iter().map(child).collect()),
            Node::Members(members) => {
                Value::Members(members.into_iter().map(|(name, index)| (name, child(index))).collect())
            }
        };
        built[place] = Some(value);
    }
    built.into_iter().next().flatten().unwrap_or_else(|| no_tree())
}

fn no_tree() -> ! {
    panic!("the host gave a value that is no tree whose children stand after their parents")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(value: Value) {
        assert_eq!(from_wire(to_wire(&value)), value);
    }

    #[test]
    fn every_value_comes_back_as_it_went() {
        for value in [Value::from(true), 7.into(), 0.5.into(), "text".into(), ["a", "b"].into(), Value::Null] {
            there_and_back(value);
        }
        there_and_back(Value::object());
        let inner = Value::object().with("none", Value::Null).with("list", vec![Value::from(1), "x".into()]);
        there_and_back(Value::object().with("a", inner.clone()).with("b", vec![inner, Value::Items(vec![])]));
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = (0..20_000).fold(Value::Null, |inner, _| Value::Items(vec![inner]));
        let Wire::Structure(nodes) = to_wire(&deep) else { panic!("a tree") };
        assert_eq!(nodes.len(), 20_001);
        let back = tree(nodes);
        let mut depth = 0;
        let (mut here, mut there) = (back, deep);
        while let (Value::Items(mut a), Value::Items(mut b)) = (here, there) {
            (here, there) = (a.remove(0), b.remove(0));
            depth += 1;
        }
        assert_eq!(depth, 20_000);
    }

    #[test]
    fn simple_values_and_lists_of_texts_travel_as_themselves() {
        assert_eq!(to_wire(&["a", "b"].into()), Wire::Texts(vec!["a".into(), "b".into()]));
        assert_eq!(to_wire(&Value::Null), Wire::Structure(vec![Node::Null]));
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let wrong = [vec![], vec![Node::Items(vec![0])], vec![Node::Items(vec![1, 1]), Node::Null]];
        for nodes in wrong {
            assert!(std::panic::catch_unwind(|| from_wire(Wire::Structure(nodes))).is_err());
        }
    }
}

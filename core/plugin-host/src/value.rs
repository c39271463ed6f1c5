//! JSON to the typed values of the interface and back. A structure travels as a list of nodes that point at one
//! another by their place; a plugin's list is read as the tree it must be, within limits.

use crate::bindings::gatewright::plugin::types::{Node, Value as Typed};
use serde_json::{Map, Number, Value as Json};

/// Deepest nesting of items and members that leaves a plugin.
pub const NESTING_MAX: usize = 32;
/// Most nodes of one value.
pub const NODES_MAX: usize = 16 * 1024;

/// A JSON value as a plugin sees it: a whole number beyond 64 bits is a decimal.
pub fn to_typed(value: &Json) -> Typed {
    match value {
        Json::Bool(flag) => Typed::Flag(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Typed::Integer(whole),
            None => Typed::Decimal(decimal(number)),
        },
        Json::String(text) => Typed::Text(text.clone()),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            Typed::Texts(items.iter().filter_map(Json::as_str).map(str::to_owned).collect())
        }
        Json::Null | Json::Array(_) | Json::Object(_) => {
            let mut nodes = Vec::new();
            flatten(value, &mut nodes);
            Typed::Structure(nodes)
        }
    }
}

/// How many nodes a JSON value has.
pub fn nodes(value: &Json) -> usize {
    1 + match value {
        Json::Array(items) => items.iter().map(nodes).sum(),
        Json::Object(members) => members.values().map(nodes).sum(),
        _ => 0,
    }
}

/// Appends a value with all beneath it; answers its place.
fn flatten(value: &Json, nodes: &mut Vec<Node>) -> u32 {
    let place = nodes.len();
    nodes.push(Node::Null);
    let node = match value {
        Json::Null => Node::Null,
        Json::Bool(flag) => Node::Flag(*flag),
        Json::Number(number) => number.as_i64().map_or_else(|| Node::Decimal(decimal(number)), Node::Integer),
        Json::String(text) => Node::Text(text.clone()),
        Json::Array(items) => Node::Items(items.iter().map(|item| flatten(item, nodes)).collect()),
        Json::Object(members) => {
            Node::Members(members.iter().map(|(name, member)| (name.clone(), flatten(member, nodes))).collect())
        }
    };
    nodes[place] = node;
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn decimal(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

/// A plugin's value as JSON.
///
/// # Errors
/// In words, what is wrong with it.
pub fn to_json(value: Typed) -> Result<Json, String> {
    match value {
        Typed::Flag(flag) => Ok(flag.into()),
        Typed::Integer(whole) => Ok(whole.into()),
        Typed::Decimal(number) => finite(number),
        Typed::Text(text) => Ok(text.into()),
        Typed::Texts(texts) if texts.len() > NODES_MAX => Err(too_many()),
        Typed::Texts(texts) => Ok(texts.into()),
        Typed::Structure(nodes) => Tree::read(nodes),
    }
}

fn finite(number: f64) -> Result<Json, String> {
    Number::from_f64(number).map(Json::Number).ok_or_else(|| "a number that is not finite is no JSON".to_owned())
}

fn too_many() -> String {
    format!("it has more than {NODES_MAX} parts")
}

/// A list of nodes on its way to JSON: each is taken out when it is reached, so that none is reached twice.
struct Tree(Vec<Option<Node>>);

impl Tree {
    fn read(nodes: Vec<Node>) -> Result<Json, String> {
        if nodes.len() > NODES_MAX {
            return Err(too_many());
        }
        let mut tree = Self(nodes.into_iter().map(Some).collect());
        let root = tree.at(0, NESTING_MAX)?;
        match tree.0.iter().position(Option::is_some) {
            None => Ok(root),
            Some(place) => Err(format!("nothing points at its part {place}")),
        }
    }

    fn at(&mut self, place: u32, levels: usize) -> Result<Json, String> {
        let slot = usize::try_from(place).ok().and_then(|place| self.0.get_mut(place));
        let slot = slot.ok_or_else(|| format!("it has no part {place}"))?;
        let node = slot.take().ok_or_else(|| format!("two of its parts point at part {place}"))?;
        match node {
            Node::Null => Ok(Json::Null),
            Node::Flag(flag) => Ok(flag.into()),
            Node::Integer(whole) => Ok(whole.into()),
            Node::Decimal(number) => finite(number),
            Node::Text(text) => Ok(text.into()),
            Node::Items(items) => {
                let levels = deeper(levels)?;
                items.into_iter().map(|item| self.at(item, levels)).collect::<Result<_, _>>().map(Json::Array)
            }
            Node::Members(members) => {
                let levels = deeper(levels)?;
                let mut object = Map::new();
                for (name, member) in members {
                    let member = self.at(member, levels)?;
                    if object.insert(name.clone(), member).is_some() {
                        return Err(format!("it has two members `{name}`"));
                    }
                }
                Ok(Json::Object(object))
            }
        }
    }
}

fn deeper(levels: usize) -> Result<usize, String> {
    levels.checked_sub(1).ok_or_else(|| format!("it is nested more than {NESTING_MAX} deep"))
}

#[cfg(test)]
mod tests;

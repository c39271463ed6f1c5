//! A reader of XML as strict as this needs: what it accepts is well-formed, with no more than elements, attributes, text
//! and the five named references and those by number (XML 1.0, 2.2, 3.1, 4.1).

use std::collections::BTreeMap;

/// An element.
#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub children: Vec<Element>,
    pub text: String,
}

/// Reads a document.
pub fn read(text: &str) -> Element {
    assert!(text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)), "{text:?}");
    let rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
    let (root, rest) = element(rest.trim_start());
    assert_eq!(rest.trim(), "");
    root
}

fn element(text: &str) -> (Element, &str) {
    let (tag, mut rest) = text.strip_prefix('<').unwrap().split_once('>').unwrap();
    let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
    let (name, mut given) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()), "{name:?}");
    let mut element = Element { name: name.to_owned(), ..Element::default() };
    while !given.trim().is_empty() {
        let (name, value) = given.trim_start().split_once("=\"").unwrap();
        let (value, more) = value.split_once('"').unwrap();
        assert!(element.attributes.insert(name.to_owned(), unescaped(value)).is_none(), "{name} twice");
        given = more;
    }
    while !closed {
        let (said, more) = rest.split_at(rest.find('<').unwrap());
        element.text.push_str(&unescaped(said));
        if let Some(end) = more.strip_prefix("</") {
            let (name, more) = end.split_once('>').unwrap();
            assert_eq!(name, element.name);
            return (element, more);
        }
        let (child, more) = self::element(more);
        element.children.push(child);
        rest = more;
    }
    (element, rest)
}

fn unescaped(text: &str) -> String {
    assert!(!text.contains(['<', '>']), "{text:?}");
    let mut parts = text.split('&');
    let mut read = parts.next().unwrap().to_owned();
    for part in parts {
        let (reference, rest) = part.split_once(';').unwrap();
        read.push(match reference {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            number => char::from_u32(number.strip_prefix('#').unwrap().parse().unwrap()).unwrap(),
        });
        read.push_str(rest);
    }
    read
}

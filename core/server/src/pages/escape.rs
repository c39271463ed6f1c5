//! Text into HTML: the one way anything that is not a template's own gets onto a page.

use minijinja::{Error, ErrorKind, Output, State, Value};

/// Escapes text for element content and quoted attributes.
pub(super) fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match entity(character) {
            Some(entity) => out.push_str(entity),
            None => out.push(character),
        }
    }
    out
}

fn entity(character: char) -> Option<&'static str> {
    Some(match character {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        _ => return None,
    })
}

/// Writes a value into a page: escaped, whatever the template is
/// called and whatever it says of escaping. Nothing is written for `none`, and
/// lists and maps are a mistake of the template.
pub(super) fn write_value(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    if value.is_undefined() {
        return Err(Error::new(ErrorKind::UndefinedError, "a value that is not there is printed"));
    }
    if matches!(value.kind(), minijinja::value::ValueKind::Map | minijinja::value::ValueKind::Seq) {
        return Err(Error::new(ErrorKind::InvalidOperation, "a list or map is printed; print its members"));
    }
    let text = value.to_string();
    let written = if value.is_safe() { out.write_str(&text) } else { out.write_str(&escape_html(&text)) };
    written.map_err(Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unescape(html: &str) -> String {
        html.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn escaped_text_ends_no_element_and_no_attribute_and_reads_the_same(text in any::<String>()) {
            let html = escape_html(&text);
            prop_assert!(!html.contains(['<', '>', '"', '\'']));
            prop_assert_eq!(unescape(&html), text);
        }
    }

    #[test]
    fn an_ampersand_starts_no_reference_of_the_author_s() {
        assert_eq!(escape_html("&lt;script&gt;"), "&amp;lt;script&amp;gt;");
    }
}

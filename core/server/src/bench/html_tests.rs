//! Tests of the page reader.

use super::*;
use proptest::prelude::*;

fn only_tag(page: &str) -> Tag<'_> {
    match tokens(page).next() {
        Some(Token::Open(tag)) => tag,
        other => panic!("no tag first in {page:?}: {other:?}"),
    }
}

#[test]
fn attributes_are_read_in_every_way_they_are_written() {
    for (page, value) in [
        (r#"<input value="a b">"#, "a b"),
        ("<input value='a \"b\"'>", "a \"b\""),
        ("<input value=a/b>", "a/b"),
        ("<INPUT  VALUE = \"a\" />", "a"),
        ("<input\nvalue\n=\n'a'\n>", "a"),
        ("<input value>", ""),
        ("<input value=>", ""),
        ("<input value=''>", ""),
        (r#"<input value="a&amp;b&#38;&#x26;&quot;&apos;&lt;&gt;">"#, "a&b&&\"'<>"),
        (r#"<input value="a&unknown;b&&#xD800;&">"#, "a&unknown;b&&#xD800;&"),
        (r#"<input value="https://h/?a=1&b=2">"#, "https://h/?a=1&b=2"),
        (r#"<input value="first" value="second">"#, "first"),
        (r#"<input disabled value="a>b">"#, "a>b"),
        (r#"<input/value="a"/>"#, "a"),
        (r#"<input value="unended"#, "unended"),
    ] {
        let tag = only_tag(page);
        assert_eq!((tag.name.as_str(), tag.attribute("value")), ("input", Some(value)), "{page}");
    }
    assert!(only_tag("<input disabled>").has("disabled"));
}

#[test]
fn what_is_not_markup_of_the_page_is_left_out() {
    for page in [
        "<!-- <form> -->ok",
        "<!DOCTYPE html>ok",
        "<?xml version='1.0'?>ok",
        "<script>if (a<b) '<form>'</script>ok",
        "<STYLE>a > b { content: '<form>' }</STYLE >ok",
    ] {
        let seen: Vec<_> = tokens(page).collect();
        assert_eq!(seen.last(), Some(&Token::Text("ok")), "{page}");
        let forms = seen.iter().filter(|token| matches!(token, Token::Open(tag) if tag.name == "form"));
        assert_eq!(forms.count(), 0, "{page}");
    }
}

#[test]
fn the_content_of_a_text_area_is_text() {
    let seen: Vec<_> = tokens("<textarea><b>1</b></textarea>").skip(1).collect();
    assert_eq!(seen, [Token::Text("<b>1</b>"), Token::Close("textarea".into())]);
}

#[test]
fn brackets_that_open_nothing_are_text() {
    let text: String =
        tokens("1 < 2 <> 3").map(|token| if let Token::Text(text) = token { text } else { "?" }).collect();
    assert_eq!(text, "1 < 2 <> 3");
}

proptest! {
    #[test]
    fn any_page_is_read_to_its_end(page in "(<|>|/|!|-|=|\"|'|&|#|;| |a|form|input|script|é){0,60}") {
        // Every token takes at least a character, so there are never more of them than characters.
        prop_assert!(tokens(&page).count() <= page.chars().count());
    }

    #[test]
    fn an_escaped_attribute_comes_back_as_it_was(value in "[ -~é]{0,40}") {
        let escaped = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        let page = format!("<input value=\"{escaped}\">");
        let tag = only_tag(&page);
        prop_assert_eq!(tag.attribute("value"), Some(value.as_str()));
    }
}

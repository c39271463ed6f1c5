//! An operator's own pages, texts and pictures: what they may replace, and which slips are found at once.

use super::super::samples;
use super::super::*;
use super::gallery::{STEP, frame_in};

fn overriding(files: &[(&str, &str)]) -> Result<Pages, PagesError> {
    let files = files.iter().map(|(path, text)| (*path, text.as_bytes()));
    Pages::new(Overrides::from_files(files)?, Site { name: Some("Example Corp".into()), base: String::new() })
}

fn refused(path: &str, text: &str) -> String {
    overriding(&[(path, text)]).map(|_| ()).unwrap_err().to_string()
}

fn sign_in(pages: &Pages, language: &str) -> String {
    let frame = frame_in(pages, language);
    pages.form(samples::form_view(&frame, &samples::sign_in_form(), STEP)).unwrap().html
}

#[test]
fn a_page_a_part_a_text_and_a_style_can_be_replaced_one_by_one() {
    let pages = overriding(&[
        ("pages/parts/small_print.html", "<p>Questions? {{ site.name }}, extension 7.</p>"),
        ("pages/assets/theme.css", ":root{--accent:#800}"),
        ("pages/assets/logo.svg", "<svg/>"),
        ("messages/en.toml", "[form]\nto_continue = \"for {client}\"\n[texts]\n\"Sign in\" = \"Log on\""),
        ("messages/nl.toml", "[form]\ncontinue = \"Verder\"\n[texts]\n\"Sign in\" = \"Inloggen\""),
    ])
    .unwrap();
    let english = sign_in(&pages, "en");
    for part in
        ["Questions? Example Corp, extension 7.", "/assets/theme-", "/assets/logo-", "for <strong>", "<h1>Log on</h1>"]
    {
        assert!(english.contains(part), "{part} in {english}");
    }
    assert!(!english.contains("Privacy policy"));
    let dutch = sign_in(&pages, "nl-BE");
    for part in ["<html lang=\"nl\"", "<h1>Inloggen</h1>", ">Verder</button>", "for <strong>"] {
        assert!(dutch.contains(part), "{part} in {dutch}");
    }
}

#[test]
fn the_stronger_layer_counts_and_messages_are_put_together() {
    let layer = |text: &'static str| Overrides::from_files([("messages/en.toml", text.as_bytes())]).unwrap();
    let operator = layer("[form]\ncontinue = \"Operator\"");
    let bundle = layer("[form]\ncontinue = \"Bundle\"\nto_continue = \"bundle {client}\"");
    let html = sign_in(&Pages::new(operator.over(bundle), Site::default()).unwrap(), "en");
    assert!(html.contains(">Operator</button>") && html.contains("bundle <strong>"), "{html}");
}

#[test]
fn a_slip_in_a_template_is_found_before_an_end_user_does() {
    for (path, text, said) in [
        ("pages/form.html", "{% if %}", "pages/form.html: syntax error"),
        ("pages/form.html", "{{ page.titel }}", "undefined"),
        ("pages/form.html", "{{ t('form.contineu') }}", "there is no message `form.contineu`"),
        ("pages/form.html", "{{ page.fields }}", "a list or map is printed"),
        ("pages/error.html", "{{ page.titel }}", "pages/error.html"),
        ("pages/layout.html", "{{ asset('nothing.svg') }}", "there is no asset `nothing.svg`"),
        ("pages/consnet.html", "x", "there is no page of that name; the pages are form.html, consent.html"),
        ("pages/assets/run.js", "x", "assets are css"),
        ("messages/deutsch!.toml", "", "language tag"),
        ("messages/de.toml", "[form]\ncontinue = 1", "`form.continue` is not a text"),
        ("messages/de.toml", "[form]\nto_continue = \"nach {klient}\"", "needs a value for {klient}"),
    ] {
        let message = refused(path, text);
        assert!(message.contains(said), "{path} {text}: {message}");
    }
}

#[test]
fn a_page_that_could_not_be_answered_is_refused() {
    let whole = "{% for field in page.fields %}<input name=\"{{ field.name }}\">{% endfor %}";
    assert!(refused("pages/form.html", whole).contains("the field \"step\""));
    let emptied = format!("<input name=\"step\">{whole}");
    assert!(refused("pages/form.html", &emptied).contains("the value {{ page.step }}"));
    assert!(
        refused("pages/form.html", "<input name=\"step\" value=\"{{ page.step }}\">").contains("a field of the form")
    );
    assert!(refused("pages/consent.html", "{{ page.step }}").contains("the button that allows"));
    assert!(refused("pages/form_post.html", "x").contains("{{ page.to }}"));
}

#[test]
fn a_template_that_works_without_end_is_stopped() {
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
    assert!(refused("pages/form.html", endless).contains("fuel"), "{}", refused("pages/form.html", endless));
}

#[test]
fn a_template_cannot_turn_escaping_off_by_the_way() {
    let form = include_str!("../templates/form.html");
    let careless =
        form.replace("<h1>{{ page.title }}</h1>", "{% autoescape false %}<h1>{{ page.title }}</h1>{% endautoescape %}");
    let pages = overriding(&[("pages/form.html", &careless)]).unwrap();
    let mut form = samples::sign_in_form();
    form.title = "<b>".into();
    let frame = frame_in(&pages, "en");
    let html = pages.form(samples::form_view(&frame, &form, STEP)).unwrap().html;
    assert!(html.contains("<h1>&lt;b&gt;</h1>"), "{html}");
}

#[test]
fn no_template_of_ours_lets_anything_through_unescaped() {
    for (name, source) in super::super::builtin::TEMPLATES {
        assert!(!source.contains("safe") && !source.contains("autoescape"), "{name}");
    }
}

#[test]
fn twenty_of_the_largest_built_in_page_are_within_the_work_of_one() {
    let form = include_str!("../templates/form.html");
    let (_, content) = form.split_once("{% block content %}").unwrap();
    let content = content.replace("{% endblock %}", "");
    let twenty =
        format!("{{% from \"parts/field.html\" import draw %}}{{% for n in range(20) %}}{content}{{% endfor %}}");
    assert!(overriding(&[("pages/form.html", &twenty)]).is_ok());
}

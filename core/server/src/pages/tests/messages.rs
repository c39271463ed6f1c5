//! The three languages against each other: each says all there is to say, with the same values put in.

use super::super::builtin::MESSAGES;
use super::super::catalog::Catalog;
use std::collections::BTreeSet;

fn catalog(tag: &str) -> Catalog {
    let (_, source) = MESSAGES.iter().find(|(known, _)| *known == tag).unwrap();
    Catalog::parse(source).unwrap()
}

fn places(message: &str) -> BTreeSet<&str> {
    message.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
}

#[test]
fn every_language_has_every_message_with_the_same_values() {
    let english = catalog("en");
    for (tag, _) in MESSAGES {
        let other = catalog(tag);
        let keys = |catalog: &Catalog| catalog.messages().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&english), keys(&other), "{tag}");
        for (key, message) in english.messages() {
            let translated = &other.messages()[key];
            assert_eq!(places(message), places(translated), "{tag}: {key}");
            assert!(!translated.trim().is_empty(), "{tag}: {key}");
        }
    }
}

#[test]
fn every_translation_of_a_policy_s_text_is_there_in_every_language() {
    let texts = |tag| catalog(tag).texts().keys().cloned().collect::<Vec<_>>();
    assert_eq!(texts("de"), texts("fr"));
    assert!(texts("de").contains(&"Sign in".to_owned()));
}

/// The shipped policies that ask an end-user something.
const POLICIES: [&str; 3] = [
    include_str!("../../../../../scripts/authentication/password.rhai"),
    include_str!("../../../../../scripts/authentication/identifier_first.rhai"),
    include_str!("../../../../../scripts/authentication/reauth.rhai"),
];

#[test]
fn what_the_shipped_policies_say_is_translated() {
    for policy in POLICIES {
        let code = policy.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let literals = code.split(['"', '`']).skip(1).step_by(2);
        // What is said to a person starts with a capital; names and acrs do not.
        for said in literals.filter(|literal| literal.starts_with(char::is_uppercase)) {
            for tag in ["de", "fr"] {
                assert!(catalog(tag).text(said).is_some(), "{tag}: {said}");
            }
        }
    }
}

#[test]
fn every_message_is_said_somewhere() {
    let templates: String = super::super::builtin::TEMPLATES.iter().map(|(_, source)| *source).collect();
    for key in catalog("en").messages().keys() {
        // These are named by what they are about: a scope value, a story, a claim.
        let by_subject = ["scope.", "error."].iter().any(|group| key.starts_with(group))
            && key.matches('.').count() == 2
            || key.starts_with("claim.");
        assert!(by_subject || templates.contains(&format!("'{key}'")) || key == "form.continue", "{key}");
    }
}

#[test]
fn the_readme_names_every_page_and_what_its_model_holds() {
    let readme = include_str!("../templates/README.md");
    for (name, source) in super::super::builtin::TEMPLATES.iter().filter(|(name, _)| !name.starts_with("demo")) {
        assert!(
            name.starts_with("parts/") || *name == "layout.html" || readme.contains(&format!("| `{name}` |")),
            "{name}"
        );
        for used in source.split("page.").skip(1) {
            let member = used.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap();
            assert!(readme.contains(&format!("`{member}`")), "{name}: page.{member}");
        }
    }
}

#[test]
fn the_pages_speak_the_languages_they_have_messages_in() {
    let mut tags: Vec<_> = MESSAGES.iter().map(|(tag, _)| *tag).collect();
    tags.sort_unstable();
    assert_eq!(tags, ["de", "en", "fr"]);
    assert_eq!(super::gallery::pages().languages().collect::<Vec<_>>(), tags);
}

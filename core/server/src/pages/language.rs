//! Which language a page speaks: `ui_locales` first (OpenID Connect Core 3.1.2.1), then what the browser
//! prefers (RFC 9110 12.5.4), then English.

use super::catalog::{Catalog, Direction};
use crate::weight::thousandths;
use gatewright_protocol::locale::{Locales, looks_like_language_tag};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Most languages read from one `Accept-Language`; the ones after are not looked at.
pub const ACCEPT_LANGUAGES_MAX: usize = 16;

/// The language every message exists in.
pub(super) const ENGLISH: &str = "en";

/// A language that pages can be drawn in. Cheap to clone.
#[derive(Clone)]
pub struct Language {
    tag: Arc<str>,
    catalog: Arc<Catalog>,
    english: Arc<Catalog>,
}

impl Language {
    /// Its tag (BCP 47), for `lang` and `Content-Language`.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// `ltr` or `rtl`, for `dir`.
    pub fn direction(&self) -> &'static str {
        match self.catalog.direction.unwrap_or_default() {
            Direction::LeftToRight => "ltr",
            Direction::RightToLeft => "rtl",
        }
    }

    /// The message of that key, in English where this language lacks it.
    pub(super) fn message(&self, key: &str) -> Option<&str> {
        self.catalog.message(key).or_else(|| self.english.message(key))
    }

    /// A policy's text: translated where its words are known, else as given.
    pub(super) fn text(&self, given: &str) -> String {
        self.catalog.text(given).unwrap_or_else(|| given.to_owned())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.tag)
    }
}

/// The languages there are.
#[derive(Debug, Clone)]
pub(super) struct Languages {
    /// By lower-case tag, so that `de-AT` and `de-at` are one.
    known: BTreeMap<String, Language>,
    english: Language,
}

impl Languages {
    /// The languages of these catalogs by tag. English is there in any case; a regional one (`de-AT`) is its
    /// language (`de`) with its own words over it.
    pub(super) fn new(mut catalogs: BTreeMap<String, Catalog>) -> Self {
        let english = Arc::new(catalogs.remove(ENGLISH).unwrap_or_default());
        let language = |tag: &str, catalog| Language { tag: tag.into(), catalog, english: english.clone() };
        let mut known = BTreeMap::from([(ENGLISH.to_owned(), language(ENGLISH, english.clone()))]);
        // A shorter tag sorts before the longer ones that begin with it.
        for (tag, own) in catalogs {
            let parent = tag.rsplit_once('-').and_then(|(parent, _)| known.get(&parent.to_ascii_lowercase()));
            let mut catalog = parent.map(|parent| parent.catalog.as_ref().clone()).unwrap_or_default();
            catalog.overlay(own);
            known.insert(tag.to_ascii_lowercase(), language(&tag, Arc::new(catalog)));
        }
        Self { english: language(ENGLISH, english.clone()), known }
    }

    /// English.
    pub(super) fn english(&self) -> &Language {
        &self.english
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Language> {
        self.known.values()
    }

    /// The best language for this end-user.
    pub(super) fn choose(&self, ui_locales: &Locales, accept_language: Option<&str>) -> Language {
        let accepted = accept_language.map(accepted_tags).unwrap_or_default();
        let preferred = ui_locales.iter().chain(accepted);
        preferred.into_iter().find_map(|tag| self.nearest(tag)).unwrap_or(&self.english).clone()
    }

    /// The language of that tag, or of the tag with its last parts left off (RFC 4647 3.4, lookup).
    fn nearest(&self, tag: &str) -> Option<&Language> {
        let tag = tag.to_ascii_lowercase();
        let mut wanted = tag.as_str();
        loop {
            if let Some(language) = self.known.get(wanted) {
                return Some(language);
            }
            wanted = &wanted[..wanted.rfind('-')?];
        }
    }
}

/// The tags of an `Accept-Language`, the most preferred first; what is malformed or refused (`q=0`) is left out.
fn accepted_tags(header: &str) -> Vec<&str> {
    let mut weighed: Vec<(u16, &str)> = header.split(',').take(ACCEPT_LANGUAGES_MAX).filter_map(weighed_tag).collect();
    weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    weighed.into_iter().map(|(_, tag)| tag).collect()
}

/// One member with its weight in thousandths.
fn weighed_tag(member: &str) -> Option<(u16, &str)> {
    let (tag, parameters) = member.split_once(';').unwrap_or((member, ""));
    let tag = tag.trim();
    let weight = match parameters.trim().strip_prefix("q=") {
        None => 1000,
        Some(quality) => thousandths(quality.trim())?,
    };
    (weight > 0 && looks_like_language_tag(tag)).then_some((weight, tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages() -> Languages {
        let catalogs = ["en", "de", "fr", "pt-BR"].map(|tag| (tag.to_owned(), Catalog::default()));
        Languages::new(catalogs.into())
    }

    #[test]
    fn ui_locales_come_before_the_browser_and_english_comes_last() {
        for (ui_locales, accept_language, chosen) in [
            ("", None, "en"),
            ("", Some("de-AT, fr;q=0.9"), "de"),
            ("fr-CA de", Some("de"), "fr"),
            ("se", Some("fr"), "fr"),
            ("xx yy", Some("zz"), "en"),
            ("PT-br", None, "pt-BR"),
            ("pt", None, "en"),
            ("", Some("fr;q=0.2, de;q=0.9"), "de"),
            ("", Some("de;q=0, fr;q=0.001"), "fr"),
            ("", Some("de;q=x, fr;q=1.5, *, en-GB;q=0.5"), "en"),
            ("", Some(";;q=,,\"<script>"), "en"),
        ] {
            let chosen_tag = languages().choose(&Locales::parse(ui_locales), accept_language);
            assert_eq!(chosen_tag.tag(), chosen, "{ui_locales:?} {accept_language:?}");
        }
    }

    #[test]
    fn a_regional_language_says_what_its_language_says_unless_it_says_it_itself() {
        let catalog = |source| Catalog::parse(source).unwrap();
        let german = catalog("[form]\na = \"ja\"\nb = \"nein\"");
        let catalogs = [("de-AT".into(), catalog("[form]\na = \"jo\"")), ("de".into(), german)];
        let austrian = Languages::new(catalogs.into()).choose(&Locales::parse("de-at"), None);
        assert_eq!((austrian.message("form.a"), austrian.message("form.b")), (Some("jo"), Some("nein")));
    }

    #[test]
    fn languages_after_the_limit_are_not_looked_at() {
        let header = format!("{}de", "xx,".repeat(ACCEPT_LANGUAGES_MAX));
        assert_eq!(languages().choose(&Locales::default(), Some(&header)).tag(), "en");
        let header = format!("{}de", "xx,".repeat(ACCEPT_LANGUAGES_MAX - 1));
        assert_eq!(languages().choose(&Locales::default(), Some(&header)).tag(), "de");
    }

    #[test]
    fn a_message_a_language_lacks_is_said_in_english_and_a_policy_s_text_as_given() {
        let german = Catalog::parse("[form]\na = \"ja\"\n[texts]\n\"Sign in\" = \"Anmelden\"").unwrap();
        let english = Catalog::parse("[form]\na = \"yes\"\nb = \"no\"").unwrap();
        let languages = Languages::new([("de".into(), german), ("en".into(), english)].into());
        let german = languages.choose(&Locales::parse("de"), None);
        assert_eq!(
            (german.message("form.a"), german.message("form.b"), german.message("form.c")),
            (Some("ja"), Some("no"), None)
        );
        assert_eq!((german.text("Sign in"), german.text("Sign out")), ("Anmelden".to_owned(), "Sign out".to_owned()));
    }
}

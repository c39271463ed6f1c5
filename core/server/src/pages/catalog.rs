//! The texts of one language: the pages' own by key, and a policy's by their exact English wording.

use std::collections::BTreeMap;

/// Which way a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Direction {
    /// Left to right.
    #[default]
    LeftToRight,
    /// Right to left.
    RightToLeft,
}

/// What one `messages/<tag>.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Catalog {
    /// `[language] direction`, where the file says it.
    pub(super) direction: Option<Direction>,
    messages: BTreeMap<String, String>,
    texts: BTreeMap<String, String>,
}

/// Why a file of messages cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CatalogError {
    /// No TOML; the parser's words, with line and column.
    #[error("{0}")]
    Syntax(String),
    /// A value that is neither text nor a table of texts.
    #[error("`{0}` is not a text")]
    NotText(String),
    /// A direction other than the two.
    #[error("`language.direction` is \"ltr\" or \"rtl\"")]
    Direction,
}

impl Catalog {
    /// Parses a file: `[language] direction`, `[texts] "English" = "…"`, and tables of messages by key.
    pub(super) fn parse(source: &str) -> Result<Self, CatalogError> {
        let tables: toml::Table =
            source.parse().map_err(|error: toml::de::Error| CatalogError::Syntax(error.to_string()))?;
        let mut catalog = Self::default();
        for (name, value) in &tables {
            match name.as_str() {
                "language" => catalog.direction = direction(value)?,
                "texts" => gather(value, "", &mut catalog.texts)?,
                _ => gather(value, name, &mut catalog.messages)?,
            }
        }
        Ok(catalog)
    }

    /// The message of that key.
    pub(super) fn message(&self, key: &str) -> Option<&str> {
        self.messages.get(key).map(String::as_str)
    }

    /// What this English text is in this language: by its exact words, or by words that leave `{places}` for what
    /// differs from one time to the next.
    pub(super) fn text(&self, english: &str) -> Option<String> {
        let exact = self.texts.get(english).cloned();
        exact.or_else(|| self.texts.iter().find_map(|(pattern, translated)| fit(pattern, english, translated)))
    }

    /// Puts `stronger` over this: what it says counts, what it does not say stays.
    pub(super) fn overlay(&mut self, stronger: Self) {
        self.direction = stronger.direction.or(self.direction);
        self.messages.extend(stronger.messages);
        self.texts.extend(stronger.texts);
    }

    #[cfg(test)]
    pub(super) fn messages(&self) -> &BTreeMap<String, String> {
        &self.messages
    }

    #[cfg(test)]
    pub(super) fn texts(&self) -> &BTreeMap<String, String> {
        &self.texts
    }
}

fn direction(language: &toml::Value) -> Result<Option<Direction>, CatalogError> {
    match language.get("direction") {
        None => Ok(None),
        Some(toml::Value::String(text)) if text == "ltr" => Ok(Some(Direction::LeftToRight)),
        Some(toml::Value::String(text)) if text == "rtl" => Ok(Some(Direction::RightToLeft)),
        Some(_) => Err(CatalogError::Direction),
    }
}

/// Flattens tables: `[scope.email] title = "…"` becomes `scope.email.title`.
fn gather(value: &toml::Value, key: &str, into: &mut BTreeMap<String, String>) -> Result<(), CatalogError> {
    match value {
        toml::Value::String(text) => {
            into.insert(key.to_owned(), text.clone());
            Ok(())
        }
        toml::Value::Table(table) => table.iter().try_for_each(|(name, value)| {
            let below = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            gather(value, &below, into)
        }),
        _ => Err(CatalogError::NotText(key.to_owned())),
    }
}

/// `text` in the words of `translated`, if it is `pattern` with something in each of its places.
fn fit(pattern: &str, text: &str, translated: &str) -> Option<String> {
    let (before, mut places) = pattern.split_once('{')?;
    let mut rest = text.strip_prefix(before)?;
    let mut filled = Vec::new();
    loop {
        let (place, behind) = places.split_once('}')?;
        let (literal, next) = behind.split_once('{').map_or((behind, None), |(literal, next)| (literal, Some(next)));
        // What stands last ends the text; anything before ends at the first sign of what comes next.
        let (value, after) = match next {
            None => (rest.strip_suffix(literal)?, ""),
            Some(_) if literal.is_empty() => return None,
            Some(_) => rest.split_once(literal)?,
        };
        filled.push((place, value));
        match next {
            None => break,
            Some(next) => (places, rest) = (next, after),
        }
    }
    let mut out = String::new();
    let mut open = translated;
    while let Some((said, behind)) = open.split_once('{') {
        let (place, after) = behind.split_once('}')?;
        out.push_str(said);
        out.push_str(filled.iter().find(|(name, _)| *name == place)?.1);
        open = after;
    }
    out.push_str(open);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_keys_and_exact_texts_stay_whole() {
        let source =
            "[language]\ndirection = \"rtl\"\n[scope.\"pay:read\"]\ntitle = \"T\"\n[texts]\n\"Sign in. Now\" = \"S\"";
        let catalog = Catalog::parse(source).unwrap();
        assert_eq!(catalog.direction, Some(Direction::RightToLeft));
        assert_eq!(catalog.message("scope.pay:read.title"), Some("T"));
        assert_eq!(catalog.text("Sign in. Now").as_deref(), Some("S"));
        assert_eq!(catalog.text("sign in. now"), None);
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        assert_eq!(Catalog::parse("[form]\ncontinue = 3"), Err(CatalogError::NotText("form.continue".into())));
        assert_eq!(Catalog::parse("[language]\ndirection = \"up\""), Err(CatalogError::Direction));
        assert!(matches!(Catalog::parse("[form\n"), Err(CatalogError::Syntax(said)) if said.contains("line 1")));
    }

    #[test]
    fn the_stronger_file_counts_and_the_weaker_fills_in() {
        let mut catalog = Catalog::parse("[form]\na = \"1\"\nb = \"2\"\n[texts]\nx = \"y\"").unwrap();
        catalog.overlay(Catalog::parse("[form]\na = \"3\"").unwrap());
        assert_eq!(
            (catalog.message("form.a"), catalog.message("form.b"), catalog.text("x").as_deref()),
            (Some("3"), Some("2"), Some("y"))
        );
    }

    #[test]
    fn a_text_with_something_in_its_places_is_known_by_the_words_around_them() {
        for (pattern, text, translated, said) in [
            ("As {name}.", "As alice.", "Als {name}!", Some("Als alice!")),
            ("As {name}.", "As {name}.", "Als {name}!", Some("Als {name}!")),
            ("As {name}.", "As alice", "Als {name}!", None),
            ("{n} of {m} left", "2 of 3 left", "noch {m}-{n}", Some("noch 3-2")),
            ("{n} of {m} left", "2 of three", "x", None),
            ("{n}{m}", "23", "{n}", None),
            ("As {name", "As alice", "x", None),
            ("As {name}", "As alice", "Als {klient}", None),
            ("As", "As alice", "Als", None),
        ] {
            assert_eq!(fit(pattern, text, translated).as_deref(), said, "{pattern} {text}");
        }
    }
}

//! One table of a manifest, read key by key: every value typed, every key known.

use super::Spot;
use super::document::Document;
use crate::nearest::suggestion;
use std::fmt::Display;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Value<'s> = Spanned<DeValue<'s>>;

/// A table being read. Keys asked for become known; [`Table::finish`] refuses the others.
pub(super) struct Table<'t, 's> {
    table: &'t DeTable<'s>,
    at: Range<usize>,
    what: &'static str,
    known: Vec<&'static str>,
}

impl<'t, 's> Table<'t, 's> {
    pub(super) fn new(table: &'t DeTable<'s>, at: Range<usize>, what: &'static str) -> Self {
        Self { table, at, what, known: Vec::new() }
    }

    /// Where the table begins.
    pub(super) fn at(&self) -> Range<usize> {
        self.at.clone()
    }

    /// Where the value under `key` stands; the table itself without one.
    pub(super) fn span(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or_else(|| self.at(), Spanned::span)
    }

    /// Where `key` itself stands; the table itself without it.
    pub(super) fn key_span(&self, key: &str) -> Range<usize> {
        self.table.get_key_value(key).map_or_else(|| self.at(), |(key, _)| key.span())
    }

    /// The value under `key`, whatever it is.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'t Value<'s>> {
        self.known.push(key);
        self.table.get(key)
    }

    /// A text.
    pub(super) fn text(&mut self, key: &'static str, document: &mut Document<'_>) -> Option<Spot<&'t str>> {
        text(self.value(key)?, key, document)
    }

    /// A text, parsed.
    pub(super) fn parsed<T>(&mut self, key: &'static str, document: &mut Document<'_>) -> Option<Spot<T>>
    where
        T: for<'a> TryFrom<&'a str, Error: Display>,
    {
        parsed(self.value(key)?, key, document)
    }

    /// A list of texts, parsed. An empty list is refused: it would say nothing, or match nothing.
    pub(super) fn list<T>(&mut self, key: &'static str, document: &mut Document<'_>) -> Vec<Spot<T>>
    where
        T: for<'a> TryFrom<&'a str, Error: Display>,
    {
        self.value(key).map_or_else(Vec::new, |value| list(value, key, document))
    }

    /// Yes or no; no where absent.
    pub(super) fn flag(&mut self, key: &'static str, document: &mut Document<'_>) -> bool {
        let Some(value) = self.value(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            expected(value, key, "true or false", None, document);
            false
        })
    }

    /// A whole number.
    pub(super) fn number<N: std::str::FromStr>(
        &mut self,
        key: &'static str,
        document: &mut Document<'_>,
    ) -> Option<Spot<N>> {
        let value = self.value(key)?;
        let number = value.get_ref().as_integer().filter(|integer| integer.radix() == 10);
        match number.and_then(|integer| integer.as_str().parse().ok()) {
            Some(number) => Some(Spot { value: number, place: document.place(&value.span()) }),
            None => {
                let hint = format!("write digits alone, as in `{key} = 10`");
                expected(value, key, "a whole number", Some(hint), document);
                None
            }
        }
    }

    /// A table within this one.
    pub(super) fn table(
        &mut self,
        key: &'static str,
        what: &'static str,
        document: &mut Document<'_>,
    ) -> Option<Table<'t, 's>> {
        let value = self.value(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some(Table::new(table, value.span(), what)),
            None => {
                expected(value, key, "a table", Some(format!("write `{key} = {{ … }}`")), document);
                None
            }
        }
    }

    /// An array of tables (`[[key]]`).
    pub(super) fn tables(&mut self, key: &'static str, document: &mut Document<'_>) -> Vec<Table<'t, 's>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let hint = || Some(format!("write `[[{key}]]`, once for each binding"));
        let Some(entries) = value.get_ref().as_array() else {
            expected(value, key, "an array of tables", hint(), document);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for entry in entries {
            match entry.get_ref().as_table() {
                Some(table) => tables.push(Table::new(table, entry.span(), "a binding")),
                None => expected(entry, key, "an array of tables", hint(), document),
            }
        }
        tables
    }

    /// Says that a key is missing.
    pub(super) fn missing(&self, key: &str, hint: &str, document: &mut Document<'_>) {
        document.wrong(self.at(), format!("{} lacks `{key}`", self.what), Some(hint.to_owned()));
    }

    /// Refuses a key that is meant for something else, with the reason; it counts as known.
    pub(super) fn refuse(&mut self, key: &'static str, why: &str, hint: &str, document: &mut Document<'_>) {
        self.known.push(key);
        if let Some((key, _)) = self.table.get_key_value(key) {
            document.wrong(key.span(), format!("`{}` {why}", key.get_ref()), Some(hint.to_owned()));
        }
    }

    /// Refuses every key that nobody asked for.
    pub(super) fn finish(self, document: &mut Document<'_>) {
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if !self.known.contains(&name) {
                let message = format!("{} has no key `{name}`", self.what);
                document.wrong(key.span(), message, suggestion(name, &self.known));
            }
        }
    }
}

/// A text.
pub(super) fn text<'t>(value: &'t Value<'_>, key: &str, document: &mut Document<'_>) -> Option<Spot<&'t str>> {
    match value.get_ref().as_str() {
        Some(text) => Some(Spot { value: text, place: document.place(&value.span()) }),
        None => {
            expected(value, key, "a text", None, document);
            None
        }
    }
}

/// A text, parsed.
pub(super) fn parsed<T>(value: &Value<'_>, key: &str, document: &mut Document<'_>) -> Option<Spot<T>>
where
    T: for<'a> TryFrom<&'a str, Error: Display>,
{
    let Spot { value: text, place } = text(value, key, document)?;
    match T::try_from(text) {
        Ok(value) => Some(Spot { value, place }),
        Err(error) => {
            document.wrong(value.span(), format!("`{text}` is no `{key}`: {error}"), None);
            None
        }
    }
}

/// A list of texts, parsed.
pub(super) fn list<T>(value: &Value<'_>, key: &str, document: &mut Document<'_>) -> Vec<Spot<T>>
where
    T: for<'a> TryFrom<&'a str, Error: Display>,
{
    let Some(entries) = value.get_ref().as_array() else {
        let hint = value.get_ref().as_str().map(|text| format!("write `{key} = [{text:?}]`"));
        expected(value, key, "a list of texts", hint, document);
        return Vec::new();
    };
    if entries.is_empty() {
        document.wrong(value.span(), format!("`{key}` is empty"), Some(format!("leave `{key}` out")));
    }
    entries.iter().filter_map(|entry| parsed(entry, key, document)).collect()
}

/// Says that a value is of another kind than wanted.
pub(super) fn expected(value: &Value<'_>, key: &str, what: &str, hint: Option<String>, document: &mut Document<'_>) {
    let got = value.get_ref().type_str();
    document.wrong(value.span(), format!("`{key}` must be {what}, not {} {got}", article(got)), hint);
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'i']) { "an" } else { "a" }
}

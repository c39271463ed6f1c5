//! The text of a manifest while it is read: turns offsets into places, and collects what is wrong.

use crate::files::MANIFEST;
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::Diagnostic;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;

/// A manifest's text and everything found wrong in it so far.
pub(super) struct Document<'s> {
    text: &'s str,
    line_starts: Vec<usize>,
    diagnostics: Vec<Diagnostic>,
}

impl<'s> Document<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text, line_starts: std::iter::once(0).chain(ends).collect(), diagnostics: Vec::new() }
    }

    /// Parses the TOML; nothing when it is none.
    pub(super) fn parse(&mut self) -> Option<Spanned<DeTable<'s>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            // What the parser says may go on over several lines; its first says what is wrong.
            let message = error.message().lines().next().unwrap_or("this is no TOML").to_owned();
            self.wrong(error.span().unwrap_or(0..0), message, None);
        }
        errors.is_empty().then_some(table)
    }

    /// Where an offset is.
    pub(super) fn place(&self, at: &Range<usize>) -> Place {
        let offset = at.start.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let before = self.text.get(self.line_starts[line - 1]..offset).unwrap_or("");
        Place { file: MANIFEST.to_owned(), line, column: before.chars().count() + 1 }
    }

    /// Notes something wrong.
    pub(super) fn wrong(&mut self, at: Range<usize>, message: impl Into<String>, hint: Option<String>) {
        let place = self.place(&at);
        self.diagnostics.push(Diagnostic { place, message: message.into(), hint });
    }

    /// How much was wrong so far.
    pub(super) fn wrong_so_far(&self) -> usize {
        self.diagnostics.len()
    }

    /// Everything that was wrong.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}

//! A text with marks in it, and where its places are in the author's.

use super::statements::{Mark, What};
use gatewright_domain::flow::Place;
use std::collections::BTreeMap;

/// A text with marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked {
    /// The text.
    pub text: String,
    /// What was written into each line: before which character of the author's, and how many.
    written: BTreeMap<usize, Vec<(usize, usize)>>,
}

/// Writes marks into a text, in their order; `call` says what counts the statement of one.
pub fn mark(text: &str, marks: &[Mark], mut call: impl FnMut(&Mark) -> String) -> Marked {
    let mut marked = Marked::default();
    let mut marks = marks.iter().peekable();
    let (mut line, mut column) = (1, 1);
    for character in text.chars() {
        while let Some(mark) = marks.next_if(|mark| (mark.line, mark.column) <= (line, column)) {
            let written = match mark.what {
                What::Statement => call(mark),
                What::Arm => format!("{{{}", call(mark)),
                What::ArmEnd => "}".to_owned(),
            };
            marked.written.entry(line).or_default().push((column, written.len()));
            marked.text.push_str(&written);
        }
        marked.text.push(character);
        (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    marked
}

impl Marked {
    /// A place in this text, as one in the author's.
    pub fn original(&self, mut place: Place) -> Place {
        let mut before = 0;
        for (at, written) in self.written.get(&place.line).into_iter().flatten() {
            if place.column < at + before {
                break;
            }
            if place.column < at + before + written {
                place.column = *at;
                return place;
            }
            before += written;
        }
        place.column -= before;
        place
    }
}

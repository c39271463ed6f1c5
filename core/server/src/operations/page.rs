//! Lists, page by page, and the version that a change was made of.

use super::error::{Problem, ProblemKind};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Things on a page where nothing else is asked for.
pub const PAGE_DEFAULT: usize = 100;
/// Most things on a page.
pub const PAGE_MAX: usize = 500;
/// Most things in a list that has no pages.
pub const LIST_MAX: usize = 1_000;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// What is on it, in order.
    pub items: Vec<T>,
    /// The cursor of the next page; none on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The key of the last thing before it; none for the first page.
    pub after: Option<String>,
    /// Most things on it, 1 to [`PAGE_MAX`].
    pub limit: usize,
}

impl PageRequest {
    /// The page after `cursor` with at most `limit` things.
    ///
    /// # Errors
    /// A cursor that no page gave, or a limit out of range.
    pub fn read(cursor: Option<&str>, limit: Option<&str>) -> Result<Self, Problem> {
        let limit = match limit {
            None => PAGE_DEFAULT,
            Some(text) => text.parse().ok().filter(|limit| (1..=PAGE_MAX).contains(limit)).ok_or_else(|| {
                ProblemKind::BadRequest.says(format!("limit must be a whole number from 1 to {PAGE_MAX}"))
            })?,
        };
        let after = cursor.map(|cursor| {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
            let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|key| !key.contains('\0'));
            key.ok_or_else(|| ProblemKind::BadRequest.says("cursor is not the `next` of a page of this list"))
        });
        Ok(Self { after: after.transpose()?, limit })
    }

    /// The cursor of the page after the thing of this key.
    pub fn cursor(key: &str) -> String {
        cursor(key)
    }

    /// How many to read, to know whether there is another page.
    pub(super) fn and_one(&self) -> usize {
        self.limit + 1
    }

    /// The page of `items`, one too many of them where there is another.
    pub(crate) fn of<T, D>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String, shown: impl Fn(&T) -> D) -> Page<D> {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = items.last().filter(|_| more).map(|last| cursor(&key(last)));
        Page { items: items.iter().map(shown).collect(), next }
    }
}

/// The cursor of the page after the thing of this key.
pub(super) fn cursor(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// The version that a change was made of (RFC 9110 13.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Whatever is there.
    Any,
    /// One of these.
    OneOf(Vec<String>),
}

impl Expected {
    /// Whether a thing of this version may be changed.
    ///
    /// # Errors
    /// It has changed.
    pub fn admit(&self, version: &str) -> Result<(), Problem> {
        match self {
            Self::OneOf(versions) if !versions.iter().any(|expected| expected == version) => {
                Err(ProblemKind::Changed.says("it has changed since it was read"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_to_what_follows_and_no_other_text_does() {
        let page = PageRequest { after: None, limit: 2 };
        let first = page.of(vec!["a", "b c", "d"], |key| (*key).to_owned(), |key| *key);
        assert_eq!(first.items, ["a", "b c"]);
        let next = PageRequest::read(first.next.as_deref(), Some("2")).unwrap();
        assert_eq!(next.after.as_deref(), Some("b c"));
        assert_eq!(next.of(vec!["d"], |key| (*key).to_owned(), |key| *key).next, None);
        for cursor in ["a", "!", "AA", "_w"] {
            assert!(PageRequest::read(Some(cursor), None).is_err(), "{cursor}");
        }
    }

    #[test]
    fn a_page_has_one_thing_at_least_and_so_many_at_most() {
        for (text, limit) in
            [("1", Some(1)), ("500", Some(PAGE_MAX)), ("0", None), ("501", None), ("-1", None), ("x", None)]
        {
            assert_eq!(PageRequest::read(None, Some(text)).ok().map(|page| page.limit), limit, "{text}");
        }
        assert_eq!(PageRequest::read(None, None).unwrap().limit, PAGE_DEFAULT);
    }

    #[test]
    fn only_the_version_that_was_read_may_be_changed() {
        assert!(Expected::Any.admit("v").is_ok());
        assert!(Expected::OneOf(vec!["u".into(), "v".into()]).admit("v").is_ok());
        assert_eq!(Expected::OneOf(vec![]).admit("v").unwrap_err().kind, ProblemKind::Changed);
    }
}

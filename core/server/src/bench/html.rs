//! Reads HTML as a stream of tags and text: as much of the HTML standard's tokenizer (section 13.2.5)
//! as finding forms takes. It never fails; what it cannot read is text.

use std::borrow::Cow;

/// One piece of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<name attributes>`
    Open(Tag<'a>),
    /// `</name>`, in lower case
    Close(String),
    /// Text between tags, its character references not yet resolved
    Text(&'a str),
}

/// An opening tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The element, in lower case.
    pub(super) name: String,
    attributes: Vec<(String, Cow<'a, str>)>,
}

impl Tag<'_> {
    /// The value of an attribute; empty if it stands without one.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_ref())
    }

    /// Whether the attribute is there, with a value or without.
    pub(super) fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }
}

/// The pieces of a page, in order. Comments, declarations, scripts and styles are left out.
pub(super) fn tokens(page: &str) -> Tokens<'_> {
    Tokens { rest: page, raw: None }
}

/// Iterator over the pieces of a page.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// Element whose content is text up to its closing tag, whatever stands in it.
    raw: Option<&'static str>,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if let Some(element) = self.raw.take() {
                let text = self.take(closing_of(self.rest, element));
                if !matches!(element, "script" | "style") && !text.is_empty() {
                    return Some(Token::Text(text));
                }
            }
            if self.rest.is_empty() {
                return None;
            }
            if self.rest.starts_with("<!--") {
                let end = self.rest.find("-->").map_or(self.rest.len(), |at| at + 3);
                self.take(end);
            } else if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                self.take(after_bracket(self.rest));
            } else if let Some(name) = tag_name(self.rest, "</") {
                let name = name.to_ascii_lowercase();
                self.take(after_bracket(self.rest));
                return Some(Token::Close(name));
            } else if let Some(name) = tag_name(self.rest, "<") {
                return Some(Token::Open(self.open(name)));
            } else {
                return Some(Token::Text(self.text()));
            }
        }
    }
}

impl<'a> Tokens<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn text(&mut self) -> &'a str {
        // The first character is text even if it is a bracket: nothing above could read it.
        let first = self.rest.chars().next().map_or(0, char::len_utf8);
        let end = self.rest[first..].find('<').map_or(self.rest.len(), |at| first + at);
        self.take(end)
    }

    fn open(&mut self, name: &'a str) -> Tag<'a> {
        self.take(1 + name.len());
        let mut tag = Tag { name: name.to_ascii_lowercase(), attributes: Vec::new() };
        while let Some((attribute, value)) = self.attribute() {
            tag.attributes.push((attribute, value));
        }
        self.raw = ["script", "style", "textarea", "title"].into_iter().find(|element| *element == tag.name);
        tag
    }

    /// The next attribute of the tag being read; past its closing bracket there is none.
    fn attribute(&mut self) -> Option<(String, Cow<'a, str>)> {
        self.skip(|c| c.is_ascii_whitespace() || c == '/');
        if self.rest.is_empty() || self.rest.starts_with('>') {
            self.take(usize::from(!self.rest.is_empty()));
            return None;
        }
        // A name begins with any character, even `=`, and ends before the next of these.
        let first = self.rest.chars().next().map_or(0, char::len_utf8);
        let end = self.rest[first..]
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'))
            .map_or(self.rest.len(), |at| first + at);
        let name = self.take(end).to_ascii_lowercase();
        self.skip(|c| c.is_ascii_whitespace());
        if !self.rest.starts_with('=') {
            return Some((name, Cow::Borrowed("")));
        }
        self.take(1);
        self.skip(|c| c.is_ascii_whitespace());
        let value = match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                self.take(1);
                let value = self.take(self.rest.find(quote).unwrap_or(self.rest.len()));
                self.take(usize::from(!self.rest.is_empty()));
                value
            }
            _ => {
                let end = self.rest.find(|c: char| c.is_ascii_whitespace() || c == '>');
                self.take(end.unwrap_or(self.rest.len()))
            }
        };
        Some((name, decoded(value)))
    }

    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        self.rest = self.rest.trim_start_matches(skipped);
    }
}

fn tag_name<'a>(rest: &'a str, opening: &str) -> Option<&'a str> {
    let name = rest.strip_prefix(opening)?;
    let end = name.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).unwrap_or(name.len());
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| &name[..end])
}

fn after_bracket(rest: &str) -> usize {
    rest.find('>').map_or(rest.len(), |at| at + 1)
}

/// Where the closing tag of `element` begins.
fn closing_of(rest: &str, element: &str) -> usize {
    rest.match_indices("</")
        .map(|(at, _)| at)
        .find(|at| tag_name(&rest[*at..], "</").is_some_and(|name| name.eq_ignore_ascii_case(element)))
        .unwrap_or(rest.len())
}

/// Text with its character references resolved: numbers, and the names that markup cannot do without.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match rest.find(';').and_then(|end| Some((reference(&rest[1..end])?, end))) {
            Some((character, end)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => return None,
    })
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;

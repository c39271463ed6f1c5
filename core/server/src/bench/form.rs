//! The forms of a page, and what a browser would send for them (HTML standard section 4.10.21).

use super::html::{self, Tag, Token};

/// A form as it stands in the page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    id: String,
    /// Where it is sent to, relative to the page; empty is the page itself.
    pub(super) action: String,
    /// Whether it is sent as `POST`; otherwise its fields become the query of a `GET`.
    pub(super) post: bool,
    fields: Vec<Field>,
    /// Its submit buttons, in order.
    pub(super) buttons: Vec<Button>,
}

/// Something with a value.
#[derive(Debug, Default, PartialEq, Eq)]
struct Field {
    name: String,
    id: String,
    value: String,
    hidden: bool,
    /// Sent as it stands; a box that is not ticked is not.
    sent: bool,
}

/// A submit button.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Button {
    name: String,
    id: String,
    value: String,
    /// Another address than the form's, if not empty.
    pub(super) action: String,
}

impl Button {
    /// Whether `wanted` is its id, name or value.
    pub(super) fn is(&self, wanted: &str) -> bool {
        [&self.id, &self.name, &self.value].into_iter().any(|given| given == wanted)
    }

    /// What it can be told by: its id, else its name, else its value.
    pub(super) fn label(&self) -> String {
        let given = [&self.id, &self.name, &self.value].into_iter().find(|text| !text.is_empty());
        given.cloned().unwrap_or_else(|| "(nameless)".into())
    }
}

impl Form {
    /// Whether it asks the end-user for the field of that name or id.
    pub(super) fn asks(&self, field: &str) -> bool {
        self.fields.iter().any(|given| given.is_visible(field))
    }

    /// Types `value` into the field of that name or id; nothing if there is none to type into.
    pub(super) fn fill(&mut self, field: &str, value: &str) {
        if let Some(found) = self.fields.iter_mut().find(|given| given.is_visible(field)) {
            value.clone_into(&mut found.value);
            found.sent = true;
        }
    }

    /// Sets a field by its name, whether the page has it or not.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|given| given.name != name);
        self.fields.push(Field { name: name.into(), value: value.into(), sent: true, ..Field::default() });
    }

    /// The body that a browser sends when `pressed` is pressed.
    pub(super) fn encoded(&self, pressed: Option<&Button>) -> String {
        let fields = self.fields.iter().filter(|field| field.sent).map(|field| (&field.name, &field.value));
        let button = pressed.map(|button| (&button.name, &button.value));
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields.chain(button).filter(|(name, _)| !name.is_empty()))
            .finish()
    }
}

impl Field {
    fn is_visible(&self, wanted: &str) -> bool {
        !self.hidden && (self.name == wanted || self.id == wanted)
    }
}

/// All forms of a page, in order.
pub(super) fn read_forms(page: &str) -> Vec<Form> {
    let mut reading = Reading::default();
    for token in html::tokens(page) {
        match token {
            Token::Open(tag) => reading.open(&tag),
            Token::Close(name) => reading.close(&name),
            Token::Text(text) => reading.text(text),
        }
    }
    reading.forms
}

/// The forms read so far, and what the reader stands in.
#[derive(Default)]
struct Reading {
    forms: Vec<Form>,
    /// Index of the form that is open.
    form: Option<usize>,
    /// Form, and index in its fields, of the text area or choice that is open.
    field: Option<(usize, usize)>,
    /// The open field takes the text that follows as its value.
    typing: bool,
    /// A choice has had its first option, which counts until another is marked.
    chosen: bool,
}

impl Reading {
    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name.as_str() {
            "form" if self.form.is_none() => {
                self.forms.push(Form {
                    id: text_of(tag, "id"),
                    action: text_of(tag, "action").trim().into(),
                    post: text_of(tag, "method").eq_ignore_ascii_case("post"),
                    ..Form::default()
                });
                self.form = Some(self.forms.len() - 1);
            }
            "option" => self.option(tag),
            "input" | "button" | "select" | "textarea" if !tag.has("disabled") => self.control(tag),
            _ => {}
        }
    }

    fn control(&mut self, tag: &Tag<'_>) {
        let owner = tag.attribute("form");
        let at = match owner {
            Some(id) => self.forms.iter().position(|form| form.id == id),
            None => self.form,
        };
        let Some((at, form)) = at.and_then(|at| Some((at, self.forms.get_mut(at)?))) else { return };
        let kind = text_of(tag, "type").to_ascii_lowercase();
        match (tag.name.as_str(), kind.as_str()) {
            ("button", "" | "submit") | ("input", "submit" | "image") => form.buttons.push(Button {
                name: text_of(tag, "name"),
                id: text_of(tag, "id"),
                value: text_of(tag, "value"),
                action: text_of(tag, "formaction").trim().into(),
            }),
            ("button", _) | ("input", "button" | "reset" | "file") => {}
            (element, kind) => {
                let ticks = element == "input" && matches!(kind, "checkbox" | "radio");
                let value = if ticks { tag.attribute("value").unwrap_or("on").into() } else { text_of(tag, "value") };
                form.fields.push(Field {
                    name: text_of(tag, "name"),
                    id: text_of(tag, "id"),
                    value,
                    hidden: element == "input" && kind == "hidden",
                    sent: !ticks || tag.has("checked"),
                });
                if element != "input" {
                    self.field = Some((at, form.fields.len() - 1));
                    self.typing = element == "textarea";
                    self.chosen = false;
                }
            }
        }
    }

    fn option(&mut self, tag: &Tag<'_>) {
        let selected = tag.has("selected");
        if tag.has("disabled") || (self.chosen && !selected) {
            return;
        }
        self.chosen = true;
        if let Some(field) = self.open_field() {
            field.value = text_of(tag, "value");
        }
    }

    fn text(&mut self, text: &str) {
        if self.typing
            && let Some(field) = self.open_field()
        {
            field.value = html::decoded(text.strip_prefix('\n').unwrap_or(text)).into_owned();
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "form" => self.form = None,
            "select" | "textarea" => {
                self.field = None;
                self.typing = false;
            }
            _ => {}
        }
    }

    fn open_field(&mut self) -> Option<&mut Field> {
        let (form, field) = self.field?;
        self.forms.get_mut(form)?.fields.get_mut(field)
    }
}

fn text_of(tag: &Tag<'_>, attribute: &str) -> String {
    tag.attribute(attribute).unwrap_or_default().to_owned()
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;

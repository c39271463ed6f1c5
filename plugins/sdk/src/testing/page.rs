//! A page that a hook shows in a test, and whether the server would show it.

use crate::bindings::pages::{Action, Field, FieldKind, Form, QrContent};
use std::fmt::{Display, Formatter, Result as Formatted};

/// Most fields in one form.
const FIELDS_MAX: usize = 32;
/// Most buttons in one form.
const ACTIONS_MAX: usize = 16;
/// Most options in one choice.
const OPTIONS_MAX: usize = 256;
/// Longest text of a part of a page, in characters.
const TEXT_CHARS_MAX: usize = 2_000;
/// Longest text of a QR code, in bytes.
const QR_BYTES_MAX: usize = 1_024;
/// Longest wait of a page that answers itself, in seconds.
const WAIT_S_MAX: u32 = 60;
/// Longest name of a field or an action.
const NAME_BYTES_MAX: usize = 64;

/// A page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page(pub(super) Form);

impl Page {
    /// Its title.
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// The paragraph above its fields.
    pub fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// What `notice` said.
    pub fn notice(&self) -> Option<&str> {
        self.0.notice.as_deref()
    }

    /// The names of its fields.
    pub fn fields(&self) -> Vec<&str> {
        self.0.fields.iter().map(|field| field.name.as_str()).collect()
    }

    /// What stands beside the field `name`.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.field(name)?.label.as_deref()
    }

    /// What is filled in beforehand in the field `name`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.field(name)?.value.as_deref()
    }

    /// What is said to be wrong with the field `name`.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.field(name)?.error.as_deref()
    }

    /// What the code `name` says that is shown on it: the text, or the enrolment whose key it is.
    pub fn qr_code(&self, name: &str) -> Option<&str> {
        match &self.field(name)?.kind {
            FieldKind::QrCode(QrContent::Text(text) | QrContent::TotpEnrolment(text)) => Some(text),
            _ => None,
        }
    }

    /// After how many seconds it answers itself.
    pub fn wait_s(&self) -> Option<u32> {
        self.0.wait_s
    }

    /// The names of its buttons; none where it has the usual one.
    pub fn actions(&self) -> Vec<&str> {
        self.0.actions.iter().map(|action| action.name.as_str()).collect()
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.0.fields.iter().find(|field| field.name == name)
    }

    pub(super) fn action(&self, name: &str) -> Option<&Action> {
        self.0.actions.iter().find(|action| action.name == name)
    }

    /// What the server would say against it.
    pub(super) fn admit(&self) -> Result<(), String> {
        if self.0.fields.len() > FIELDS_MAX {
            return Err(format!("a form has at most {FIELDS_MAX} fields"));
        }
        if self.0.actions.len() > ACTIONS_MAX {
            return Err(format!("a form has at most {ACTIONS_MAX} actions"));
        }
        let mut names = Vec::new();
        for field in &self.0.fields {
            if names.contains(&field.name.as_str()) {
                return Err(format!("two fields are called `{}`", field.name));
            }
            names.push(&field.name);
            match &field.kind {
                FieldKind::Choice(options) if options.is_empty() => {
                    return Err(format!("the choice `{}` has no options", field.name));
                }
                FieldKind::Choice(options) if options.len() > OPTIONS_MAX => {
                    return Err(format!("the choice `{}` has more than {OPTIONS_MAX} options", field.name));
                }
                _ => {}
            }
        }
        self.admit_ceremonies()?;
        for name in names.into_iter().chain(self.0.actions.iter().map(|action| action.name.as_str())) {
            admit_name(name)?;
        }
        if self.texts().all(|text| text.chars().count() <= TEXT_CHARS_MAX) {
            Ok(())
        } else {
            Err(format!("the text of a page part has at most {TEXT_CHARS_MAX} characters"))
        }
    }

    fn admit_ceremonies(&self) -> Result<(), String> {
        if self.0.wait_s.is_some_and(|seconds| !(1..=WAIT_S_MAX).contains(&seconds)) {
            return Err(format!("a page waits 1 to {WAIT_S_MAX} seconds"));
        }
        let mut passkeys = 0;
        for field in &self.0.fields {
            match &field.kind {
                FieldKind::QrCode(QrContent::Text(text) | QrContent::TotpEnrolment(text))
                    if !(1..=QR_BYTES_MAX).contains(&text.len()) =>
                {
                    return Err(format!("a QR code says 1 to {QR_BYTES_MAX} bytes"));
                }
                FieldKind::PasskeyRegistration(_) | FieldKind::PasskeyAuthentication(_) => passkeys += 1,
                _ => {}
            }
        }
        if passkeys > 1 { Err("a page asks for one passkey at most".to_owned()) } else { Ok(()) }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        let of_fields = self.0.fields.iter().flat_map(|field| {
            let options: &[_] = if let FieldKind::Choice(options) = &field.kind { options } else { &[] };
            let options = options.iter().flat_map(|option| [&option.value, &option.label]);
            [&field.label, &field.value, &field.error].into_iter().flatten().chain(options)
        });
        let of_actions = self.0.actions.iter().map(|action| &action.label);
        [Some(&self.0.title), self.0.text.as_ref(), self.0.notice.as_ref()]
            .into_iter()
            .flatten()
            .chain(of_fields)
            .chain(of_actions)
    }
}

fn admit_name(name: &str) -> Result<(), String> {
    let fits = (1..=NAME_BYTES_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !matches!(name, "action" | "step");
    if fits {
        Ok(())
    } else {
        Err(format!("`{name}` is no field name: use lower-case letters, digits and _; `action` and `step` are taken"))
    }
}

impl Display for Page {
    fn fmt(&self, f: &mut Formatter<'_>) -> Formatted {
        write!(f, "page {:?}", self.0.title)?;
        if let Some(notice) = &self.0.notice {
            write!(f, " (notice: {notice:?})")?;
        }
        match self.fields().as_slice() {
            [] => f.write_str(" without fields"),
            fields => write!(f, " with {}", fields.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(form: crate::Form) -> String {
        Page(form.0).admit().expect_err("it is not shown")
    }

    #[test]
    fn a_page_over_a_limit_of_the_server_is_not_shown() {
        let form = || crate::Form::new("Title");
        let fields = (0..=FIELDS_MAX).fold(form(), |form, n| form.text(&format!("f{n}")));
        assert_eq!(refusal(fields), "a form has at most 32 fields");
        let actions = (0..=ACTIONS_MAX).fold(form(), |form, n| form.action(&format!("a{n}"), "A"));
        assert_eq!(refusal(actions), "a form has at most 16 actions");
        assert!(refusal(form().choice("way", vec![("a", "A"); OPTIONS_MAX + 1])).contains("more than 256 options"));
        assert!(refusal(form().choice("way", [])).contains("has no options"));
        assert!(refusal(form().text("a").text("a")).contains("two fields are called `a`"));
        assert!(refusal(form().text(&"a".repeat(NAME_BYTES_MAX + 1))).contains("is no field name"));
        assert!(refusal(form().text("action")).contains("are taken"));
        assert!(refusal(form().say("x".repeat(TEXT_CHARS_MAX + 1))).contains("at most 2000 characters"));
        assert_eq!(refusal(form().qr_code("q", "x".repeat(QR_BYTES_MAX + 1))), "a QR code says 1 to 1024 bytes");
        assert_eq!(refusal(form().passkey("a", "c").register_passkey("b", "c")), "a page asks for one passkey at most");
        assert_eq!(refusal(form().wait(WAIT_S_MAX + 1)), "a page waits 1 to 60 seconds");
        assert_eq!(Page(form().text("a").choice("b", [("a", "A")]).action("go", "Go").0).admit(), Ok(()));
    }
}

//! A form: title, text, fields, actions.

use serde::{Deserialize, Serialize};

/// Most fields in one form.
pub const FIELDS_MAX: usize = 32;
/// Most buttons in one form.
pub const ACTIONS_MAX: usize = 16;
/// Most options in one choice.
pub const OPTIONS_MAX: usize = 256;
/// Longest title, label, text, notice or option, in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Longest text of a QR code, in bytes.
pub const QR_BYTES_MAX: usize = 1_024;
/// Longest wait of a page that answers itself, in seconds.
pub const WAIT_S_MAX: u32 = 60;
/// The action of a page that answered itself.
pub const WAIT_ACTION: &str = "wait";
/// Longest field, action or choice name, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// A form to be filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The page's heading.
    pub title: String,
    /// A paragraph under the heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Something that went wrong or is to be noted, above the fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The fields, top to bottom.
    pub fields: Vec<Field>,
    /// The buttons; the first is the main one. Empty means one button, "Continue".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// The page answers itself after so many seconds, with the action [`WAIT_ACTION`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<u32>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name in the answer: lower-case letters, digits, `_`; not `action` or `step`, which are the page's own.
    pub name: String,
    /// What the end-user reads; made from the name where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What can be entered.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Filled in beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What was wrong with the last entry, shown at the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// May be left empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// An email address.
    Email,
    /// A telephone number.
    Phone,
    /// A password: arrives as a typed secret.
    Password,
    /// A one-time code: digits, arrives as a typed secret.
    Code,
    /// A box to tick: arrives as true or false.
    Checkbox,
    /// One of several.
    Choice {
        /// The options, in order.
        options: Vec<Choice>,
    },
    /// Shown and not answered: a code to be read with a telephone's camera.
    QrCode {
        /// What it says.
        content: QrContent,
    },
    /// The browser makes a passkey: arrives as a typed secret.
    PasskeyRegistration {
        /// The ceremony that was begun for it.
        ceremony: String,
    },
    /// The browser signs with a passkey: arrives as a typed secret.
    PasskeyAuthentication {
        /// The ceremony that was begun for it.
        ceremony: String,
    },
}

/// What a QR code says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QrContent {
    /// This text.
    Text(String),
    /// The key of an enrolment of `totp`, which is no part of the page as it is stored.
    TotpEnrolment(String),
}

impl FieldKind {
    /// Whether it takes an answer.
    pub fn is_answered(&self) -> bool {
        !matches!(self, Self::QrCode { .. })
    }
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What arrives in the answer.
    pub value: String,
    /// What the end-user reads.
    pub label: String,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What arrives as the answer's `action`.
    pub name: String,
    /// What the end-user reads.
    pub label: String,
    /// Pressing it skips the rule that fields must be filled (a "Back" or "Use another method").
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skips_fields: bool,
}

/// Why a described page cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPage {
    /// More than [`FIELDS_MAX`] fields.
    #[error("a form has at most {FIELDS_MAX} fields")]
    TooManyFields,
    /// More than [`ACTIONS_MAX`] buttons.
    #[error("a form has at most {ACTIONS_MAX} actions")]
    TooManyActions,
    /// A choice of more than [`OPTIONS_MAX`].
    #[error("the choice `{0}` has more than {OPTIONS_MAX} options")]
    TooManyOptions(String),
    /// A text over [`TEXT_CHARS_MAX`].
    #[error("the text of a page part has at most {TEXT_CHARS_MAX} characters")]
    TextTooLong,
    /// A name that is no lower-case identifier.
    #[error("`{0}` is no field name: use lower-case letters, digits and _")]
    Name(String),
    /// Two fields of one name.
    #[error("two fields are called `{0}`")]
    Twice(String),
    /// A choice without options.
    #[error("the choice `{0}` has no options")]
    NoOptions(String),
    /// A QR code of nothing, or over [`QR_BYTES_MAX`].
    #[error("a QR code says 1 to {QR_BYTES_MAX} bytes")]
    QrCode,
    /// A wait outside 1 to [`WAIT_S_MAX`].
    #[error("a page waits 1 to {WAIT_S_MAX} seconds")]
    Wait,
    /// More than one passkey on a page.
    #[error("a page asks for one passkey at most")]
    TwoPasskeys,
}

impl Form {
    /// Checks the form against the limits above; called once before it is stored and shown.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn admit(&self) -> Result<(), InvalidPage> {
        if self.fields.len() > FIELDS_MAX {
            return Err(InvalidPage::TooManyFields);
        }
        if self.actions.len() > ACTIONS_MAX {
            return Err(InvalidPage::TooManyActions);
        }
        let texts = [Some(&self.title), self.text.as_ref(), self.notice.as_ref()];
        admit_texts(texts.into_iter().flatten())?;
        for (place, field) in self.fields.iter().enumerate() {
            admit_name(&field.name)?;
            if self.fields[..place].iter().any(|earlier| earlier.name == field.name) {
                return Err(InvalidPage::Twice(field.name.clone()));
            }
            admit_texts([&field.label, &field.value, &field.error].into_iter().flatten())?;
            if let FieldKind::Choice { options } = &field.kind {
                if options.is_empty() {
                    return Err(InvalidPage::NoOptions(field.name.clone()));
                }
                if options.len() > OPTIONS_MAX {
                    return Err(InvalidPage::TooManyOptions(field.name.clone()));
                }
                admit_texts(options.iter().flat_map(|option| [&option.value, &option.label]))?;
            }
        }
        if self.wait_s.is_some_and(|seconds| !(1..=WAIT_S_MAX).contains(&seconds)) {
            return Err(InvalidPage::Wait);
        }
        self.admit_ceremonies()?;
        for action in &self.actions {
            admit_name(&action.name)?;
            admit_texts([&action.label])?;
        }
        Ok(())
    }

    fn admit_ceremonies(&self) -> Result<(), InvalidPage> {
        let mut passkeys = 0;
        for field in &self.fields {
            match &field.kind {
                FieldKind::QrCode { content: QrContent::Text(text) | QrContent::TotpEnrolment(text) }
                    if !(1..=QR_BYTES_MAX).contains(&text.len()) =>
                {
                    return Err(InvalidPage::QrCode);
                }
                FieldKind::PasskeyRegistration { ceremony } | FieldKind::PasskeyAuthentication { ceremony } => {
                    admit_texts([ceremony])?;
                    passkeys += 1;
                }
                _ => {}
            }
        }
        if passkeys > 1 { Err(InvalidPage::TwoPasskeys) } else { Ok(()) }
    }
}

fn admit_texts<'t>(texts: impl IntoIterator<Item = &'t String>) -> Result<(), InvalidPage> {
    let fits = texts.into_iter().all(|text| text.chars().count() <= TEXT_CHARS_MAX);
    if fits { Ok(()) } else { Err(InvalidPage::TextTooLong) }
}

fn admit_name(name: &str) -> Result<(), InvalidPage> {
    let fits = (1..=NAME_BYTES_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !matches!(name, "action" | "step");
    if fits { Ok(()) } else { Err(InvalidPage::Name(name.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str) -> Field {
        Field { name: name.into(), label: None, kind: FieldKind::Text, value: None, error: None, optional: false }
    }

    #[test]
    fn a_form_over_a_limit_is_not_shown() {
        let many = Form { fields: (0..=FIELDS_MAX).map(|n| field(&format!("f{n}"))).collect(), ..Form::default() };
        assert_eq!(many.admit(), Err(InvalidPage::TooManyFields));
        let action = |n: usize| Action { name: format!("a{n}"), label: "A".into(), skips_fields: false };
        let many = Form { actions: (0..=ACTIONS_MAX).map(action).collect(), ..Form::default() };
        assert_eq!(many.admit(), Err(InvalidPage::TooManyActions));
        let options = (0..=OPTIONS_MAX).map(|n| Choice { value: n.to_string(), label: n.to_string() }).collect();
        let many =
            Form { fields: vec![Field { kind: FieldKind::Choice { options }, ..field("a") }], ..Form::default() };
        assert_eq!(many.admit(), Err(InvalidPage::TooManyOptions("a".into())));
        let long = Form { title: "x".repeat(TEXT_CHARS_MAX + 1), ..Form::default() };
        assert_eq!(long.admit(), Err(InvalidPage::TextTooLong));
        let twice = Form { fields: vec![field("a"), field("a")], ..Form::default() };
        assert_eq!(twice.admit(), Err(InvalidPage::Twice("a".into())));
        for seconds in [0, WAIT_S_MAX + 1] {
            let form = Form { wait_s: Some(seconds), ..Form::default() };
            assert_eq!(form.admit(), Err(InvalidPage::Wait));
        }
        for text in [String::new(), "x".repeat(QR_BYTES_MAX + 1)] {
            let kind = FieldKind::QrCode { content: QrContent::Text(text) };
            let form = Form { fields: vec![Field { kind, ..field("qr") }], ..Form::default() };
            assert_eq!(form.admit(), Err(InvalidPage::QrCode));
        }
        let passkey = |name| Field { kind: FieldKind::PasskeyAuthentication { ceremony: "c".into() }, ..field(name) };
        let two = Form { fields: vec![passkey("one"), passkey("two")], ..Form::default() };
        assert_eq!(two.admit(), Err(InvalidPage::TwoPasskeys));
        for bad in ["", "A", "a b", "action", "step", "a.b"] {
            let form = Form { fields: vec![field(bad)], ..Form::default() };
            assert_eq!(form.admit(), Err(InvalidPage::Name(bad.into())));
        }
        let empty = Field { kind: FieldKind::Choice { options: vec![] }, ..field("pick") };
        let form = Form { fields: vec![empty], ..Form::default() };
        assert_eq!(form.admit(), Err(InvalidPage::NoOptions("pick".into())));
    }
}

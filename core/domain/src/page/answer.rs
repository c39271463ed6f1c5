//! What the end-user sent back, read against the form that was shown.

use super::form::{Field, FieldKind, Form, WAIT_ACTION};
use crate::capabilities::webauthn::RESPONSE_BYTES_MAX;
use crate::secret::SecretText;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest value of one field, in bytes.
pub const VALUE_BYTES_MAX: usize = 4096;

/// A posted form: names to values, and the button that was pressed.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// Field values as typed. Every one may be a secret until the form says otherwise.
    pub values: BTreeMap<String, SecretText>,
    /// Name of the button pressed.
    pub action: Option<String>,
}

/// A form's answer as a hook sees it and the journal keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormAnswer {
    /// A value for every field of the form.
    pub values: BTreeMap<String, AnswerValue>,
    /// The button pressed; the first action's name, or `continue`, when the browser named none.
    pub action: String,
}

/// One field's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerValue {
    /// Text; empty where an optional field was left empty.
    Text(String),
    /// A ticked or unticked box.
    Flag(bool),
    /// A typed secret: the text is not here and never is; only host functions can reach it while the
    /// request that brought it runs.
    Secret,
}

impl Form {
    /// Reads a submission: an answer and its typed secrets by field name; or, per field, what is wrong
    /// with the entry.
    ///
    /// # Errors
    /// A copy of the form with the errors at their fields, to be shown again.
    pub fn read(&self, submission: Submission) -> Result<(FormAnswer, BTreeMap<String, SecretText>), Box<Form>> {
        let default_action = self.actions.first().map_or("continue", |action| action.name.as_str());
        let pressed = submission.action.as_deref().unwrap_or(default_action);
        let known = self.actions.iter().find(|action| action.name == pressed);
        let waited = self.wait_s.is_some() && pressed == WAIT_ACTION;
        let default_action = if waited { WAIT_ACTION } else { default_action };
        let action = known.map_or(default_action, |action| action.name.as_str()).to_owned();
        let skips = waited || known.is_some_and(|action| action.skips_fields);

        let mut answer = FormAnswer { values: BTreeMap::new(), action };
        let mut secrets = BTreeMap::new();
        let mut again = self.clone();
        let mut wrong = false;
        for (place, field) in self.fields.iter().enumerate().filter(|(_, field)| field.kind.is_answered()) {
            let typed = submission.values.get(&field.name);
            match read_field(field, typed, skips) {
                Ok(value) => {
                    if value == AnswerValue::Secret {
                        let text = typed.cloned().unwrap_or_else(|| SecretText::new(""));
                        secrets.insert(field.name.clone(), text);
                    } else if let AnswerValue::Text(text) = &value {
                        again.fields[place].value = Some(text.clone());
                    }
                    answer.values.insert(field.name.clone(), value);
                }
                Err(message) => {
                    wrong = true;
                    again.fields[place].error = Some(message.to_owned());
                }
            }
        }
        if wrong { Err(Box::new(again)) } else { Ok((answer, secrets)) }
    }
}

fn read_field(field: &Field, typed: Option<&SecretText>, skips: bool) -> Result<AnswerValue, &'static str> {
    let text = typed.map_or("", SecretText::expose);
    let bytes_max = match field.kind {
        FieldKind::PasskeyRegistration { .. } | FieldKind::PasskeyAuthentication { .. } => RESPONSE_BYTES_MAX,
        _ => VALUE_BYTES_MAX,
    };
    if text.len() > bytes_max {
        return Err("This is too long.");
    }
    if let FieldKind::Checkbox = field.kind {
        return Ok(AnswerValue::Flag(!text.is_empty() && text != "false"));
    }
    let blank = text.trim().is_empty();
    if blank && !field.optional && !skips {
        return Err(match field.kind {
            FieldKind::PasskeyRegistration { .. } | FieldKind::PasskeyAuthentication { .. } => {
                "No passkey came. Please try again."
            }
            _ => "Please fill in this field.",
        });
    }
    match &field.kind {
        FieldKind::Password
        | FieldKind::Code
        | FieldKind::PasskeyRegistration { .. }
        | FieldKind::PasskeyAuthentication { .. } => Ok(AnswerValue::Secret),
        FieldKind::Choice { options } => {
            let offered = options.iter().any(|option| option.value == text);
            if offered || blank { Ok(AnswerValue::Text(text.to_owned())) } else { Err("Please choose one of these.") }
        }
        FieldKind::Email if !blank && !text.contains('@') => Err("Please enter an email address."),
        _ if text.chars().any(|c| c.is_control()) => Err("This contains characters that cannot be used."),
        _ => Ok(AnswerValue::Text(text.trim().to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Choice;

    fn field(name: &str, kind: FieldKind) -> Field {
        Field { name: name.into(), label: None, kind, value: None, error: None, optional: false }
    }

    fn submit(pairs: &[(&str, &str)]) -> Submission {
        let values = pairs.iter().map(|(name, text)| ((*name).to_owned(), SecretText::new(*text))).collect();
        Submission { values, action: None }
    }

    #[test]
    fn a_typed_secret_is_in_no_answer() {
        let form = Form { fields: vec![field("password", FieldKind::Password)], ..Form::default() };
        let (answer, secrets) = form.read(submit(&[("password", "wonderland")])).unwrap();
        assert_eq!(answer.values["password"], AnswerValue::Secret);
        assert!(!format!("{answer:?} {}", serde_json::to_string(&answer).unwrap()).contains("wonderland"));
        assert_eq!(secrets["password"].expose(), "wonderland");
    }

    #[test]
    fn an_error_stands_at_its_field_and_what_was_right_is_kept() {
        let form = Form {
            fields: vec![field("username", FieldKind::Text), field("password", FieldKind::Password)],
            ..Form::default()
        };
        let again = form.read(submit(&[("username", " alice "), ("password", "")])).unwrap_err();
        assert_eq!(again.fields[0].value.as_deref(), Some("alice"));
        assert_eq!(again.fields[0].error, None);
        assert!(again.fields[1].error.is_some());
        assert_eq!(again.fields[1].value, None);
    }

    #[test]
    fn a_value_over_the_limit_or_not_offered_is_refused() {
        let options = vec![Choice { value: "sms".into(), label: "SMS".into() }];
        let form = Form {
            fields: vec![field("way", FieldKind::Choice { options }), field("note", FieldKind::Text)],
            ..Form::default()
        };
        let long = "x".repeat(VALUE_BYTES_MAX + 1);
        let again = form.read(submit(&[("way", "fax"), ("note", &long)])).unwrap_err();
        assert!(again.fields.iter().all(|field| field.error.is_some()));
    }
}

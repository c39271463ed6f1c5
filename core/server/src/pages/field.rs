//! A field of a form as HTML needs it: the right kind of input, what a password manager and a phone's keyboard
//! should know of it, and what is said of it to a screen reader.

use super::language::Language;
use super::material::Material;
use super::passkey::PasskeyModel;
use super::presentable;
use super::qr::QrModel;
use gatewright_domain::fault::Fault;
use gatewright_domain::page::{Field, FieldKind, Form, QrContent, VALUE_BYTES_MAX};
use serde::Serialize;

/// Most options shown as a list of buttons; more are shown as a menu.
pub(super) const RADIO_OPTIONS_MAX: usize = 6;

/// A field, as `parts/field.html` draws it.
#[derive(Debug, Serialize)]
pub(super) struct FieldModel {
    id: String,
    name: String,
    label: String,
    /// `input`, `checkbox`, `radio`, `select`, `qr_code` or `passkey`.
    shape: &'static str,
    /// The `type` of an input.
    input_type: &'static str,
    autocomplete: Option<&'static str>,
    inputmode: Option<&'static str>,
    /// Whether the keyboard must not capitalise, correct or underline what is typed.
    verbatim: bool,
    value: Option<String>,
    checked: bool,
    options: Vec<OptionModel>,
    qr: Option<QrModel>,
    pub(super) passkey: Option<PasskeyModel>,
    error: Option<String>,
    optional: bool,
    required: bool,
    pub(super) autofocus: bool,
    max_length: usize,
}

#[derive(Debug, Serialize)]
struct OptionModel {
    value: String,
    label: String,
    chosen: bool,
}

impl FieldModel {
    /// The model of `field` of `form`.
    pub(super) fn new(form: &Form, field: &Field, language: &Language) -> Self {
        let (shape, input_type, inputmode) = match &field.kind {
            FieldKind::Text => ("input", "text", None),
            FieldKind::Email => ("input", "email", Some("email")),
            FieldKind::Phone => ("input", "tel", Some("tel")),
            FieldKind::Password => ("input", "password", None),
            FieldKind::Code => ("input", "text", Some("numeric")),
            FieldKind::Checkbox => ("checkbox", "checkbox", None),
            FieldKind::Choice { options } if options.len() <= RADIO_OPTIONS_MAX => ("radio", "radio", None),
            FieldKind::Choice { .. } => ("select", "", None),
            FieldKind::QrCode { .. } => ("qr_code", "", None),
            FieldKind::PasskeyRegistration { .. } | FieldKind::PasskeyAuthentication { .. } => {
                ("passkey", "hidden", None)
            }
        };
        let secret = matches!(field.kind, FieldKind::Password | FieldKind::Code);
        let autocomplete = autocomplete(form, field);
        let label = field.label.clone().unwrap_or_else(|| label_of(&field.name));
        Self {
            id: format!("loginForm:{}", field.name),
            name: field.name.clone(),
            label: presentable::block(&language.text(&label)),
            shape,
            input_type,
            autocomplete,
            inputmode,
            verbatim: secret || field.kind == FieldKind::Email || autocomplete == Some("username"),
            checked: field.value.as_deref().is_some_and(|value| !value.is_empty() && value != "false"),
            options: options(field, language),
            // A typed secret never goes back to the browser.
            value: field.value.clone().filter(|_| !secret),
            qr: None,
            passkey: None,
            error: field.error.as_deref().map(|error| presentable::block(&language.text(error))),
            optional: field.optional && shape != "checkbox",
            required: !field.optional && shape != "checkbox",
            autofocus: false,
            max_length: VALUE_BYTES_MAX,
        }
    }

    /// Draws the QR code of `field`, where what it says is there.
    ///
    /// # Errors
    /// A fault when it says too much.
    pub(super) fn draw_code(&mut self, field: &Field, material: &Material) -> Result<(), Fault> {
        self.qr = match &field.kind {
            FieldKind::QrCode { content: QrContent::Text(text) } => Some(QrModel::new(text, text, None)?),
            FieldKind::QrCode { content: QrContent::TotpEnrolment(enrolment) } => match material.key(enrolment) {
                Some(key) => {
                    let (uri, typed) = (key.uri.expose(), key.key.expose());
                    Some(QrModel::new(uri, typed, Some(uri))?.in_groups())
                }
                None => None,
            },
            _ => None,
        };
        Ok(())
    }

    /// Lets the browser offer passkeys where the username is typed.
    pub(super) fn offer_passkeys(&mut self) {
        if self.autocomplete == Some("username") {
            self.autocomplete = Some("username webauthn");
        }
    }

    /// Whether it waits for something to be typed.
    pub(super) fn is_empty_input(&self) -> bool {
        self.shape == "input" && self.value.as_deref().unwrap_or_default().is_empty()
    }

    /// Whether the last entry was wrong.
    pub(super) fn is_wrong(&self) -> bool {
        self.error.is_some()
    }
}

fn options(field: &Field, language: &Language) -> Vec<OptionModel> {
    let FieldKind::Choice { options } = &field.kind else { return vec![] };
    let model = |option: &gatewright_domain::page::Choice| OptionModel {
        value: option.value.clone(),
        label: presentable::block(&language.text(&option.label)),
        chosen: field.value.as_ref() == Some(&option.value),
    };
    options.iter().map(model).collect()
}

/// `username` becomes "Username", `given_name` "Given name".
pub(super) fn label_of(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => words,
    }
}

/// The autofill token of a field (HTML, 4.10.18.7.1), by kind and by the names authors give.
fn autocomplete(form: &Form, field: &Field) -> Option<&'static str> {
    let name = field.name.as_str();
    match field.kind {
        FieldKind::Password if name.contains("new") || name.contains("again") || name.contains("repeat") => {
            Some("new-password")
        }
        FieldKind::Password => Some("current-password"),
        FieldKind::Code => Some("one-time-code"),
        FieldKind::Phone => Some("tel"),
        // An address that is asked for beside a password is what the password belongs to.
        FieldKind::Email if form.fields.iter().any(|other| other.kind == FieldKind::Password) => Some("username"),
        FieldKind::Email if names_an_account(name) => Some("username"),
        FieldKind::Email => Some("email"),
        FieldKind::Text if names_an_account(name) => Some("username"),
        FieldKind::Text => match name {
            "name" => Some("name"),
            "given_name" => Some("given-name"),
            "family_name" => Some("family-name"),
            "nickname" => Some("nickname"),
            "organization" => Some("organization"),
            "postal_code" => Some("postal-code"),
            "country" => Some("country-name"),
            "birthdate" => Some("bday"),
            _ => None,
        },
        FieldKind::Checkbox
        | FieldKind::Choice { .. }
        | FieldKind::QrCode { .. }
        | FieldKind::PasskeyRegistration { .. }
        | FieldKind::PasskeyAuthentication { .. } => None,
    }
}

fn names_an_account(name: &str) -> bool {
    matches!(name, "username" | "user" | "user_name" | "login" | "account" | "identifier")
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use gatewright_domain::page::Choice;

    fn model(field: Field) -> FieldModel {
        let form = Form { fields: vec![field.clone()], ..Form::default() };
        FieldModel::new(&form, &field, &samples::english())
    }

    #[test]
    fn a_password_manager_and_a_keyboard_are_told_what_a_field_is() {
        let cases = [
            ("username", FieldKind::Text, "text", Some("username"), None),
            ("password", FieldKind::Password, "password", Some("current-password"), None),
            ("new_password", FieldKind::Password, "password", Some("new-password"), None),
            ("password_again", FieldKind::Password, "password", Some("new-password"), None),
            ("code", FieldKind::Code, "text", Some("one-time-code"), Some("numeric")),
            ("email", FieldKind::Email, "email", Some("email"), Some("email")),
            ("mobile", FieldKind::Phone, "tel", Some("tel"), Some("tel")),
            ("given_name", FieldKind::Text, "text", Some("given-name"), None),
            ("colour", FieldKind::Text, "text", None, None),
        ];
        for (name, kind, input_type, autocomplete, inputmode) in cases {
            let model = model(samples::field(name, kind));
            let told = (model.input_type, model.autocomplete, model.inputmode);
            assert_eq!(told, (input_type, autocomplete, inputmode), "{name}");
        }
    }

    #[test]
    fn an_address_beside_a_password_is_a_username() {
        let email = samples::field("email", FieldKind::Email);
        let form =
            Form { fields: vec![email.clone(), samples::field("password", FieldKind::Password)], ..Form::default() };
        let model = FieldModel::new(&form, &email, &samples::english());
        assert_eq!(model.autocomplete, Some("username"));
    }

    #[test]
    fn a_secret_is_never_sent_back_to_the_browser() {
        for kind in [FieldKind::Password, FieldKind::Code] {
            let field = Field { value: Some("wonderland".into()), ..samples::field("x", kind) };
            assert_eq!(model(field).value, None);
        }
    }

    #[test]
    fn a_label_is_made_from_the_name_where_none_is_given() {
        for (name, label) in [("username", "Username"), ("given_name", "Given name"), ("", "")] {
            assert_eq!(label_of(name), label);
        }
    }

    #[test]
    fn a_few_options_are_buttons_and_many_a_menu() {
        let choice = |count: usize| {
            let options = (0..count).map(|n| Choice { value: n.to_string(), label: n.to_string() }).collect();
            model(samples::field("way", FieldKind::Choice { options })).shape
        };
        assert_eq!((choice(RADIO_OPTIONS_MAX), choice(RADIO_OPTIONS_MAX + 1)), ("radio", "select"));
    }

    #[test]
    fn a_box_may_stay_unticked() {
        assert!(!model(samples::field("remember", FieldKind::Checkbox)).required);
        assert!(model(samples::field("username", FieldKind::Text)).required);
    }
}

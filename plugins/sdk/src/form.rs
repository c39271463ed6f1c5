//! The form builder: `Form::new("Sign in").text("username").password("password")`. The server draws the page.

use crate::bindings::pages::{Action, Field, FieldKind, Form as Wire, OptionOfChoice, QrContent};
use crate::texts::PerhapsText;

/// A page being described. A field without a label gets one made from its name.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a form is shown by `ask`"]
pub struct Form(pub(crate) Wire);

impl Form {
    /// A page with this title.
    pub fn new(title: impl Into<String>) -> Self {
        Self(Wire {
            title: title.into(),
            text: None,
            notice: None,
            fields: Vec::new(),
            actions: Vec::new(),
            wait_s: None,
        })
    }

    /// A paragraph above the fields.
    pub fn say(mut self, text: impl Into<String>) -> Self {
        self.0.text = Some(text.into());
        self
    }

    /// A line of text.
    pub fn text(self, name: &str) -> Self {
        self.field(name, FieldKind::Text)
    }

    /// An email address.
    pub fn email(self, name: &str) -> Self {
        self.field(name, FieldKind::Email)
    }

    /// A telephone number.
    pub fn phone(self, name: &str) -> Self {
        self.field(name, FieldKind::Phone)
    }

    /// A password; arrives as a [`Secret`](crate::Secret).
    pub fn password(self, name: &str) -> Self {
        self.field(name, FieldKind::Password)
    }

    /// A one-time code; arrives as a [`Secret`](crate::Secret).
    pub fn code(self, name: &str) -> Self {
        self.field(name, FieldKind::Code)
    }

    /// A box to tick; arrives as a flag.
    pub fn checkbox(self, name: &str) -> Self {
        self.field(name, FieldKind::Checkbox)
    }

    /// One of several, each a value and what the end-user reads.
    pub fn choice<'o>(self, name: &str, options: impl IntoIterator<Item = (&'o str, &'o str)>) -> Self {
        let option = |(value, label): (&str, &str)| OptionOfChoice { value: value.into(), label: label.into() };
        self.field(name, FieldKind::Choice(options.into_iter().map(option).collect()))
    }

    /// Shown and not answered: this text as a code to be read with a telephone's camera.
    pub fn qr_code(self, name: &str, text: impl Into<String>) -> Self {
        self.field(name, FieldKind::QrCode(QrContent::Text(text.into())))
    }

    /// Shown and not answered: the key of an enrolment begun with [`totp::begin`](crate::totp::begin), as a code and in
    /// letters.
    pub fn totp_enrolment(self, name: &str, enrolment: impl Into<String>) -> Self {
        self.field(name, FieldKind::QrCode(QrContent::TotpEnrolment(enrolment.into())))
    }

    /// The browser makes a passkey for a ceremony begun with
    /// [`webauthn::begin_registration`](crate::webauthn::begin_registration); arrives as a [`Secret`](crate::Secret).
    pub fn register_passkey(self, name: &str, ceremony: impl Into<String>) -> Self {
        self.field(name, FieldKind::PasskeyRegistration(ceremony.into()))
    }

    /// The browser signs with a passkey for a ceremony begun with
    /// [`webauthn::begin_authentication`](crate::webauthn::begin_authentication); arrives as a [`Secret`](crate::Secret).
    pub fn passkey(self, name: &str, ceremony: impl Into<String>) -> Self {
        self.field(name, FieldKind::PasskeyAuthentication(ceremony.into()))
    }

    /// The page answers itself after so many seconds, 1 to 60, with the action `wait`: for an approval elsewhere.
    pub fn wait(mut self, seconds: u32) -> Self {
        self.0.wait_s = Some(seconds);
        self
    }

    /// What stands beside the field `name`.
    ///
    /// # Panics
    /// When there is no such field.
    pub fn label(self, name: &str, label: impl Into<String>) -> Self {
        self.change(name, |field| field.label = Some(label.into()))
    }

    /// Fills the field `name` in beforehand; nothing fills in nothing.
    ///
    /// # Panics
    /// When there is no such field.
    pub fn value(self, name: &str, value: impl PerhapsText) -> Self {
        self.change(name, |field| field.value = value.perhaps())
    }

    /// Ticks the box `name` beforehand.
    ///
    /// # Panics
    /// When there is no such field.
    pub fn ticked(self, name: &str) -> Self {
        self.value(name, "true")
    }

    /// Says at the field `name` what was wrong with the last entry.
    ///
    /// # Panics
    /// When there is no such field.
    pub fn error(self, name: &str, message: impl Into<String>) -> Self {
        self.change(name, |field| field.error = Some(message.into()))
    }

    /// Lets the field `name` be left empty.
    ///
    /// # Panics
    /// When there is no such field.
    pub fn optional(self, name: &str) -> Self {
        self.change(name, |field| field.optional = true)
    }

    /// A button; the first is the main one, and none means "Continue".
    pub fn action(self, name: &str, label: impl Into<String>) -> Self {
        self.button(name, label.into(), false)
    }

    /// A button that needs no field filled in ("Use another method").
    pub fn back(self, name: &str, label: impl Into<String>) -> Self {
        self.button(name, label.into(), true)
    }

    fn field(mut self, name: &str, kind: FieldKind) -> Self {
        let name = name.to_owned();
        self.0.fields.push(Field { name, label: None, kind, value: None, error: None, optional: false });
        self
    }

    fn button(mut self, name: &str, label: String, skips_fields: bool) -> Self {
        self.0.actions.push(Action { name: name.to_owned(), label, skips_fields });
        self
    }

    fn change(mut self, name: &str, change: impl FnOnce(&mut Field)) -> Self {
        match self.0.fields.iter_mut().find(|field| field.name == name) {
            Some(field) => change(field),
            None => panic!("the form `{}` has no field `{name}` yet", self.0.title),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_described_part_by_part() {
        let Form(form) = Form::new("Sign in")
            .say("Welcome.")
            .text("username")
            .label("username", "Your name")
            .value("username", Some("alice"))
            .error("username", "Not known.")
            .choice("way", [("sms", "Text message")])
            .checkbox("agreed")
            .ticked("agreed")
            .email("mail")
            .optional("mail")
            .action("go", "Go on")
            .back("other", "Other account");
        assert_eq!((form.title.as_str(), form.text.as_deref()), ("Sign in", Some("Welcome.")));
        let username = Field {
            name: "username".into(),
            label: Some("Your name".into()),
            kind: FieldKind::Text,
            value: Some("alice".into()),
            error: Some("Not known.".into()),
            optional: false,
        };
        assert_eq!(form.fields[0], username);
        let option = OptionOfChoice { value: "sms".into(), label: "Text message".into() };
        assert_eq!(form.fields[1].kind, FieldKind::Choice(vec![option]));
        assert_eq!(form.fields[2].value.as_deref(), Some("true"));
        assert!(form.fields[3].optional);
        assert_eq!(form.actions.iter().map(|action| action.skips_fields).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn what_is_shown_and_what_the_browser_does_is_described_too() {
        let form = Form::new("x")
            .qr_code("link", "https://x.example")
            .totp_enrolment("app", "e-1")
            .register_passkey("new", "c-1")
            .passkey("key", "c-2")
            .wait(5);
        let kinds = form.0.fields.iter().map(|field| field.kind.clone()).collect::<Vec<_>>();
        let expected = [
            FieldKind::QrCode(QrContent::Text("https://x.example".into())),
            FieldKind::QrCode(QrContent::TotpEnrolment("e-1".into())),
            FieldKind::PasskeyRegistration("c-1".into()),
            FieldKind::PasskeyAuthentication("c-2".into()),
        ];
        assert_eq!((kinds.as_slice(), form.0.wait_s), (expected.as_slice(), Some(5)));
    }

    #[test]
    #[should_panic(expected = "the form `Sign in` has no field `usrname` yet")]
    fn a_part_of_a_field_that_is_not_there_is_a_mistake() {
        let _ = Form::new("Sign in").text("username").value("usrname", "alice");
    }
}

//! A field of a form, as an app needs it: what to ask for, and what it is shown beside.

use super::super::field::label_of;
use super::super::language::Language;
use super::super::material::Material;
use super::super::presentable;
use gatewright_domain::capabilities::webauthn::RESPONSE_BYTES_MAX;
use gatewright_domain::page::{Field, FieldKind, QrContent, VALUE_BYTES_MAX};
use serde::Serialize;
use serde_json::Value;

/// A field.
#[derive(Debug, Serialize)]
pub(super) struct FieldDocument<'a> {
    name: &'a str,
    kind: &'static str,
    label: String,
    /// Whether it must be filled in, unless the action skips fields.
    required: bool,
    /// Longest answer; a field without it takes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_bytes: Option<usize>,
    /// Filled in beforehand.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    /// What was wrong with the last answer, or is with the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<Vec<ChoiceDocument<'a>>>,
    /// What a QR code says.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    /// The key of an authenticator app, in base32.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON` (Web Authentication Level 3,
    /// 5.1.8 and 5.1.9).
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<&'a Value>,
}

#[derive(Debug, Serialize)]
struct ChoiceDocument<'a> {
    value: &'a str,
    label: String,
}

impl<'a> FieldDocument<'a> {
    /// The document of `field`, with what is fetched for it.
    pub(super) fn new(field: &'a Field, material: &'a Material, language: &Language) -> Self {
        let label = field.label.clone().unwrap_or_else(|| label_of(&field.name));
        let mut document = Self {
            name: &field.name,
            kind: kind(&field.kind),
            label: presentable::block(&language.text(&label)),
            required: field.kind.is_answered() && !field.optional && field.kind != FieldKind::Checkbox,
            max_bytes: bytes_max(&field.kind),
            // A typed secret goes back to nobody.
            value: field.value.as_deref().filter(|_| !is_secret(&field.kind)),
            error: field.error.as_deref().map(|error| presentable::block(&language.text(error))),
            choices: None,
            content: None,
            key: None,
            public_key: None,
        };
        match &field.kind {
            FieldKind::Choice { options } => {
                let choice = |option: &'a gatewright_domain::page::Choice| ChoiceDocument {
                    value: &option.value,
                    label: presentable::block(&language.text(&option.label)),
                };
                document.choices = Some(options.iter().map(choice).collect());
            }
            FieldKind::QrCode { content: QrContent::Text(text) } => document.content = Some(text),
            FieldKind::QrCode { content: QrContent::TotpEnrolment(enrolment) } => match material.key(enrolment) {
                Some(key) => (document.content, document.key) = (Some(key.uri.expose()), Some(key.key.expose())),
                None => document.is_gone(language, "qr.gone"),
            },
            FieldKind::PasskeyRegistration { ceremony } | FieldKind::PasskeyAuthentication { ceremony } => {
                match material.options(ceremony) {
                    Some(options) => document.public_key = options.get("publicKey"),
                    None => document.is_gone(language, "passkey.gone"),
                }
            }
            _ => {}
        }
        document
    }

    fn is_gone(&mut self, language: &Language, key: &str) {
        self.error.get_or_insert_with(|| language.filled(key, &[]));
    }
}

fn kind(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Email => "email",
        FieldKind::Phone => "phone",
        FieldKind::Password => "password",
        FieldKind::Code => "code",
        FieldKind::Checkbox => "checkbox",
        FieldKind::Choice { .. } => "choice",
        FieldKind::QrCode { .. } => "qr_code",
        FieldKind::PasskeyRegistration { .. } => "passkey_registration",
        FieldKind::PasskeyAuthentication { .. } => "passkey_authentication",
    }
}

fn is_passkey(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::PasskeyRegistration { .. } | FieldKind::PasskeyAuthentication { .. })
}

fn is_secret(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Password | FieldKind::Code) || is_passkey(kind)
}

fn bytes_max(kind: &FieldKind) -> Option<usize> {
    let bytes_max = if is_passkey(kind) { RESPONSE_BYTES_MAX } else { VALUE_BYTES_MAX };
    kind.is_answered().then_some(bytes_max)
}

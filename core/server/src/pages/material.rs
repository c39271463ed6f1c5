//! What a form shows that is no part of it as it is stored: the key of an authenticator app, what a browser is given
//! for a passkey. It is fetched when the page is drawn, and where it is gone the page says so.

use gatewright_domain::capabilities::CallFailed;
use gatewright_domain::capabilities::totp::{Totp, TotpKey};
use gatewright_domain::capabilities::webauthn::Webauthn;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::FactorId;
use gatewright_domain::page::{FieldKind, Form, QrContent};
use serde_json::Value;
use std::collections::BTreeMap;

/// Material for the fields of one form.
#[derive(Debug, Default)]
pub struct Material {
    keys: BTreeMap<String, TotpKey>,
    ceremonies: BTreeMap<String, Value>,
}

impl Material {
    /// Fetches what the fields of `form` need.
    ///
    /// # Errors
    /// A fault of a capability. One that is not configured, or knows nothing of what is asked for, is none.
    pub async fn fetch(form: &Form, totp: &dyn Totp, webauthn: &dyn Webauthn) -> Result<Self, Fault> {
        let mut material = Self::default();
        for field in &form.fields {
            match &field.kind {
                FieldKind::QrCode { content: QrContent::TotpEnrolment(enrolment) } => {
                    let Ok(id) = FactorId::parse(enrolment.as_str()) else { continue };
                    if let Some(key) = there(totp.key(&id).await)? {
                        material.put_key(enrolment, key);
                    }
                }
                FieldKind::PasskeyRegistration { ceremony } | FieldKind::PasskeyAuthentication { ceremony } => {
                    if let Some(options) = there(webauthn.options(ceremony).await)? {
                        material.put_options(ceremony, options);
                    }
                }
                _ => {}
            }
        }
        Ok(material)
    }

    /// The key of an enrolment.
    pub(super) fn key(&self, enrolment: &str) -> Option<&TotpKey> {
        self.keys.get(enrolment)
    }

    /// The options of a ceremony.
    pub(super) fn options(&self, ceremony: &str) -> Option<&Value> {
        self.ceremonies.get(ceremony)
    }

    /// Puts a key there.
    pub(super) fn put_key(&mut self, enrolment: &str, key: TotpKey) {
        self.keys.insert(enrolment.to_owned(), key);
    }

    /// Puts options there.
    pub(super) fn put_options(&mut self, ceremony: &str, options: Value) {
        self.ceremonies.insert(ceremony.to_owned(), options);
    }
}

fn there<T>(came: Result<Option<T>, CallFailed>) -> Result<Option<T>, Fault> {
    match came {
        Ok(came) => Ok(came),
        Err(CallFailed::Fault(fault)) => Err(fault),
        Err(CallFailed::Capability(why)) => {
            tracing::warn!("a page shows less than its policy means it to: {why}");
            Ok(None)
        }
    }
}

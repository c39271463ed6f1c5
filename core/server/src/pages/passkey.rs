//! A passkey on a page: what `assets/passkey.js` is given to ask the browser for it.

use super::material::Material;
use gatewright_domain::page::{Field, FieldKind, Form};
use serde::Serialize;

/// A ceremony, as `parts/field.html` draws it.
#[derive(Debug, Serialize)]
pub(super) struct PasskeyModel {
    /// `create` or `get`, of `navigator.credentials`.
    call: &'static str,
    /// Its options, in JSON.
    options: String,
    /// The button that begins it.
    button: Option<String>,
    /// What that button says.
    button_label: Option<String>,
    /// Whether the browser may offer passkeys where the username is typed.
    pub(super) offers: bool,
}

impl PasskeyModel {
    /// The ceremony of `field` of `form`; none where it ended. `button` is the id of the button of an action, and its
    /// label.
    pub(super) fn new(
        form: &Form,
        field: &Field,
        material: &Material,
        button: impl Fn(usize) -> (String, String),
    ) -> Option<Self> {
        let (call, ceremony) = match &field.kind {
            FieldKind::PasskeyRegistration { ceremony } => ("create", ceremony),
            FieldKind::PasskeyAuthentication { ceremony } => ("get", ceremony),
            _ => return None,
        };
        let options = material.options(ceremony)?;
        let own = form.actions.iter().position(|action| action.name == field.name);
        // A passkey that may be left out is not asked for by a button that is there for the other fields.
        let place = own.or_else(|| (!field.optional).then_some(0));
        let (button, button_label) = place.map(button).unzip();
        let names_nobody = options["publicKey"]["allowCredentials"].as_array().is_none_or(Vec::is_empty);
        let passes = own.is_some_and(|own| form.actions[own].skips_fields);
        let offers = call == "get" && names_nobody && passes;
        Some(Self { call, options: options.to_string(), button, button_label, offers })
    }
}

/// Whether the browser may offer passkeys where a username is typed into `form`.
pub(super) fn is_offered(form: &Form, material: &Material) -> bool {
    let model = |field| PasskeyModel::new(form, field, material, |_| Default::default());
    form.fields.iter().filter_map(model).any(|passkey| passkey.offers)
}

#[cfg(test)]
mod tests {
    use super::super::samples::field;
    use super::*;
    use gatewright_domain::page::Action;
    use serde_json::json;

    fn form(optional: bool, actions: &[(&str, bool)]) -> Form {
        let kind = FieldKind::PasskeyAuthentication { ceremony: "c".into() };
        let passkey = Field { optional, ..field("passkey", kind) };
        let action = |(name, skips_fields): &(&str, bool)| Action {
            name: (*name).into(),
            label: (*name).into(),
            skips_fields: *skips_fields,
        };
        let fields = vec![field("username", FieldKind::Text), passkey];
        Form { fields, actions: actions.iter().map(action).collect(), ..Form::default() }
    }

    fn model(form: &Form, allowed: serde_json::Value) -> PasskeyModel {
        let mut material = Material::default();
        material.put_options("c", json!({ "publicKey": { "allowCredentials": allowed } }));
        let button = |place: usize| (place.to_string(), String::new());
        PasskeyModel::new(form, &form.fields[1], &material, button).unwrap()
    }

    #[test]
    fn an_action_of_the_field_s_name_begins_the_ceremony_else_the_main_one_where_a_passkey_is_needed() {
        let table = [
            (form(false, &[]), Some("0")),
            (form(false, &[("go", false), ("back", true)]), Some("0")),
            (form(false, &[("go", false), ("passkey", true)]), Some("1")),
            (form(true, &[("go", false), ("passkey", true)]), Some("1")),
            (form(true, &[("go", false)]), None),
        ];
        for (form, button) in table {
            assert_eq!(model(&form, json!([])).button.as_deref(), button, "{form:?}");
        }
    }

    #[test]
    fn passkeys_are_offered_at_the_username_where_nobody_is_known_and_one_alone_is_enough() {
        let enough = form(true, &[("go", false), ("passkey", true)]);
        assert!(model(&enough, json!([])).offers);
        assert!(!model(&enough, json!([{ "id": "x" }])).offers, "somebody is known");
        assert!(!model(&form(true, &[("go", false), ("passkey", false)]), json!([])).offers);
        assert!(!model(&form(false, &[("go", true)]), json!([])).offers);
    }

    #[test]
    fn a_ceremony_that_ended_is_none() {
        let form = form(false, &[]);
        assert!(PasskeyModel::new(&form, &form.fields[1], &Material::default(), |_| Default::default()).is_none());
    }
}

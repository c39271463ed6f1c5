//! Sign-in, and every other page that a hook describes as a form.

use super::field::FieldModel;
use super::material::Material;
use super::passkey::{PasskeyModel, is_offered};
use super::{Frame, Needs, Pages, Rendered, actions, presentable};
use gatewright_domain::fault::Fault;
use gatewright_domain::page::Form;
use serde::Serialize;

/// A form to be filled in.
#[derive(Debug, Clone, Copy)]
pub struct FormView<'a> {
    /// What the pages of this visit share.
    pub frame: &'a Frame,
    /// The form as the hook described it.
    pub form: &'a Form,
    /// What its fields show beside.
    pub material: &'a Material,
    /// Seconds after which the page answers itself, where it does.
    pub refresh_s: Option<u32>,
    /// What the answer must bring back in [`super::STEP_FIELD`].
    pub step: &'a str,
}

#[derive(Debug, Serialize)]
struct FormModel<'a> {
    title: String,
    text: Option<String>,
    notice: Option<String>,
    fields: Vec<FieldModel>,
    actions: Vec<ActionModel<'a>>,
    /// Whether it answers itself after a while.
    waits: bool,
    step: &'a str,
}

#[derive(Debug, Serialize)]
struct ActionModel<'a> {
    id: String,
    value: &'a str,
    label: String,
    main: bool,
    skips_fields: bool,
}

impl Pages {
    /// Draws a form.
    ///
    /// # Errors
    /// A fault when an operator's template fails, or a QR code says too much.
    pub fn form(&self, view: FormView<'_>) -> Result<Rendered, Fault> {
        let model = model(view)?;
        let own_script = model.fields.iter().any(|field| field.passkey.is_some());
        let needs = Needs { own_script, refresh_s: view.refresh_s, ..view.frame.form_needs() };
        self.draw("form.html", view.frame, &model, &needs)
    }
}

fn model(view: FormView<'_>) -> Result<FormModel<'_>, Fault> {
    let FormView { frame, form, material, refresh_s, step } = view;
    let shown = |text: &str| presentable::block(&frame.language.text(text));
    let actions = action_models(form, &shown, frame);
    let button = |place: usize| (actions[place].id.clone(), actions[place].label.clone());
    let offered = is_offered(form, material);
    let mut fields = Vec::with_capacity(form.fields.len());
    for field in &form.fields {
        let mut model = FieldModel::new(form, field, &frame.language);
        model.draw_code(field, material)?;
        model.passkey = PasskeyModel::new(form, field, material, button);
        if offered {
            model.offer_passkeys();
        }
        fields.push(model);
    }
    let wanted =
        fields.iter().position(FieldModel::is_wrong).or_else(|| fields.iter().position(FieldModel::is_empty_input));
    if let Some(place) = wanted {
        fields[place].autofocus = true;
    }
    Ok(FormModel {
        title: shown(&form.title),
        text: form.text.as_deref().map(shown),
        notice: form.notice.as_deref().map(shown),
        fields,
        actions,
        waits: refresh_s.is_some(),
        step,
    })
}

fn action_models<'a>(form: &'a Form, shown: &impl Fn(&str) -> String, frame: &Frame) -> Vec<ActionModel<'a>> {
    let main_id = || "loginForm:loginButton".to_owned();
    if form.actions.is_empty() {
        let label = frame.language.message("form.continue").unwrap_or("Continue").to_owned();
        return vec![ActionModel { id: main_id(), value: actions::CONTINUE, label, main: true, skips_fields: false }];
    }
    let model = |(place, action): (usize, &'a gatewright_domain::page::Action)| ActionModel {
        id: if place == 0 { main_id() } else { format!("loginForm:action:{}", action.name) },
        value: &action.name,
        label: shown(&action.label),
        main: place == 0,
        skips_fields: action.skips_fields,
    };
    form.actions.iter().enumerate().map(model).collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use gatewright_domain::page::{Action, FieldKind};

    fn focused(form: &Form) -> Option<String> {
        let frame = samples::frame();
        let material = Material::default();
        let model = model(FormView { frame: &frame, form, material: &material, refresh_s: None, step: "s" }).unwrap();
        let names = form.fields.iter().zip(&model.fields).filter(|(_, field)| field.autofocus);
        let names: Vec<_> = names.map(|(field, _)| field.name.clone()).collect();
        assert!(names.len() < 2, "{names:?} all want the focus");
        names.into_iter().next()
    }

    #[test]
    fn the_focus_is_at_the_first_wrong_field_else_at_the_first_empty_one() {
        let mut form = samples::sign_in_form();
        assert_eq!(focused(&form).as_deref(), Some("username"));
        form.fields[0].value = Some("alice".into());
        assert_eq!(focused(&form).as_deref(), Some("password"));
        form.fields[0].error = Some("Please fill in this field.".into());
        assert_eq!(focused(&form).as_deref(), Some("username"));
        assert_eq!(focused(&Form::default()), None);
        form.fields = vec![samples::field("remember", FieldKind::Checkbox)];
        assert_eq!(focused(&form), None);
    }

    #[test]
    fn the_first_action_is_the_main_button_and_a_form_without_actions_has_one() {
        let frame = samples::frame();
        let form = samples::sign_in_form();
        let material = Material::default();
        let view = |form| FormView { frame: &frame, form, material: &material, refresh_s: None, step: "s" };
        let one = model(view(&form)).unwrap().actions;
        assert_eq!((one.len(), one[0].id.as_str(), one[0].value), (1, "loginForm:loginButton", "continue"));
        let action = |name: &str, skips_fields| Action { name: name.into(), label: name.into(), skips_fields };
        let form = Form { actions: vec![action("login", false), action("back", true)], ..form.clone() };
        let two = model(view(&form)).unwrap().actions;
        let ids: Vec<_> = two.iter().map(|action| action.id.as_str()).collect();
        assert_eq!(ids, ["loginForm:loginButton", "loginForm:action:back"]);
        assert!(two[0].main && !two[1].main && two[1].skips_fields);
    }
}

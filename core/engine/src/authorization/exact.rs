//! An answer written by a program and not by a form of ours: what the page does not ask for is a slip of its writer, who
//! is told so, where a browser's answer is read by what is known in it.

use super::answer::{ALLOW, Answered, KEEP, OTHER_ACCOUNT};
use super::interaction::{Interaction, Running};
use crate::Engine;
use crate::browser::Browser;
use crate::error::{DirectError, WalkError};
use gatewright_domain::flow::HostCall;
use gatewright_domain::page::{Form, Page, Submission, WAIT_ACTION};
use gatewright_protocol::error::Refusal;

/// The button that refuses. In a form of ours every button but [`ALLOW`] does.
const DENY: &str = "deny";
/// The action of a form that names none.
const GO_ON: &str = "continue";

impl Engine {
    /// As [`Engine::answer`], but an answer that names a field or an action that the page does not have is refused, and
    /// so is one that leaves open what was pressed where that decides something.
    ///
    /// # Errors
    /// As there, and a direct error for such an answer. Nothing has run, and the page waits as before.
    pub async fn answer_exactly(
        &self,
        id: &str,
        token: &str,
        submission: Submission,
        browser: &Browser,
    ) -> Result<Answered, WalkError> {
        let interaction = self.find_interaction(id, browser).await?;
        if self.is_answer_to(&interaction, token) {
            admit(&interaction, &submission).map_err(DirectError::UnfitAnswer)?;
        }
        self.answer_found(interaction, token, submission, browser).await
    }
}

fn admit(interaction: &Interaction, submission: &Submission) -> Result<(), Refusal> {
    match &interaction.progress.running {
        Some(Running::Authenticate { journal, .. } | Running::Consent { journal, .. }) => match journal.waiting() {
            Some(HostCall::Ask(Page::Form(form))) => admit_form(form, submission),
            Some(HostCall::Ask(Page::Consent(_))) => admit_pressed(&[ALLOW, DENY], submission),
            _ => Ok(()),
        },
        Some(Running::ConsentQuestion { .. }) => admit_pressed(&[ALLOW, DENY, OTHER_ACCOUNT], submission),
        Some(Running::ChooseAccount) => admit_pressed(&[KEEP, OTHER_ACCOUNT], submission),
        Some(Running::FailedTries { .. }) => admit_pressed(&[KEEP], submission),
        None => Ok(()),
    }
}

/// A page of buttons alone.
fn admit_pressed(actions: &[&str], submission: &Submission) -> Result<(), Refusal> {
    if let Some(name) = submission.values.keys().next() {
        return Err(unknown_field(name, &mut std::iter::empty()));
    }
    match &submission.action {
        Some(pressed) if actions.contains(&pressed.as_str()) => Ok(()),
        _ => Err(unknown_action(&mut actions.iter().copied())),
    }
}

fn admit_form(form: &Form, submission: &Submission) -> Result<(), Refusal> {
    let mut fields = form.fields.iter().filter(|field| field.kind.is_answered()).map(|field| field.name.as_str());
    let strange = submission.values.keys().find(|name| fields.clone().all(|field| field != name.as_str()));
    if let Some(name) = strange {
        return Err(unknown_field(name, &mut fields));
    }
    let Some(pressed) = submission.action.as_deref() else { return Ok(()) };
    let go_on = form.actions.is_empty().then_some(GO_ON);
    let waits = form.wait_s.map(|_| WAIT_ACTION);
    let mut actions = form.actions.iter().map(|action| action.name.as_str()).chain(go_on).chain(waits);
    match actions.clone().any(|action| action == pressed) {
        true => Ok(()),
        false => Err(unknown_action(&mut actions)),
    }
}

fn unknown_field(name: &str, fields: &mut dyn Iterator<Item = &str>) -> Refusal {
    let fields: Vec<&str> = fields.collect();
    let known = if fields.is_empty() { "has no fields".to_owned() } else { format!("asks for {}", fields.join(", ")) };
    // What cannot be the name of a field is not said back.
    let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let named = if is_name { format!("'{name}'") } else { "A member".to_owned() };
    Refusal::invalid_request(format!("{named} is no field of this page, which {known}."))
}

fn unknown_action(actions: &mut dyn Iterator<Item = &str>) -> Refusal {
    let actions: Vec<&str> = actions.collect();
    Refusal::invalid_request(format!("This page takes one of these for its action: {}.", actions.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::page::{Action, Field, FieldKind, QrContent};
    use gatewright_domain::secret::SecretText;

    fn form(actions: &[&str], wait_s: Option<u32>) -> Form {
        let field = |name: &str, kind| Field {
            name: name.into(),
            label: None,
            kind,
            value: None,
            error: None,
            optional: false,
        };
        let picture = FieldKind::QrCode { content: QrContent::Text("x".into()) };
        let action = |name: &&str| Action { name: (*name).to_owned(), label: (*name).to_owned(), skips_fields: false };
        Form {
            fields: vec![field("code", FieldKind::Code), field("picture", picture)],
            actions: actions.iter().map(action).collect(),
            wait_s,
            ..Form::default()
        }
    }

    fn submission(names: &[&str], action: Option<&str>) -> Submission {
        let values = names.iter().map(|name| ((*name).to_owned(), SecretText::new("1"))).collect();
        Submission { values, action: action.map(ToOwned::to_owned) }
    }

    #[test]
    fn an_answer_names_what_the_page_asks_for_and_nothing_else() {
        let held = |actions: &[&str], wait_s, names: &[&str], pressed| {
            admit_form(&form(actions, wait_s), &submission(names, pressed)).is_ok()
        };
        assert!(held(&[], None, &["code"], None));
        assert!(held(&[], None, &[], Some("continue")));
        assert!(held(&["go", "back"], None, &["code"], Some("back")));
        assert!(held(&["go"], Some(3), &[], Some("wait")));
        assert!(!held(&[], None, &["cod"], None));
        assert!(!held(&[], None, &["code", "picture"], None), "what is shown takes no answer");
        assert!(!held(&["go"], None, &["step"], None));
        for pressed in ["continue", "wait", "", "code"] {
            assert!(!held(&["go"], None, &["code"], Some(pressed)), "{pressed}");
        }
    }

    #[test]
    fn a_page_that_asks_to_decide_is_told_the_decision() {
        assert_eq!(admit_pressed(&[ALLOW, DENY], &submission(&[], Some("deny"))), Ok(()));
        for (names, pressed) in [(&[][..], None), (&[][..], Some("alow")), (&["scope"][..], Some("allow"))] {
            assert!(admit_pressed(&[ALLOW, DENY], &submission(names, pressed)).is_err(), "{names:?} {pressed:?}");
        }
    }

    #[test]
    fn a_name_that_cannot_be_one_is_not_said_back() {
        let refused = admit_form(&form(&[], None), &submission(&["<b>"], None)).unwrap_err();
        assert_eq!(refused.description(), "A member is no field of this page, which asks for code.");
        let refused = admit_form(&form(&[], None), &submission(&["cod"], None)).unwrap_err();
        assert_eq!(refused.description(), "'cod' is no field of this page, which asks for code.");
    }
}

//! How the end-user answers the pages that come between an authorization request and its code.

use super::answer::Answer;
use super::arguments::SignInArguments;
use super::failure::Failure;
use super::form::{Button, Form, read_forms};
use url::Url;

/// A page the provider shows.
pub(super) struct Page {
    pub(super) url: Url,
    pub(super) answer: Answer,
}

/// What the end-user sends in answer to a page.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) step: ReplyStep,
    /// Where it is sent; a form that is no `POST` has its fields in here.
    pub(super) url: Url,
    /// The fields of a `POST`.
    pub(super) body: Option<String>,
}

/// What kind of page was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyStep {
    /// A page that wants the user name alone, before the password.
    Username,
    /// A page that wants the password.
    Password,
    /// Any other page with a form: consent.
    Consent,
}

impl Page {
    /// The reply to this page, given what has been sent before it.
    pub(super) fn reply(&self, person: &SignInArguments, password_sent: bool) -> Result<Reply, Failure> {
        let mut forms = read_forms(&String::from_utf8_lossy(&self.answer.body));
        let asks_password = |form: &Form| form.asks(&person.password_field);
        if password_sent && forms.iter().any(asks_password) {
            return Err(Failure::SignInRefused { excerpt: self.answer.excerpt() });
        }
        if self.answer.status.as_u16() >= 400 {
            return Err(self.answer.refusal());
        }
        let sign_in = forms.iter().position(|form| asks_password(form) || form.asks(&person.username_field));
        if let Some(at) = sign_in.filter(|_| !password_sent) {
            self.sign_in(forms.swap_remove(at), person)
        } else if forms.is_empty() {
            Err(Failure::NoForm { excerpt: self.answer.excerpt() })
        } else {
            self.consent(forms, person)
        }
    }

    fn sign_in(&self, mut form: Form, person: &SignInArguments) -> Result<Reply, Failure> {
        let step = if form.asks(&person.password_field) { ReplyStep::Password } else { ReplyStep::Username };
        form.fill(&person.username_field, &person.username);
        form.fill(&person.password_field, person.password.expose());
        let button = pressed(&form, &person.sign_in_button).or(form.buttons.first()).cloned();
        self.submit(form, button.as_ref(), &person.form_fields, step)
    }

    fn consent(&self, mut forms: Vec<Form>, person: &SignInArguments) -> Result<Reply, Failure> {
        let wanted = &person.allow_button;
        let named = forms.iter().position(|form| pressed(form, wanted).is_some());
        // A page with one button leaves no doubt; one with more might have "deny" first.
        let only = if forms.iter().map(|form| form.buttons.len()).sum::<usize>() == 1 {
            forms.iter().position(|form| !form.buttons.is_empty())
        } else {
            None
        };
        let Some(at) = named.or(only) else {
            let offered = forms.iter().flat_map(|form| form.buttons.iter().map(Button::label)).collect();
            return Err(Failure::NoButton { wanted: wanted.clone(), offered });
        };
        let form = forms.swap_remove(at);
        let button = pressed(&form, wanted).or(form.buttons.first()).cloned();
        self.submit(form, button.as_ref(), &person.consent_fields, ReplyStep::Consent)
    }

    fn submit(
        &self,
        mut form: Form,
        button: Option<&Button>,
        fixed: &[(String, String)],
        step: ReplyStep,
    ) -> Result<Reply, Failure> {
        for (name, value) in fixed {
            form.set(name, value);
        }
        let elsewhere = button.map(|button| button.action.as_str()).filter(|action| !action.is_empty());
        let action = elsewhere.unwrap_or(&form.action);
        let mut url = self.url.join(action).map_err(|_| self.answer.malformed("its form has no usable action"))?;
        url.set_fragment(None);
        let body = form.encoded(button);
        if form.post {
            return Ok(Reply { step, url, body: Some(body) });
        }
        url.set_query(Some(&body));
        Ok(Reply { step, url, body: None })
    }
}

fn pressed<'a>(form: &'a Form, wanted: &str) -> Option<&'a Button> {
    form.buttons.iter().find(|button| button.is(wanted))
}

#[cfg(test)]
#[path = "pages_tests.rs"]
mod tests;

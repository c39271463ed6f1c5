//! Pages and visits, for `authenticate` and `consent`. The function that asks simply goes on when the answer comes.

use crate::bindings::pages::{Answer as Wire, AnswerValue};
use crate::form::Form;
use crate::host;
use crate::secret::Secret;
use crate::texts::Texts;
use std::cell::RefCell;

thread_local! {
    static NOTICE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What the end-user sent back. It has a value for each field of its form; a name that the form had not, or had as
/// another kind, is a mistake of the plugin and a fault.
#[derive(Debug, Clone)]
pub struct Answer(Wire);

impl Answer {
    /// What stands in the field `name`; empty where it was left so.
    ///
    /// # Panics
    /// When the form had no such field, or it is not text.
    pub fn text(&self, name: &str) -> &str {
        match self.value(name) {
            AnswerValue::Text(text) => text,
            other => wrong(name, "text", other),
        }
    }

    /// Whether the box `name` is ticked.
    ///
    /// # Panics
    /// When the form had no such box.
    pub fn flag(&self, name: &str) -> bool {
        match self.value(name) {
            AnswerValue::Flag(flag) => *flag,
            other => wrong(name, "flag", other),
        }
    }

    /// What was typed into the password or code `name`.
    ///
    /// # Panics
    /// When the form had no such field, or it is no secret.
    pub fn secret(&self, name: &str) -> Secret {
        match self.value(name) {
            AnswerValue::Secret(secret) => Secret(*secret),
            other => wrong(name, "secret", other),
        }
    }

    /// The button that was pressed; `continue` where the form had none.
    pub fn action(&self) -> &str {
        &self.0.action
    }

    fn value(&self, name: &str) -> &AnswerValue {
        match self.0.values.iter().find(|(own, _)| own == name) {
            Some((_, value)) => value,
            None => panic!("the page had no field `{name}`"),
        }
    }
}

fn wrong(name: &str, asked: &str, value: &AnswerValue) -> ! {
    let kind = match value {
        AnswerValue::Text(_) => "text",
        AnswerValue::Flag(_) => "flag",
        AnswerValue::Secret(_) => "secret",
    };
    panic!("the field `{name}` is read by `{kind}`, not `{asked}`")
}

/// Shows a page and waits for its answer.
pub fn ask(form: Form) -> Answer {
    let Form(mut form) = form;
    form.notice = NOTICE.take();
    Answer(host::pages::ask(&form))
}

/// Shows the server's own question whether the client may have these scope values, and waits: whether it may. For
/// `consent` alone.
pub fn ask_consent(scope: impl Texts) -> bool {
    host::pages::ask_consent(&scope.texts())
}

/// What stands above the next page: something that went wrong, or is to be noted.
pub fn notice(text: impl Into<String>) {
    NOTICE.set(Some(text.into()));
}

/// A `state` for the next [`visit`], which tells its return from that of any other.
pub fn return_state() -> String {
    host::pages::return_state()
}

/// Sends the browser to another site and waits for it to come back with parameters. That site must send it to the
/// input's `return_url` with `state` set to what [`return_state`] said just before.
pub fn visit(url: &str) -> Vec<(String, String)> {
    host::pages::visit(url)
}

/// Before each run of a test: a notice belongs to the run that said it.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn forget_notice() {
    NOTICE.take();
}

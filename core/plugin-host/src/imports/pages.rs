//! `pages`: forms and visits, for the hooks that may show them.

use crate::bindings::gatewright::plugin::pages as wit;
use crate::exports;
use crate::turn::Turn;
use gatewright_domain::flow::{FaultKind, HostAnswer, HostCall, SecretRef, Visit};
use gatewright_domain::page::{
    Action, AnswerValue, Choice, ConsentQuestion, Field, FieldKind, Form, FormAnswer, Page, QrContent,
};
use wasmtime::Result;

impl wit::Host for Turn {
    fn ask(&mut self, form: wit::Form) -> Result<wit::Answer> {
        let entry = self.place();
        match self.meet(HostCall::Ask(Page::Form(described(form))))? {
            HostAnswer::Form(answer) => Ok(self.answered(answer, entry)),
            HostAnswer::Failed(error) => Err(self.failed(error)),
            _ => Err(self.wrong_answer("ask")),
        }
    }

    fn ask_consent(&mut self, scope: Vec<String>) -> Result<bool> {
        if !self.asks_consent() {
            return Err(self.fault(FaultKind::NotInteractive));
        }
        let scope = match exports::scope("ask-consent", &scope) {
            Ok(scope) => scope,
            Err(kind) => return Err(self.fault(kind)),
        };
        match self.meet(HostCall::Ask(Page::Consent(ConsentQuestion { scope })))? {
            HostAnswer::Consent { allowed } => Ok(allowed),
            HostAnswer::Failed(error) => Err(self.failed(error)),
            _ => Err(self.wrong_answer("ask-consent")),
        }
    }

    fn return_state(&mut self) -> Result<String> {
        match self.meet(HostCall::ReturnState)? {
            HostAnswer::State(state) => Ok(state),
            HostAnswer::Failed(error) => Err(self.failed(error)),
            _ => Err(self.wrong_answer("return-state")),
        }
    }

    fn visit(&mut self, url: String) -> Result<Vec<(String, String)>> {
        match self.meet(HostCall::Visit(Visit { url }))? {
            HostAnswer::Returned(parameters) => Ok(parameters.into_iter().collect()),
            HostAnswer::Failed(error) => Err(self.failed(error)),
            _ => Err(self.wrong_answer("visit")),
        }
    }
}

impl Turn {
    fn answered(&mut self, answer: FormAnswer, entry: usize) -> wit::Answer {
        let FormAnswer { values, action } = answer;
        let values = values.into_iter().map(|(field, value)| {
            let shown = match value {
                AnswerValue::Text(text) => wit::AnswerValue::Text(text),
                AnswerValue::Flag(ticked) => wit::AnswerValue::Flag(ticked),
                AnswerValue::Secret => {
                    wit::AnswerValue::Secret(self.hold(SecretRef::Typed { entry, field: field.clone() }))
                }
            };
            (field, shown)
        });
        wit::Answer { values: values.collect(), action }
    }
}

fn described(form: wit::Form) -> Form {
    let wit::Form { title, text, notice, fields, actions, wait_s } = form;
    let action =
        |action: wit::Action| Action { name: action.name, label: action.label, skips_fields: action.skips_fields };
    Form {
        title,
        text,
        notice,
        fields: fields.into_iter().map(field).collect(),
        actions: actions.into_iter().map(action).collect(),
        wait_s,
    }
}

fn field(field: wit::Field) -> Field {
    let wit::Field { name, label, kind, value, error, optional } = field;
    let kind = match kind {
        wit::FieldKind::Text => FieldKind::Text,
        wit::FieldKind::Email => FieldKind::Email,
        wit::FieldKind::Phone => FieldKind::Phone,
        wit::FieldKind::Password => FieldKind::Password,
        wit::FieldKind::Code => FieldKind::Code,
        wit::FieldKind::Checkbox => FieldKind::Checkbox,
        wit::FieldKind::Choice(options) => {
            let choice = |option: wit::OptionOfChoice| Choice { value: option.value, label: option.label };
            FieldKind::Choice { options: options.into_iter().map(choice).collect() }
        }
        wit::FieldKind::QrCode(wit::QrContent::Text(text)) => FieldKind::QrCode { content: QrContent::Text(text) },
        wit::FieldKind::QrCode(wit::QrContent::TotpEnrolment(enrolment)) => {
            FieldKind::QrCode { content: QrContent::TotpEnrolment(enrolment) }
        }
        wit::FieldKind::PasskeyRegistration(ceremony) => FieldKind::PasskeyRegistration { ceremony },
        wit::FieldKind::PasskeyAuthentication(ceremony) => FieldKind::PasskeyAuthentication { ceremony },
    };
    Field { name, label, kind, value, error, optional }
}

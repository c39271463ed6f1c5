//! Pages and visits, for the hooks that may show them: `ask`, `visit`, `return_state`, `notice`, `consent_page`.

use crate::failure::{Thrown, refuse};
use crate::form::{self, FormBuilder};
use crate::secret::Secret;
use crate::slot::{Slot, host_call, wrong_answer};
use crate::values::to_texts;
use gatewright_domain::flow::{HostAnswer, HostCall, SecretRef, Visit};
use gatewright_domain::page::{AnswerValue, ConsentQuestion, FormAnswer, Page, TEXT_CHARS_MAX};
use gatewright_protocol::scope::{Scope, ScopeValue};
use rhai::{Dynamic, ImmutableString, Map, Module, NativeCallContext};

/// The built-in consent question as a page to `ask`.
#[derive(Debug, Clone)]
pub struct ConsentPage(Scope);

/// Puts the pages every interactive hook may show into `module`.
pub fn register(module: &mut Module) {
    form::register(module);
    module.set_native_fn("ask", |context: NativeCallContext, form: FormBuilder| ask_form(&context, &form));
    module.set_native_fn("visit", |context: NativeCallContext, url: ImmutableString| visit(&context, &url));
    module.set_native_fn("return_state", |context: NativeCallContext| return_state(&context));
    module.set_native_fn("notice", |context: NativeCallContext, text: ImmutableString| {
        if text.chars().count() > TEXT_CHARS_MAX {
            return Err(refuse(format!("a notice has at most {TEXT_CHARS_MAX} characters")));
        }
        Slot::with(&context, |burst| burst.notice = Some(text))
    });
}

/// Puts the consent question into `module`: for the consent hook alone.
pub fn register_consent_page(module: &mut Module) {
    module.set_custom_type::<ConsentPage>("ConsentPage");
    module.set_native_fn("consent_page", |scopes: Dynamic| scope_of("consent_page", &scopes).map(ConsentPage));
    module.set_native_fn("ask", |context: NativeCallContext, page: ConsentPage| {
        let question = ConsentQuestion { scope: page.0 };
        match host_call(&context, HostCall::Ask(Page::Consent(question)))? {
            HostAnswer::Consent { allowed } => Ok(Map::from([("allowed".into(), allowed.into())])),
            _ => wrong_answer(&context, "consent_page"),
        }
    });
}

/// A scope from a script's array of scope values (RFC 6749 3.3).
///
/// # Errors
/// What `function` was given instead.
pub fn scope_of(function: &str, scopes: &Dynamic) -> Thrown<Scope> {
    let values = to_texts(scopes).map_err(|why| refuse(format!("{function} {why}")))?;
    let mut scope = Scope::empty();
    for text in &values {
        let value = ScopeValue::try_from(text.as_str())
            .map_err(|_| refuse(format!("{function}: `{text}` is no scope value")))?;
        if !scope.contains(text) && !scope.insert(value) {
            return Err(refuse(format!("{function}: these are too many scope values")));
        }
    }
    Ok(scope)
}

fn ask_form(context: &NativeCallContext, form: &FormBuilder) -> Thrown<Map> {
    let (entry, notice) = Slot::with(context, |burst| (burst.desk.place(), burst.notice.take()))?;
    match host_call(context, HostCall::Ask(Page::Form(form.finish(notice))))? {
        HostAnswer::Form(answer) => Ok(answer_map(answer, entry)),
        _ => wrong_answer(context, "ask"),
    }
}

fn answer_map(answer: FormAnswer, entry: usize) -> Map {
    let mut map = Map::new();
    for (field, value) in answer.values {
        let shown = match value {
            AnswerValue::Text(text) => text.into(),
            AnswerValue::Flag(ticked) => ticked.into(),
            AnswerValue::Secret => Dynamic::from(Secret(SecretRef::Typed { entry, field: field.clone() })),
        };
        map.insert(field.into(), shown);
    }
    map.insert("action".into(), answer.action.into());
    map
}

fn return_state(context: &NativeCallContext) -> Thrown<ImmutableString> {
    match host_call(context, HostCall::ReturnState)? {
        HostAnswer::State(state) => Ok(state.into()),
        _ => wrong_answer(context, "return_state"),
    }
}

fn visit(context: &NativeCallContext, url: &str) -> Thrown<Map> {
    match host_call(context, HostCall::Visit(Visit { url: url.to_owned() }))? {
        HostAnswer::Returned(parameters) => {
            Ok(parameters.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
        }
        _ => wrong_answer(context, "visit"),
    }
}

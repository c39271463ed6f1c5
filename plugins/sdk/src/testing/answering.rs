//! What a test fills in, read against the page that is shown as the server reads it.

use super::page::Page;
use crate::bindings::pages::{Answer, AnswerValue, Field, FieldKind};
use crate::bindings::types::Secret;

/// The answer to `page`; `typed` takes what is secret.
pub(super) fn read(
    page: &Page,
    values: Vec<(String, String)>,
    mut typed: impl FnMut(String) -> Secret,
) -> Result<Answer, String> {
    let waited = |action: &str| page.0.wait_s.is_some() && action == "wait";
    let pressed = values.iter().rev().find(|(name, _)| name == "action").map(|(_, action)| action.as_str());
    if let Some(unknown) = pressed.filter(|action| page.action(action).is_none() && !waited(action)) {
        return Err(format!("the {page} has no button `{unknown}`; it has {}", page.actions().join(", ")));
    }
    let action = pressed.or(page.actions().first().copied()).unwrap_or("continue").to_owned();
    let skips = waited(&action) || page.action(&action).is_some_and(|action| action.skips_fields);
    let known = |name: &str| name == "action" || page.field(name).is_some_and(is_answered);
    if let Some((unknown, _)) = values.iter().find(|(name, _)| !known(name)) {
        return Err(format!("the {page} has no field `{unknown}`"));
    }
    let mut answer = Answer { values: Vec::new(), action };
    for field in page.0.fields.iter().filter(|field| is_answered(field)) {
        let given = values.iter().rev().find(|(name, _)| *name == field.name).map_or("", |(_, text)| text);
        let value = read_field(field, given, skips, &mut typed)
            .map_err(|why| format!("the server would show the {page} again: `{}` {why}", field.name))?;
        answer.values.push((field.name.clone(), value));
    }
    Ok(answer)
}

/// Whether it takes an answer.
fn is_answered(field: &Field) -> bool {
    !matches!(field.kind, FieldKind::QrCode(_))
}

fn read_field(
    field: &Field,
    text: &str,
    skips: bool,
    typed: &mut impl FnMut(String) -> Secret,
) -> Result<AnswerValue, &'static str> {
    let blank = text.trim().is_empty();
    let offered =
        |options: &[crate::bindings::pages::OptionOfChoice]| options.iter().any(|option| option.value == text);
    match &field.kind {
        FieldKind::Checkbox => return Ok(AnswerValue::Flag(!text.is_empty() && text != "false")),
        _ if blank && !field.optional && !skips => return Err("is to be filled in"),
        FieldKind::Password
        | FieldKind::Code
        | FieldKind::PasskeyRegistration(_)
        | FieldKind::PasskeyAuthentication(_) => return Ok(AnswerValue::Secret(typed(text.to_owned()))),
        FieldKind::Choice(options) if !offered(options) && !blank => return Err("is none of its options"),
        FieldKind::Email if !blank && !text.contains('@') => return Err("is no email address"),
        _ => {}
    }
    Ok(AnswerValue::Text(text.trim().to_owned()))
}

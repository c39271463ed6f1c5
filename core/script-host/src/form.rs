//! The form builder: `form("Sign in").text("username").password("password")`.
//!
//! A builder is shared and its texts are too, so that a script which keeps thousands of forms keeps little; and
//! its methods change it wherever it is held, so that they can be chained or not.

use crate::failure::{Thrown, refuse};
use crate::values::describe;
use gatewright_domain::page::{
    ACTIONS_MAX, Action, Choice, FIELDS_MAX, Field, FieldKind, Form, OPTIONS_MAX, QrContent, TEXT_CHARS_MAX, WAIT_S_MAX,
};
use rhai::{Dynamic, ImmutableString, Module};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A form being described.
#[derive(Debug, Clone)]
pub struct FormBuilder(Arc<Mutex<Draft>>);

#[derive(Debug, Clone)]
struct Draft {
    title: ImmutableString,
    text: Option<ImmutableString>,
    fields: Vec<FieldDraft>,
    actions: Vec<ActionDraft>,
    wait_s: Option<u32>,
}

#[derive(Debug, Clone)]
struct FieldDraft {
    name: ImmutableString,
    label: Option<ImmutableString>,
    kind: Kind,
    value: Option<ImmutableString>,
    error: Option<ImmutableString>,
    optional: bool,
}

#[derive(Debug, Clone)]
enum Kind {
    Plain(FieldKind),
    Choice(Arc<[(ImmutableString, ImmutableString)]>),
}

#[derive(Debug, Clone)]
struct ActionDraft {
    name: ImmutableString,
    label: Option<ImmutableString>,
    skips_fields: bool,
}

/// Puts the builder into `module`.
pub fn register(module: &mut Module) {
    module.set_custom_type::<FormBuilder>("Form");
    module.set_native_fn("form", |title: ImmutableString| {
        let draft = Draft { title: readable(title)?, text: None, fields: vec![], actions: vec![], wait_s: None };
        Ok(FormBuilder(Arc::new(Mutex::new(draft))))
    });
    let plain = [
        ("text", FieldKind::Text),
        ("email", FieldKind::Email),
        ("phone", FieldKind::Phone),
        ("password", FieldKind::Password),
        ("code", FieldKind::Code),
        ("checkbox", FieldKind::Checkbox),
    ];
    for (name, kind) in plain {
        register_field(module, name, kind);
    }
    register_choice(module);
    register_parts(module);
    register_actions(module);
    register_ceremonies(module);
}

fn register_field(module: &mut Module, method: &str, kind: FieldKind) {
    let same = kind.clone();
    module.set_native_fn(method, move |form: &mut FormBuilder, name: ImmutableString| {
        form.field(name, None, Kind::Plain(kind.clone()))
    });
    module.set_native_fn(method, move |form: &mut FormBuilder, name: ImmutableString, label: ImmutableString| {
        form.field(name, Some(label), Kind::Plain(same.clone()))
    });
}

fn register_choice(module: &mut Module) {
    module.set_native_fn("choice", |form: &mut FormBuilder, name: ImmutableString, options: Dynamic| {
        form.field(name, None, Kind::Choice(choices(&options)?))
    });
    module.set_native_fn(
        "choice",
        |form: &mut FormBuilder, name: ImmutableString, label: ImmutableString, options: Dynamic| {
            form.field(name, Some(label), Kind::Choice(choices(&options)?))
        },
    );
}

fn register_parts(module: &mut Module) {
    module.set_native_fn("say", |form: &mut FormBuilder, text: ImmutableString| form.say(&text));
    module.set_native_fn("value", |form: &mut FormBuilder, name: ImmutableString, value: ImmutableString| {
        let value = readable(value)?;
        form.change(&name, |field| field.value = Some(value))
    });
    module.set_native_fn("value", |form: &mut FormBuilder, name: ImmutableString, ticked: bool| {
        form.change(&name, |field| field.value = ticked.then(|| "true".into()))
    });
    // A value that is not there, such as an absent login_hint, prefills nothing.
    module.set_native_fn("value", |form: &mut FormBuilder, name: ImmutableString, (): ()| {
        form.change(&name, |field| field.value = None)
    });
    module.set_native_fn("error", |form: &mut FormBuilder, name: ImmutableString, message: ImmutableString| {
        let message = readable(message)?;
        form.change(&name, |field| field.error = Some(message))
    });
    module.set_native_fn("optional", |form: &mut FormBuilder, name: ImmutableString| {
        form.change(&name, |field| field.optional = true)
    });
}

/// What is shown and not typed: QR codes, passkeys, and a page that answers itself.
fn register_ceremonies(module: &mut Module) {
    module.set_native_fn("qr_code", |form: &mut FormBuilder, name: ImmutableString, text: ImmutableString| {
        form.field(name, None, Kind::Plain(FieldKind::QrCode { content: QrContent::Text(text.to_string()) }))
    });
    module.set_native_fn(
        "totp_enrolment",
        |form: &mut FormBuilder, name: ImmutableString, enrolment: ImmutableString| {
            let content = QrContent::TotpEnrolment(enrolment.to_string());
            form.field(name, None, Kind::Plain(FieldKind::QrCode { content }))
        },
    );
    module.set_native_fn(
        "register_passkey",
        |form: &mut FormBuilder, name: ImmutableString, ceremony: ImmutableString| {
            form.field(name, None, Kind::Plain(FieldKind::PasskeyRegistration { ceremony: ceremony.to_string() }))
        },
    );
    module.set_native_fn("passkey", |form: &mut FormBuilder, name: ImmutableString, ceremony: ImmutableString| {
        form.field(name, None, Kind::Plain(FieldKind::PasskeyAuthentication { ceremony: ceremony.to_string() }))
    });
    module.set_native_fn("wait", |form: &mut FormBuilder, seconds: i64| {
        let seconds = u32::try_from(seconds).ok().filter(|seconds| (1..=WAIT_S_MAX).contains(seconds));
        let seconds = seconds.ok_or_else(|| refuse(format!("a page waits 1 to {WAIT_S_MAX} seconds")))?;
        form.draft().wait_s = Some(seconds);
        Ok(form.clone())
    });
}

fn register_actions(module: &mut Module) {
    for (method, skips) in [("action", false), ("back", true)] {
        module
            .set_native_fn(method, move |form: &mut FormBuilder, name: ImmutableString| form.action(name, None, skips));
        module.set_native_fn(method, move |form: &mut FormBuilder, name: ImmutableString, label: ImmutableString| {
            form.action(name, Some(label), skips)
        });
    }
}

impl FormBuilder {
    /// The form, with what `notice` said.
    pub fn finish(&self, notice: Option<ImmutableString>) -> Form {
        let draft = self.draft();
        Form {
            title: draft.title.to_string(),
            text: draft.text.as_ref().map(ToString::to_string),
            notice: notice.map(|notice| notice.to_string()),
            fields: draft.fields.iter().map(FieldDraft::finish).collect(),
            actions: draft.actions.iter().map(ActionDraft::finish).collect(),
            wait_s: draft.wait_s,
        }
    }

    fn draft(&self) -> MutexGuard<'_, Draft> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn field(&self, name: ImmutableString, label: Option<ImmutableString>, kind: Kind) -> Thrown<Self> {
        if self.draft().fields.len() >= FIELDS_MAX {
            return Err(refuse(format!("a form has at most {FIELDS_MAX} fields")));
        }
        let (name, label) = (readable(name)?, label.map(readable).transpose()?);
        let field = FieldDraft { name, label, kind, value: None, error: None, optional: false };
        self.draft().fields.push(field);
        Ok(self.clone())
    }

    fn say(&self, text: &ImmutableString) -> Thrown<Self> {
        let mut draft = self.draft();
        let text = match &draft.text {
            Some(before) => format!("{before}\n{text}").into(),
            None => text.clone(),
        };
        draft.text = Some(readable(text)?);
        drop(draft);
        Ok(self.clone())
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut FieldDraft)) -> Thrown<Self> {
        match self.draft().fields.iter_mut().find(|field| field.name == name) {
            Some(field) => change(field),
            None => return Err(refuse(format!("the form has no field `{name}`; add the field first"))),
        }
        Ok(self.clone())
    }

    fn action(&self, name: ImmutableString, label: Option<ImmutableString>, skips_fields: bool) -> Thrown<Self> {
        if self.draft().actions.len() >= ACTIONS_MAX {
            return Err(refuse(format!("a form has at most {ACTIONS_MAX} actions")));
        }
        let action = ActionDraft { name: readable(name)?, label: label.map(readable).transpose()?, skips_fields };
        self.draft().actions.push(action);
        Ok(self.clone())
    }
}

impl FieldDraft {
    fn finish(&self) -> Field {
        let kind = match &self.kind {
            Kind::Plain(kind) => kind.clone(),
            Kind::Choice(options) => {
                let choice = |(value, label): &(ImmutableString, ImmutableString)| Choice {
                    value: value.to_string(),
                    label: label.to_string(),
                };
                FieldKind::Choice { options: options.iter().map(choice).collect() }
            }
        };
        Field {
            name: self.name.to_string(),
            label: self.label.as_ref().map(ToString::to_string),
            kind,
            value: self.value.as_ref().map(ToString::to_string),
            error: self.error.as_ref().map(ToString::to_string),
            optional: self.optional,
        }
    }
}

impl ActionDraft {
    fn finish(&self) -> Action {
        let label = self.label.as_ref().map_or_else(|| label_of(&self.name), ToString::to_string);
        Action { name: self.name.to_string(), label, skips_fields: self.skips_fields }
    }
}

/// `use_another` reads "Use another".
fn label_of(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn choices(options: &Dynamic) -> Thrown<Arc<[(ImmutableString, ImmutableString)]>> {
    let wrong = |what: &Dynamic| {
        refuse(format!("a choice needs strings or [value, label] pairs in its array, not {}", describe(what)))
    };
    let items = options.as_array_ref().map_err(|_| wrong(options))?;
    if items.len() > OPTIONS_MAX {
        return Err(refuse(format!("a choice has at most {OPTIONS_MAX} options")));
    }
    let option = |item: &Dynamic| {
        if let Ok(text) = item.as_immutable_string_ref() {
            return Ok((readable(text.clone())?, text.clone()));
        }
        let pair = item.as_array_ref().map_err(|_| wrong(item))?;
        let [value, label] = pair.as_slice() else { return Err(wrong(item)) };
        match (value.as_immutable_string_ref(), label.as_immutable_string_ref()) {
            (Ok(value), Ok(label)) => Ok((readable(value.clone())?, readable(label.clone())?)),
            _ => Err(wrong(item)),
        }
    };
    items.iter().map(option).collect()
}

fn readable(text: ImmutableString) -> Thrown<ImmutableString> {
    if text.len() > TEXT_CHARS_MAX && text.chars().count() > TEXT_CHARS_MAX {
        return Err(refuse(format!("a text on a page has at most {TEXT_CHARS_MAX} characters")));
    }
    Ok(text)
}

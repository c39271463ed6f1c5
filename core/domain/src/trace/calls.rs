//! A host call and its answer, written down: what a reader needs to follow the flow, and nothing that could be misused
//! or that somebody typed. A call that is added has to be decided upon here.

use super::redaction::{shape, shape_of_text};
use crate::capabilities::factors::{FactorsAnswer, FactorsCall};
use crate::capabilities::kv::KvCall;
use crate::capabilities::mail::MailCall;
use crate::capabilities::oidc::OidcCall;
use crate::capabilities::recovery::RecoveryCall;
use crate::capabilities::totp::TotpCall;
use crate::capabilities::users::UserKey;
use crate::capabilities::webauthn::WebauthnCall;
use crate::flow::{HostAnswer, HostCall, UsersCall};
use crate::page::{AnswerValue, FieldKind, Form, FormAnswer, Page};
use serde_json::{Map, Value, json};
use url::Url;

/// What it was about.
pub(super) fn call_record(call: &HostCall) -> Value {
    match call {
        HostCall::Ask(Page::Form(form)) => form_record(form),
        HostCall::Ask(Page::Consent(question)) => json!({ "scope": question.scope }),
        HostCall::Visit(visit) => json!({ "host": host_of(&visit.url) }),
        HostCall::Users(UsersCall::Find(UserKey::Subject(subject))) => json!({ "subject": subject }),
        HostCall::Users(
            UsersCall::Find(UserKey::Username(username))
            | UsersCall::VerifyPassword { username, .. }
            | UsersCall::WaitS { username },
        ) => json!({ "username": username }),
        HostCall::Kv(call) => kv_record(call),
        HostCall::Http(call) => json!({
            "method": call.method,
            "to": place_of(&call.url),
            "headers": call.headers.keys().collect::<Vec<_>>(),
        }),
        HostCall::Factors(call) => factors_record(call),
        HostCall::Totp(call) => match call {
            TotpCall::Begin { subject } => json!({ "does": "begin", "subject": subject }),
            TotpCall::Confirm { .. } => json!({ "does": "confirm" }),
            TotpCall::Verify { subject, .. } => json!({ "does": "verify", "subject": subject }),
        },
        HostCall::Webauthn(call) => json!({ "does": match call {
            WebauthnCall::BeginRegistration { .. } => "begin_registration",
            WebauthnCall::FinishRegistration { .. } => "finish_registration",
            WebauthnCall::BeginAuthentication { .. } => "begin_authentication",
            WebauthnCall::FinishAuthentication { .. } => "finish_authentication",
        } }),
        HostCall::Mail(call) => match call {
            MailCall::Send { subject, .. } => json!({ "does": "send", "subject": subject }),
            MailCall::SendCode { subject, .. } => json!({ "does": "send_code", "subject": subject }),
            MailCall::VerifyCode { .. } => json!({ "does": "verify_code" }),
        },
        HostCall::Recovery(call) => match call {
            RecoveryCall::Remaining { subject } => json!({ "does": "remaining", "subject": subject }),
            RecoveryCall::Verify { subject, .. } => json!({ "does": "verify", "subject": subject }),
        },
        HostCall::Oidc(OidcCall::AuthorizationUrl { provider, .. }) => {
            json!({ "does": "authorization_url", "provider": provider })
        }
        HostCall::Oidc(OidcCall::Redeem { provider, .. }) => json!({ "does": "redeem", "provider": provider }),
        HostCall::Secret { name } => json!({ "secret": name }),
        HostCall::Random { bytes } => json!({ "bytes": bytes }),
        HostCall::Log { message, .. } => json!({ "message": message }),
        HostCall::ReturnState | HostCall::Now => Value::Null,
    }
}

/// What came back.
pub(super) fn answer_record(call: &HostCall, answer: &HostAnswer) -> Value {
    match answer {
        HostAnswer::Form(answer) => typed_record(call, answer),
        HostAnswer::Consent { allowed } => json!({ "allowed": allowed }),
        HostAnswer::Returned(brought) => json!({ "parameters": brought.keys().collect::<Vec<_>>() }),
        HostAnswer::User(user) => json!({ "subject": user.as_ref().map(|user| &user.subject) }),
        HostAnswer::Value(value) => Value::String(shape(value)),
        HostAnswer::Http(response) => json!({ "status": response.status, "bytes": response.body.len() }),
        HostAnswer::Factors(answer) => match answer {
            FactorsAnswer::Listed(factors) => json!({ "factors": factors.len() }),
            FactorsAnswer::Enrolled(id) => json!({ "factor": id }),
            FactorsAnswer::Found(found) => json!({ "found": found.is_some() }),
            FactorsAnswer::Data(data) => json!({ "found": data.is_some() }),
            FactorsAnswer::Done(done) => json!(done),
        },
        HostAnswer::Factor(factor) => json!({ "factor": factor }),
        HostAnswer::Passkey(passkey) => json!({ "subject": passkey.as_ref().map(|passkey| &passkey.subject) }),
        HostAnswer::State(text) | HostAnswer::Name(text) | HostAnswer::Bytes(text) => {
            Value::String(shape_of_text(text))
        }
        HostAnswer::Holds(holds) => json!(holds),
        HostAnswer::Count(count) => json!(count),
        HostAnswer::SignedIn(signed_in) => json!({ "signed_in": signed_in.is_some() }),
        HostAnswer::Secret(_) => json!("‹secret›"),
        HostAnswer::Time(ms) => json!(ms),
        HostAnswer::Done => json!("done"),
        HostAnswer::Failed(error) => json!({ "failed": error.to_string() }),
    }
}

fn form_record(form: &Form) -> Value {
    let fields: Vec<&str> = form.fields.iter().map(|field| field.name.as_str()).collect();
    let mut told = json!({ "title": form.title, "fields": fields });
    if let (Some(notice), Some(told)) = (&form.notice, told.as_object_mut()) {
        told.insert("notice".to_owned(), json!(notice));
    }
    told
}

/// The button that was pressed and what was chosen; of what was typed, that it was.
fn typed_record(call: &HostCall, answer: &FormAnswer) -> Value {
    let fields = match call {
        HostCall::Ask(Page::Form(form)) => form.fields.as_slice(),
        _ => &[],
    };
    let is_choice =
        |name: &str| fields.iter().any(|field| field.name == name && matches!(field.kind, FieldKind::Choice { .. }));
    let values: Map<String, Value> = answer
        .values
        .iter()
        .map(|(name, value)| {
            let told = match value {
                AnswerValue::Text(text) if is_choice(name) => json!({ "chosen": text }),
                AnswerValue::Text(text) => json!({ "typed": shape_of_text(text) }),
                AnswerValue::Flag(flag) => json!({ "ticked": flag }),
                AnswerValue::Secret => json!("‹secret›"),
            };
            (format!("field {name}"), told)
        })
        .collect();
    let mut told = Map::from_iter([("pressed".to_owned(), json!(answer.action))]);
    told.extend(values);
    Value::Object(told)
}

fn kv_record(call: &KvCall) -> Value {
    match call {
        KvCall::Get { key } | KvCall::Delete { key } => json!({ "key": key }),
        KvCall::Put { key, value, ttl_s } => json!({ "key": key, "value": shape(value), "ttl_s": ttl_s }),
        KvCall::Add { key, by, ttl_s } => json!({ "key": key, "by": by, "ttl_s": ttl_s }),
    }
}

fn factors_record(call: &FactorsCall) -> Value {
    match call {
        FactorsCall::List { subject } => json!({ "does": "list", "subject": subject }),
        FactorsCall::Enrol { subject, .. } => json!({ "does": "enrol", "subject": subject }),
        FactorsCall::Find { .. } => json!({ "does": "find" }),
        FactorsCall::Data { id } => json!({ "does": "data", "factor": id }),
        FactorsCall::Update { id, .. } => json!({ "does": "update", "factor": id }),
        FactorsCall::Remove { id } => json!({ "does": "remove", "factor": id }),
    }
}

/// The host of a URL: its path and query may carry what only the other side should see.
pub(super) fn host_of(url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(ToOwned::to_owned));
    host.unwrap_or_else(|| "‹no URL›".to_owned())
}

/// A URL without what follows its path.
fn place_of(url: &str) -> String {
    match Url::parse(url) {
        // What is escaped would be found by nobody who looks for a name in it.
        Ok(url) if url.path().contains('%') => url.origin().ascii_serialization(),
        Ok(url) => format!("{}{}", url.origin().ascii_serialization(), url.path()),
        Err(_) => "‹no URL›".to_owned(),
    }
}

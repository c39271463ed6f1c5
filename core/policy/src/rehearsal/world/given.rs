//! What a test gives, read from the maps it writes.

use super::State;
use super::factors::{Enrolled, Proof};
use gatewright_domain::capabilities::http::HttpResponse;
use gatewright_domain::capabilities::oidc::SignedIn;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::{EMAIL, FactorView, PASSKEY, RECOVERY, TOTP};
use gatewright_domain::hooks::Misuse;
use gatewright_domain::identifiers::{FactorId, FactorKind, Subject};
use gatewright_domain::user::UserView;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

type Members = Map<String, Value>;

/// An account, and its password.
pub(super) fn account(mut account: Members) -> Result<(UserView, Option<String>), Misuse> {
    let username = match account.remove("username") {
        Some(Value::String(username)) => username,
        _ => return Err(Misuse::new("a user needs a `username`")),
    };
    let subject = match account.remove("subject") {
        None => format!("subject-of-{username}"),
        Some(Value::String(subject)) => subject,
        Some(_) => return Err(Misuse::new("a user's `subject` is a text")),
    };
    let subject = Subject::parse(subject).map_err(|error| Misuse::new(error.to_string()))?;
    let password = match account.remove("password") {
        None => None,
        Some(Value::String(password)) => Some(password),
        Some(_) => return Err(Misuse::new("a user's `password` is a text")),
    };
    let claims = match account.remove("claims") {
        None => Map::new(),
        Some(Value::Object(claims)) => claims,
        Some(_) => return Err(Misuse::new("a user's `claims` are a map")),
    };
    no_more("a user", &account)?;
    Ok((UserView { subject, username, claims }, password))
}

/// How many seconds the next password of an account has to wait.
pub(super) fn wait_of(account: &mut Members) -> Result<i64, Misuse> {
    match account.remove("wait_s") {
        None => Ok(0),
        Some(wait_s) => {
            let seconds = wait_s.as_u64().and_then(|seconds| i64::try_from(seconds).ok());
            seconds.ok_or_else(|| Misuse::new("a user's `wait_s` is a number of seconds"))
        }
    }
}

/// An answer to a request.
pub(super) fn response(mut response: Members) -> Result<HttpResponse, Misuse> {
    let status = response.remove("status").and_then(|status| status.as_u64()).and_then(|status| status.try_into().ok());
    let status = status.ok_or_else(|| Misuse::new("a response needs a `status` such as 200"))?;
    let mut headers = BTreeMap::new();
    if let Some(Value::Object(given)) = response.remove("headers") {
        for (name, value) in given {
            let value = value.as_str().ok_or_else(|| Misuse::new("a response's header is a text"))?;
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
    }
    let body = match (response.remove("json"), response.remove("body")) {
        (Some(json), None) => {
            headers.entry("content-type".into()).or_insert_with(|| "application/json".into());
            json.to_string()
        }
        (None, Some(Value::String(body))) => body,
        (None, None) => String::new(),
        _ => return Err(Misuse::new("a response has either `json` or a text `body`")),
    };
    no_more("a response", &response)?;
    Ok(HttpResponse { status, headers, body })
}

/// What an account enrolled.
pub(super) fn factor(mut factor: Members, state: &mut State) -> Result<Enrolled, Misuse> {
    let username = text("a factor", "user", &mut factor)?.ok_or_else(|| Misuse::new("a factor needs a `user`"))?;
    let owner = state.accounts.iter().find(|(user, _)| user.username.eq_ignore_ascii_case(&username));
    let subject = owner.map(|(user, _)| user.subject.clone());
    let subject = subject.ok_or_else(|| {
        Misuse::new(format!("there is no user `{username}` who could have a factor; add given::user(…) before"))
    })?;
    let kind = text("a factor", "kind", &mut factor)?.ok_or_else(|| Misuse::new("a factor needs a `kind`"))?;
    let proof = proof(&kind, &mut factor)?;
    let label = text("a factor", "label", &mut factor)?.unwrap_or_else(|| kind.clone());
    let reference = match proof {
        Proof::Kept(_) => text("a factor", "reference", &mut factor)?,
        _ => None,
    };
    no_more(&format!("a factor of the kind `{kind}`"), &factor)?;
    let wrong = |error: gatewright_domain::identifiers::InvalidIdentifier| Misuse::new(error.to_string());
    let view = FactorView {
        id: FactorId::parse(state.name("factor")).map_err(wrong)?,
        subject,
        kind: FactorKind::parse(kind).map_err(wrong)?,
        label,
        created_at: Timestamp(state.now_s()),
        used_at: None,
    };
    Ok(Enrolled { view, reference, proof, pending_until: None })
}

/// What of a factor proves who its end-user is.
fn proof(kind: &str, factor: &mut Members) -> Result<Proof, Misuse> {
    Ok(match kind {
        TOTP => {
            let code = text("an authenticator app", "code", factor)?;
            let code = code.ok_or_else(|| Misuse::new("an authenticator app needs a `code`: what it shows"))?;
            Proof::App { code, counted_at: None }
        }
        PASSKEY => match factor.remove("user_verified") {
            None => Proof::Passkey { user_verified: true },
            Some(Value::Bool(user_verified)) => Proof::Passkey { user_verified },
            Some(_) => return Err(Misuse::new("a passkey's `user_verified` is true or false")),
        },
        RECOVERY => match factor.remove("codes").and_then(|codes| serde_json::from_value(codes).ok()) {
            Some(codes) => Proof::Codes(codes),
            None => return Err(Misuse::new("recovery needs `codes`: a list of texts")),
        },
        EMAIL => return Err(Misuse::new("whoever has an `email` claim has this factor; give the user one")),
        _ => Proof::Kept(factor.remove("data").unwrap_or_default()),
    })
}

/// Who signs in at another provider.
pub(super) fn signed_in(mut account: Members) -> Result<SignedIn, Misuse> {
    let what = "who signs in at a provider";
    let subject = text(what, "subject", &mut account)?;
    let subject = subject.ok_or_else(|| Misuse::new(format!("{what} needs a `subject`")))?;
    let issuer = text(what, "issuer", &mut account)?.unwrap_or_else(|| "https://provider.example".to_owned());
    let claims = match account.remove("claims") {
        None => Map::new(),
        Some(Value::Object(claims)) => claims,
        Some(_) => return Err(Misuse::new(format!("the `claims` of {what} are a map"))),
    };
    no_more(what, &account)?;
    Ok(SignedIn { issuer, subject, claims })
}

fn text(what: &str, name: &str, members: &mut Members) -> Result<Option<String>, Misuse> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Misuse::new(format!("the `{name}` of {what} is a text"))),
    }
}

fn no_more(what: &str, rest: &Members) -> Result<(), Misuse> {
    match rest.keys().next() {
        Some(unknown) => Err(Misuse::new(format!("{what} has no `{unknown}`"))),
        None => Ok(()),
    }
}

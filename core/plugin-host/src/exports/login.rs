//! What several hooks are told, as the records of the interface.

use super::{CLAIMS_MAX, Decided, not_allowed, reason};
use crate::bindings::gatewright::plugin::types as wit;
use crate::value::{to_json, to_typed};
use gatewright_domain::hooks::{ClientView, Login, SessionView};
use gatewright_domain::user::UserView;
use serde_json::{Map, Value};

pub(super) fn client(client: &ClientView) -> wit::Client {
    wit::Client {
        id: client.id.clone(),
        name: client.name.clone(),
        application_type: client.application_type.clone(),
        public: client.public,
        first_party: client.first_party,
    }
}

fn session(session: &SessionView) -> wit::Session {
    wit::Session {
        subject: session.subject.clone(),
        acr: session.acr.clone(),
        level: session.level,
        amr: session.amr.clone(),
        auth_time: session.auth_time,
    }
}

/// An end-user.
pub fn user(user: &UserView) -> wit::User {
    wit::User { subject: user.subject.to_string(), username: user.username.clone(), claims: claims(&user.claims) }
}

/// Claims.
pub fn claims(claims: &Map<String, Value>) -> Vec<wit::Claim> {
    claims.iter().map(|(name, value)| wit::Claim { name: name.clone(), value: to_typed(value) }).collect()
}

pub(super) fn login(login: &Login) -> wit::Login {
    wit::Login {
        client: client(&login.client),
        scope: login.scope.clone(),
        acr_values: login.acr_values.clone(),
        prompt: login.prompt.clone(),
        max_age: login.max_age,
        login_hint: login.login_hint.clone(),
        ui_locales: login.ui_locales.clone(),
        redirect_uri: login.redirect_uri.clone(),
        origin: wit::Origin { ip: login.origin.ip.clone(), user_agent: login.origin.user_agent.clone() },
        session: login.session.as_ref().map(session),
    }
}

/// Claims that a hook answers, by name.
pub(super) fn claims_of(claims: Vec<wit::Claim>) -> Decided<Map<String, Value>> {
    if claims.len() > CLAIMS_MAX {
        return Err(not_allowed(format!("a hook answers at most {CLAIMS_MAX} claims")));
    }
    let mut read = Map::new();
    for wit::Claim { name, value } in claims {
        let value = to_json(value).map_err(|why| not_allowed(format!("the claim `{}`: {why}", reason(&name))))?;
        if read.insert(name.clone(), value).is_some() {
            return Err(not_allowed(format!("the claim `{}` is there twice", reason(&name))));
        }
    }
    Ok(read)
}

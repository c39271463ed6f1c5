//! The lines of the account page: what the engine tells of an account, as templates print it. What others chose, a factor's
//! label, a client's name, what a browser says it is, is brought into shape here.

use super::super::language::Language;
use super::super::scopes::ScopeModel;
use super::super::{ClientFace, presentable};
use super::device::device;
use crate::moment;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::FactorView;
use gatewright_engine::account::{Connected, Enrollable, SessionLine};
use serde::Serialize;

/// A moment, to the minute and in UTC: a page without scripts does not know where it is read.
#[derive(Debug, Serialize)]
pub(super) struct Moment(String);

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(format!("{} UTC", moment::shown(at)))
    }
}

/// What somebody called something, so that it shows: what is made of signs without a shape is a dash.
pub(in crate::pages) fn called(text: &str) -> String {
    Some(presentable::name(text)).filter(|name| !name.is_empty()).unwrap_or_else(|| "–".to_owned())
}

/// A factor.
#[derive(Debug, Serialize)]
pub(super) struct FactorLine {
    id: String,
    kind: String,
    label: String,
    added: Moment,
    used: Option<Moment>,
}

impl From<&FactorView> for FactorLine {
    fn from(factor: &FactorView) -> Self {
        Self {
            id: factor.id.to_string(),
            kind: factor.kind.to_string(),
            label: called(&factor.label),
            added: factor.created_at.into(),
            used: factor.used_at.map(Moment::from),
        }
    }
}

impl FactorLine {
    pub(super) fn sample() -> Self {
        let at = Timestamp(0);
        Self { id: "f".into(), kind: "totp".into(), label: "Phone".into(), added: at.into(), used: Some(at.into()) }
    }
}

/// A method whose factor can be enrolled.
#[derive(Debug, Serialize)]
pub(super) struct MethodLine {
    acr: String,
    kind: String,
    enrolled: bool,
}

impl From<&Enrollable> for MethodLine {
    fn from(method: &Enrollable) -> Self {
        Self { acr: method.acr.to_string(), kind: method.kind.to_string(), enrolled: method.enrolled }
    }
}

impl MethodLine {
    pub(super) fn sample() -> Self {
        Self { acr: "otp".into(), kind: "totp".into(), enrolled: false }
    }
}

/// A session.
#[derive(Debug, Serialize)]
pub(super) struct SessionModel {
    id: String,
    is_this: bool,
    device: Option<String>,
    address: Option<String>,
    signed_in: Moment,
}

impl From<&SessionLine> for SessionModel {
    fn from(session: &SessionLine) -> Self {
        Self {
            id: session.id.to_string(),
            is_this: session.is_this,
            device: device(session.user_agent.as_deref()),
            address: session.address.map(|address| address.to_canonical().to_string()),
            signed_in: session.auth_time.into(),
        }
    }
}

impl SessionModel {
    pub(super) fn sample() -> Self {
        let (device, address) = (Some("Firefox · Linux".into()), Some("192.0.2.7".into()));
        Self { id: "s".into(), is_this: false, device, address, signed_in: Timestamp(0).into() }
    }
}

/// A client.
#[derive(Debug, Serialize)]
pub(super) struct ClientLine {
    id: String,
    name: String,
    scopes: Vec<ScopeModel>,
    allowed: Option<Moment>,
    signed_in: Option<Moment>,
    /// Where signing in begins at it.
    begin: Option<String>,
}

impl ClientLine {
    pub(super) fn new(connected: &Connected, language: &Language) -> Self {
        Self {
            id: connected.client.id.to_string(),
            name: ClientFace::of(&connected.client, None).name().to_owned(),
            scopes: connected.scope.iter().map(|value| ScopeModel::new(value, language)).collect(),
            allowed: connected.allowed_at.map(Moment::from),
            signed_in: connected.signed_in_at.map(Moment::from),
            begin: connected.begin.clone(),
        }
    }

    pub(super) fn sample() -> Self {
        let (at, begin) = (|| Some(Timestamp(0).into()), Some("https://almanac.example/login".into()));
        Self { id: "c".into(), name: "Weather Almanac".into(), scopes: vec![], allowed: at(), signed_in: at(), begin }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_name_of_nothing_is_a_dash() {
        assert_eq!((called("\u{202e}\u{200b}").as_str(), called(" Blue\u{202e} key ").as_str()), ("–", "Blue key"));
    }
}

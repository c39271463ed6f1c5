//! Each hook's input as the map its script is given: the serde names of the contract, written by hand because
//! that is several times faster than going through serde. A test compares the two.
//!
//! Only the members a script reads are made; which those are is known from its syntax tree.

use crate::values::from_object;
use gatewright_domain::hooks::{
    AfterAuthenticationInput, AuthenticateInput, ClaimsDestination, ClaimsInput, ClientView, ConsentInput,
    CustomizeTokenInput, Enrolment, HookInput, Login, SelectAcrInput, SessionView, TokenKind,
};
use gatewright_domain::user::UserView;
use rhai::{Dynamic, Map};

/// Which members of the input a script can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Every one: the input is handed on as a whole.
    All,
    /// These.
    Only(Vec<String>),
}

impl Wanted {
    fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.iter().any(|wanted| wanted == name),
        }
    }
}

/// The map a script is given.
pub fn input_map(input: &HookInput, wanted: &Wanted) -> Dynamic {
    let mut members = Members { map: Map::new(), wanted };
    match input {
        HookInput::SelectAcr(input) => select_acr(&mut members, input),
        HookInput::Authenticate(input) => authenticate(&mut members, input),
        HookInput::AfterAuthentication(input) => after_authentication(&mut members, input),
        HookInput::Consent(input) => consent(&mut members, input),
        HookInput::Claims(input) => claims(&mut members, input),
        HookInput::CustomizeToken(input) => customize_token(&mut members, input),
    }
    Dynamic::from_map(members.map)
}

/// A user as every hook and the `users` capability show one.
pub fn user_map(user: &UserView) -> Dynamic {
    map([
        ("subject", user.subject.as_str().into()),
        ("username", text(&user.username)),
        ("claims", Dynamic::from_map(from_object(&user.claims))),
    ])
}

struct Members<'w> {
    map: Map,
    wanted: &'w Wanted,
}

impl Members<'_> {
    fn put(&mut self, name: &'static str, value: impl FnOnce() -> Dynamic) {
        if self.wanted.has(name) {
            self.map.insert(name.into(), value());
        }
    }
}

fn login(members: &mut Members<'_>, login: &Login) {
    members.put("client", || client(&login.client));
    members.put("scope", || texts(&login.scope));
    members.put("acr_values", || texts(&login.acr_values));
    members.put("prompt", || texts(&login.prompt));
    members.put("max_age", || login.max_age.map_or(Dynamic::UNIT, whole));
    members.put("login_hint", || optional(login.login_hint.as_deref()));
    members.put("ui_locales", || texts(&login.ui_locales));
    members.put("redirect_uri", || text(&login.redirect_uri));
    members.put("origin", || {
        map([("ip", text(&login.origin.ip)), ("user_agent", optional(login.origin.user_agent.as_deref()))])
    });
    members.put("session", || login.session.as_ref().map_or(Dynamic::UNIT, session));
}

fn select_acr(members: &mut Members<'_>, input: &SelectAcrInput) {
    login(members, &input.login);
    members.put("available", || {
        let view = |view: &gatewright_domain::hooks::AcrView| {
            map([
                ("acr", text(&view.acr)),
                ("level", i64::from(view.level).into()),
                ("enrolled", view.enrolled.map_or(Dynamic::UNIT, Into::into)),
            ])
        };
        Dynamic::from_array(input.available.iter().map(view).collect())
    });
}

fn authenticate(members: &mut Members<'_>, input: &AuthenticateInput) {
    login(members, &input.login);
    members.put("acr", || text(&input.acr));
    members.put("user", || input.user.as_ref().map_or(Dynamic::UNIT, user_map));
    members.put("proven", || texts(&input.proven));
    members.put("enrolment", || {
        Dynamic::from(match input.enrolment {
            Enrolment::Closed => "closed",
            Enrolment::Open => "open",
            Enrolment::Demanded => "demanded",
        })
    });
    members.put("return_url", || text(&input.return_url));
}

fn after_authentication(members: &mut Members<'_>, input: &AfterAuthenticationInput) {
    login(members, &input.login);
    members.put("user", || user_map(&input.user));
    members.put("fresh", || input.fresh.into());
}

fn consent(members: &mut Members<'_>, input: &ConsentInput) {
    login(members, &input.login);
    members.put("user", || user_map(&input.user));
    members.put("remembered", || texts(&input.remembered));
    members.put("requested", || texts(&input.requested));
    members.put("return_url", || text(&input.return_url));
}

fn claims(members: &mut Members<'_>, input: &ClaimsInput) {
    members.put("destination", || {
        Dynamic::from(match input.destination {
            ClaimsDestination::IdToken => "id_token",
            ClaimsDestination::Userinfo => "userinfo",
            ClaimsDestination::Introspection => "introspection",
        })
    });
    members.put("client", || client(&input.client));
    members.put("user", || user_map(&input.user));
    members.put("scope", || texts(&input.scope));
    members.put("requested", || texts(&input.requested));
    members.put("acr", || text(&input.acr));
}

fn customize_token(members: &mut Members<'_>, input: &CustomizeTokenInput) {
    members.put("kind", || {
        Dynamic::from(match input.kind {
            TokenKind::Access => "access",
            TokenKind::Id => "id",
            TokenKind::Refresh => "refresh",
        })
    });
    members.put("client", || client(&input.client));
    members.put("user", || input.user.as_ref().map_or(Dynamic::UNIT, user_map));
    members.put("grant_type", || text(&input.grant_type));
    members.put("scope", || texts(&input.scope));
    members.put("audience", || texts(&input.audience));
    members.put("lifetime_s", || whole(input.lifetime_s));
    members.put("claims", || Dynamic::from_map(from_object(&input.claims)));
    members.put("acr", || optional(input.acr.as_deref()));
}

fn client(client: &ClientView) -> Dynamic {
    map([
        ("id", text(&client.id)),
        ("name", optional(client.name.as_deref())),
        ("application_type", text(&client.application_type)),
        ("public", client.public.into()),
        ("first_party", client.first_party.into()),
    ])
}

fn session(session: &SessionView) -> Dynamic {
    map([
        ("subject", text(&session.subject)),
        ("acr", text(&session.acr)),
        ("level", i64::from(session.level).into()),
        ("amr", texts(&session.amr)),
        ("auth_time", session.auth_time.into()),
    ])
}

fn map<const N: usize>(members: [(&'static str, Dynamic); N]) -> Dynamic {
    Dynamic::from_map(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn text(text: &str) -> Dynamic {
    text.into()
}

fn optional(text: Option<&str>) -> Dynamic {
    text.map_or(Dynamic::UNIT, Into::into)
}

fn texts(texts: &[String]) -> Dynamic {
    Dynamic::from_array(texts.iter().map(|text| text.as_str().into()).collect())
}

/// A number of a contract; none of them comes near the 63 bits a script has.
pub fn whole(number: u64) -> Dynamic {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use crate::values::to_json;
    use gatewright_domain::hooks::HookKind;

    #[test]
    fn a_script_is_given_what_serde_would_write() {
        for hook in HookKind::ALL {
            let map = input_map(&samples::input(hook), &Wanted::All);
            assert_eq!(to_json(&map).unwrap(), samples::json(hook), "{hook}");
        }
    }

    #[test]
    fn only_what_is_wanted_is_made() {
        let wanted = Wanted::Only(vec!["acr".to_owned()]);
        let map = input_map(&samples::input(HookKind::Authenticate), &wanted);
        assert_eq!(to_json(&map).unwrap(), serde_json::json!({ "acr": "pwd" }));
    }
}

//! The sample input of each hook: what `scripts/README.md` lists.

use crate::hooks;
use crate::hooks::authenticate::Enrolment;
use crate::hooks::claims::Destination;
use crate::hooks::customize_token::TokenKind;
use crate::hooks::select_acr::AvailableAcr;
use crate::{ClaimSet, Client, Login, Origin, Session, User};

const SUBJECT: &str = "248289761001";
const RETURN_URL: &str = "https://id.example.com/visit";

fn client() -> Client {
    Client {
        id: "demo".into(),
        name: Some("Demo".into()),
        application_type: "web".into(),
        public: false,
        first_party: false,
    }
}

fn login() -> Login {
    Login {
        client: client(),
        scope: texts(["openid", "profile", "email"]),
        acr_values: vec![],
        prompt: vec![],
        max_age: None,
        login_hint: None,
        ui_locales: vec![],
        redirect_uri: "https://client.example.com/cb".into(),
        origin: Origin { ip: "203.0.113.7".into(), user_agent: Some("Mozilla/5.0".into()) },
        session: None,
    }
}

fn signed_in() -> Login {
    let session = Session {
        subject: SUBJECT.into(),
        acr: "pwd".into(),
        level: 10,
        amr: texts(["pwd"]),
        auth_time: 1_790_000_000,
    };
    Login { session: Some(session), ..login() }
}

fn user() -> User {
    let claims = ClaimSet::from([("name", "Alice Liddell"), ("email", "alice@example.com")]).with("groups", ["staff"]);
    User { subject: SUBJECT.into(), username: "alice".into(), claims }
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(Into::into).into()
}

pub(super) fn select_acr() -> hooks::select_acr::Input {
    let available =
        [("pwd", 10), ("otp", 20)].map(|(acr, level)| AvailableAcr { acr: acr.into(), level, enrolled: None });
    hooks::select_acr::Input { login: login(), available: available.into() }
}

pub(super) fn authenticate() -> hooks::authenticate::Input {
    hooks::authenticate::Input {
        login: login(),
        acr: "pwd".into(),
        user: None,
        proven: vec![],
        enrolment: Enrolment::Closed,
        return_url: RETURN_URL.into(),
    }
}

pub(super) fn after_authentication() -> hooks::after_authentication::Input {
    hooks::after_authentication::Input { login: signed_in(), user: user(), fresh: true }
}

pub(super) fn consent() -> hooks::consent::Input {
    hooks::consent::Input {
        login: signed_in(),
        user: user(),
        remembered: vec![],
        requested: vec![],
        return_url: RETURN_URL.into(),
    }
}

pub(super) fn claims() -> hooks::claims::Input {
    hooks::claims::Input {
        destination: Destination::Userinfo,
        client: client(),
        user: user(),
        scope: texts(["openid", "profile"]),
        requested: vec![],
        acr: "pwd".into(),
    }
}

pub(super) fn customize_token() -> hooks::customize_token::Input {
    let said = [("iss", "https://id.example.com"), ("sub", SUBJECT), ("client_id", "demo")];
    hooks::customize_token::Input {
        kind: TokenKind::Access,
        client: client(),
        user: Some(user()),
        grant_type: "authorization_code".into(),
        scope: texts(["openid", "profile"]),
        audience: texts(["https://id.example.com"]),
        lifetime_s: 300,
        claims: ClaimSet::from(said),
        acr: Some("pwd".into()),
    }
}

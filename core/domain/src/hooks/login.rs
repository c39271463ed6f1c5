//! What every hook of the interactive walk is told: the request, where it came from, the session it met.

use super::shape::contract;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::net::IpAddr;

contract! {
    /// One end-user's trip through `/authorize`.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Login {
        /// Who asks.
        pub client: ClientView,
        /// Scope values asked for that the client may have.
        pub scope: Vec<String>,
        /// `acr_values`, in the client's order of preference.
        pub acr_values: Vec<String>,
        /// `prompt` values.
        pub prompt: Vec<String>,
        /// `max_age` in seconds.
        pub max_age: Option<u64>,
        /// `login_hint`.
        pub login_hint: Option<String>,
        /// `ui_locales`.
        pub ui_locales: Vec<String>,
        /// Where the response will go.
        pub redirect_uri: String,
        /// Where the browser is.
        pub origin: Origin,
        /// The live session of this browser, if there is one.
        pub session: Option<SessionView>,
    }
}

contract! {
    /// A client, as a hook sees it.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct ClientView {
        /// `client_id`.
        pub id: String,
        /// `client_name`.
        pub name: Option<String>,
        /// `web` or `native`.
        pub application_type: String,
        /// Whether it cannot keep a secret.
        pub public: bool,
        /// Whether it is the operator's own.
        pub first_party: bool,
    }
}

contract! {
    /// Where a request came from.
    #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
    pub struct Origin {
        /// Address of the browser: the connection's, or what a trusted proxy says.
        pub ip: String,
        /// `User-Agent`, at most 512 characters.
        pub user_agent: Option<String>,
    }
}

contract! {
    /// A live session, as a hook sees it.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct SessionView {
        /// Who is signed in.
        pub subject: String,
        /// The ACR reached when the end-user last authenticated actively.
        pub acr: String,
        /// Its level.
        pub level: i32,
        /// Methods used.
        pub amr: Vec<String>,
        /// Seconds since 1970 when the end-user last authenticated actively.
        pub auth_time: i64,
    }
}

impl Origin {
    /// The address, where it is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.ip.parse().ok()
    }
}

impl Login {
    /// The sample that documentation and tests of scripts start from.
    pub fn sample() -> Self {
        Self {
            client: ClientView {
                id: "demo".into(),
                name: Some("Demo".into()),
                application_type: "web".into(),
                public: false,
                first_party: false,
            },
            scope: vec!["openid".into(), "profile".into(), "email".into()],
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
}

/// The claims of the sample end-user.
pub(super) fn sample_user() -> Value {
    json!({
        "subject": "248289761001", "username": "alice",
        "claims": { "name": "Alice Liddell", "email": "alice@example.com", "groups": ["staff"] }
    })
}

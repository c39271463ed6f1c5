//! What the operator settles once: lifetimes in seconds, requirements, scopes.

use crate::SignInLimit;
use crate::binding::BindingSettings;
use gatewright_domain::client::AccessTokenFormat;
use gatewright_domain::logout::LogoutPaces;
use gatewright_protocol::claims::claims_of_scope;
use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::response_type::ResponseType;
use std::collections::BTreeMap;

/// Scope values of OpenID Connect Core 3.1.2.1, 5.4 and 11.
pub const STANDARD_SCOPES: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// Settings of the engine.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The issuer (RFC 8414 2).
    pub issuer: Issuer,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// PKCE is required of confidential clients too.
    pub require_pkce: bool,
    /// How authorization requests may come.
    pub requests: RequestSettings,
    /// A client with the refresh_token grant gets a refresh token though `offline_access` was not asked for.
    pub refresh_without_offline_access: bool,
    /// Anyone may register a client (RFC 7591 3).
    pub open_registration: bool,
    /// Access token format of clients that name none.
    pub access_token_format: AccessTokenFormat,
    /// How many sign-ins one address may begin; without, any number.
    pub sign_ins: Option<SignInLimit>,
    /// The response type `id_token` is there, where nothing but an ID token is issued (OpenID Connect Core 3.2).
    pub implicit: bool,
    /// Response types with an access token in the front channel are there (RFC 9700 2.1.2 advises against them).
    pub front_channel_access_tokens: bool,
    /// Languages that the pages speak (BCP 47).
    pub ui_locales: Vec<String>,
    /// How often clients are told of a logout.
    pub logout: LogoutSettings,
    /// The check-session iframe is served, where the issuer is https (Session Management 1.0).
    pub session_management: bool,
    /// The operator's own scopes: value to the claims it stands for.
    pub scopes: BTreeMap<String, Vec<String>>,
    /// Sender-constrained tokens.
    pub binding: BindingSettings,
}

/// How authorization requests may come.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestSettings {
    /// Every request must be pushed (RFC 9126 5).
    pub require_pushed: bool,
    /// Every request must come in a request object that the client signed (RFC 9101 10.5).
    pub require_signed_object: bool,
    /// Request objects that are not signed are taken (OpenID Connect Core 6.1).
    pub unsigned_objects: bool,
    /// Request objects are held to FAPI 2.0 Message Signing: signed, not by RS256, and for an hour at most.
    pub fapi_objects: bool,
}

/// How long things live, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// Pushed authorization request, until a browser comes with it (RFC 9126 2.2).
    pub pushed_request_s: u64,
    /// Authorization code (RFC 6749 4.1.2: at most ten minutes).
    pub code_s: u64,
    /// Access token.
    pub access_token_s: u64,
    /// ID token.
    pub id_token_s: u64,
    /// Refresh token, anew with every rotation.
    pub refresh_token_s: u64,
    /// All refresh tokens of one family, from its code's redemption: no rotation goes on beyond it.
    pub token_family_s: u64,
    /// Session, from its authentication.
    pub session_s: u64,
    /// A browser's unfinished trip.
    pub interaction_s: u64,
    /// Remembered consent.
    pub consent_s: u64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            pushed_request_s: 60,
            code_s: 60,
            access_token_s: 300,
            id_token_s: 3600,
            refresh_token_s: 30 * 24 * 3600,
            token_family_s: 180 * 24 * 3600,
            session_s: 24 * 3600,
            interaction_s: 1800,
            consent_s: 365 * 24 * 3600,
        }
    }
}

/// How often a client is told of a logout before it is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogoutSettings {
    /// Tries, the first one included.
    pub tries: u32,
    /// The pauses between them.
    pub paces: LogoutPaces,
}

impl Default for LogoutSettings {
    /// Ten tries in an hour and a half: 10 s, 20 s, 40 s and so on.
    fn default() -> Self {
        Self { tries: 10, paces: LogoutPaces { first_s: 10, longest_s: 3600 } }
    }
}

impl Settings {
    /// Settings with every default, for `issuer`.
    pub fn new(issuer: Issuer) -> Self {
        Self {
            issuer,
            lifetimes: Lifetimes::default(),
            require_pkce: false,
            requests: RequestSettings::default(),
            refresh_without_offline_access: true,
            open_registration: false,
            access_token_format: AccessTokenFormat::Jwt,
            sign_ins: None,
            implicit: false,
            front_channel_access_tokens: false,
            ui_locales: vec![],
            logout: LogoutSettings::default(),
            session_management: true,
            scopes: BTreeMap::new(),
            binding: BindingSettings::default(),
        }
    }

    /// The response types that are there.
    pub fn response_types(&self) -> Vec<ResponseType> {
        ResponseType::ALL.iter().copied().filter(|response_type| self.offers(*response_type)).collect()
    }

    /// Whether a response type is there: the implicit ones and those with an access token only where they are switched on.
    pub fn offers(&self, response_type: ResponseType) -> bool {
        (self.implicit || response_type.issues_code())
            && (self.front_channel_access_tokens || !response_type.issues_access_token())
    }

    /// The claims a scope value stands for (OpenID Connect Core 5.4, and the operator's own).
    pub fn claims_of_scope(&self, value: &str) -> Vec<&str> {
        let own = self.scopes.get(value).into_iter().flatten().map(String::as_str);
        claims_of_scope(value).iter().copied().chain(own).collect()
    }
}

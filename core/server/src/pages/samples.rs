//! Views for tests of this folder: a client, its end-user, and forms as hooks describe them.

use super::language::{Language, Languages};
use super::renderer::Renderer;
use super::{ClientFace, FormView, Frame, Material};
use gatewright_domain::client::{
    AccessTokenFormat, AuthenticationDefaults, Client, ClientAuthentication, Presentation, TokenPreferences,
};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::failed_tries::StrangeTries;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::page::{Field, FieldKind, Form};
use gatewright_domain::user::UserView;
use gatewright_protocol::application_type::ApplicationType;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::registration::answer_metadata::AnswerMetadata;
use gatewright_protocol::registration::binding_metadata::BindingMetadata;
use gatewright_protocol::registration::logout_metadata::LogoutMetadata;
use gatewright_protocol::registration::request_metadata::RequestMetadata;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::subject_type::SubjectType;
use serde_json::json;
use std::sync::LazyLock;

fn languages() -> Languages {
    Renderer::new(&super::Layered::default(), "").unwrap().languages
}

pub(super) fn english() -> Language {
    languages().english().clone()
}

pub(super) fn redirect_uri() -> RedirectUri {
    RedirectUri::try_from("https://almanac.example/signed-in").unwrap()
}

pub(super) fn client() -> Client {
    Client {
        id: ClientId::try_from("almanac-7").unwrap(),
        authentication: ClientAuthentication::None {},
        redirect_uris: vec![redirect_uri()],
        post_logout_redirect_uris: vec![],
        response_types: vec![],
        grant_types: vec![],
        scope: Scope::empty(),
        admin_scope: Scope::empty(),
        application_type: ApplicationType::Web,
        presentation: Presentation {
            name: Some("Weather Almanac".into()),
            logo_uri: Some("https://almanac.example/logo.png".into()),
            client_uri: Some("https://almanac.example/".into()),
            policy_uri: Some("https://almanac.example/privacy".into()),
            tos_uri: Some("https://almanac.example/terms".into()),
        },
        subject_type: SubjectType::Public,
        sector: None,
        tokens: TokenPreferences {
            id_token_algorithm: JwsAlgorithm::ES256,
            userinfo_algorithm: None,
            access_token_format: AccessTokenFormat::Jwt,
            access_token_lifetime_s: None,
            refresh_token_lifetime_s: None,
        },
        authentication_defaults: AuthenticationDefaults::default(),
        require_pkce: true,
        keys: None,
        sealed_secret: None,
        requests: RequestMetadata::default(),
        answers: AnswerMetadata::default(),
        binding: BindingMetadata::default(),
        logout: LogoutMetadata::default(),
        first_party: false,
        registration_token: None,
        registered_metadata: None,
        issued_at: Timestamp(0),
    }
}

pub(super) fn user() -> UserView {
    let claims = json!({ "name": "Alice Liddell", "email": "alice@example.com" });
    UserView {
        subject: Subject::parse("248289761001").unwrap(),
        username: "alice".into(),
        claims: claims.as_object().unwrap().clone(),
    }
}

/// A frame in English around [`client`].
pub(super) fn frame() -> Frame {
    Frame { language: english(), client: Some(ClientFace::of(&client(), Some(&redirect_uri()))) }
}

pub(super) fn field(name: &str, kind: FieldKind) -> Field {
    Field { name: name.into(), label: None, kind, value: None, error: None, optional: false }
}

/// A form that shows nothing but itself.
pub(super) fn form_view<'a>(frame: &'a Frame, form: &'a Form, step: &'a str) -> FormView<'a> {
    static NOTHING: LazyLock<Material> = LazyLock::new(Material::default);
    FormView { frame, form, material: &NOTHING, refresh_s: None, step }
}

/// Username and password.
pub(super) fn sign_in_form() -> Form {
    Form {
        title: "Sign in".into(),
        fields: vec![field("username", FieldKind::Text), field("password", FieldKind::Password)],
        ..Form::default()
    }
}

/// Three tries from elsewhere.
pub(super) fn failed_tries() -> StrangeTries {
    StrangeTries { tries: 3, last: Timestamp(1_700_000_000), address: "2001:db8::7".parse().ok() }
}

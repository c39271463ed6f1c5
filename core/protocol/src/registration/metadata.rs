//! Client metadata as a client sends it (RFC 7591 2, OpenID Connect Dynamic Client Registration 1.0, 2).

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{
    access_token_format::AccessTokenFormat,
    answer_metadata::AnswerMetadata,
    binding_metadata::BindingMetadata,
    logout_metadata::LogoutMetadata,
    members::{LIST_MAX, Members, NAME_MAX_BYTES, wrong},
    request_metadata::RequestMetadata,
};
use crate::{
    acr::{ACR_VALUES_MAX, Acr},
    application_type::ApplicationType,
    client_auth_method::ClientAuthMethod,
    error::Refusal,
    grant_type::GrantType,
    jws_algorithm::JwsAlgorithm,
    locale::looks_like_language_tag,
    redirect_uri::RedirectUri,
    response_type::ResponseType,
    scope::Scope,
    subject_type::SubjectType,
};

/// Longest registration document, in bytes.
pub const METADATA_MAX_BYTES: usize = 64 * 1024;

/// A registration document whose members have the right types. What they mean together is not known yet: see
/// [`verify`](Self::verify). Serialises as the members that are there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ClientMetadata {
    /// Where responses may go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<RedirectUri>,
    /// What the client will ask the authorization endpoint for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<ResponseType>>,
    /// What the client will present to the token endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<GrantType>>,
    /// Where the client runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<ApplicationType>,
    /// Ways to reach those responsible for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// Its name, for end-users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Its name in other languages, by language tag: `client_name#de`.
    #[serde(flatten, serialize_with = "with_language_tags")]
    pub localized_client_names: BTreeMap<String, String>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// What it does with end-users' data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Its terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Where its public keys are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Its public keys: an object with an array `keys`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// A document that lists the redirect URIs of its sector (OpenID Connect Core 8.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// How `sub` is made for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<SubjectType>,
    /// How its ID tokens are signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<JwsAlgorithm>,
    /// How its userinfo answers are signed; they are plain JSON where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<JwsAlgorithm>,
    /// How it authenticates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<ClientAuthMethod>,
    /// How it signs the assertions it authenticates by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<JwsAlgorithm>,
    /// How old, in seconds, an authentication may be when its request does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// Whether its ID tokens must have `auth_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_auth_time: Option<bool>,
    /// The acrs it wants when its request does not say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<Acr>,
    /// Where a third party sends a browser to begin a login (OpenID Connect Core 4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// Where browsers may go after logout.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// What it may ask to be allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Names the software, for all installations of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// The version of that software.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// What its access tokens look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_format: Option<AccessTokenFormat>,
    /// Whether its authorization requests must have a code challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pkce: Option<bool>,
    /// How its authorization requests and their responses travel.
    #[serde(flatten)]
    pub requests: RequestMetadata,
    /// How its tokens and answers are encrypted.
    #[serde(flatten)]
    pub answers: AnswerMetadata,
    /// How its tokens are bound to it.
    #[serde(flatten)]
    pub binding: BindingMetadata,
    /// Where it is told of logouts.
    #[serde(flatten)]
    pub logout: LogoutMetadata,
}

impl ClientMetadata {
    /// Parses the body of a registration request. Members that are not known are ignored (RFC 7591 2).
    ///
    /// # Errors
    /// `invalid_redirect_uri` for `redirect_uris`, `invalid_client_metadata` for all else; the description names the member.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        Self::from_json(&parse_document(body)?)
    }

    /// Reads a document that was parsed already.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn from_json(document: &Value) -> Result<Self, Refusal> {
        let object = document.as_object().ok_or_else(not_an_object)?;
        let members = &Members(object);
        Ok(Self {
            redirect_uris: members.words("redirect_uris")?.unwrap_or_default(),
            response_types: members.words("response_types")?,
            grant_types: members.words("grant_types")?,
            application_type: members.word("application_type")?,
            contacts: members.names("contacts")?,
            client_name: members.text("client_name", NAME_MAX_BYTES)?,
            localized_client_names: localized_client_names(members)?,
            logo_uri: members.uri("logo_uri")?,
            client_uri: members.uri("client_uri")?,
            policy_uri: members.uri("policy_uri")?,
            tos_uri: members.uri("tos_uri")?,
            jwks_uri: members.uri("jwks_uri")?,
            jwks: members.object("jwks")?,
            sector_identifier_uri: members.uri("sector_identifier_uri")?,
            subject_type: members.word("subject_type")?,
            id_token_signed_response_alg: members.word("id_token_signed_response_alg")?,
            userinfo_signed_response_alg: members.word("userinfo_signed_response_alg")?,
            token_endpoint_auth_method: members.word("token_endpoint_auth_method")?,
            token_endpoint_auth_signing_alg: members.word("token_endpoint_auth_signing_alg")?,
            default_max_age: members.seconds("default_max_age")?,
            require_auth_time: members.flag("require_auth_time")?,
            default_acr_values: default_acr_values(members)?,
            initiate_login_uri: members.uri("initiate_login_uri")?,
            post_logout_redirect_uris: members.words("post_logout_redirect_uris")?.unwrap_or_default(),
            scope: members.word("scope")?,
            software_id: members.text("software_id", NAME_MAX_BYTES)?,
            software_version: members.text("software_version", NAME_MAX_BYTES)?,
            access_token_format: access_token_format(members)?,
            require_pkce: members.flag("require_pkce")?,
            requests: RequestMetadata::read(members)?,
            answers: AnswerMetadata::read(members)?,
            binding: BindingMetadata::read(members)?,
            logout: LogoutMetadata::read(members)?,
        })
    }
}

/// The JSON document of a registration request.
pub(super) fn parse_document(body: &[u8]) -> Result<Value, Refusal> {
    if body.len() > METADATA_MAX_BYTES {
        let why = format!("The document is longer than {METADATA_MAX_BYTES} bytes.");
        return Err(Refusal::invalid_client_metadata(why));
    }
    serde_json::from_slice(body).map_err(|_| not_an_object())
}

pub(super) fn not_an_object() -> Refusal {
    Refusal::invalid_client_metadata("The document is not a JSON object.")
}

/// Members like `client_name#de` (RFC 7591 2.2). A tag that is none belongs to a member that is not known.
fn localized_client_names(members: &Members<'_>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut names = BTreeMap::new();
    for member in members.0.keys() {
        let Some(tag) = member.strip_prefix("client_name#") else {
            continue;
        };
        if !looks_like_language_tag(tag) {
            continue;
        }
        if let Some(name) = members.text(member, NAME_MAX_BYTES)? {
            names.insert(tag.to_owned(), name);
        }
    }
    if names.len() > LIST_MAX {
        return Err(wrong("client_name", &format!("is given in more than {LIST_MAX} languages")));
    }
    Ok(names)
}

fn default_acr_values(members: &Members<'_>) -> Result<Vec<Acr>, Refusal> {
    let acrs: Vec<Acr> = members.words("default_acr_values")?.unwrap_or_default();
    if acrs.len() > ACR_VALUES_MAX {
        let why = format!("has more than {ACR_VALUES_MAX} entries");
        return Err(wrong("default_acr_values", &why));
    }
    Ok(acrs)
}

/// The format under our name for it, or under that of Jans.
fn access_token_format(members: &Members<'_>) -> Result<Option<AccessTokenFormat>, Refusal> {
    let ours = members.word("access_token_format")?;
    let as_jwt = members.flag("access_token_as_jwt")?.map(|as_jwt| match as_jwt {
        true => AccessTokenFormat::Jwt,
        false => AccessTokenFormat::Opaque,
    });
    match (ours, as_jwt) {
        (Some(ours), Some(theirs)) if ours != theirs => {
            Err(wrong("access_token_as_jwt", "contradicts access_token_format"))
        }
        (ours, theirs) => Ok(ours.or(theirs)),
    }
}

fn with_language_tags<S: Serializer>(names: &BTreeMap<String, String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(names.iter().map(|(tag, name)| (format!("client_name#{tag}"), name)))
}

impl<'de> Deserialize<'de> for ClientMetadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_json(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

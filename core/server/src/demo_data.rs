//! Who and what a quickstart begins with: two end-users with every claim there is, and two clients. Their passwords and
//! secrets are known to everyone, which is why nothing else than `gatewright quickstart` plants them.

use crate::assembly::Assembly;
use crate::configuration::Configuration;
use gatewright_domain::client::{Client, ClientAuthentication};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::secret::SecretText;
use gatewright_domain::token_hash::TokenHash;
use gatewright_domain::user::User;
use gatewright_engine::error::EndpointError;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::registration::metadata::ClientMetadata;
use serde_json::{Map, Value, json};

const PLACE: &str = "demo_data";
/// Where the built-in demonstration takes its codes.
const CALLBACK: &str = "/demo/callback";
/// Where the browser comes back to after logout.
const START: &str = "/demo";
/// Redirect URIs for experiments; the port of the second is free (RFC 8252 7.3).
const EXPERIMENTS: [&str; 2] = ["http://localhost/cb", "http://127.0.0.1/callback"];

/// An end-user to try things with.
pub(crate) struct DemoUser {
    pub(crate) username: &'static str,
    pub(crate) password: &'static str,
    claims: fn() -> Value,
}

impl DemoUser {
    /// What to type.
    pub(crate) fn shown(&self) -> String {
        format!("{} / {}", self.username, self.password)
    }
}

/// The confidential client, which the built-in demonstration is too.
pub(crate) struct DemoClient {
    /// Its id.
    pub(crate) id: &'static str,
    /// Its secret.
    pub(crate) secret: &'static str,
}

pub(crate) const ALICE: DemoUser = DemoUser { username: "alice", password: "wonderland", claims: alice };
pub(crate) const BOB: DemoUser = DemoUser { username: "bob", password: "builder", claims: bob };
pub(crate) const DEMO: DemoClient = DemoClient { id: "demo", secret: "demo-secret" };
/// The public client: an application in a browser.
pub(crate) const DEMO_SPA: &str = "demo-spa";

/// Plants whoever is missing. A demonstration client of an earlier start learns the address of this one.
pub(crate) async fn plant(assembly: &Assembly, configuration: &Configuration) -> Result<(), Fault> {
    for user in [&ALICE, &BOB] {
        plant_user(assembly, user).await?;
    }
    let issuer = &configuration.issuer;
    let (callback, start) = (issuer.endpoint(CALLBACK), issuer.endpoint(START));
    let secret = ClientAuthentication::ClientSecretBasic { secret: TokenHash::of(DEMO.secret) };
    plant_client(assembly, DEMO.id, &demo(&callback, &start), Some(secret)).await?;
    plant_client(assembly, DEMO_SPA, &demo_spa(&callback, &start), None).await
}

async fn plant_user(assembly: &Assembly, demo: &DemoUser) -> Result<(), Fault> {
    if assembly.stores.users.find_by_username(demo.username).await?.is_some() {
        return Ok(());
    }
    let Value::Object(claims) = (demo.claims)() else { return Err(Fault::new(PLACE, "claims are an object")) };
    let user = User {
        subject: Subject::draw(assembly.entropy.as_ref()),
        username: demo.username.to_owned(),
        claims,
        password: Some(assembly.passwords.hash(&SecretText::new(demo.password)).await?),
        disabled: false,
        created_at: assembly.clock.now(),
    };
    // Another process may have planted the same one in this moment.
    assembly.stores.users.add(&user).await.map(|_| ())
}

async fn plant_client(
    assembly: &Assembly,
    id: &str,
    document: &Value,
    secret: Option<ClientAuthentication>,
) -> Result<(), Fault> {
    let id = ClientId::try_from(id).map_err(|error| Fault::caused(PLACE, error))?;
    let mut planted = built(assembly, document).map_err(|error| Fault::new(PLACE, error.to_string()))?;
    if let Some(secret) = secret {
        planted.authentication = secret;
    }
    let client = match assembly.stores.clients.find(&id).await? {
        None => Client { id, ..planted },
        Some(known) => match moved(&known, &planted) {
            None => return Ok(()),
            Some(moved) => moved,
        },
    };
    assembly.stores.clients.save(&client).await
}

fn built(assembly: &Assembly, document: &Value) -> Result<Client, EndpointError> {
    let metadata = ClientMetadata::from_json(document)?.verify()?;
    assembly.engine.build_client(metadata).map(|new| new.client)
}

/// The known client with the redirect URIs that this start needs and it lacks; nothing when it lacks none.
fn moved(known: &Client, planted: &Client) -> Option<Client> {
    let mut moved = known.clone();
    let pairs = [
        (&mut moved.redirect_uris, &planted.redirect_uris),
        (&mut moved.post_logout_redirect_uris, &planted.post_logout_redirect_uris),
    ];
    for (uris, needed) in pairs {
        let missing: Vec<_> = needed.iter().filter(|uri| !uris.contains(uri)).cloned().collect();
        uris.extend(missing);
    }
    (moved != *known).then_some(moved)
}

fn demo(callback: &str, start: &str) -> Value {
    json!({
        "client_name": "Demo",
        "redirect_uris": redirect_uris(callback),
        "post_logout_redirect_uris": [start],
        "response_types": ["code", "code id_token"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials", "implicit"],
        "token_endpoint_auth_method": "client_secret_basic",
    })
}

fn demo_spa(callback: &str, start: &str) -> Value {
    json!({
        "client_name": "Demo in a browser",
        "redirect_uris": redirect_uris(callback),
        "post_logout_redirect_uris": [start],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
        "require_pkce": true,
    })
}

fn redirect_uris(callback: &str) -> Vec<&str> {
    [callback].into_iter().chain(EXPERIMENTS).collect()
}

fn alice() -> Value {
    person(
        &json!({
            "name": "Alice Liddell", "given_name": "Alice", "family_name": "Liddell", "middle_name": "Pleasance",
            "nickname": "Al", "gender": "female", "birthdate": "1852-05-04", "zoneinfo": "Europe/London", "locale": "en-GB",
            "address": {
                "formatted": "Christ Church\nSt Aldate's\nOxford OX1 1DP\nUnited Kingdom", "street_address": "St Aldate's",
                "locality": "Oxford", "region": "Oxfordshire", "postal_code": "OX1 1DP", "country": "United Kingdom",
            },
            "phone_number": "+44 1865 496 0001", "phone_number_verified": true,
            "org_name": "Wonderland", "work_phone": "+44 1865 496 0002", "phone_mobile_number": "+44 7700 900 001",
            "groups": ["readers", "editors"],
        }),
        "alice",
    )
}

fn bob() -> Value {
    person(
        &json!({
            "name": "Bob Builder", "given_name": "Bob", "family_name": "Builder", "middle_name": "Fixit",
            "nickname": "Bobby", "gender": "male", "birthdate": "1999-04-12", "zoneinfo": "Europe/Berlin", "locale": "de-DE",
            "address": {
                "formatted": "Baustelle 1\n53111 Bonn\nDeutschland", "street_address": "Baustelle 1",
                "locality": "Bonn", "region": "Nordrhein-Westfalen", "postal_code": "53111", "country": "Deutschland",
            },
            "phone_number": "+49 228 555 0101", "phone_number_verified": false,
            "org_name": "Builders", "work_phone": "+49 228 555 0102", "phone_mobile_number": "+49 151 555 0103",
            "groups": ["builders"],
        }),
        "bob",
    )
}

/// What is said of both in the same way, beside what is said of the one.
fn person(own: &Value, username: &str) -> Value {
    let mut claims: Map<String, Value> = own.as_object().cloned().unwrap_or_default();
    let shared = json!({
        "preferred_username": username, "user_name": username,
        "profile": format!("https://example.com/{username}"), "website": format!("https://{username}.example.com"),
        "picture": format!("https://example.com/{username}.png"),
        "email": format!("{username}@example.com"), "email_verified": true,
        "updated_at": 1_767_225_600,
    });
    claims.extend(shared.as_object().cloned().unwrap_or_default());
    Value::Object(claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_protocol::claims::{STANDARD_CLAIMS, is_protected};

    #[test]
    fn both_end_users_have_every_standard_claim_and_those_that_jans_clients_ask_for() {
        let more = ["user_name", "org_name", "work_phone", "phone_mobile_number", "groups"];
        for user in [ALICE, BOB] {
            let claims = (user.claims)();
            for claim in STANDARD_CLAIMS.iter().filter(|claim| !is_protected(claim)).chain(&more) {
                assert!(claims.get(*claim).is_some_and(|value| !value.is_null()), "{}: {claim}", user.username);
            }
            assert!(claims["updated_at"].is_u64() && claims["email_verified"].is_boolean());
            assert!(claims["phone_number_verified"].is_boolean() && claims["address"]["formatted"].is_string());
        }
    }

    #[test]
    fn both_clients_hold_to_the_rules_of_registration() {
        let (callback, start) = ("http://localhost:8080/demo/callback", "http://localhost:8080/demo");
        for document in [demo(callback, start), demo_spa(callback, start)] {
            let verified = ClientMetadata::from_json(&document).unwrap().verify().unwrap();
            assert_eq!(verified.redirect_uris.len(), 1 + EXPERIMENTS.len());
        }
    }
}

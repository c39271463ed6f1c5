//! What scope values and the parameter `claims` ask for (OpenID Connect Core 5.4 and 5.5).

use crate::conformance::suite::{EVERY_SCOPE, Suite};
use crate::world::Browser;
use serde_json::{Value, json};

const PROFILE: [&str; 14] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

async fn told(suite: &Suite, scope: &str) -> Value {
    let client = suite.client(json!({})).await;
    let tokens = suite.tokens(&client, &Browser::new(), &[("scope", scope), ("prompt", "consent")]).await;
    suite.userinfo(&client, &tokens).await
}

fn has(claims: &Value, names: &[&str]) {
    for name in names {
        assert!(claims.get(*name).is_some(), "no {name} in {claims}");
    }
}

pub async fn oidcc_scope_profile(suite: &Suite) {
    let claims = told(suite, "openid profile").await;
    has(&claims, &PROFILE);
    assert!(claims["updated_at"].is_u64(), "{claims}");
    assert_eq!(claims.get("email"), None);
}

pub async fn oidcc_scope_email(suite: &Suite) {
    let claims = told(suite, "openid email").await;
    assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("wilma@example.com"), &json!(true)));
    assert_eq!(claims.get("name"), None);
}

pub async fn oidcc_scope_address(suite: &Suite) {
    let claims = told(suite, "openid address").await;
    assert!(claims["address"]["formatted"].is_string(), "{claims}");
}

pub async fn oidcc_scope_phone(suite: &Suite) {
    let claims = told(suite, "openid phone").await;
    assert_eq!((&claims["phone_number"], &claims["phone_number_verified"]), (&json!("+49 30 123456"), &json!(false)));
}

pub async fn oidcc_scope_all(suite: &Suite) {
    let claims = told(suite, EVERY_SCOPE).await;
    has(&claims, &PROFILE);
    has(&claims, &["email", "email_verified", "address", "phone_number", "phone_number_verified"]);
}

pub async fn oidcc_claims_essential(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let claims = json!({ "userinfo": { "name": { "essential": true } } }).to_string();
    let tokens = suite.tokens(&client, &Browser::new(), &[("scope", "openid"), ("claims", &claims)]).await;
    let told = suite.userinfo(&client, &tokens).await;
    assert_eq!((&told["name"], told.get("email")), (&json!("Wilma Example"), None));
}

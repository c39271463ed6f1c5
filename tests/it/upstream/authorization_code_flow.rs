//! The whole flow: sign-in, consent, code, tokens, refresh, userinfo.

use super::party::{Stage, has_all, has_none};

const SCOPE: &str = "openid profile address email phone user_name";

#[tokio::test]
async fn authorization_code_flow() {
    let stage = Stage::registered(Some(SCOPE)).await;
    let granted = stage.authorize(SCOPE, None).await;
    let id_token = stage.verified(&granted).await;
    let refreshed = stage.refresh(&stage.redeem(&granted).await).await;
    let userinfo = stage.userinfo(&refreshed).await;
    has_all(
        &userinfo,
        &[
            "sub",
            "name",
            "given_name",
            "family_name",
            "picture",
            "zoneinfo",
            "locale",
            "email",
            "birthdate",
            "gender",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "website",
            "email_verified",
            "phone_number",
            "phone_number_verified",
            "address",
            "user_name",
        ],
    );
    has_none(&userinfo, &["org_name", "work_phone"]);
    assert_eq!(userinfo["sub"], id_token["sub"]);
    assert_eq!(userinfo["user_name"], "alice");
}

#[tokio::test]
async fn authorization_code_flow_with_optional_nonce() {
    // Registered without a scope: it may ask for all there are.
    let stage = Stage::registered(None).await;
    let granted = stage.authorize(SCOPE, None).await;
    assert_eq!(stage.verified(&granted).await["nonce"], granted.nonce);
    stage.refresh(&stage.redeem(&granted).await).await;
}

#[tokio::test]
async fn authorization_code_flow_login_hint() {
    let stage = Stage::registered(Some(SCOPE)).await;
    let granted = stage.authorize(SCOPE, Some("alice")).await;
    stage.verified(&granted).await;
    let tokens = stage.redeem(&granted).await;
    stage.refresh(&tokens).await;
    let userinfo = stage.userinfo(&tokens).await;
    has_all(&userinfo, &["sub", "name", "user_name"]);
    has_none(&userinfo, &["org_name", "work_phone"]);
}

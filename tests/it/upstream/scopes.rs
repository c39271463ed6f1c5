//! What a scope brings: less than was asked for, without an error, and claims that scripts make.

use super::party::{Stage, has_all, has_none};

#[tokio::test]
async fn authorization_code_flow_negative_test() {
    let stage = Stage::registered(Some("openid")).await;
    assert_eq!(stage.client.registration["scope"], "openid");
    let granted = stage.authorize("openid profile address email phone user_name", None).await;
    assert_eq!(granted.response["scope"], "openid");
    stage.verified(&granted).await;
    let refreshed = stage.refresh(&stage.redeem(&granted).await).await;
    assert_eq!(refreshed["scope"], "openid");
    let userinfo = stage.userinfo(&refreshed).await;
    has_all(&userinfo, &["sub"]);
    has_none(
        &userinfo,
        &[
            "name",
            "given_name",
            "family_name",
            "picture",
            "zoneinfo",
            "locale",
            "birthdate",
            "gender",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "website",
            "email",
            "email_verified",
            "phone_number",
            "phone_number_verified",
            "address",
            "user_name",
            "org_name",
            "work_phone",
        ],
    );
}

#[tokio::test]
async fn authorization_code_with_not_allowed_scope_flow() {
    let registered = "openid profile address email user_name";
    let stage = Stage::registered(Some(registered)).await;
    let granted = stage.authorize(&format!("{registered} mobile_phone"), None).await;
    assert!(!granted.response["scope"].split(' ').any(|value| value == "mobile_phone"), "{:?}", granted.response);
    stage.verified(&granted).await;
    let userinfo = stage.userinfo(&stage.redeem(&granted).await).await;
    has_all(&userinfo, &["sub", "name", "user_name"]);
    has_none(&userinfo, &["phone_mobile_number"]);
}

#[tokio::test]
async fn authorization_code_dynamic_scope_flow() {
    let scope = "openid profile address email user_name org_name work_phone";
    let stage = Stage::registered(Some(scope)).await;
    let granted = stage.authorize(scope, None).await;
    let userinfo = stage.userinfo(&stage.redeem(&granted).await).await;
    has_all(&userinfo, &["sub", "name", "user_name"]);
    assert_eq!(userinfo["org_name"], "Wonderland");
    assert_eq!(userinfo["work_phone"], "+44 1865 496 0002");
}

//! What the policy may say of a token and what it may not (RFC 9068 2.2, OpenID Connect Core 2).

use crate::world::{CLIENT, Parts, Scene, asking_password, client, refusal};
use gatewright_domain::client::{AccessTokenFormat, Client, TokenPreferences};
use gatewright_domain::hooks::{ClaimsDecision, CustomizeTokenDecision, CustomizeTokenInput, TokenChanges, TokenKind};
use gatewright_protocol::claims::PROTECTED_CLAIMS;
use gatewright_protocol::error::ErrorCode;
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::{SUBJECT, scope};
use gatewright_testing::signing::claims_of;
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex};

fn changing(change: impl Fn(&CustomizeTokenInput) -> TokenChanges + Send + Sync + 'static) -> FixedPolicy {
    asking_password().on_customize_token(move |input| Ok(CustomizeTokenDecision::Change(change(input))))
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[tokio::test]
async fn the_policy_is_asked_of_the_access_the_id_and_the_refresh_token() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = asked.clone();
    let policy = changing(move |input| {
        kept.lock().unwrap().push((input.kind, input.grant_type.clone(), input.lifetime_s));
        TokenChanges::default()
    });
    let scene = Scene::under(policy).await;
    scene.tokens("").await;
    let grant = || "authorization_code".to_owned();
    let expected = [
        (TokenKind::Access, grant(), 300),
        (TokenKind::Id, grant(), 3600),
        (TokenKind::Refresh, grant(), 30 * 24 * 3600),
    ];
    assert_eq!(*asked.lock().unwrap(), expected);
}

#[tokio::test]
async fn the_policy_changes_claims_lifetime_audience_and_scope_of_an_access_token() {
    for format in [AccessTokenFormat::Jwt, AccessTokenFormat::Opaque] {
        let policy = changing(|input| match input.kind {
            TokenKind::Access => TokenChanges {
                claims: map(json!({ "tenant": "acme" })),
                lifetime_s: Some(60),
                audience: Some(vec!["https://api.example".to_owned()]),
                scope: Some(scope("openid email")),
            },
            _ => TokenChanges::default(),
        });
        let scene = Scene::under(policy).await;
        let tokens = TokenPreferences { access_token_format: format, ..client(CLIENT).tokens };
        scene.registers(Client { tokens, ..client(CLIENT) }).await;
        let tokens = scene.tokens("").await;
        assert_eq!((tokens.expires_in, &tokens.scope), (60, &Some(scope("openid"))), "{format:?}");
        let told = scene.introspects(&tokens.access_token).await.unwrap();
        assert_eq!(
            (&told["tenant"], &told["aud"], &told["scope"]),
            (&"acme".into(), &"https://api.example".into(), &"openid".into())
        );
        assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), 60);
        // What the client may ask for later is what was granted, not what this token was cut down to.
        let later = scene.refreshes(CLIENT, &tokens.refresh_token.unwrap(), &[("scope", "profile")]).await;
        assert!(later.is_ok(), "{format:?}");
    }
}

#[tokio::test]
async fn no_policy_forges_or_removes_what_is_the_servers_to_say() {
    let forged: Map<String, Value> =
        PROTECTED_CLAIMS.iter().map(|name| ((*name).to_owned(), "forged".into())).collect();
    let removed: Map<String, Value> = PROTECTED_CLAIMS.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    for claims in [forged, removed] {
        let (of_token, of_user) = (claims.clone(), claims.clone());
        let policy = changing(move |_| TokenChanges { claims: of_token.clone(), ..TokenChanges::default() })
            .on_claims(move |_| Ok(ClaimsDecision { claims: of_user.clone() }));
        let changed = Scene::under(policy).await;
        let plain = Scene::new().await;
        let (changed_tokens, plain_tokens) = (changed.tokens("").await, plain.tokens("").await);
        let names = |token: &str| claims_of(token).keys().cloned().collect::<Vec<_>>();
        for (changed, plain) in [
            (&changed_tokens.access_token, &plain_tokens.access_token),
            (changed_tokens.id_token.as_ref().unwrap(), plain_tokens.id_token.as_ref().unwrap()),
        ] {
            assert_eq!(names(changed), names(plain));
            assert!(!format!("{:?}", claims_of(changed)).contains("forged"));
        }
        let told = changed.introspects(&changed_tokens.access_token).await.unwrap();
        assert!(!format!("{told:?}").contains("forged"), "{told:?}");
        match changed.engine.userinfo(&changed_tokens.access_token).await.unwrap() {
            gatewright_engine::userinfo::UserinfoAnswer::Claims(claims) => {
                assert!(!format!("{claims:?}").contains("forged"), "{claims:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn no_policy_makes_the_token_of_one_end_user_speak_of_another() {
    // It has seen Alice's token and puts her family into Bob's.
    let seen = Arc::new(Mutex::new(None));
    let policy = changing(move |input| {
        let mut seen = seen.lock().unwrap();
        let family = input.claims.get("token_family").cloned();
        if input.user.as_ref().is_some_and(|user| user.subject.as_str() == SUBJECT) && family.is_some() {
            *seen = family;
        }
        let stolen = seen.iter().map(|family| ("token_family".to_owned(), family.clone())).collect();
        let claims = if input.kind == TokenKind::Access { stolen } else { Map::new() };
        TokenChanges { claims, ..TokenChanges::default() }
    });
    let scene = Scene::under(policy).await;
    scene.tokens("").await;
    let mut bob = scene.visitor();
    let asked = bob.asks("").await;
    let asked = bob.signs_in_as(&asked, crate::world::BOB, crate::world::BOBS_PASSWORD).await;
    let done = bob.presses(&asked, "allow").await;
    let tokens = scene.redeems(CLIENT, crate::world::Told::code(&done)).await.unwrap();
    let live = scene.engine.live_access_token(&tokens.access_token).await.unwrap().unwrap();
    assert_eq!(live.meaning.subject.unwrap().as_str(), crate::world::BOB);
}

#[tokio::test]
async fn a_denial_at_the_token_endpoint_refuses_the_whole_request_and_burns_nothing() {
    for kind in [TokenKind::Access, TokenKind::Id, TokenKind::Refresh] {
        let policy = asking_password().on_customize_token(move |input| {
            let deny = input.kind == kind;
            let change = CustomizeTokenDecision::Change(TokenChanges::default());
            Ok(if deny { CustomizeTokenDecision::Deny { reason: "not now".to_owned() } } else { change })
        });
        let scene = Parts::under(policy).built().await;
        let code = scene.code("").await;
        assert_eq!(refusal(scene.redeems(CLIENT, &code).await), ErrorCode::AccessDenied, "{kind:?}");
        scene.policies.activate(asking_password());
        assert!(scene.redeems(CLIENT, &code).await.is_ok(), "{kind:?}");
    }
}

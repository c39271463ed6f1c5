//! Who may: an access token of this server that its operator gave an admin scope, and the bootstrap token. Nobody else.

use super::{HTTP, Operated, header, problem};
use crate::world::RelyingParty;
use crate::world::relying_party::post_form;
use reqwest::Method;
use serde_json::{Value, json};

/// Every operation that needs a scope, as the API documents itself: method, path, scope.
async fn operations(operated: &Operated) -> Vec<(Method, String, String)> {
    let document: Value =
        HTTP.get(operated.at("/openapi.json")).send().await.unwrap().text().await.unwrap().parse().unwrap();
    let paths = document["paths"].as_object().unwrap();
    let mut all = Vec::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            let path = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
            let path = path.collect::<Vec<_>>().join("/");
            if let Some(scope) = operation["security"][0]["oauth"][0].as_str() {
                all.push((method.to_uppercase().parse().unwrap(), path, scope.to_owned()));
            }
        }
    }
    assert!(all.len() > 20, "{all:?}");
    all
}

#[tokio::test]
async fn every_operation_answers_to_its_own_scope_and_to_no_other() {
    let operated = Operated::start();
    let operations = operations(&operated).await;
    let scopes: std::collections::BTreeSet<String> = operations.iter().map(|(_, _, scope)| scope.clone()).collect();
    let every = scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    operated.token_of("all", &every, &every).await;
    for (method, path, scope) in operations {
        let name = format!("{method} {path}");
        let none = operated.ask_with(method.clone(), &path, None, &[]).await;
        let challenge = header(&none.headers, "www-authenticate").to_owned();
        assert_eq!(problem(&none), (401, "unauthenticated".into()), "{name}");
        assert!(challenge.starts_with("Bearer realm=") && !challenge.contains("error="), "{name}: {challenge}");

        let others = every.split(' ').filter(|value| *value != scope).collect::<Vec<_>>().join(" ");
        let token = operated.client_token("all", &others).await;
        let refused = operated.ask_as(&token, method.clone(), &path, None).await;
        let challenge = header(&refused.headers, "www-authenticate").to_owned();
        assert_eq!(problem(&refused), (403, "forbidden".into()), "{name}");
        let named = format!("scope=\"{scope}\"");
        assert!(
            challenge.contains("error=\"insufficient_scope\"") && challenge.contains(&named),
            "{name}: {challenge}"
        );

        if path == "/events" {
            continue;
        }
        let token = operated.client_token("all", &scope).await;
        let allowed = operated.ask_as(&token, method, &path, None).await.status.as_u16();
        assert!(![401, 403, 405, 500].contains(&allowed), "{name}: {allowed}");
    }
}

#[tokio::test]
async fn no_token_of_another_kind_does() {
    let operated = Operated::start();
    let demo = RelyingParty::demo(&operated.server);
    let tokens = demo.tokens().await;
    let authorization = crate::world::relying_party::basic("demo", "demo-secret");
    let form = [("grant_type", "client_credentials")];
    let plain = post_form(&operated.server.at("/token"), &form, Some(&authorization)).await.json();
    let good = operated.token_of("worker", "gatewright.status.read", "gatewright.status.read").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut changed = good.clone();
    changed.replace_range(
        good.len() - 10..good.len() - 9,
        if &good[good.len() - 10..good.len() - 9] == "A" { "B" } else { "A" },
    );
    for (token, status) in [
        (text(&tokens["access_token"]), 401),
        (text(&tokens["id_token"]), 401),
        (text(&plain["access_token"]), 403),
        (changed, 401),
        ("x".into(), 401),
        (good, 200),
    ] {
        let answer = operated.ask_as(&token, Method::GET, "/status", None).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

#[tokio::test]
async fn nobody_registers_their_way_to_an_admin_scope() {
    let operated = Operated::start();
    let members = json!({
        "scope": "openid gatewright.admin", "admin_scope": "gatewright.admin",
        "grant_types": ["authorization_code", "client_credentials"],
    });
    let client = RelyingParty::register(&operated.server, members).await;
    assert!(!client.registration.to_string().contains("gatewright.admin"), "{}", client.registration);
    let form = [("grant_type", "client_credentials"), ("scope", "gatewright.admin")];
    let refused = client.token(&form).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["error"]), (400, &json!("invalid_scope")));
    let unasked = client.token(&[("grant_type", "client_credentials")]).await.json();
    let token = unasked["access_token"].as_str().unwrap();
    assert_eq!(operated.ask_as(token, Method::GET, "/clients", None).await.status, 403);
    // Not even the operator gives one to a client that nobody vouched for.
    let path = format!("/clients/{}", client.client_id);
    let mut wanted = operated.get(&path).await;
    wanted["admin_scope"] = "gatewright.admin".into();
    let given = operated.change(&path, "*", wanted).await;
    assert_eq!(problem(&given), (422, "client_refused".into()));
}

#[tokio::test]
async fn whoever_may_change_clients_gives_and_takes_over_no_more_than_they_have() {
    let operated = Operated::start();
    operated.token_of("strong", "gatewright.admin", "gatewright.admin").await;
    let scope = "gatewright.clients.write gatewright.clients.read";
    let token = operated.token_of("weak", scope, scope).await;
    let new = |scope: &str| json!({ "grant_types": ["client_credentials"], "admin_scope": scope, "client_secret": "a secret of its own" });
    let ask = async |method: Method, path: &str, body: Option<Value>| {
        let headers = [("authorization", &*format!("Bearer {token}")), ("if-match", "*")];
        operated.ask_with(method, path, body, &headers).await
    };
    for scope in ["gatewright.admin", "gatewright.clients.read gatewright.users.read"] {
        assert_eq!(problem(&ask(Method::POST, "/clients", Some(new(scope))).await).0, 403, "{scope}");
        assert_eq!(problem(&ask(Method::PUT, "/clients/weak", Some(new(scope))).await).0, 403, "{scope}");
    }
    assert_eq!(ask(Method::POST, "/clients", Some(new("gatewright.clients.read"))).await.status, 201);
    for (method, path, body) in [
        (Method::POST, "/clients/strong/secret", None),
        (Method::PUT, "/clients/strong", Some(new("gatewright.clients.read"))),
        (Method::DELETE, "/clients/strong", None),
    ] {
        assert_eq!(problem(&ask(method, path, body).await).0, 403, "{path}");
    }
    assert_eq!(operated.try_client_token("strong", "a secret of its own", "gatewright.admin").await.status, 200);
}

#[tokio::test]
async fn what_is_taken_from_a_client_counts_at_once() {
    let operated = Operated::start();
    let scope = "gatewright.status.read";
    for (format, id) in [("jwt", "signed"), ("opaque", "random")] {
        let new = json!({
            "client_id": id, "client_secret": "a secret of its own", "grant_types": ["client_credentials"],
            "admin_scope": scope, "access_token_format": format,
        });
        assert_eq!(operated.ask(Method::POST, "/clients", Some(new.clone())).await.status, 201);
        let token = operated.client_token(id, scope).await;
        assert_eq!(token.contains('.'), format == "jwt");
        assert_eq!(operated.ask_as(&token, Method::GET, "/status", None).await.status, 200);
        let mut less = new;
        less["admin_scope"] = "".into();
        assert_eq!(operated.change(&format!("/clients/{id}"), "*", less).await.status, 200);
        assert_eq!(operated.ask_as(&token, Method::GET, "/status", None).await.status, 403);
        assert_eq!(operated.ask(Method::DELETE, &format!("/clients/{id}"), None).await.status, 204);
        assert_eq!(operated.ask_as(&token, Method::GET, "/status", None).await.status, 401);
    }
}

#[tokio::test]
async fn the_last_bootstrap_token_works_until_it_is_revoked_and_nowhere_else() {
    let operated = Operated::start();
    let first = operated.token.clone();
    let second = operated.new_token();
    assert_eq!(operated.ask_as(&first, Method::GET, "/status", None).await.status, 401);
    let status = operated.ask_as(&second, Method::GET, "/status", None).await;
    assert_eq!(status.json()["you"], json!({ "name": "gatewright-bootstrap", "scope": "gatewright.admin" }));
    let demo = RelyingParty::demo(&operated.server);
    assert_eq!(demo.userinfo(&second).await.status, 401);
    assert_eq!(demo.post("/introspect", &[("token", &second)]).await.json(), json!({ "active": false }));
    let taken =
        operated.command(&["client", "add", "--id", "gatewright-bootstrap", "--redirect-uri", "https://a.example/"]);
    assert!(taken.err.contains("there is a client gatewright-bootstrap already"), "{taken:?}");
    assert_eq!(operated.command(&["admin", "revoke-bootstrap"]).status, Some(0));
    assert_eq!(operated.ask_as(&second, Method::GET, "/status", None).await.status, 401);
    assert!(!operated.server.log().contains(&second));
}

#[tokio::test]
async fn an_address_that_presents_many_bad_tokens_has_to_wait() {
    let operated = Operated::start();
    let mut waiting = None;
    for _ in 0..40 {
        let answer = operated.ask_as("guess", Method::GET, "/status", None).await;
        match answer.status.as_u16() {
            401 => {}
            429 => {
                waiting = Some(answer);
                break;
            }
            other => panic!("{other}: {}", answer.body),
        }
    }
    let waiting = waiting.expect("it never had to wait");
    assert_eq!(problem(&waiting), (429, "too_many_tries".into()));
    assert!(header(&waiting.headers, "retry-after").parse::<u64>().unwrap() > 0);
}

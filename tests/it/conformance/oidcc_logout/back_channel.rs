//! The plan `oidcc-backchannel-rp-initiated-logout-certification-test-plan`, and clients that are down.

use super::world::{BYE, BackChannel, World, text};
use crate::world::{Server, jwt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;

#[tokio::test]
async fn oidcc_backchannel_logout_discovery_endpoint_verification() {
    let metadata = World::new().metadata().await;
    assert_eq!(metadata["backchannel_logout_supported"], true);
    assert_eq!(metadata["backchannel_logout_session_supported"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_backchannel_rp_initiated_logout() {
    let (world, channel) = (World::new(), BackChannel::up());
    let client = world.register(json!({ "backchannel_logout_uri": channel.uri })).await;
    let browser = world.browser();
    let hint = client.sign_in(&browser).await.remove("id_token").unwrap();
    let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "s")];
    let answer = world.log_out(&browser, &asked).await;
    assert_eq!(answer.location().unwrap().as_str(), format!("{BYE}?state=s"), "{}", answer.body);
    assert!(!client.is_signed_in(&browser).await);

    let post = channel.next();
    let head = post.head.to_ascii_lowercase();
    assert!(head.starts_with("post /backchannel_logout http/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-www-form-urlencoded\r\n"), "{head}");
    let token = post.logout_token();
    let header = jwt::header(&token);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("logout+jwt")));
    let jwks = world.get("/jwks").await.json();
    assert!(jwks["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]), "{jwks}");
    let (said, of) = (jwt::claims(&token), jwt::claims(&hint));
    for name in ["iss", "aud", "sub", "sid"] {
        assert_eq!(said[name], of[name], "{name}");
    }
    assert_eq!(said["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    assert!(said["iat"].is_i64() && said["jti"].is_string() && said.get("nonce").is_none(), "{said}");
    assert!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap() <= 120, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_client_down_the_others_are_told_and_its_failure_is_retried_and_audited() {
    let world = World::new();
    let (first, down, last) = (BackChannel::up(), BackChannel::down(), BackChannel::up());
    let browser = world.browser();
    let mut hint = String::new();
    let mut ids = vec![];
    for channel in [&first, &down, &last] {
        let client = world.register(json!({ "backchannel_logout_uri": channel.uri })).await;
        hint = client.sign_in(&browser).await.remove("id_token").unwrap();
        ids.push(client.id().to_owned());
    }
    let answer = world.log_out(&browser, &[("id_token_hint", &hint)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    for channel in [&first, &last] {
        assert_eq!(jwt::claims(&channel.next().logout_token())["sid"], jwt::claims(&hint)["sid"]);
    }
    let log = audited(&world, 3).await;
    let of = |id: &str| log.iter().find(|entry| entry["target"] == id).unwrap();
    assert_eq!((&of(&ids[0])["outcome"], &of(&ids[2])["outcome"]), (&json!("done"), &json!("done")));
    assert_eq!(of(&ids[1])["outcome"], "failed");
    assert_eq!(of(&ids[1])["detail"]["tries"], 3, "it was tried again");
    assert!(first.is_silent() && last.is_silent(), "each was told once");
    assert!(!world.server.log().contains(&hint), "no token is logged");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_could_not_be_told_before_the_server_was_killed_is_told_after_it() {
    let mut world = World::new();
    let mut channel = BackChannel::down();
    let hint = {
        let client = world.register(json!({ "backchannel_logout_uri": channel.uri })).await;
        let browser = world.browser();
        let hint = client.sign_in(&browser).await.remove("id_token").unwrap();
        world.log_out(&browser, &[("id_token_hint", &hint)]).await;
        hint
    };
    world.server.kill();
    channel.come_up();
    let again = Server::serve_again_in(world.directory.path());
    assert_eq!(again.issuer, world.server.issuer);
    assert_eq!(jwt::claims(&channel.next().logout_token())["sid"], jwt::claims(&hint)["sid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_who_disables_an_account_signs_it_out_of_its_clients() {
    let (world, channel) = (World::new(), BackChannel::up());
    let client = world.register(json!({ "backchannel_logout_uri": channel.uri })).await;
    let hint = client.sign_in(&world.browser()).await.remove("id_token").unwrap();
    command(&world, &["user", "disable", "alice"]);
    assert_eq!(jwt::claims(&channel.next().logout_token())["sid"], jwt::claims(&hint)["sid"]);
}

/// What the audit log says of tellings, once there are so many.
async fn audited(world: &World, count: usize) -> Vec<Value> {
    for _ in 0..120 {
        let text = command(world, &["audit", "export"]);
        let entries = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let told: Vec<Value> = entries.filter(|entry| text_of(entry) == "logout.tell").collect();
        if told.len() >= count {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("there are fewer than {count}: {}", command(world, &["audit", "export"]));
}

fn text_of(entry: &Value) -> &str {
    text(entry, "action")
}

/// What a command of the server's says.
fn command(world: &World, arguments: &[&str]) -> String {
    let configuration = world.directory.path().join("gatewright.toml");
    let output = Command::new(crate::world::server::program())
        .args(arguments)
        .arg("--config")
        .arg(configuration)
        .current_dir(world.directory.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

//! Where the admin API is: nowhere unless it is wanted, on a listener of its own, or beside the other endpoints.

use super::{HTTP, run};
use crate::world::Server;
use crate::world::server::free_port;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

async fn status_of(url: &str) -> u16 {
    HTTP.get(url).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn it_is_on_a_listener_of_its_own_or_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let (port, own) = (free_port(), free_port());
    let main = format!("issuer = \"http://localhost:{port}\"\nlisten.address = \"127.0.0.1:{port}\"\n");
    let server = Server::serve_in(directory.path(), &main);
    assert_eq!(status_of(&server.at("/admin/api/v1/openapi.json")).await, 404);
    drop(server);

    let directory = tempfile::tempdir().unwrap();
    let settings = format!("{main}admin.enabled = true\nadmin.listen = \"127.0.0.1:{own}\"\n");
    let server = Server::serve_in(directory.path(), &settings);
    assert_eq!(status_of(&server.at("/admin/api/v1/openapi.json")).await, 404);
    let base = format!("http://127.0.0.1:{own}");
    assert_eq!(status_of(&format!("{base}/admin/api/v1/openapi.json")).await, 200);
    for path in ["/admin/api/v1/status", "/authorize", "/health/live", "/"] {
        let answer = HTTP.get(format!("{base}{path}")).send().await.unwrap();
        let expected = if path.ends_with("status") { 401 } else { 404 };
        assert_eq!(answer.status(), expected, "{path}");
        assert_eq!(super::header(answer.headers(), "content-type"), "application/problem+json", "{path}");
    }
}

#[tokio::test]
async fn the_first_start_makes_the_schema_and_prints_a_token_that_makes_the_first_client() {
    let directory = tempfile::tempdir().unwrap();
    let (port, own) = (free_port(), free_port());
    let key = directory.path().join("master.key");
    std::fs::write(&key, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
    let file = directory.path().join("gatewright.toml");
    let settings = |admin: &str| {
        format!(
            "issuer = \"http://localhost:{port}\"\nlisten.address = \"127.0.0.1:{port}\"\n{admin}\
             database.url = \"sqlite:gatewright.db\"\nkeys.master_key_file = {key:?}\n"
        )
    };
    let init = ["serve", "--init", "--config", file.to_str().unwrap()];
    std::fs::write(&file, settings("")).unwrap();
    let refused = run(&init, &[], "");
    assert!(refused.status == Some(1) && refused.err.contains("admin.enabled = true"), "{refused:?}");

    std::fs::write(&file, settings(&format!("admin.enabled = true\nadmin.listen = \"127.0.0.1:{own}\"\n"))).unwrap();
    let mut child = Command::new(crate::world::server::program())
        .args(init)
        .current_dir(directory.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut token = None;
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        token = token.or_else(|| line.strip_prefix("admin token ").map(str::to_owned));
        if line.starts_with("ready ") {
            break;
        }
    }
    let token = token.expect("no token was printed");
    let server = format!("http://127.0.0.1:{own}");
    let words =
        ["client", "add", "--id", "ops", "--grant-type", "client_credentials", "--admin-scope", "gatewright.admin"];
    let added = run(&[&words[..], &["--server", &server]].concat(), &[("GATEWRIGHT_ADMIN_TOKEN", &token)], "");
    let killed = child.kill();
    let _ = child.wait();
    killed.unwrap();
    assert!(added.status == Some(0) && added.out.contains("client_secret"), "{added:?}");
}

#[test]
fn an_address_that_others_reach_needs_https() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("gatewright.toml");
    let settings = "issuer = \"http://localhost:8080\"\nadmin.enabled = true\nadmin.listen = \"0.0.0.0:8081\"\n";
    std::fs::write(&file, settings).unwrap();
    let told = run(&["serve", "--config", file.to_str().unwrap()], &[], "");
    assert!(told.status == Some(1) && told.err.contains("admin.listen") && told.err.contains("in clear"), "{told:?}");
}

//! The plugins in JavaScript and Python that we ship, in a running server.

use super::projects::{built, compiled_plugins, copy, repository};
use super::server_with;
use crate::world::relying_party::response_of;
use crate::world::{Browser, RelyingParty, jwt};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, channel};
use tokio::sync::{Mutex, MutexGuard};

/// A plugin beside the template whose scripted server its tests use.
fn shipped(name: &str, template: &str, folder: &Path) {
    for path in [name, template] {
        copy(&repository().join("plugins").join(path), &folder.join(path));
    }
}

/// The plugin in JavaScript.
pub const GROUP_ROLES: &str = "group-roles";
/// The plugin in Python.
pub const SMS_OTP: &str = "sms-otp";

/// The sources of the plugin in JavaScript, with groups that alice is in.
pub fn group_roles(folder: &Path) {
    let table = "{ group: \"auditors\", role: \"auditor\" }";
    shipped(GROUP_ROLES, "template/js", folder);
    let source = folder.join("group-roles/plugin.js");
    let text = fs::read_to_string(&source).unwrap();
    assert!(text.contains(table));
    fs::write(&source, text.replace(table, &format!("{table},\n  {{ group: \"edit*\", role: \"edit:*\" }}"))).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_of_the_directory_become_roles_in_access_tokens() {
    let Some(component) = built(GROUP_ROLES, group_roles) else { return };
    let directory = tempfile::tempdir().unwrap();
    let binding = "[[customize_token]]\nrun = \"group-roles.wasm\"\nlend = [\"log\"]\nlimit = { time_ms = 1000 }\n";
    let kept = compiled_plugins();
    let settings = [("GATEWRIGHT__POLICY__COMPILED_PLUGINS", kept.as_str())];
    let server = server_with(directory.path(), binding, &[("group-roles.wasm", component)], &settings);
    let tokens = RelyingParty::demo(&server).tokens().await;
    let claims = jwt::claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["roles"].to_string(), "[\"edit:ors\"]", "{}", server.log());
    assert!(jwt::claims(tokens["id_token"].as_str().unwrap()).get("roles").is_none());
}

/// A gateway that takes every message, of one test at a time.
pub struct Gateway(MutexGuard<'static, Receiver<String>>);

impl Gateway {
    /// The next message.
    pub fn message(&self) -> String {
        self.0.recv().unwrap()
    }

    /// The code in the next message, which goes to alice's telephone.
    pub fn code(&self) -> String {
        let message = self.message();
        let (_, code) = message.split_once("\"+4418654960001\",\"text\":\"").unwrap();
        code[..6].to_owned()
    }

    /// Whether nothing more was sent.
    pub fn is_quiet(&self) -> bool {
        self.0.try_recv().is_err()
    }
}

/// The gateway, when no other test uses it; none, and it is said why, where something else listens in its place.
pub async fn gateway() -> Option<Gateway> {
    static SENT: LazyLock<Option<Mutex<Receiver<String>>>> = LazyLock::new(|| listen().map(Mutex::new));
    let Some(sent) = SENT.as_ref() else {
        eprintln!("left out: the plugin sms-otp: something listens on port {GATEWAY_PORT}, where its gateway is to be");
        return None;
    };
    let sent = sent.lock().await;
    while sent.try_recv().is_ok() {}
    Some(Gateway(sent))
}

fn listen() -> Option<Receiver<String>> {
    let listener = TcpListener::bind(("127.0.0.1", GATEWAY_PORT)).ok()?;
    let (send, sent) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let head: Vec<String> =
                reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let length =
                head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            send.send(format!("{}\n{}", head.join("\n"), String::from_utf8(body).unwrap())).unwrap();
            stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        }
    });
    Some(sent)
}

/// Where the gateway of these tests is: written into the plugin, which is slow to build, so always the same.
pub const GATEWAY_PORT: u16 = 47_613;

/// The sources of the plugin in Python.
pub fn sms_otp(folder: &Path) {
    shipped(SMS_OTP, "template/python", folder);
    for path in ["sms-otp/plugin.toml", "sms-otp/gateway.py", "sms-otp/test_plugin.py"] {
        let path = folder.join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("https://sms.example.com"));
        let here = format!("http://127.0.0.1:{GATEWAY_PORT}");
        fs::write(&path, text.replace("https://sms.example.com", &here)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_sent_by_text_message_is_a_second_factor() {
    let Some(component) = built(SMS_OTP, sms_otp) else { return };
    let Some(gateway) = gateway().await else { return };
    let directory = tempfile::tempdir().unwrap();
    let binding = format!(
        "[[authenticate]]\nacr = \"sms\"\nlevel = 20\nrun = \"sms-otp.wasm\"\nlimit = {{ time_ms = 1000 }}\n\
         [authenticate.lend]\nusers = true\nkv = true\nlog = true\nhttp = [\"http://127.0.0.1:{GATEWAY_PORT}\"]\n\
         secrets = [\"sms_gateway_key\"]\n"
    );
    let kept = compiled_plugins();
    let settings =
        [("GATEWRIGHT__POLICY__COMPILED_PLUGINS", kept.as_str()), ("GATEWRIGHT__SECRETS__SMS_GATEWAY_KEY", "s3cret")];
    let server = server_with(directory.path(), &binding, &[("sms-otp.wasm", component)], &settings);
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();

    let page = browser.open(&client.authorization_url(&[("acr_values", "sms")])).await.page();
    let page = browser.submit(&page, &[("username", "alice"), ("password", "wonderland")], "login").await.page();
    assert!(page.has_field("code"), "{}\n{}", page.html, server.log());
    let message = gateway.message();
    assert!(message.to_lowercase().contains("authorization: bearer s3cret"), "{message}");
    let (_, code) = message.split_once("\"+4418654960001\",\"text\":\"").unwrap();
    let code = &code[..6];

    let wrong = if code == "000000" { "000001" } else { "000000" };
    let page = browser.submit(&page, &[("code", wrong)], "continue").await.page();
    assert!(page.html.contains("This is not the code that we sent."), "{}", page.html);
    let consent = browser.submit(&page, &[("code", code)], "continue").await.page();
    assert_eq!(consent.form_id, "authorizeForm", "{}\n{}", consent.html, server.log());
    let answer = browser.submit(&consent, &[], "allow").await;
    let tokens = client.redeem(&response_of(&answer)["code"]).await.json();
    let claims = jwt::claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(
        (claims["acr"].as_str(), claims["amr"].to_string().as_str()),
        (Some("sms"), "[\"pwd\",\"sms\",\"otp\",\"mfa\"]")
    );
    assert!(gateway.is_quiet(), "one code was sent, however often the plugin ran");
    assert!(!server.log().contains(code) && !server.log().contains("s3cret"), "{}", server.log());
}

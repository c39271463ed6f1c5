//! Factors as end-users have them: enrolled on the way to a client, used once, on any node, over restarts.

mod binding;
mod mail;
pub mod totp;

use crate::world::relying_party::response_of;
use crate::world::server::free_port;
use crate::world::{Answer, Browser, RelyingParty, Server, jwt};
use std::path::Path;

/// A quickstart under a policy of one script, which reaches the ACR `proof`.
pub struct Stage {
    directory: tempfile::TempDir,
    settings: Vec<(String, String)>,
}

impl Stage {
    /// The script, what it is lent, and further settings.
    pub fn new(script: &str, lend: &str, more: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let policy = directory.path().join("policy");
        write_policy(&policy, script, lend);
        let mut settings = vec![("GATEWRIGHT__POLICY__DIRECTORY".to_owned(), policy.display().to_string())];
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Self { directory, settings }
    }

    fn settings(&self) -> Vec<(&str, &str)> {
        self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// The server.
    pub fn start(&self) -> Server {
        Server::quickstart_with(self.directory.path(), free_port(), &self.settings())
    }

    /// The server again, after it was killed.
    fn restart(&self, mut server: Server) -> Server {
        server.kill();
        let port = url::Url::parse(&server.issuer).unwrap().port().unwrap();
        Server::quickstart_with(self.directory.path(), port, &self.settings())
    }
}

fn write_policy(folder: &Path, script: &str, lend: &str) {
    std::fs::create_dir_all(folder).unwrap();
    let manifest = format!(
        "default_acr = \"proof\"\n\n[[authenticate]]\nacr = \"proof\"\nlevel = 20\namr = [\"pwd\", \"otp\"]\nrun = \"proof.rhai\"\n\
         lend = {lend}\n"
    );
    std::fs::write(folder.join("policy.toml"), manifest).unwrap();
    std::fs::write(folder.join("proof.rhai"), script).unwrap();
}

/// A sign-in of alice's with her password; the page after it.
async fn after_password(browser: &Browser, client: &RelyingParty) -> Answer {
    let first = browser.open(&client.authorization_url(&[("prompt", "login")])).await;
    typed(browser, &first, &[("username", "alice"), ("password", "wonderland")]).await
}

pub async fn typed(browser: &Browser, answer: &Answer, fields: &[(&str, &str)]) -> Answer {
    let page = answer.page();
    browser.submit(&page, fields, &page.main_button()).await
}

async fn code_typed(browser: &Browser, answer: &Answer, code: &str) -> Answer {
    typed(browser, answer, &[("code", code)]).await
}

/// Whether the walk went on: to the question of consent, or back to the client.
pub fn is_through(answer: &Answer) -> bool {
    answer.location().is_some() || answer.page().form_id == "authorizeForm"
}

/// The claims of the ID token at the end of the walk.
pub async fn claims(client: &RelyingParty, browser: &Browser, answer: &Answer) -> serde_json::Value {
    let end = match answer.location() {
        Some(_) => answer.clone(),
        None => typed(browser, answer, &[]).await,
    };
    let tokens = client.redeem(&response_of(&end)["code"]).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    jwt::claims(tokens.json()["id_token"].as_str().unwrap())
}

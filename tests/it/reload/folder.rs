//! A policy folder whose every version says its number wherever a script can say something: on its pages and in `amr`
//! (`authenticate`), in a claim of the ID token (`claims`), in a member of the access token (`customize_token`).

use crate::world::Server;
use crate::world::server::free_port;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longest wait for what became of a save. How long it should take is no test's business.
const TOLD_S_MAX: u64 = 60;
/// Between two looks at the log.
const LOOK_EVERY: Duration = Duration::from_millis(20);

const MANIFEST: &str = r#"
name        = "versions"
default_acr = "one_page"

[[authenticate]]
name  = "one_page"
acr   = "one_page"
level = 10
run   = "sign_in.rhai"
lend  = ["users"]

[[authenticate]]
name  = "two_pages"
acr   = "two_pages"
level = 10
run   = "sign_in.rhai"
lend  = ["users"]

[[claims]]
scopes = ["openid"]
claims = ["policy_version"]
run    = "claims.rhai"

[[customize_token]]
when = { token = ["access"] }
run  = "token.rhai"
"#;

const SIGN_IN: &str = r#"import "lib/version" as version;

fn authenticate(login) {
    let first = form(`Version ${version::number()}`).text("username");
    let answer = ask(if login.acr == "one_page" { first.password("password") } else { first });
    let username = answer.username;
    if login.acr == "two_pages" {
        answer = ask(form(`Version ${version::number()}`).password("password"));
    }
    let user = users::verify_password(username, answer.password);
    if user == () {
        return fail("Wrong username or password.");
    }
    authenticated(user, ["pwd", `v${version::number()}`])
}
"#;

const CLAIMS: &str = r#"import "lib/version" as version;

fn claims(about) {
    #{ policy_version: version::number() }
}
"#;

const TOKEN: &str = r#"import "lib/version" as version;

fn customize_token(token) {
    keep().claim("policy_version", version::number())
}
"#;

/// What became of a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Live,
    Refused,
}

/// The folder and the server that watches it.
pub struct Folder {
    pub server: Server,
    path: PathBuf,
    /// How much of the log was read.
    read: usize,
}

impl Folder {
    /// A server whose policy is version 0.
    pub fn watched(directory: &Path) -> Self {
        let path = directory.join("policy");
        write_policy(&path, 0);
        let environment = [
            ("GATEWRIGHT__POLICY__DIRECTORY", path.to_str().unwrap()),
            // The least that a password hash may cost: it is not the hash that is looked at here.
            ("GATEWRIGHT__PASSWORDS__MEMORY_KIB", "7168"),
            ("GATEWRIGHT__PASSWORDS__ITERATIONS", "5"),
        ];
        let server = Server::quickstart_with(directory, free_port(), &environment);
        let read = server.log().len();
        Self { server, path, read }
    }

    /// Saves a file and answers what became of that, with what the log says of it.
    pub async fn save(&mut self, file: &str, text: &str) -> (Saved, String) {
        std::fs::write(self.path.join(file), text).unwrap();
        let begin = Instant::now();
        loop {
            let log = self.server.log();
            let news = &log[self.read..];
            let outcome = if news.contains("policy is live") {
                Some(Saved::Live)
            } else if news.contains("the saved policy has errors; the live one goes on") {
                Some(Saved::Refused)
            } else {
                None
            };
            if let Some(outcome) = outcome
                && news.ends_with('\n')
            {
                let news = news.to_owned();
                self.read = log.len();
                return (outcome, news);
            }
            assert!(begin.elapsed() < Duration::from_secs(TOLD_S_MAX), "nothing became of a save:\n{news}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Saves that version.
    pub async fn save_version(&mut self, number: usize) -> Saved {
        self.save("lib/version.rhai", &version(number)).await.0
    }

    /// What the folder has in a file.
    pub fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.path.join(file)).unwrap()
    }
}

/// Writes the policy of that version.
pub fn write_policy(path: &Path, number: usize) {
    std::fs::create_dir_all(path.join("lib")).unwrap();
    let files = [("policy.toml", MANIFEST), ("sign_in.rhai", SIGN_IN), ("claims.rhai", CLAIMS), ("token.rhai", TOKEN)];
    for (file, text) in files {
        std::fs::write(path.join(file), text).unwrap();
    }
    std::fs::write(path.join("lib/version.rhai"), version(number)).unwrap();
}

fn version(number: usize) -> String {
    format!("fn number() {{\n    {number}\n}}\n")
}

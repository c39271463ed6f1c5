//! The account page of a running server: what an end-user sees there, ends there, and proves before they change what they
//! sign in with. On SQLite, and on PostgreSQL where there is one.

mod factors;
mod grants;
mod notices;

use crate::world::server::free_port;
use crate::world::{Answer, Browser, Server, postgres};
use reqwest::{Method, StatusCode};
use tempfile::TempDir;

/// A password, and a badge for whoever has one.
const POLICY: &str = r#"
name = "badges"
default_acr = "pwd"

[[authenticate]]
acr = "pwd"
level = 10
amr = ["pwd"]
run = "authentication/password.rhai"
lend = ["users"]

[[authenticate]]
acr = "badge"
level = 20
amr = ["pwd", "mca"]
factor = "badge"
run = "authentication/badge.rhai"
lend = { factors = "badge" }
"#;

/// Asks for the word on a badge; adds one where that is wanted.
const BADGE: &str = r#"
fn authenticate(login) {
    let user = login.user;
    if user == () {
        return fail("Sign in first.");
    }
    if login.enrolment == "demanded" {
        let answer = ask(form("Add a badge").text("word", "Word").action("add", "Add"));
        factors::enrol(user, "Blue badge", #{ word: answer.word });
        return authenticated(user);
    }
    let answer = ask(form("Show your badge").text("word", "Word").action("show", "Show"));
    for badge in factors::list(user) {
        if badge.kind == "badge" && factors::data(badge.id).word == answer.word {
            return authenticated(user);
        }
    }
    fail("It is another badge.")
}
"#;

/// A server under that policy, and the folder it lives in.
struct Office {
    server: Server,
    directory: TempDir,
}

/// One on each database that is at hand.
fn offices(schema: &str) -> Vec<Office> {
    let url = postgres::schema_or_say(schema);
    let databases = [Some(None), url.map(Some)].into_iter().flatten();
    databases.map(|url| office(url.as_deref())).collect()
}

fn office(database: Option<&str>) -> Office {
    let database = database.map(|url| ("GATEWRIGHT__DATABASE__URL", url));
    office_with(database.as_slice())
}

fn office_with(settings: &[(&str, &str)]) -> Office {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("policy");
    std::fs::create_dir_all(folder.join("authentication")).unwrap();
    std::fs::write(folder.join("policy.toml"), POLICY).unwrap();
    std::fs::write(folder.join("authentication/badge.rhai"), BADGE).unwrap();
    let mut environment = vec![("GATEWRIGHT__POLICY__DIRECTORY", folder.to_str().unwrap())];
    environment.extend(settings);
    let server = Server::quickstart_with(directory.path(), free_port(), &environment);
    Office { server, directory }
}

/// An end-user at the page.
struct AtHome<'s> {
    server: &'s Server,
    browser: Browser,
}

impl<'s> AtHome<'s> {
    /// Alice, by her password.
    async fn alice(server: &'s Server) -> Self {
        Self::of(server, Browser::new()).signs_in("alice", "wonderland").await
    }

    /// Whoever is signed in with that browser.
    fn of(server: &'s Server, browser: Browser) -> Self {
        Self { server, browser }
    }

    async fn signs_in(self, username: &str, password: &str) -> Self {
        let page = self.opens("/account").await.page();
        assert!(page.has_field("password"), "{}", page.html);
        let typed = [("username", username), ("password", password)];
        let home = self.browser.submit(&page, &typed, &page.main_button()).await;
        assert_eq!((home.status, home.page().heading().as_str()), (StatusCode::OK, "Your account"), "{}", home.body);
        self
    }

    /// Opens a page of the server, by whatever redirects.
    async fn opens(&self, path: &str) -> Answer {
        self.browser.open(&self.server.at(path)).await
    }

    /// What a form of the page brings back.
    async fn step(&self) -> String {
        self.opens("/account").await.page().hidden["step"].clone()
    }

    /// Posts a form of the page, with its token, and goes where that leads.
    async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let step = self.step().await;
        let form: Vec<(&str, &str)> = fields.iter().copied().chain([("step", step.as_str())]).collect();
        let answer = self.browser.send(Method::POST, &self.server.at(path), Some(&form)).await;
        match answer.location() {
            Some(to) => self.browser.open(to.as_str()).await,
            None => answer,
        }
    }
}

/// The values that hidden fields of that name carry, in the order of the page.
fn values_of(html: &str, name: &str) -> Vec<String> {
    let open = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    html.split(&open).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

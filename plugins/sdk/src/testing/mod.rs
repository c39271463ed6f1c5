//! Runs a hook of a plugin on your own machine, without WASM, against a server that says what the test gives it.
//!
//! ```
//! use gatewright_plugin::prelude::*;
//! use gatewright_plugin::testing::{self, Account};
//!
//! struct Password;
//!
//! impl Authenticate for Password {
//!     fn authenticate(_: authenticate::Input) -> Outcome<authenticate::Decision> {
//!         let answer = ask(Form::new("Sign in").text("username").password("password"));
//!         match users::verify_password(answer.text("username"), answer.secret("password"))? {
//!             Some(user) => Ok(authenticated(&user)),
//!             None => Ok(fail("Wrong username or password.")),
//!         }
//!     }
//! }
//!
//! let run = testing::Login::new()
//!     .client("demo")
//!     .user(Account::new("alice").subject("a1").password("wonderland"))
//!     .answer([("username", "alice"), ("password", "wonderland")])
//!     .run::<Password>();
//! assert_eq!(run.decision(), authenticated("a1"));
//! assert_eq!(run.pages()[0].title(), "Sign in");
//! ```
//!
//! Nothing is there but what the test gives: no user, no answer to any request; the time stands still. As on the
//! server, the hook runs again from its start after each thing it asks and is answered from a journal; a hook that then
//! asks something else, or decides something else, fails the test.

mod account;
mod answering;
mod call;
mod contracts;
mod elsewhere;
mod factor_call;
mod factor_imports;
mod factors;
pub(crate) mod imports;
mod page;
mod replay;
mod response;
mod run;
mod samples;
mod stage;
mod world;

#[cfg(test)]
mod factor_tests;
#[cfg(test)]
mod tests;

use crate::oidc::SignedIn;
use crate::value::Value;
pub use account::Account;
pub use contracts::{Contract, Serves};
pub use factors::{MAILED_CODE, NEW_APP_CODE, OWN_KIND};
pub use page::Page;
pub use response::Response;
pub use run::{Mail, Request, Run};
use stage::Turn;
use world::World;

/// A test of `select_acr`.
pub type SelectAcr = Test<contracts::SelectAcr>;
/// A test of `authenticate`.
pub type Login = Test<contracts::Authenticate>;
/// A test of `after_authentication`.
pub type AfterAuthentication = Test<contracts::AfterAuthentication>;
/// A test of `consent`.
pub type Consent = Test<contracts::Consent>;
/// A test of `claims`.
pub type Claims = Test<contracts::Claims>;
/// A test of `customize_token`.
pub type Token = Test<contracts::CustomizeToken>;

/// A hook's input, the server around it and what the end-user does. What it keeps (`kv`, its users) stays from one
/// run to the next; answers are used up.
#[derive(Debug, Clone)]
pub struct Test<C: Contract> {
    input: C::Input,
    world: World,
    turns: Vec<Turn>,
}

impl<C: Contract> Default for Test<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Contract> Test<C> {
    /// The sample input of the hook, as `scripts/README.md` shows it, in an empty world.
    pub fn new() -> Self {
        Self { input: C::sample(), world: World::new(), turns: Vec::new() }
    }

    /// This client asks.
    #[must_use]
    pub fn client(self, id: &str) -> Self {
        self.given(|input| C::client(input).id = id.to_owned())
    }

    /// Changes the input: `.given(|login| login.acr_values = vec!["otp".into()])`.
    #[must_use]
    pub fn given(mut self, change: impl FnOnce(&mut C::Input)) -> Self {
        change(&mut self.input);
        self
    }

    /// An account in the directory.
    #[must_use]
    pub fn user(mut self, account: Account) -> Self {
        self.world.given_account(account);
        self
    }

    /// Several accounts.
    #[must_use]
    pub fn users(mut self, accounts: impl IntoIterator<Item = Account>) -> Self {
        accounts.into_iter().for_each(|account| self.world.given_account(account));
        self
    }

    /// What `url` answers. A `url` without a query answers any query. Given again it answers one after the other, the
    /// last for ever.
    #[must_use]
    pub fn http(mut self, url: &str, response: Response) -> Self {
        self.world.given_http(url, response);
        self
    }

    /// Who signs in at the OpenID Provider `name`, unless the visit brings back an `error`.
    #[must_use]
    pub fn provider(mut self, name: &str, signed_in: SignedIn) -> Self {
        let SignedIn { issuer, subject, claims } = signed_in;
        let there = crate::bindings::oidc::SignedIn { issuer, subject, claims: claims.to_wire() };
        self.world.proofs.providers.insert(name.to_owned(), there);
        self
    }

    /// A value that was stored before.
    #[must_use]
    pub fn kv(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.world.given_kv(key, value.into());
        self
    }

    /// A configured secret.
    #[must_use]
    pub fn secret(mut self, name: &str, text: &str) -> Self {
        self.world.secrets.insert(name.to_owned(), text.to_owned());
        self
    }

    /// The time, in seconds since 1970; 1790000000 where none is given.
    #[must_use]
    pub fn time(mut self, seconds: i64) -> Self {
        self.world.now_ms = seconds * 1000;
        self.world.began_s = seconds;
        self
    }

    /// Lends these capabilities (`"users"`, `"kv"` …) and no others; where nothing is said all are lent.
    #[must_use]
    pub fn lend<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.world.lent = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The next page is filled in so, and its main button pressed or the one that `("action", name)` names.
    #[must_use]
    pub fn answer<'t>(mut self, values: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        self.turns.push(Turn::Answer(pairs(values)));
        self
    }

    /// The browser comes back from the next visit with these parameters.
    #[must_use]
    pub fn come_back<'t>(mut self, parameters: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        self.turns.push(Turn::Return(pairs(parameters)));
        self
    }

    /// The end-user takes so many seconds for what they do next; otherwise the time stands still.
    #[must_use]
    pub fn wait(mut self, seconds: i64) -> Self {
        self.turns.push(Turn::Wait(seconds));
        self
    }

    /// Runs the hook of `P` until it decides, or waits for what was not given.
    ///
    /// # Panics
    /// When the hook runs differently the second time, when an answer does not fit its page, when answers are left
    /// over, and when the hook panics.
    #[track_caller]
    pub fn run<P: Serves<C>>(&mut self) -> Run<C::Decision> {
        let turns = std::mem::take(&mut self.turns);
        match replay::replay::<C, P>(&self.input, &mut self.world, turns) {
            Ok(run) => run,
            Err(mistake) => panic!("{}: {mistake}", C::NAME),
        }
    }
}

fn pairs<'t>(pairs: impl IntoIterator<Item = (&'t str, &'t str)>) -> Vec<(String, String)> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

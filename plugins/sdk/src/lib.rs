//! Plugins for Gatewright, in Rust.
//!
//! A plugin answers hooks: implement the trait of each that it serves, and name them in [`export!`].
//!
//! ```
//! use gatewright_plugin::prelude::*;
//!
//! struct Otp;
//!
//! impl Authenticate for Otp {
//!     fn authenticate(login: authenticate::Input) -> Outcome<authenticate::Decision> {
//!         for _ in 0..3 {
//!             let answer = ask(Form::new("Sign in").text("username").password("password"));
//!             let user = users::verify_password(answer.text("username"), answer.secret("password"))?;
//!             if let Some(user) = user {
//!                 log::info(&format!("{} signs in to {}", user.subject, login.client.id));
//!                 return Ok(authenticated(&user).amr(["pwd"]));
//!             }
//!             notice("Wrong username or password.");
//!         }
//!         Ok(fail("Too many attempts."))
//!     }
//! }
//!
//! gatewright_plugin::export!(Otp: authenticate);
//! ```
//!
//! [`ask`](pages::ask) waits for the end-user and the function simply goes on: behind it the server runs the plugin
//! again from its start and answers what it asked before from a journal. So it decides by its input and by what the
//! server tells it ([`clock`], [`random`]), and a typed secret is handed on before the next page.
//!
//! A hook returns its decision, or a [`Fault`]: then its binding's `on_error` says what happens. A capability that was
//! not lent answers [`Failure::NotLent`]; `?` makes a fault of it.
//!
//! The module `testing` runs a hook on your own machine against a scripted server; it is there in every build that is
//! not for WASM.

#[doc(hidden)]
pub mod bindings;
mod claim_set;
pub mod clock;
mod export;
pub mod factors;
mod failure;
mod form;
mod hooks;
mod host;
pub mod http;
pub mod kv;
pub mod log;
pub mod mail;
pub mod network;
pub mod oidc;
pub mod pages;
pub mod random;
pub mod recovery;
mod secret;
pub mod secrets;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod texts;
pub mod totp;
mod user;
pub mod users;
mod value;
pub mod webauthn;
mod whom;

pub use bindings::types::{Client, Login, Origin, Session};
pub use claim_set::ClaimSet;
#[doc(hidden)]
pub use export::Served;
pub use failure::{Failure, Fault, Outcome};
pub use form::Form;
pub use hooks::{after_authentication, authenticate, claims, consent, customize_token, select_acr};
pub use pages::Answer;
pub use secret::{Bearer, Secret, bearer};
pub use texts::{PerhapsText, Texts};
pub use user::User;
pub use value::Value;
pub use whom::Whom;

/// What nearly every plugin uses.
pub mod prelude {
    pub use crate::after_authentication::{AfterAuthentication, ask_consent, proceed, step_up};
    pub use crate::authenticate::{Authenticate, authenticated, delegate, fail};
    pub use crate::claims::Claims;
    pub use crate::consent::{Consent, built_in, grant, grant_once};
    pub use crate::customize_token::{CustomizeToken, keep};
    pub use crate::hooks::{deny, pass};
    pub use crate::pages::{Answer, ask, notice, return_state, visit};
    pub use crate::select_acr::{SelectAcr, enrol_acr, use_acr};
    pub use crate::{ClaimSet, Failure, Fault, Form, Outcome, Secret, User, Value, bearer};
    pub use crate::{after_authentication, authenticate, claims, consent, customize_token, select_acr};
    pub use crate::{clock, factors, http, kv, log, mail, network, oidc, pages, random, recovery, secrets};
    pub use crate::{totp, users, webauthn};
}

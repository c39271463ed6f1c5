//! Which plugin serves which hook, and with what.

use super::samples;
use crate::failure::Outcome;
use crate::{ClaimSet, Client, hooks};
use std::fmt::Debug;

/// A hook: what it is told and what it decides.
pub trait Contract {
    /// What it is told.
    type Input: Clone + Debug;
    /// What it decides.
    type Decision: Clone + Debug + PartialEq;
    /// Its name in `policy.toml`.
    const NAME: &'static str;
    /// Whether it may ask and visit.
    const INTERACTIVE: bool;
    /// Its sample input.
    fn sample() -> Self::Input;
    /// The client in an input.
    fn client(input: &mut Self::Input) -> &mut Client;
}

/// A plugin that serves the hook `C`.
pub trait Serves<C: Contract> {
    /// Runs the hook once.
    ///
    /// # Errors
    /// Why there is no decision.
    fn serve(input: C::Input) -> Outcome<C::Decision>;
}

macro_rules! contract {
    ($name:ident, $module:ident, $function:ident, $decision:ty, $interactive:literal, $client:expr) => {
        /// The hook of this name.
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl Contract for $name {
            type Input = hooks::$module::Input;
            type Decision = $decision;
            const NAME: &'static str = stringify!($function);
            const INTERACTIVE: bool = $interactive;

            fn sample() -> Self::Input {
                samples::$module()
            }

            fn client(input: &mut Self::Input) -> &mut Client {
                let client: fn(&mut Self::Input) -> &mut Client = $client;
                client(input)
            }
        }

        impl<P: hooks::$module::$name> Serves<$name> for P {
            fn serve(input: hooks::$module::Input) -> Outcome<$decision> {
                P::$function(input)
            }
        }
    };
}

contract!(SelectAcr, select_acr, select_acr, hooks::select_acr::Decision, false, |input| &mut input.login.client);
contract!(Authenticate, authenticate, authenticate, hooks::authenticate::Decision, true, |input| &mut input
    .login
    .client);
contract!(
    AfterAuthentication,
    after_authentication,
    after_authentication,
    hooks::after_authentication::Decision,
    false,
    |input| &mut input.login.client
);
contract!(Consent, consent, consent, hooks::consent::Decision, true, |input| &mut input.login.client);
contract!(Claims, claims, claims, ClaimSet, false, |input| &mut input.client);
contract!(CustomizeToken, customize_token, customize_token, hooks::customize_token::Decision, false, |input| {
    &mut input.client
});

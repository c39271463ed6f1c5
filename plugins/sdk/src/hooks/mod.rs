//! The hooks: for each its input, its decision, and the trait of a plugin that serves it.

pub mod after_authentication;
pub mod authenticate;
pub mod claims;
pub mod consent;
pub mod customize_token;
pub mod select_acr;

/// A decision that can be a refusal.
pub trait Refusable {
    /// The refusal.
    fn refused(reason: String) -> Self;
}

/// Refuses. Of `select_acr`, `after_authentication`, `consent` and `customize_token`.
pub fn deny<D: Refusable>(reason: impl Into<String>) -> D {
    D::refused(reason.into())
}

/// A decision that can be none.
pub trait Passable {
    /// No decision.
    fn passed() -> Self;
}

/// Decides nothing: the next binding of `select_acr` is asked; no claims are added.
pub fn pass<D: Passable>() -> D {
    D::passed()
}

/// Lets an input be read as the login it is about, as scripts read it: `input.client.id`.
macro_rules! reads_as_login {
    ($input:ty) => {
        impl std::ops::Deref for $input {
            type Target = crate::Login;

            fn deref(&self) -> &crate::Login {
                &self.login
            }
        }

        impl std::ops::DerefMut for $input {
            fn deref_mut(&mut self) -> &mut crate::Login {
                &mut self.login
            }
        }
    };
}
use reads_as_login;

//! The hook contracts, one a file: what a hook is told, what it may decide, and a sample. A script and a
//! plugin see the same names.
//!
//! To add a hook: a file here, a row in [`HookKind`], a method in [`Policy`], an arm in each host.

mod after_authentication;
mod authenticate;
mod claims;
mod consent;
mod customize_token;
mod kind;
mod limits;
mod login;
mod policy;
mod rehearsal;
mod runtime;
mod select_acr;
pub mod shape;
mod study;

pub use after_authentication::{AfterAuthenticationDecision, AfterAuthenticationInput};
pub use authenticate::{AuthenticateDecision, AuthenticateInput, Enrolment};
pub use claims::{ClaimsDecision, ClaimsDestination, ClaimsInput};
pub use consent::{ConsentDecision, ConsentInput};
pub use customize_token::{CustomizeTokenDecision, CustomizeTokenInput, LIFETIME_S_MAX, TokenChanges, TokenKind};
pub use kind::HookKind;
pub use limits::{LimitOutOfRange, Limits};
pub use login::{ClientView, Login, Origin, SessionView};
pub use policy::{Acrs, Method, Policies, Policy};
pub use rehearsal::{Difference, Given, Misuse, Stage, TestFailure, TestFile};
pub use runtime::{Diagnostic, HookDecision, HookInput, Program, Run, Runtime, Unit};
pub use select_acr::{AcrView, SelectAcrDecision, SelectAcrInput};
pub use study::{NamedAcr, NamedClaim, Study};

//! What an operator does to a server: one trait, done here over the database (`local`) or by the admin API of another
//! machine (`remote`). The admin API answers with the first, the command line speaks either.
//!
//! **Invariant:** nothing about a client, an end-user, a key or a policy is decided in a command or in an HTTP handler: both only
//! read what was asked and show what was answered.

mod account;
mod client;
mod error;
mod exposed;
mod key;
mod local;
mod page;
mod policy;
mod records;
mod refusal;
mod remote;
mod replay;
mod trial;
mod user;

pub use account::{FactorDocument, GrantDocument, SessionDocument};
pub use client::{ClientChange, ClientDocument, NewClient};
pub use error::{OperationError, Problem, ProblemKind};
pub use key::{KeyDocument, KeyRotation, RotatedKey, RotatedKeys};
pub use local::{Local, ServerParts};
pub use page::{Expected, LIST_MAX, PAGE_DEFAULT, PAGE_MAX, Page, PageRequest};
pub use policy::{
    ActivationDocument, Asking, BindingChange, DifferenceDocument, ExaminedDocument, FileChange, Following,
    IssuedCounts, IssuedDocument, IssuedUnder, NodeDocument, PolicyDocument, PolicyOperations, PolicyStatus,
    PushedDocument, WentLive,
};
pub use records::{AuditOperations, AuditPage, TraceDetail, TraceDocument, TraceOperations, TraceQuery};
pub(crate) use records::{place_key, place_of};
pub use remote::{BUNDLE_TYPE, Remote, RemoteError};
pub use replay::{Candidate, ReplayChange, ReplayDocument, ReplayOperations, ReplayQuery, ReplayedLogin};
pub use trial::{
    Canary, CountDocument, SampleDocument, SamplesDocument, ShadowDocument, TrialDocument, TrialOperations, part,
    share_of,
};
pub use user::{EventDocument, NewPassword, NewUser, UserChange, UserDetail, UserDocument, admit_claims};

use async_trait::async_trait;

/// What comes of an operation.
pub type Outcome<T> = Result<T, OperationError>;

/// Everything an operator can do.
pub trait Operations:
    ClientOperations
    + UserOperations
    + AccountOperations
    + KeyOperations
    + PolicyOperations
    + TrialOperations
    + ReplayOperations
    + TraceOperations
    + AuditOperations
{
}

impl<O> Operations for O where
    O: ClientOperations
        + UserOperations
        + AccountOperations
        + KeyOperations
        + PolicyOperations
        + TrialOperations
        + ReplayOperations
        + TraceOperations
        + AuditOperations
{
}

/// Clients.
#[async_trait]
pub trait ClientOperations: Send + Sync {
    /// The clients by id, a page of them.
    async fn clients(&self, page: &PageRequest) -> Outcome<Page<ClientDocument>>;

    /// The client of that id.
    async fn client(&self, id: &str) -> Outcome<ClientDocument>;

    /// Adds a client, held to the rules of registration (RFC 7591); its secret, where it has one, is in the answer and
    /// never again.
    async fn add_client(&self, new: NewClient) -> Outcome<ClientDocument>;

    /// Replaces what is registered of a client. Its secret stays where its method still uses one.
    async fn replace_client(&self, id: &str, change: ClientChange, expected: &Expected) -> Outcome<ClientDocument>;

    /// Draws a new secret; the old one works no longer. The answer has it, this once.
    async fn rotate_client_secret(&self, id: &str, expected: &Expected) -> Outcome<ClientDocument>;

    /// Removes a client with everything issued to it.
    async fn remove_client(&self, id: &str, expected: &Expected) -> Outcome<()>;
}

/// End-users.
#[async_trait]
pub trait UserOperations: Send + Sync {
    /// The accounts by username, a page of those whose username begins with `prefix`.
    async fn users(&self, prefix: &str, page: &PageRequest) -> Outcome<Page<UserDocument>>;

    /// The account of that username, if there is one.
    async fn user_named(&self, username: &str) -> Outcome<Option<UserDocument>>;

    /// The account of that subject, with what is held against it and what happened to it.
    async fn user(&self, subject: &str) -> Outcome<UserDetail>;

    /// Adds an account.
    async fn add_user(&self, new: NewUser) -> Outcome<UserDocument>;

    /// Replaces an account's claims.
    async fn change_user(&self, subject: &str, change: UserChange, expected: &Expected) -> Outcome<UserDocument>;

    /// Sets an account's password.
    async fn set_password(&self, subject: &str, password: NewPassword) -> Outcome<()>;

    /// Disables an account, which signs it out, or enables it again.
    async fn set_disabled(&self, subject: &str, disabled: bool) -> Outcome<UserDocument>;

    /// Begins the count of failed tries anew; answers how long the next one would have had to wait, in seconds.
    async fn unlock(&self, subject: &str) -> Outcome<u64>;

    /// Removes an account and everything of it.
    async fn remove_user(&self, subject: &str) -> Outcome<()>;
}

/// What belongs to an account.
#[async_trait]
pub trait AccountOperations: Send + Sync {
    /// The end-user's factors.
    async fn factors(&self, subject: &str) -> Outcome<Vec<FactorDocument>>;

    /// Removes a factor.
    async fn remove_factor(&self, subject: &str, id: &str) -> Outcome<()>;

    /// The end-user's sessions that live.
    async fn sessions(&self, subject: &str) -> Outcome<Vec<SessionDocument>>;

    /// Ends a session with the tokens that began in it, as signing out does.
    async fn end_session(&self, subject: &str, id: &str) -> Outcome<()>;

    /// What the end-user allowed, and which clients have tokens on their behalf.
    async fn user_grants(&self, subject: &str) -> Outcome<Vec<GrantDocument>>;

    /// Who allowed the client something, a page of them.
    async fn client_grants(&self, client: &str, page: &PageRequest) -> Outcome<Page<GrantDocument>>;

    /// Withdraws what the end-user allowed the client and revokes all it has on their behalf.
    async fn revoke_grant(&self, subject: &str, client: &str) -> Outcome<()>;
}

/// Signing keys.
#[async_trait]
pub trait KeyOperations: Send + Sync {
    /// All keys, the oldest first.
    async fn keys(&self) -> Outcome<Vec<KeyDocument>>;

    /// Replaces keys before it is their time.
    async fn rotate_keys(&self, rotation: KeyRotation) -> Outcome<RotatedKeys>;
}

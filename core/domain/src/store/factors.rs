//! Storage of factors.

use crate::clock::Timestamp;
use crate::factor::Factor;
use crate::fault::Fault;
use crate::identifiers::{FactorId, FactorKind, Subject};
use async_trait::async_trait;

/// Why a factor is not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FactorRefused {
    /// Another factor of its kind has its reference.
    #[error("another factor of this kind has the same reference")]
    ReferenceTaken,
    /// There is no such end-user, or no longer.
    #[error("there is no such end-user")]
    NoAccount,
    /// The end-user has [`FACTORS_MAX`](crate::factor::FACTORS_MAX) already.
    #[error("this end-user has too many factors; remove one first")]
    TooMany,
}

/// Factors.
#[async_trait]
pub trait FactorStore: Send + Sync {
    /// The end-user's factors of every kind, oldest first; without enrolments that are not confirmed.
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self, subject: &Subject) -> Result<Vec<Factor>, Fault>;

    /// The factor of that name, an enrolment that can still be confirmed at `now` among them.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, id: &FactorId, now: Timestamp) -> Result<Option<Factor>, Fault>;

    /// The confirmed factor of that kind and reference.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find_by_reference(&self, kind: &FactorKind, reference: &str) -> Result<Option<Factor>, Fault>;

    /// Adds a factor. The inner error says why it is not. Enrolments that ended before it began do not count.
    ///
    /// # Errors
    /// A fault of the store.
    async fn add(&self, factor: &Factor) -> Result<Result<(), FactorRefused>, Fault>;

    /// Replaces label, sealed data, last use and the end of the enrolment, where the stored version is still `factor`'s;
    /// the version then goes up by one. Answers whether it did: of two at once, one does; of two of one reference that are
    /// confirmed at once, too.
    ///
    /// # Errors
    /// A fault of the store.
    async fn replace(&self, factor: &Factor) -> Result<bool, Fault>;

    /// Removes a factor of that end-user; answers whether there was one.
    ///
    /// # Errors
    /// A fault of the store.
    async fn remove(&self, subject: &Subject, id: &FactorId) -> Result<bool, Fault>;
}

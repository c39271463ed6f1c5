//! Why a transaction is given up.

use diesel::result::{DatabaseErrorKind, Error};
use gatewright_domain::fault::Fault;

/// Why a transaction is given up; everything it did is undone.
#[derive(Debug)]
pub(crate) enum Abort {
    /// It lost a race against another: run it again from its start.
    Again,
    /// The database refused or failed.
    Database(Error),
    /// A row or a document breaks a rule of ours.
    Fault(Fault),
}

impl From<Error> for Abort {
    fn from(error: Error) -> Self {
        match &error {
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Again,
            // Diesel has no kind for SQLSTATE 40P01. Another language of messages makes it a fault.
            Error::DatabaseError(DatabaseErrorKind::Unknown, what) if what.message() == "deadlock detected" => {
                Self::Again
            }
            _ => Self::Database(error),
        }
    }
}

impl From<Fault> for Abort {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Abort {
    /// As the fault that the caller gets.
    pub(crate) fn into_fault(self, place: &'static str) -> Fault {
        match self {
            Self::Again => Fault::new(place, "the transaction lost every race against others; the load is too high"),
            Self::Database(error) => Fault::caused(place, error),
            Self::Fault(fault) => fault,
        }
    }
}

/// Whether the database refused a row because there is one of its key.
pub(crate) fn is_taken(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

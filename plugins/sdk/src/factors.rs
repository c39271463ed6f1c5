//! What end-users enrolled to prove who they are. A plugin has factors of one kind of its own, which the operator lends
//! it; of other kinds it sees that there are factors and nothing more.

use crate::failure::Failure;
use crate::host;
use crate::value::{Value, from_wire, to_wire};
use crate::whom::Whom;

pub use crate::bindings::factors::Factor;

/// The end-user's factors of every kind, oldest first.
///
/// # Errors
/// Not lent.
pub fn list(of: impl Into<Whom>) -> Result<Vec<Factor>, Failure> {
    host::factors::list(&of.into().0)
}

/// Enrols a factor of the plugin's own kind; answers its id.
///
/// # Errors
/// Not lent, or over a limit of the server.
pub fn enrol(of: impl Into<Whom>, label: &str, data: impl Into<Value>) -> Result<String, Failure> {
    host::factors::enrol(&of.into().0, label, None, &to_wire(&data.into()))
}

/// Enrols a factor that is found by `reference`, such as an account elsewhere; answers its id.
///
/// # Errors
/// Not lent, over a limit of the server, or another factor of the kind has this reference.
pub fn enrol_as(of: impl Into<Whom>, label: &str, reference: &str, data: impl Into<Value>) -> Result<String, Failure> {
    host::factors::enrol(&of.into().0, label, Some(reference), &to_wire(&data.into()))
}

/// The factor of the plugin's own kind that has this reference.
///
/// # Errors
/// Not lent, or no reference.
pub fn find(reference: &str) -> Result<Option<Factor>, Failure> {
    host::factors::find(reference)
}

/// What was stored with a factor of the plugin's own kind.
///
/// # Errors
/// Not lent.
pub fn data(id: &str) -> Result<Option<Value>, Failure> {
    Ok(host::factors::data(id)?.map(from_wire))
}

/// Notes that a factor of the plugin's own kind was used just now, and stores `to` in the place of `before`. False, and
/// nothing is stored, where the factor is gone or says something else by now.
///
/// # Errors
/// Not lent, or over a limit of the server.
pub fn update(id: &str, before: impl Into<Value>, to: impl Into<Value>) -> Result<bool, Failure> {
    host::factors::update(id, &to_wire(&before.into()), &to_wire(&to.into()))
}

/// Removes a factor of the plugin's own kind; false where there is none.
///
/// # Errors
/// Not lent.
pub fn remove(id: &str) -> Result<bool, Failure> {
    host::factors::remove(id)
}

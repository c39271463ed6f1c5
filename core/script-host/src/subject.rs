//! Whose something is: a user, as `users` and inputs show one, or a subject, taken alike.

use crate::failure::{Thrown, refuse};
use crate::values::describe;
use gatewright_domain::identifiers::Subject;
use rhai::Dynamic;

/// The subject of a user, or the subject itself.
///
/// # Errors
/// What `function` was given instead.
pub fn subject_of(function: &str, user: &Dynamic) -> Thrown<Subject> {
    let wrong = || refuse(format!("{function} needs a user or a subject, not {}", describe(user)));
    let text = match user.as_map_ref() {
        Ok(map) => map.get("subject").and_then(|subject| subject.clone().into_immutable_string().ok()),
        Err(_) => user.clone().into_immutable_string().ok(),
    };
    let text = text.ok_or_else(wrong)?;
    Subject::parse(text.as_str()).map_err(|error| refuse(format!("{function}: {error}")))
}

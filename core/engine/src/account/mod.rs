//! The account page: what an end-user may see and change of their own, beside any client.
//!
//! It has no tokens: the session's cookie is what counts. What it needs of the walk (signing in, being asked for more,
//! enrolling a factor) is a [`Trip`]: the walk of `/authorize` for a client that only the engine knows.

mod door;
mod events;
mod factors;
mod grants;
mod overview;
mod strength;
mod trip;

pub use door::{AccountForm, Change};
pub use events::EVENTS_SHOWN_MAX;
pub use grants::EndedOwn;
pub use overview::{Connected, Enrollable, Overview, SessionLine};
pub(crate) use strength::strongest;
pub(crate) use trip::account_client;
pub use trip::{ACCOUNT_CLIENT, FRESH_S, RETURN_PATH, Trip};

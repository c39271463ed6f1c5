//! Where the server may connect to: one guard for hooks' requests and for clients' documents. Names are resolved
//! here and every address is judged before a connection is made to it, so that a name which answers differently the
//! second time (DNS rebinding) gains nothing.

mod address;
mod fetcher;
mod outgoing;
mod resolver;

pub use fetcher::{FetchSettings, GuardedFetcher};
pub use outgoing::OutgoingError;

pub(crate) use address::{AddressRule, literal_address};
pub(crate) use outgoing::{BodyUnread, client, read_limited};

//! A client uses the response types it registered (RFC 7591 2, RFC 6749 4.1.2.1).

use gatewright_domain::client::Client;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::response_type::ResponseType;

pub(super) fn admit(client: &Client, asked: ResponseType) -> Result<(), Refusal> {
    if client.response_types.contains(&asked) {
        Ok(())
    } else {
        Err(Refusal::unauthorized_client(format!("This client has not registered the response_type '{asked}'.")))
    }
}

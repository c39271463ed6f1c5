//! A client uses the response types it registered (RFC 7591 2, RFC 6749 4.1.2.1). One that registered `code` and
//! `id_token` apart may ask for both at once: the hybrid gives it nothing that it could not have had.

use crate::settings::Settings;
use gatewright_domain::client::Client;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::response_type::ResponseType;

pub(super) fn admit(client: &Client, asked: ResponseType, settings: &Settings) -> Result<(), Refusal> {
    if !settings.offers(asked) {
        let why = format!("The response_type '{asked}' is not available on this server.");
        return Err(Refusal::new(ErrorCode::UnsupportedResponseType, why));
    }
    let registered = |wanted: ResponseType| client.response_types.contains(&wanted);
    let parts =
        asked == ResponseType::CodeIdToken && registered(ResponseType::Code) && registered(ResponseType::IdToken);
    if registered(asked) || parts {
        Ok(())
    } else {
        Err(Refusal::unauthorized_client(format!("This client has not registered the response_type '{asked}'.")))
    }
}

//! A request comes as the operator or the client demands: pushed (RFC 9126 5 and 6), signed (RFC 9101 10.5).

use super::Admission;
use crate::authorization::request::parameters::RequestParameters;
use gatewright_domain::client::Client;
use gatewright_protocol::error::Refusal;

pub(super) fn admit(
    client: &Client,
    parameters: &RequestParameters<'_>,
    admission: &Admission<'_>,
) -> Result<(), Refusal> {
    let (server, client) = (&admission.settings.requests, &client.requests);
    let must_push = server.require_pushed || client.require_pushed_authorization_requests == Some(true);
    if must_push && !parameters.is_pushed() {
        return Err(Refusal::invalid_request("This client must push its authorization requests to /par first."));
    }
    let must_sign = server.require_signed_object || client.require_signed_request_object == Some(true);
    if must_sign && !parameters.is_signed() {
        return Err(Refusal::invalid_request(
            "This client must send its authorization requests as signed request objects.",
        ));
    }
    Ok(())
}

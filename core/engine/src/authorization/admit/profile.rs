//! What the security profile that a client is held to asks of its requests (FAPI 2.0 Security Profile 5.3.2.2). The server's own
//! trips are none of a client's.

use super::Admission;
use crate::authorization::request::parameters::Source;
use crate::fapi2;
use gatewright_domain::client::Client;
use gatewright_protocol::authorization::AuthorizationRequest;
use gatewright_protocol::error::Refusal;

pub(super) fn admit(
    client: &Client,
    asked: &AuthorizationRequest,
    admission: &Admission<'_>,
    source: &Source,
) -> Result<(), Refusal> {
    let is_pushed = match source {
        Source::Server => return Ok(()),
        Source::Pushed { .. } => true,
        Source::Browser => false,
    };
    if fapi2::applies(admission.settings, client) { fapi2::admit_request(asked, is_pushed) } else { Ok(()) }
}

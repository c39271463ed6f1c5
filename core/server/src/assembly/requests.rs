//! How authorization requests may come, from the configuration.

use crate::configuration::Protocol;
use gatewright_engine::settings::RequestSettings;

pub(super) fn settings(protocol: &Protocol) -> RequestSettings {
    RequestSettings {
        require_pushed: protocol.require_pushed_authorization_requests,
        require_signed_object: protocol.require_signed_request_object,
        unsigned_objects: protocol.unsigned_request_objects,
        fapi_objects: protocol.fapi_request_objects,
    }
}

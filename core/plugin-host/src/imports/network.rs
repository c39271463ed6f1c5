//! `network`: tests of addresses. No host call: it is pure.

use super::Answered;
use crate::bindings::gatewright::plugin::network::Host;
use crate::turn::Turn;
use gatewright_domain::capabilities::network::contains;

impl Host for Turn {
    fn contains(&mut self, network: String, ip: String) -> Answered<bool> {
        if let Err(error) = self.lent("network") {
            return Ok(Err(error.into()));
        }
        Ok(contains([network.as_str()], &ip).map_err(Into::into))
    }
}

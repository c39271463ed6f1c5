//! `random`: unpredictable bytes, the same on every replay.

use crate::bindings::gatewright::plugin::random::Host;
use crate::turn::Turn;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::flow::{HostAnswer, HostCall, RANDOM_BYTES_MAX};
use wasmtime::Result;

impl Host for Turn {
    fn bytes(&mut self, count: u32) -> Result<Vec<u8>> {
        let fits = usize::try_from(count).ok().filter(|count| (1..=RANDOM_BYTES_MAX).contains(count));
        let Some(bytes) = fits else {
            let why = format!("random draws 1 to {RANDOM_BYTES_MAX} bytes, not {count}");
            return Err(self.failed(CapabilityError::Invalid { why }));
        };
        match self.meet(HostCall::Random { bytes })? {
            HostAnswer::Bytes(text) => URL_SAFE_NO_PAD.decode(text).map_err(|_| self.wrong_answer("random")),
            _ => Err(self.wrong_answer("random")),
        }
    }
}

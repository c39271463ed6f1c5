//! A code is bound to the key that its request names, or was pushed with; where both are there, they are one
//! (RFC 9449 10 and 10.1).

use crate::authorization::request::parameters::Source;
use gatewright_protocol::dpop::refused;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::thumbprint::Thumbprint;

pub(super) fn admit(named: Option<Thumbprint>, source: &Source) -> Result<Option<Thumbprint>, Refusal> {
    let Source::Pushed { dpop_jkt: Some(shown), .. } = source else { return Ok(named) };
    match named {
        Some(named) if named != *shown => Err(refused("dpop_jkt names another key than the proof is made with")),
        _ => Ok(Some(shown.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::token_hash::TokenHash;

    #[test]
    fn a_code_is_bound_to_one_key_however_it_was_named() {
        let key = |name: &str| Some(Thumbprint::of(name.as_bytes()));
        let pushed = |dpop_jkt| Source::Pushed { hash: TokenHash::of("name"), dpop_jkt };
        for (named, source, bound) in [
            (None, Source::Browser, Ok(None)),
            (key("a"), Source::Browser, Ok(key("a"))),
            (None, pushed(None), Ok(None)),
            (key("a"), pushed(None), Ok(key("a"))),
            (None, pushed(key("a")), Ok(key("a"))),
            (key("a"), pushed(key("a")), Ok(key("a"))),
            (key("b"), pushed(key("a")), Err(())),
        ] {
            assert_eq!(admit(named.clone(), &source).map_err(|_| ()), bound, "{named:?} {source:?}");
        }
    }
}

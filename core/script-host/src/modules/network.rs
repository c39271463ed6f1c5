//! `network`: tests of addresses. No host call: it is pure.

use crate::failure::{Thrown, failed, placed, refuse};
use crate::values::to_texts;
use gatewright_domain::capabilities::network;
use rhai::{Dynamic, ImmutableString, Module, NativeCallContext};

/// `network::contains(cidr, ip)`: whether the address lies in the range, or in one of an array of ranges.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("contains", |context: NativeCallContext, ranges: Dynamic, ip: ImmutableString| {
        placed(&context, contains(&ranges, &ip))
    });
    module
}

fn contains(ranges: &Dynamic, ip: &str) -> Thrown<bool> {
    let ranges = to_texts(ranges).map_err(|why| refuse(format!("network::contains {why}")))?;
    network::contains(ranges.iter().map(AsRef::as_ref), ip).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_stands_alone_or_in_an_array() {
        let several = Dynamic::from_array(vec!["192.0.2.0/24".into(), "10.0.0.0/8".into()]);
        for ranges in [Dynamic::from("10.0.0.0/8"), several] {
            assert!(contains(&ranges, "10.1.2.3").unwrap());
            assert!(!contains(&ranges, "11.1.2.3").unwrap());
        }
        assert!(contains(&Dynamic::from("10.0.0.0/33"), "10.0.0.1").is_err());
    }
}

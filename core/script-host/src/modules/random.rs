//! `random`: unpredictable text and numbers, the same on every replay.

use crate::failure::{Thrown, placed, refuse};
use crate::slot::{host_call, wrong_answer};
use gatewright_domain::flow::{HostAnswer, HostCall, RANDOM_BYTES_MAX};
use rhai::{ImmutableString, Module, NativeCallContext};

/// Bytes drawn for a number: a whole number of base64url letters, and so many bits above the 64 of the widest range
/// that no bias could be seen.
const NUMBER_BYTES: usize = 15;

/// `random::text(bytes)` in base64url, `random::number(from, to)`, both ends included.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("text", |context: NativeCallContext, bytes: i64| placed(&context, text(&context, bytes)));
    module.set_native_fn("number", |context: NativeCallContext, from: i64, to: i64| {
        placed(&context, number(&context, from, to))
    });
    module
}

fn text(context: &NativeCallContext, bytes: i64) -> Thrown<ImmutableString> {
    let fits = usize::try_from(bytes).ok().filter(|bytes| (1..=RANDOM_BYTES_MAX).contains(bytes));
    let Some(bytes) = fits else {
        return Err(refuse(format!("random::text draws 1 to {RANDOM_BYTES_MAX} bytes, not {bytes}")));
    };
    drawn(context, bytes).map(Into::into)
}

fn number(context: &NativeCallContext, from: i64, to: i64) -> Thrown<i64> {
    if from > to {
        return Err(refuse(format!("random::number needs a range; {from} is above {to}")));
    }
    let text = drawn(context, NUMBER_BYTES)?;
    let drawn = text.bytes().fold(0_u128, |sum, letter| sum.wrapping_mul(64).wrapping_add(sextet(letter)));
    let span = u128::from(to.abs_diff(from)) + 1;
    let step = u64::try_from(drawn % span).unwrap_or(0);
    Ok(from.wrapping_add_unsigned(step))
}

fn drawn(context: &NativeCallContext, bytes: usize) -> Thrown<String> {
    match host_call(context, HostCall::Random { bytes })? {
        HostAnswer::Bytes(text) => Ok(text),
        _ => wrong_answer(context, "random"),
    }
}

/// What a letter of base64url stands for.
fn sextet(letter: u8) -> u128 {
    u128::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'-' => 62,
        _ => 63,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_base64url_stands_for_its_own_number() {
        let letters = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']);
        assert!(letters.enumerate().all(|(number, letter)| sextet(letter as u8) == number as u128));
        assert_eq!(NUMBER_BYTES % 3, 0, "or the last letter would not be random");
    }
}

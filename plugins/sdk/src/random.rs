//! Randomness: unpredictable, and the same when the plugin runs again. Always lent.

use crate::host;

/// Bytes drawn for a number: so many bits above the 64 of the widest range that no bias could be seen.
const NUMBER_BYTES: u32 = 16;

/// So many random bytes, 1 to 256; any other number is a fault.
pub fn bytes(count: u32) -> Vec<u8> {
    host::random::bytes(count)
}

/// A random number, both ends included.
///
/// # Panics
/// When `from` is above `to`.
pub fn number(from: i64, to: i64) -> i64 {
    assert!(from <= to, "random::number needs a range; {from} is above {to}");
    let drawn = bytes(NUMBER_BYTES).into_iter().fold(0_u128, |sum, byte| (sum << 8) | u128::from(byte));
    let span = u128::from(to.abs_diff(from)) + 1;
    let step = u64::try_from(drawn % span).unwrap_or(0);
    from.wrapping_add_unsigned(step)
}

/// Text from so many random bytes, 1 to 256, in base64url (RFC 4648 section 5) without padding.
pub fn text(count: u32) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes(count).chunks(3) {
        let group = chunk.iter().chain([&0; 2]).take(3).fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
        for place in 0..=chunk.len() {
            text.push(char::from(LETTERS[(group >> (18 - 6 * place)) & 63]));
        }
    }
    text
}

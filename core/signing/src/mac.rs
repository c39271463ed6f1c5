//! HMAC-SHA-256 (RFC 2104) and HKDF (RFC 5869) over OpenSSL's SHA-256.
//!
//! Written out because it must not fail: OpenSSL's own HMAC answers a `Result`, while a keyed digest (a pairwise
//! subject) has no other answer than itself. SHA-256 over a slice cannot fail.

use openssl::sha::Sha256;
use zeroize::Zeroizing;

/// Bytes of a SHA-256 digest.
pub(crate) const DIGEST_BYTES: usize = 32;
/// Bytes of a SHA-256 block.
const BLOCK_BYTES: usize = 64;

/// HMAC-SHA-256 of the concatenated `parts`.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    let block = key_block(key);
    let mut inner = Sha256::new();
    inner.update(padded(&block, 0x36).as_slice());
    for part in parts {
        inner.update(part);
    }
    let mut outer = Sha256::new();
    outer.update(padded(&block, 0x5c).as_slice());
    outer.update(&inner.finish());
    outer.finish()
}

/// One block of HKDF-SHA-256: a key of its own for `context`, from `secret` and `salt`.
pub(crate) fn hkdf_sha256(secret: &[u8], salt: &[u8], context: &[&[u8]]) -> Zeroizing<[u8; DIGEST_BYTES]> {
    let extracted = Zeroizing::new(hmac_sha256(salt, &[secret]));
    let mut parts = context.to_vec();
    parts.push(&[1]);
    Zeroizing::new(hmac_sha256(extracted.as_slice(), &parts))
}

fn key_block(key: &[u8]) -> Zeroizing<[u8; BLOCK_BYTES]> {
    let mut block = Zeroizing::new([0u8; BLOCK_BYTES]);
    if key.len() > BLOCK_BYTES {
        block[..DIGEST_BYTES].copy_from_slice(&openssl::sha::sha256(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    block
}

fn padded(block: &[u8; BLOCK_BYTES], with: u8) -> Zeroizing<[u8; BLOCK_BYTES]> {
    Zeroizing::new(block.map(|byte| byte ^ with))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn hmac_agrees_with_the_vectors_of_rfc_4231() {
        let long = [0xaa; 131];
        let cases: [(&[u8], &[u8], &str); 4] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                &long,
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, digest) in cases {
            assert_eq!(hex(&hmac_sha256(key, &[message])), digest);
            let (head, tail) = message.split_at(3);
            assert_eq!(hex(&hmac_sha256(key, &[head, tail])), digest, "parts are concatenated");
        }
    }

    #[test]
    fn hkdf_agrees_with_the_first_block_of_rfc_5869() {
        let salt: Vec<u8> = (0x00..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let okm = hkdf_sha256(&[0x0b; 22], &salt, &[&info]);
        assert_eq!(hex(okm.as_slice()), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
        let unsalted = hkdf_sha256(&[0x0b; 22], &[], &[]);
        assert_eq!(hex(unsalted.as_slice()), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
    }
}

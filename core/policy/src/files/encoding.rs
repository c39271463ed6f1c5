//! The canonical bytes of a bundle: what is stored, and what its digest is taken over.
//!
//! A line naming the format, then each file in the order of its path: length of the path (4 bytes, big
//! endian), path, length of the content (8 bytes), content. Every length is written, so no two bundles have
//! the same bytes.

use super::{BUNDLE_BYTES_MAX, FILES_MAX, Files, FilesError, PATH_BYTES_MAX};
use gatewright_domain::identifiers::BundleDigest;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const FORMAT: &[u8] = b"gatewright bundle 1\n";
/// Bytes of the two lengths that stand with each file.
const LENGTHS_BYTES: usize = 4 + 8;
/// Most canonical bytes that a bundle may have.
pub const ENCODED_BYTES_MAX: usize = FORMAT.len() + FILES_MAX * (LENGTHS_BYTES + PATH_BYTES_MAX) + BUNDLE_BYTES_MAX;

/// Stored bytes that are no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MisencodedBundle {
    /// They end too early, or a part of them is not what it should be.
    #[error("the bytes are no bundle in a format this version knows")]
    Malformed,
    /// They are not those that the digest was taken over.
    #[error("the bytes are not those of the bundle {0}")]
    Altered(BundleDigest),
    /// They are a bundle that breaks a limit.
    #[error(transparent)]
    Files(#[from] FilesError),
}

impl Files {
    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = FORMAT.to_vec();
        for (path, content) in self.map() {
            bytes.extend((path.len() as u32).to_be_bytes());
            bytes.extend(path.as_bytes());
            bytes.extend((content.len() as u64).to_be_bytes());
            bytes.extend(content);
        }
        bytes
    }

    /// The version of this bundle: the SHA-256 of its canonical bytes, in lower-case hexadecimal.
    pub fn digest(&self) -> BundleDigest {
        digest_of(&self.encode())
    }

    /// The bundle that these bytes are, if they are those of `digest`.
    ///
    /// # Errors
    /// When they are not, or are no bundle.
    pub fn decode(bytes: &[u8], digest: &BundleDigest) -> Result<Self, MisencodedBundle> {
        if digest_of(bytes) != *digest {
            return Err(MisencodedBundle::Altered(digest.clone()));
        }
        Self::decode_any(bytes)
    }

    /// The bundle that these canonical bytes are, whatever its digest.
    ///
    /// # Errors
    /// When they are no bundle, or one that breaks a limit.
    pub fn decode_any(bytes: &[u8]) -> Result<Self, MisencodedBundle> {
        let mut rest = bytes.strip_prefix(FORMAT).ok_or(MisencodedBundle::Malformed)?;
        let mut files = BTreeMap::new();
        while !rest.is_empty() {
            let length = u32::from_be_bytes(take(&mut rest)?);
            let path = String::from_utf8(part(&mut rest, length.into())?).map_err(|_| MisencodedBundle::Malformed)?;
            let length = u64::from_be_bytes(take(&mut rest)?);
            let content = part(&mut rest, length)?;
            let in_order = files.last_key_value().is_none_or(|(last, _)| *last < path);
            if !in_order {
                return Err(MisencodedBundle::Malformed);
            }
            files.insert(path, content);
        }
        Ok(Self::new(files)?)
    }
}

fn digest_of(bytes: &[u8]) -> BundleDigest {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    BundleDigest::parse(hex).unwrap_or_else(|_| unreachable!("64 hexadecimal digits are an identifier"))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], MisencodedBundle> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(MisencodedBundle::Malformed)?;
    *rest = tail;
    Ok(*head)
}

fn part(rest: &mut &[u8], length: u64) -> Result<Vec<u8>, MisencodedBundle> {
    let length = usize::try_from(length).map_err(|_| MisencodedBundle::Malformed)?;
    let (head, tail) = rest.split_at_checked(length).ok_or(MisencodedBundle::Malformed)?;
    *rest = tail;
    Ok(head.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::bundle;
    use proptest::prelude::*;

    #[test]
    fn moving_a_byte_between_files_or_into_a_name_is_another_version() {
        let bundles = [
            bundle(&[("a", "bc"), ("d", "")]),
            bundle(&[("a", "b"), ("d", "c")]),
            bundle(&[("ab", "c"), ("d", "")]),
            bundle(&[("a", "bcd")]),
        ];
        let digests: std::collections::BTreeSet<_> = bundles.iter().map(Files::digest).collect();
        assert_eq!(digests.len(), bundles.len());
    }

    #[test]
    fn the_digest_of_a_bundle_never_changes_between_versions_of_this_server() {
        // Stored sessions and codes name their bundle by it; reckoned once with `sha256sum`.
        let known = "9ec82fac";
        let digest = bundle(&[("policy.toml", "name = \"x\"\n")]).digest();
        assert_eq!(&digest.as_str()[..8], known);
    }

    #[test]
    fn altered_bytes_are_refused() {
        let files = bundle(&[("policy.toml", "name = \"x\"")]);
        let mut bytes = files.encode();
        assert_eq!(Files::decode(&bytes, &files.digest()).unwrap(), files);
        *bytes.last_mut().unwrap() ^= 1;
        assert_eq!(Files::decode(&bytes, &files.digest()), Err(MisencodedBundle::Altered(files.digest())));
    }

    #[test]
    fn the_largest_bundle_has_no_more_canonical_bytes_than_the_limit() {
        let path = |number: usize| format!("{number:0>width$}.wasm", width = PATH_BYTES_MAX - 5);
        let mut files: BTreeMap<String, Vec<u8>> = (1..FILES_MAX).map(|number| (path(number), vec![])).collect();
        files.insert(path(0), vec![0; BUNDLE_BYTES_MAX]);
        let bytes = Files::new(files).unwrap().encode();
        assert_eq!(bytes.len(), ENCODED_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn every_bundle_comes_back_from_its_bytes(
            files in proptest::collection::btree_map("[a-z]{1,8}(/[a-z]{1,8}){0,3}", any::<Vec<u8>>(), 0..8)
        ) {
            let files = Files::new(files).unwrap();
            prop_assert_eq!(Files::decode(&files.encode(), &files.digest()).unwrap(), files);
        }

        #[test]
        fn no_bytes_make_decoding_panic(bytes: Vec<u8>, prefixed: bool) {
            let bytes = if prefixed { [FORMAT, &bytes].concat() } else { bytes };
            let decoded = Files::decode(&bytes, &digest_of(&bytes));
            if let Ok(files) = decoded {
                prop_assert_eq!(files.encode(), bytes);
            }
        }
    }
}

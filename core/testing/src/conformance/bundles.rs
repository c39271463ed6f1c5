//! Policy bundles.

use super::{Nodes, later};
use crate::samples;

/// A bundle is found on every node under its digest, as it was kept first.
pub async fn a_bundle_is_kept_once_under_its_digest(nodes: &Nodes) {
    let (digest, other) = (samples::bundle(), samples::word("other"));
    let files: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    nodes.here.bundles.keep(&digest, &files, later(0)).await.unwrap();
    nodes.there.bundles.keep(&digest, b"something else", later(1)).await.unwrap();
    assert_eq!(nodes.there.bundles.find(&digest).await.unwrap(), Some(files));
    assert_eq!(nodes.here.bundles.find(&other).await.unwrap(), None);
}

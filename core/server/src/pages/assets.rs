//! The files that pages load: style, pictures, and the one script that passkeys need. Named after their content, so that a browser keeps them for
//! good and a new one is fetched at once.

use super::overrides::PagesError;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// Bytes of the content's hash in a name: enough that two contents never share one.
const HASH_BYTES: usize = 12;

/// A file that pages load.
#[derive(Debug, Clone)]
pub struct Asset {
    content_type: &'static str,
    bytes: bytes::Bytes,
}

impl Asset {
    /// What it holds.
    pub fn bytes(&self) -> bytes::Bytes {
        self.bytes.clone()
    }

    /// The headers it goes out with.
    pub fn headers(&self) -> HeaderMap {
        [
            (CONTENT_TYPE, self.content_type),
            (CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
            // An SVG opened by itself is a document; it shall run nothing.
            (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ]
        .into_iter()
        .map(|(name, value)| (name, HeaderValue::from_static(value)))
        .collect()
    }
}

/// All assets: by the name templates call them, and by the name they are served under.
#[derive(Debug, Clone, Default)]
pub(super) struct Assets {
    served_names: BTreeMap<String, String>,
    served: BTreeMap<String, Asset>,
}

impl Assets {
    /// Puts `name` (such as `logo.svg`) in place, over what may be there.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), PagesError> {
        let refused = || PagesError::AssetKind(format!("pages/assets/{name}"));
        let (stem, ending) = name.rsplit_once('.').ok_or_else(refused)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if stem.is_empty() || !stem.bytes().all(plain) {
            return Err(refused());
        }
        let content_type = content_type(ending).ok_or_else(refused)?;
        self.serve(name, (stem, ending), content_type, bytes);
        Ok(())
    }

    /// Puts the server's own script in place. No operator brings one: `put` knows no such ending.
    pub(super) fn put_script(&mut self, stem: &str, bytes: &[u8]) {
        self.serve(&format!("{stem}.js"), (stem, "js"), "text/javascript; charset=utf-8", bytes);
    }

    fn serve(&mut self, name: &str, (stem, ending): (&str, &str), content_type: &'static str, bytes: &[u8]) {
        let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..HASH_BYTES]);
        let served_name = format!("{stem}-{hash}.{ending}");
        if let Some(replaced) = self.served_names.insert(name.to_owned(), served_name.clone()) {
            self.served.remove(&replaced);
        }
        self.served.insert(served_name, Asset { content_type, bytes: bytes::Bytes::copy_from_slice(bytes) });
    }

    /// The name it is served under.
    pub(super) fn served_name(&self, name: &str) -> Option<&str> {
        self.served_names.get(name).map(String::as_str)
    }

    /// What a page says of the content of `name`, so that a browser takes nothing else for it (Subresource Integrity).
    pub(super) fn integrity(&self, name: &str) -> Option<String> {
        let asset = self.served(self.served_name(name)?)?;
        Some(format!("sha256-{}", STANDARD.encode(Sha256::digest(&asset.bytes))))
    }

    /// The asset served under that name.
    pub(super) fn served(&self, served_name: &str) -> Option<&Asset> {
        self.served.get(served_name)
    }
}

fn content_type(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_has_another_name_and_the_old_one_is_gone() {
        let mut assets = Assets::default();
        assets.put("style.css", b"a{}").unwrap();
        let first = assets.served_name("style.css").unwrap().to_owned();
        assert!(first.starts_with("style-") && first.ends_with(".css"), "{first}");
        assets.put("style.css", b"b{}").unwrap();
        let second = assets.served_name("style.css").unwrap();
        assert_ne!(first, second);
        assert!(assets.served(&first).is_none());
        let asset = assets.served(second).unwrap();
        assert_eq!(&asset.bytes()[..], b"b{}");
        assert_eq!(asset.headers()["content-type"], "text/css; charset=utf-8");
        assert!(asset.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    }

    #[test]
    fn what_is_no_asset_is_refused_by_name() {
        for name in ["page.html", "run.js", "noending", ".css", "a b.css", "../x.css", "deep/x.css"] {
            assert!(matches!(Assets::default().put(name, b""), Err(PagesError::AssetKind(_))), "{name}");
        }
    }
}

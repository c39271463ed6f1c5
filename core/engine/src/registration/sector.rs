//! A sector identifier document lists every redirect URI of the client (OpenID Connect Core 8.1, Registration 5).

use crate::Engine;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::registration::verified::VerifiedMetadata;
use serde_json::Value;

impl Engine {
    pub(super) async fn hold_sector(&self, metadata: &VerifiedMetadata) -> Result<(), Refusal> {
        let Some(uri) = &metadata.sector_identifier_uri else { return Ok(()) };
        let document = self.world.fetcher.fetch_json(uri).await.map_err(|why| wrong(&format!("{why}")))?;
        lists_all(&document, &metadata.redirect_uris)
    }
}

fn lists_all(document: &Value, redirect_uris: &[RedirectUri]) -> Result<(), Refusal> {
    let listed = document.as_array().ok_or_else(|| wrong("the document is not an array of redirect URIs"))?;
    let all = redirect_uris.iter().all(|uri| listed.iter().any(|one| one.as_str() == Some(uri.as_str())));
    if all { Ok(()) } else { Err(wrong("the document does not list every redirect URI")) }
}

fn wrong(why: &str) -> Refusal {
    Refusal::new(ErrorCode::InvalidClientMetadata, format!("sector_identifier_uri: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_redirect_uri_outside_the_sector_is_refused() {
        let uris = ["https://a.example/cb", "https://b.example/cb"].map(|uri| RedirectUri::try_from(uri).unwrap());
        assert!(lists_all(&json!(["https://a.example/cb", "https://b.example/cb", "x"]), &uris).is_ok());
        for bad in [json!(["https://a.example/cb"]), json!([]), json!({}), json!([1, 2])] {
            assert!(lists_all(&bad, &uris).is_err(), "{bad}");
        }
    }
}

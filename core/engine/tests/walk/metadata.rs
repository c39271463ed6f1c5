//! What the server says of itself (OpenID Connect Discovery 3, RFC 8414 2).

use crate::world::Parts;

#[tokio::test]
async fn the_languages_of_the_pages_are_told_and_nothing_where_there_are_none() {
    for (spoken, told) in [(vec![], None), (vec!["de", "en", "fr"], Some(serde_json::json!(["de", "en", "fr"])))] {
        let mut parts = Parts::new();
        parts.settings.ui_locales = spoken.into_iter().map(str::to_owned).collect();
        let metadata = serde_json::to_value(parts.built().await.engine.metadata()).unwrap();
        assert_eq!(metadata.get("ui_locales_supported").cloned(), told);
    }
}

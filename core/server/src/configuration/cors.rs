//! `[cors]`: which web pages' scripts may call the token, userinfo, discovery and key endpoints (Fetch Standard 3.2).

use super::complaint::Complaint;
use serde::{Deserialize, Serialize};
use url::Url;

/// Every origin.
pub const ANY_ORIGIN: &str = "*";

/// Cross-origin calls.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    /// Origins such as `https://app.example.com`; `*` for every one (none of these endpoints reads cookies).
    pub origins: Vec<String>,
}

impl Default for Cors {
    fn default() -> Self {
        Self { origins: vec![ANY_ORIGIN.to_owned()] }
    }
}

impl Cors {
    /// Whether every origin may call.
    pub fn is_any(&self) -> bool {
        self.origins.iter().any(|origin| origin == ANY_ORIGIN)
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        if self.is_any() && self.origins.len() > 1 {
            complaints
                .push(Complaint::of("cors.origins", "has `*` beside other origins; `*` alone means every origin"));
        }
        let wrong = self.origins.iter().filter(|origin| *origin != ANY_ORIGIN).find(|origin| !is_origin(origin));
        if let Some(origin) = wrong {
            let what = format!("has {origin:?}, which is no origin such as https://app.example.com");
            complaints.push(Complaint::of("cors.origins", &what));
        }
    }
}

/// Whether a browser would send exactly this text as `Origin`.
fn is_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.origin().is_tuple() && url.origin().ascii_serialization() == text)
}

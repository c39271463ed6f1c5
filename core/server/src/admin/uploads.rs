//! Bundles that are sent: larger than any other request, and longer on their way.

use super::table::TABLE;
use super::{Admin, BASE};
use crate::listener::{Room, RoomFinder};
use gatewright_policy::files::ENCODED_BYTES_MAX;
use http::Method;
use std::sync::Arc;
use std::time::Duration;

/// Largest body that is a bundle, in bytes, whatever `limits.request_body_bytes` says: the largest bundle there can be.
pub const UPLOAD_BYTES_MAX: usize = ENCODED_BYTES_MAX;
/// Longest time that such a body may take to arrive, in seconds, whatever `limits.body_read_timeout_s` says.
pub const UPLOAD_S_MAX: u64 = 300;

impl Admin {
    /// Finds the room that a request below `base` is given where it sends a bundle. Its body is read once its access token
    /// was found to allow it, and not before.
    pub fn uploads(base: &str) -> RoomFinder {
        let prefix = format!("{base}{BASE}");
        Arc::new(move |method: &Method, path: &str| {
            let rest = path.strip_prefix(&prefix)?;
            let mut uploads = TABLE.iter().filter(|one| one.is_upload() && one.method == method);
            let is_upload = uploads.any(|one| one.matches(rest).is_some());
            is_upload.then_some(Room { bytes_max: UPLOAD_BYTES_MAX, time: Duration::from_secs(UPLOAD_S_MAX) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_has_room_where_it_is_sent_and_nothing_else_has() {
        let uploads = Admin::uploads("/id");
        for (method, path, has_room) in [
            (Method::POST, "/id/admin/api/v1/policies", true),
            (Method::POST, "/id/admin/api/v1/policies/check", true),
            (Method::GET, "/id/admin/api/v1/policies", false),
            (Method::POST, "/id/admin/api/v1/policies/rollback", false),
            (Method::POST, "/id/admin/api/v1/users", false),
            (Method::POST, "/admin/api/v1/policies", false),
            (Method::POST, "/id/token", false),
        ] {
            let room = uploads(&method, path);
            assert_eq!(room.map(|room| room.bytes_max), has_room.then_some(UPLOAD_BYTES_MAX), "{method} {path}");
        }
    }
}

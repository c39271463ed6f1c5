//! The page that takes the browser elsewhere after a form was posted.
//!
//! Browsers on Chromium hold the `form-action` of the page that was posted against every redirect that follows,
//! the client's own among them: a client that answers its redirect_uri with a redirect to another origin would
//! end at a blank page. A page in between ends the chain. For http and https only: an application on the device
//! is opened by a redirect, as a browser wants to see the end-user's hand in it.

use super::{Frame, Needs, Pages, Rendered};
use gatewright_domain::fault::Fault;
use serde::Serialize;
use url::Url;

/// The browser's way elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct HandOverView<'a> {
    /// What the pages of this visit share.
    pub frame: &'a Frame,
    /// Where it goes: an http or https URL.
    pub to: &'a Url,
}

/// What `hand_over.html` is given.
#[derive(Debug, Serialize)]
pub(super) struct HandOverModel<'a> {
    pub(super) to: &'a str,
    pub(super) host: &'a str,
}

impl Pages {
    /// Draws the page.
    ///
    /// # Errors
    /// A fault when the address is no web address, or an operator's template fails.
    pub fn hand_over(&self, view: HandOverView<'_>) -> Result<Rendered, Fault> {
        let HandOverView { frame, to } = view;
        let host = to.host_str().filter(|_| matches!(to.scheme(), "http" | "https"));
        let host = host.ok_or_else(|| Fault::new("pages", "the browser is handed over to no web address"))?;
        self.draw("hand_over.html", frame, &HandOverModel { to: to.as_str(), host }, &Needs::default())
    }
}

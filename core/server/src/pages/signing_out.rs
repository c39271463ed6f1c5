//! The page that a browser signs out at clients with: it loads a page of each of them in a frame, then goes on (OpenID Connect
//! Front-Channel Logout 1.0). It goes on once all have loaded, and
//! with JavaScript after [`SIGNING_OUT_WAIT_S`] at the latest; there is a link for who does not want to wait.

use super::{ClientFace, Frame, Needs, Pages, Rendered, Source};
use gatewright_domain::fault::Fault;
use serde::Serialize;
use url::Url;

/// Longest time for which the browser waits for clients' pages before it goes on, in seconds.
pub const SIGNING_OUT_WAIT_S: u32 = 5;

/// A client's page.
#[derive(Debug, Clone)]
pub struct SignOutFrame {
    /// Whose.
    pub client: ClientFace,
    /// Where: an http or https URL.
    pub url: Url,
}

/// Signing out at clients.
#[derive(Debug, Clone, Copy)]
pub struct SigningOutView<'a> {
    /// What the pages of this visit share; its client is where the browser goes on to.
    pub frame: &'a Frame,
    /// Clients' pages.
    pub frames: &'a [SignOutFrame],
    /// Where the browser goes on to. Without, the page stays.
    pub then: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct SigningOutModel<'a> {
    frames: Vec<FrameModel<'a>>,
    then: Option<&'a str>,
    wait_s: u32,
}

#[derive(Debug, Serialize)]
struct FrameModel<'a> {
    name: &'a str,
    url: &'a str,
}

impl Pages {
    /// Draws the page.
    ///
    /// # Errors
    /// A fault when an operator's template fails.
    pub fn signing_out(&self, view: SigningOutView<'_>) -> Result<Rendered, Fault> {
        let SigningOutView { frame, frames, then } = view;
        // What no policy can name would not be loaded anyway.
        let loaded = frames.iter().filter_map(|frame| Some((frame, Source::origin(&frame.url)?)));
        let (loaded, mut sources): (Vec<&SignOutFrame>, Vec<Source>) = loaded.unzip();
        sources.sort();
        sources.dedup();
        let lines = loaded.iter().map(|frame| FrameModel { name: frame.client.name(), url: frame.url.as_str() });
        let model = SigningOutModel { frames: lines.collect(), then, wait_s: SIGNING_OUT_WAIT_S };
        let needs = Needs { alone: true, own_script: then.is_some(), frames: sources, ..frame.needs() };
        self.draw("signing_out.html", frame, &model, &needs)
    }
}

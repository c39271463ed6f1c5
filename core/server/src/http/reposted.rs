//! Forms that other sites post. They arrive without our cookies (SameSite=Lax); as a GET they come along, so that a live
//! session counts there too.

use super::exchange::Exchange;
use super::face::Face;
use gatewright_engine::browser::Browser;
use http::Method;

/// Longest posted request that is turned into a GET, in bytes; URLs much longer are refused on the way.
const REPOSTED_BYTES_MAX: usize = 6 * 1024;

/// The query of the GET that a post without cookies becomes. A native app sends no such form.
pub fn reposted<'e>(exchange: &'e Exchange, browser: &Browser) -> Option<&'e str> {
    let bare = browser.session_cookie.is_none() && browser.browser_cookie.is_none();
    let posted = exchange.method == Method::POST && bare && exchange.is_form() && exchange.face() == Face::Html;
    if !posted || exchange.body.len() > REPOSTED_BYTES_MAX {
        return None;
    }
    let query = std::str::from_utf8(&exchange.body).ok()?;
    query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#').then_some(query)
}

//! Lines in the server's log, each written once however often the plugin runs. Where `log` was not lent, a line is
//! left out.

use crate::bindings::log::Level;
use crate::host;

/// For the plugin's author.
pub fn debug(message: &str) {
    host::log::write(Level::Debug, message);
}

/// For the record.
pub fn info(message: &str) {
    host::log::write(Level::Info, message);
}

/// Someone should look.
pub fn warn(message: &str) {
    host::log::write(Level::Warn, message);
}

//! Clients that are told of logouts: by address, some of them down.

use async_trait::async_trait;
use gatewright_domain::logout::{BackChannel, NotTold};
use std::collections::BTreeSet;
use std::sync::Mutex;

/// What was posted to whom.
#[derive(Default)]
pub struct ToldClients {
    posted: Mutex<Vec<(String, String)>>,
    down: Mutex<BTreeSet<String>>,
}

impl ToldClients {
    /// From now on this address does not answer.
    pub fn goes_down(&self, uri: &str) {
        self.down.lock().unwrap().insert(uri.to_owned());
    }

    /// It answers again.
    pub fn comes_up(&self, uri: &str) {
        self.down.lock().unwrap().remove(uri);
    }

    /// What was posted since this was last asked: address and logout token, by address.
    pub fn take(&self) -> Vec<(String, String)> {
        let mut posted = std::mem::take(&mut *self.posted.lock().unwrap());
        posted.sort();
        posted
    }
}

#[async_trait]
impl BackChannel for ToldClients {
    async fn post_logout_token(&self, uri: &str, token: &str) -> Result<(), NotTold> {
        if self.down.lock().unwrap().contains(uri) {
            return Err(NotTold::TimedOut);
        }
        self.posted.lock().unwrap().push((uri.to_owned(), token.to_owned()));
        Ok(())
    }
}

//! The browser at the door: its cookies and where it is; and what the answer changes in its cookies.

use gatewright_domain::entropy::Entropy;
use gatewright_domain::hooks::Origin;
use gatewright_domain::token_hash::{RandomToken, TokenHash};

/// A browser, as its request shows it.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// Value of the session cookie.
    pub session_cookie: Option<String>,
    /// Value of the cookie that ties interactions to this browser.
    pub browser_cookie: Option<String>,
    /// Value of the cookie that the check-session iframe reads.
    pub browser_state: Option<String>,
    /// Address and user agent.
    pub origin: Origin,
}

/// A change to the browser's cookies.
#[derive(Debug)]
pub enum CookieChange {
    /// The cookie that ties interactions to this browser; ends with the browser.
    Browser(RandomToken),
    /// The session cookie, for this many seconds.
    Session(RandomToken, u64),
    /// What the check-session iframe reads, for this many seconds.
    BrowserState(String, u64),
    /// The session is over; the check-session iframe is to see that too.
    EndSession,
}

impl Browser {
    /// Hash of the session cookie.
    pub fn session_hash(&self) -> Option<TokenHash> {
        self.session_cookie.as_deref().map(TokenHash::of)
    }

    /// Whether an interaction that belongs to `hash` began in this browser.
    pub fn owns(&self, hash: &TokenHash) -> bool {
        self.browser_cookie.as_deref().is_some_and(|cookie| hash.matches(cookie))
    }

    /// The browser as its next request shows it, once it has made these changes.
    #[must_use]
    pub fn after(&self, changes: &[CookieChange]) -> Self {
        let mut next = self.clone();
        for change in changes {
            match change {
                CookieChange::Browser(token) => next.browser_cookie = Some(token.expose().to_owned()),
                CookieChange::Session(token, _) => next.session_cookie = Some(token.expose().to_owned()),
                CookieChange::BrowserState(state, _) => next.browser_state = Some(state.clone()),
                CookieChange::EndSession => {
                    next.session_cookie = None;
                    next.browser_state = None;
                }
            }
        }
        next
    }

    /// The hash that new interactions of this browser carry, and the cookie to set where there is none.
    pub fn tie(&self, entropy: &dyn Entropy) -> (TokenHash, Option<CookieChange>) {
        match &self.browser_cookie {
            Some(cookie) => (TokenHash::of(cookie), None),
            None => {
                let cookie = RandomToken::draw(entropy);
                (cookie.hash(), Some(CookieChange::Browser(cookie)))
            }
        }
    }
}

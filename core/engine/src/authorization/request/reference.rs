//! Request objects at a `request_uri`: only where the client registered it, fetched under the guard, and kept where its
//! address says what it is (OpenID Connect Core 6.2, RFC 9101 5.2 and 10.4).

use crate::Engine;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::client::Client;
use gatewright_domain::fetch::FetchFailed;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::error::Refusal;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Most request objects kept, of at most
/// [`REQUEST_OBJECT_MAX_BYTES`](gatewright_protocol::request_object::REQUEST_OBJECT_MAX_BYTES) each; the first that came goes first.
pub const KEPT_MAX: usize = 256;
/// Longest `request_uri` that is looked for, in bytes.
pub const REQUEST_URI_BYTES_MAX: usize = 2048;

/// Request objects by the hash of what they are.
#[derive(Debug, Default)]
pub(crate) struct RequestObjects(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    by_address: HashMap<String, Arc<str>>,
    order: VecDeque<String>,
}

impl RequestObjects {
    fn get(&self, address: &str) -> Option<Arc<str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).by_address.get(address).cloned()
    }

    fn put(&self, address: &str, text: Arc<str>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.by_address.insert(address.to_owned(), text).is_some() {
            return;
        }
        kept.order.push_back(address.to_owned());
        if kept.order.len() > KEPT_MAX {
            let first = kept.order.pop_front();
            first.map(|first| kept.by_address.remove(&first));
        }
    }
}

impl Engine {
    /// The request object at a client's `request_uri`.
    pub(super) async fn object_at(&self, client: &Client, uri: &str) -> Result<Arc<str>, Refusal> {
        if !is_registered(&client.requests.request_uris, uri) {
            let why = "The request_uri is neither one that this client has registered nor one of a pushed request.";
            return Err(Refusal::invalid_request_uri(why));
        }
        if let Some(text) = self.request_objects.get(uri) {
            return Ok(text);
        }
        let (address, hash) = split(uri);
        let fetched = self.world.fetcher.fetch_request_object(address).await;
        let text: Arc<str> = fetched.map_err(|why| unfetched(&why))?.into();
        if let Some(hash) = hash {
            if TokenHash::of(&text).as_str() != hash {
                let why = "The document at the request_uri is not the one that its fragment is the hash of.";
                return Err(Refusal::invalid_request_uri(why));
            }
            self.request_objects.put(uri, text.clone());
        }
        Ok(text)
    }
}

fn unfetched(why: &FetchFailed) -> Refusal {
    Refusal::invalid_request_uri(format!("The request object could not be had from the request_uri: {why}."))
}

/// Whether the client registered the address; the fragment only says which version of its document is meant (OpenID
/// Connect Registration 2).
fn is_registered(registered: &[String], uri: &str) -> bool {
    uri.len() <= REQUEST_URI_BYTES_MAX && registered.iter().any(|known| split(known).0 == split(uri).0)
}

/// The address of the document, and its SHA-256 where the fragment is one (OpenID Connect Core 6.2).
fn split(uri: &str) -> (&str, Option<&str>) {
    let Some((address, fragment)) = uri.split_once('#') else { return (uri, None) };
    let is_hash = URL_SAFE_NO_PAD.decode(fragment).is_ok_and(|bytes| bytes.len() == 32);
    (address, is_hash.then_some(fragment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_registered_or_it_is_not_whatever_its_fragment_says() {
        let registered = ["https://c.example/r.jwt#abc".to_owned(), "https://c.example/s?x=1".to_owned()];
        let table = [
            ("https://c.example/r.jwt#abc", true),
            ("https://c.example/r.jwt#other", true),
            ("https://c.example/r.jwt", true),
            ("https://c.example/s?x=1", true),
            ("https://c.example/s", false),
            ("https://c.example/s?x=2", false),
            ("https://c.example/r.jwt?x=1#abc", false),
            ("https://C.example/r.jwt", false),
            ("https://c.example/r.jwt/../s?x=1", false),
            ("https://c.example@evil.example/r.jwt", false),
            ("http://c.example/r.jwt", false),
            ("", false),
            ("#abc", false),
        ];
        for (uri, known) in table {
            assert_eq!(is_registered(&registered, uri), known, "{uri}");
        }
        let long = |length: usize| format!("https://c.example/{}", "x".repeat(length - 18));
        let registered = [long(REQUEST_URI_BYTES_MAX), long(REQUEST_URI_BYTES_MAX + 1)];
        assert!(is_registered(&registered, &registered[0]) && !is_registered(&registered, &registered[1]));
    }

    #[test]
    fn a_fragment_is_a_hash_or_nothing() {
        let hash = TokenHash::of("x").as_str().to_owned();
        assert_eq!(split(&format!("a#{hash}")), ("a", Some(hash.as_str())));
        for fragment in ["", "x", &hash[1..], &format!("{hash}="), &format!("{hash}AAAA")] {
            assert_eq!(split(&format!("a#{fragment}")), ("a", None), "{fragment}");
        }
        assert_eq!(split("a"), ("a", None));
    }

    #[test]
    fn of_too_many_request_objects_the_first_goes() {
        let kept = RequestObjects::default();
        for n in 0..=KEPT_MAX {
            kept.put(&n.to_string(), "text".into());
        }
        kept.put("1", "text".into());
        assert!(kept.get("0").is_none() && kept.get("1").is_some() && kept.get(&KEPT_MAX.to_string()).is_some());
        assert_eq!(kept.0.lock().unwrap().by_address.len(), KEPT_MAX);
    }
}

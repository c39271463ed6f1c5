//! Outgoing requests, all of them: redirects are not followed, no proxy is taken from the environment, no cookies are
//! kept, addresses are tested as they are resolved, and time and size are bounded (OWASP on server-side request
//! forgery).

use crate::address::Reach;
use crate::resolver::{AddressRefused, GuardedResolver, Lookup, SystemLookup};
use reqwest::header::HeaderMap;
use reqwest::{Body, Certificate, Client, Method, Response, StatusCode, redirect, retry, tls};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OnceCell, Semaphore};
use url::{Host, Url};

/// Most requests under way at once; more wait for their turn within their own time limit.
pub const IN_FLIGHT_MAX: usize = 256;
/// Most bytes of response headers, names and values together.
pub const RESPONSE_HEADER_BYTES_MAX: usize = 16 * 1024;

const USER_AGENT: &str = "gatewright";
const IDLE_S: u64 = 30;
const IDLE_PER_HOST_MAX: usize = 4;
/// Longest reason passed on, in characters.
const WHY_CHARS_MAX: usize = 200;

/// Why outgoing requests cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// What was given as certificate authorities holds no certificate, or a broken one.
    #[error("the extra certificate authorities are no PEM certificates")]
    Authorities,
}

/// What sends requests. Connections to private addresses are pooled apart from the others, so a request that may not go
/// there is never put on one of them.
pub(crate) struct Outgoing {
    public: Sender,
    private_too: Sender,
    in_flight: Semaphore,
}

/// A client that is made when it is first needed: reading the system's authorities takes longer than all the rest of a
/// start.
struct Sender {
    roots: Vec<Certificate>,
    lookup: Arc<dyn Lookup>,
    reach: Reach,
    made: OnceCell<Client>,
}

/// One request.
pub(crate) struct Trip {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<Vec<u8>>,
    pub reach: Reach,
    pub limits: Limits,
}

/// What one request may take.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// From the first look-up to the last byte.
    pub time: Duration,
    /// Of the answer's body.
    pub bytes_max: usize,
}

/// One answer.
pub(crate) struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TripFailed {
    /// The address is out of reach.
    AddressRefused,
    /// No answer, or not all of it, in time.
    TimedOut,
    /// No connection, or it broke.
    Unreachable(String),
    /// The body is over the limit, or the headers are over theirs.
    TooLarge(usize),
}

impl Outgoing {
    /// Ready to send. Certificates are tested against the system's authorities, and `extra_authorities` (PEM) beside
    /// them.
    ///
    /// # Errors
    /// When the extra authorities are none.
    pub fn new(extra_authorities: Option<&[u8]>) -> Result<Self, OutgoingError> {
        Self::with_lookup(extra_authorities, Arc::new(SystemLookup))
    }

    /// As [`Outgoing::new`], with names from `lookup`.
    pub fn with_lookup(extra_authorities: Option<&[u8]>, lookup: Arc<dyn Lookup>) -> Result<Self, OutgoingError> {
        let roots = extra_authorities.map(certificates).transpose()?.unwrap_or_default();
        Ok(Self {
            public: Sender::new(roots.clone(), lookup.clone(), Reach::Public),
            private_too: Sender::new(roots, lookup, Reach::PrivateToo),
            in_flight: Semaphore::new(IN_FLIGHT_MAX),
        })
    }

    /// The answer to `trip`.
    pub async fn send(&self, trip: Trip) -> Result<Reply, TripFailed> {
        let time = trip.limits.time;
        tokio::time::timeout(time, self.answer(trip)).await.unwrap_or(Err(TripFailed::TimedOut))
    }

    async fn answer(&self, trip: Trip) -> Result<Reply, TripFailed> {
        // Names go through the resolver; an address written out does not, so it is looked at here.
        let literal = match trip.url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) | None => None,
        };
        if literal.is_some_and(|address| !trip.reach.admits(address)) {
            return Err(TripFailed::AddressRefused);
        }
        let closed = |_| TripFailed::Unreachable("the server is stopping".to_owned());
        let _turn = self.in_flight.acquire().await.map_err(closed)?;
        let sender = match trip.reach {
            Reach::Public => &self.public,
            Reach::PrivateToo => &self.private_too,
        };
        let request = sender.client().await?.request(trip.method, trip.url).headers(trip.headers);
        let request = match trip.body {
            Some(body) => request.body(Body::from(body)),
            None => request,
        };
        let response = request.send().await.map_err(|error| failure(&error))?;
        read(response, trip.limits.bytes_max).await
    }
}

async fn read(mut response: Response, bytes_max: usize) -> Result<Reply, TripFailed> {
    let header_bytes: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if header_bytes > RESPONSE_HEADER_BYTES_MAX {
        return Err(TripFailed::TooLarge(RESPONSE_HEADER_BYTES_MAX));
    }
    let announced = response.content_length().unwrap_or(0);
    if announced > bytes_max as u64 {
        return Err(TripFailed::TooLarge(bytes_max));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(TripFailed::TooLarge(bytes_max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status: response.status(), headers: std::mem::take(response.headers_mut()), body })
}

impl Sender {
    fn new(roots: Vec<Certificate>, lookup: Arc<dyn Lookup>, reach: Reach) -> Self {
        Self { roots, lookup, reach, made: OnceCell::new() }
    }

    async fn client(&self) -> Result<&Client, TripFailed> {
        self.made
            .get_or_try_init(|| async {
                let unready = |why: String| TripFailed::Unreachable(format!("TLS cannot be set up: {why}"));
                let (roots, lookup, reach) = (self.roots.clone(), self.lookup.clone(), self.reach);
                let making = tokio::task::spawn_blocking(move || make(roots, lookup, reach));
                let made = making.await.map_err(|error| unready(error.to_string()))?;
                made.map_err(|error| unready(error.to_string()))
            })
            .await
    }
}

fn make(roots: Vec<Certificate>, lookup: Arc<dyn Lookup>, reach: Reach) -> reqwest::Result<Client> {
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .tls_version_min(tls::Version::TLS_1_2)
        .tls_certs_merge(roots)
        .dns_resolver(GuardedResolver { lookup, reach })
        .pool_idle_timeout(Duration::from_secs(IDLE_S))
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
        .build()
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, OutgoingError> {
    let certificates = Certificate::from_pem_bundle(pem).map_err(|_| OutgoingError::Authorities)?;
    if certificates.is_empty() { Err(OutgoingError::Authorities) } else { Ok(certificates) }
}

/// The failure in our words. Of the library's only the innermost reason is passed on: the outer ones repeat the URL,
/// which may hold what should not be read.
fn failure(error: &reqwest::Error) -> TripFailed {
    let mut reason: &(dyn Error + 'static) = error;
    loop {
        if reason.is::<AddressRefused>() {
            return TripFailed::AddressRefused;
        }
        match reason.source() {
            Some(inner) => reason = inner,
            None => break,
        }
    }
    let why: String = reason.to_string().chars().take(WHY_CHARS_MAX).collect();
    TripFailed::Unreachable(why)
}

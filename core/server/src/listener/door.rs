//! Every request's way in: it is told its connection, its body is bounded, and there are not too many at once.

use super::body::Timed;
use crate::configuration::Limits;
use crate::http::Connection;
use http::header::{HOST, RETRY_AFTER};
use http::uri::Authority;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, Version};
use http_body_util::Limited;
use hyper::body::Incoming;
use hyper::service::Service;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_service::Service as _;
use warp::filters::BoxedFilter;
use warp::reply::Response;

/// Seconds after which a request that found the server full should come again (RFC 9110 10.2.3).
const COME_AGAIN_S: &str = "1";

/// What a header's line has beside name and value: a colon, a space, and its end.
const LINE_BYTES: usize = 4;

/// What the body of one kind of request may take beyond the limits of all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Most bytes.
    pub bytes_max: usize,
    /// Longest time to arrive.
    pub time: Duration,
}

/// Finds the room that a request of that method and path has, where it has more than others.
pub type RoomFinder = Arc<dyn Fn(&Method, &str) -> Option<Room> + Send + Sync>;

/// The way in that all connections share.
pub(super) struct Doorway {
    routes: BoxedFilter<(Response,)>,
    places: Arc<Semaphore>,
    head_bytes_max: usize,
    body_bytes_max: usize,
    body_time: Duration,
    roomier: Option<RoomFinder>,
}

impl Doorway {
    pub(super) fn new(routes: BoxedFilter<(Response,)>, limits: &Limits, roomier: Option<RoomFinder>) -> Self {
        Self {
            routes,
            places: Arc::new(Semaphore::new(limits.requests_in_flight)),
            head_bytes_max: usize::try_from(limits.request_head_bytes).unwrap_or(usize::MAX),
            body_bytes_max: usize::try_from(limits.request_body_bytes).unwrap_or(usize::MAX),
            body_time: Duration::from_secs(limits.body_read_timeout_s),
            roomier,
        }
    }

    /// The room of a request's body: never less than the limits give.
    fn room<B>(&self, request: &Request<B>) -> Room {
        let Self { body_bytes_max, body_time, .. } = *self;
        let more = self.roomier.as_ref().and_then(|find| find(request.method(), request.uri().path()));
        more.map_or(Room { bytes_max: body_bytes_max, time: body_time }, |more| Room {
            bytes_max: more.bytes_max.max(body_bytes_max),
            time: more.time.max(body_time),
        })
    }
}

/// The way in of one connection.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) doorway: Arc<Doorway>,
    pub(super) connection: Connection,
}

impl Service<Request<Incoming>> for Door {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let Doorway { routes, places, head_bytes_max, .. } = &*self.doorway;
        if let Err(status) = admit_head(&request, *head_bytes_max) {
            return Box::pin(std::future::ready(Ok(bare(status))));
        }
        let Ok(place) = places.clone().try_acquire_owned() else {
            tracing::warn!("limits.requests_in_flight is reached: a request is turned away");
            return Box::pin(std::future::ready(Ok(full())));
        };
        request.extensions_mut().insert(self.connection.clone());
        let Room { bytes_max, time } = self.doorway.room(&request);
        let request = request.map(|body| Limited::new(Timed::new(body, time), bytes_max));
        let answer = warp::service(routes.clone()).call(request);
        Box::pin(async move {
            let _place = place;
            answer.await
        })
    }
}

/// Whether a request's head may pass. hyper bounds only what it has to keep of a head that is not whole yet: one that
/// arrives at once may be larger.
fn admit_head<B>(request: &Request<B>, bytes_max: usize) -> Result<(), StatusCode> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let line = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + LINE_BYTES;
    let bytes = request.method().as_str().len() + target + request.headers().iter().map(line).sum::<usize>();
    if bytes > bytes_max {
        return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    if names_one_host(request) { Ok(()) } else { Err(StatusCode::BAD_REQUEST) }
}

/// Whether a request says once, and readably, whom it is for (RFC 9112 3.2). Two hosts would be two requests to two
/// readers.
fn names_one_host<B>(request: &Request<B>) -> bool {
    let mut lines = request.headers().get_all(HOST).iter();
    let readable =
        |line: &HeaderValue| Authority::try_from(line.as_bytes()).is_ok_and(|_| !line.as_bytes().contains(&b'@'));
    match (lines.next(), lines.next()) {
        (None, _) => request.version() != Version::HTTP_11,
        (Some(line), None) => readable(line),
        (Some(_), Some(_)) => false,
    }
}

fn bare(status: StatusCode) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

fn full() -> Response {
    let mut response = bare(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(COME_AGAIN_S));
    response
}

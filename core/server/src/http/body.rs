//! A request's body, read whole and never past the limit, whatever its framing says (HTTP/2 and chunked bodies
//! announce no length).

use super::face::Face;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt, pin_mut};
use http::HeaderMap;
use http_body_util::LengthLimitError;
use std::error::Error;
use std::pin::Pin;
use warp::{Filter, Rejection};

/// A body that is still to be read.
pub type Arriving = Pin<Box<dyn Stream<Item = Result<Bytes, warp::Error>> + Send>>;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It has more bytes than the server takes.
    TooLarge,
    /// It broke off.
    Broken,
}

/// The body has more bytes than the server takes.
#[derive(Debug)]
pub struct BodyTooLarge {
    /// How whoever sent it is told.
    pub face: Face,
}

impl warp::reject::Reject for BodyTooLarge {}

/// The body broke off.
#[derive(Debug)]
pub struct BodyBroken;

impl warp::reject::Reject for BodyBroken {}

/// The filter that reads it.
pub fn at_most(bytes_max: usize) -> impl Filter<Extract = (Bytes,), Error = Rejection> + Clone {
    let asked = warp::header::headers_cloned().and(warp::body::stream());
    asked.and_then(move |headers: HeaderMap, stream| async move {
        collect(stream, bytes_max).await.map_err(|unread| match unread {
            Unread::TooLarge => warp::reject::custom(BodyTooLarge { face: Face::asked_by(&headers) }),
            Unread::Broken => warp::reject::custom(BodyBroken),
        })
    })
}

/// The filter that leaves it to whoever is asked.
pub fn arriving() -> impl Filter<Extract = (Arriving,), Error = Rejection> + Clone {
    warp::body::stream().map(|stream| {
        let bytes = |chunk: Result<_, warp::Error>| chunk.map(|mut chunk| whole(&mut chunk));
        Box::pin(StreamExt::map(stream, bytes)) as Arriving
    })
}

fn whole(chunk: &mut impl Buf) -> Bytes {
    chunk.copy_to_bytes(chunk.remaining())
}

/// Reads a body to its end.
///
/// # Errors
/// When it has more than `bytes_max`, of which no more are read, or breaks off.
pub async fn collect<S, B>(stream: S, bytes_max: usize) -> Result<Bytes, Unread>
where
    S: Stream<Item = Result<B, warp::Error>>,
    B: Buf,
{
    pin_mut!(stream);
    let mut body = BytesMut::new();
    while let Some(chunk) = stream.next().await {
        let mut chunk = chunk.map_err(|error| broken(&error))?;
        if body.len() + chunk.remaining() > bytes_max {
            return Err(Unread::TooLarge);
        }
        body.extend_from_slice(&chunk.copy_to_bytes(chunk.remaining()));
    }
    Ok(body.freeze())
}

/// Why a body ended early. The listener has the same limit, and is the first to meet it.
fn broken(error: &(dyn Error + 'static)) -> Unread {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    if causes.any(|cause| cause.is::<LengthLimitError>()) { Unread::TooLarge } else { Unread::Broken }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream::iter;

    #[tokio::test]
    async fn a_body_is_read_to_the_limit_and_not_past_it() {
        let chunks = |parts: &[&'static str]| iter(parts.iter().map(|part| Ok(Bytes::from(*part))).collect::<Vec<_>>());
        assert_eq!(collect(chunks(&["ab", "cd"]), 4).await.unwrap(), "abcd");
        assert_eq!(collect(chunks(&[]), 4).await.unwrap(), "");
        assert_eq!(collect(chunks(&["abc", "de"]), 4).await, Err(Unread::TooLarge));
    }
}

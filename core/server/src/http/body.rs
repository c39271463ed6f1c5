//! A request's body, read whole and never past the limit, whatever its framing says (HTTP/2 and chunked bodies
//! announce no length).

use super::face::Face;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt, pin_mut};
use http::HeaderMap;
use http_body_util::LengthLimitError;
use std::error::Error;
use warp::{Filter, Rejection};

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
    asked.and_then(move |headers: HeaderMap, stream| collect(stream, bytes_max, Face::asked_by(&headers)))
}

async fn collect<S, B>(stream: S, bytes_max: usize, face: Face) -> Result<Bytes, Rejection>
where
    S: Stream<Item = Result<B, warp::Error>>,
    B: Buf,
{
    pin_mut!(stream);
    let mut body = BytesMut::new();
    while let Some(chunk) = stream.next().await {
        let mut chunk = chunk.map_err(|error| broken(&error, face))?;
        if body.len() + chunk.remaining() > bytes_max {
            return Err(warp::reject::custom(BodyTooLarge { face }));
        }
        body.extend_from_slice(&chunk.copy_to_bytes(chunk.remaining()));
    }
    Ok(body.freeze())
}

/// Why a body ended early. The listener has the same limit, and is the first to meet it.
fn broken(error: &(dyn Error + 'static), face: Face) -> Rejection {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    if causes.any(|cause| cause.is::<LengthLimitError>()) {
        warp::reject::custom(BodyTooLarge { face })
    } else {
        warp::reject::custom(BodyBroken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream::iter;

    #[tokio::test]
    async fn a_body_is_read_to_the_limit_and_not_past_it() {
        let chunks = |parts: &[&'static str]| iter(parts.iter().map(|part| Ok(Bytes::from(*part))).collect::<Vec<_>>());
        assert_eq!(collect(chunks(&["ab", "cd"]), 4, Face::Html).await.unwrap(), "abcd");
        assert_eq!(collect(chunks(&[]), 4, Face::Html).await.unwrap(), "");
        assert!(collect(chunks(&["abc", "de"]), 4, Face::Html).await.unwrap_err().find::<BodyTooLarge>().is_some());
    }
}

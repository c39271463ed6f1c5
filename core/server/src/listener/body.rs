//! A request's body that must arrive in time.

use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// A body that did not arrive.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyFailed {
    /// Not in time.
    #[error("the request's body did not arrive in time")]
    Slow,
    /// The connection broke, or what came was malformed.
    #[error(transparent)]
    Broken(#[from] hyper::Error),
}

/// Such a body. The time runs from when it is first asked for.
pub(super) struct Timed {
    body: Incoming,
    most: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Timed {
    /// `body`, which may take `most`.
    pub(super) fn new(body: Incoming, most: Duration) -> Self {
        Self { body, most, deadline: None }
    }
}

impl Body for Timed {
    type Data = <Incoming as Body>::Data;
    type Error = BodyFailed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, BodyFailed>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(BodyFailed::from)));
        }
        let most = self.most;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(most)));
        deadline.as_mut().poll(context).map(|()| Some(Err(BodyFailed::Slow)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

//! Traces on their way from a request to where they are kept: a bounded queue, written in batches beside the requests,
//! and sent on to a collector where one is configured (OTLP/HTTP).

mod export;
mod otlp;
mod queue;
mod retention;

pub use export::Exporter;
pub use queue::{TraceQueue, Writer};
pub use retention::keep_within;

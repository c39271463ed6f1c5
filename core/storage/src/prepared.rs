//! Updates whose prepared statement is kept.
//!
//! Diesel prepares an UPDATE anew each time, because one with optional fields has as many forms as there are
//! combinations. Ours have one form each; kept, they spare SQLite the parsing and PostgreSQL a round trip.

use crate::connection::{AnyConnection, MultiBackend};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// A statement that is looked up in the connection's cache by its text.
pub(crate) struct Prepared<T>(pub(crate) T);

impl<T: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Prepared<T> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &MultiBackend) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<T> QueryId for Prepared<T> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> RunQueryDsl<AnyConnection> for Prepared<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Location;
    use crate::connection::Role;
    use crate::schema::consents;
    use diesel::connection::{InstrumentationEvent, SimpleConnection};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn an_update_is_prepared_once() {
        let folder = tempfile::TempDir::new().unwrap();
        let location = Location::Sqlite(folder.path().join("test.db"));
        let mut connection = AnyConnection::open(&location, Role::Writer).unwrap();
        connection.batch_execute("CREATE TABLE consents (subject TEXT, version INTEGER)").unwrap();
        let kept = Arc::new(AtomicUsize::new(0));
        let counted = kept.clone();
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        for version in 0..3 {
            let place = consents::table.filter(consents::subject.eq("alice"));
            Prepared(diesel::update(place).set(consents::version.eq(version))).execute(&mut connection).unwrap();
        }
        assert_eq!(kept.load(Ordering::SeqCst), 1);
    }
}

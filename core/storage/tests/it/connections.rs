//! Connections that are lost, callers that go away, storage that is dropped.

use crate::databases::{self, Database};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{PgConnection, sql_query};
use gatewright_testing::clock::FixedClock;
use gatewright_testing::conformance::{issue, later};
use gatewright_testing::samples;
use std::sync::Arc;
use std::time::Duration;

fn opened(database: &Database) -> gatewright_storage::Storage {
    let storage = database.open(Arc::new(FixedClock::default()));
    storage.migrate().unwrap();
    storage
}

#[derive(QueryableByName)]
struct Schema {
    #[diesel(sql_type = Text)]
    schema: String,
}

/// Ends every other connection that works in the schema of `database`, as a restart of the server does.
fn cut(database: &Database) {
    let mut connection = PgConnection::establish(&database.url).unwrap();
    let schema: Schema = sql_query("SELECT current_schema()::text AS schema").get_result(&mut connection).unwrap();
    let sql = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND \
         application_name = '{}'",
        schema.schema
    );
    connection.batch_execute(&sql).unwrap();
}

#[tokio::test]
async fn a_lost_connection_is_opened_anew_without_a_fault() {
    let Some(mut database) = databases::postgres() else { return };
    let schema = database.url.rsplit("search_path%3D").next().unwrap().to_owned();
    database.url.push_str(&format!("&application_name={schema}"));
    let storage = opened(&database);
    let stores = storage.stores();
    for round in 0..3 {
        cut(&database);
        let (code, family) = (format!("code {round}"), format!("family-{round}"));
        let code = samples::code(&code, "c", &family);
        // A read, a statement and a transaction, each on connections that are gone.
        assert!(storage.is_reachable().await);
        cut(&database);
        issue(&stores, &code).await;
        cut(&database);
        let issues = samples::first_tokens(&code, &format!("refresh {round}"));
        stores.codes.redeem(&code.hash, &issues, later(0)).await.unwrap();
        assert!(stores.tokens.family(&code.family).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn what_a_caller_asked_for_is_done_though_it_goes_away() {
    let database = databases::sqlite();
    let storage = opened(&database);
    let stores = storage.stores();
    let user = samples::user("u", "alice");
    {
        let mut adding = std::pin::pin!(stores.users.add(&user));
        // Polled once, it is on its way to the writer; then its caller drops it.
        let once = tokio::time::timeout(Duration::ZERO, adding.as_mut()).await;
        drop(once);
    }
    while stores.users.find(&user.subject).await.unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn dropping_the_last_handle_closes_the_database() {
    let database = databases::sqlite();
    let path = database.url.strip_prefix("sqlite:").unwrap().to_owned();
    // Often: connections that close at the same moment are in one another's way.
    for round in 0..20 {
        let storage = opened(&database);
        let stores = storage.stores();
        drop(storage);
        let user = samples::user(&format!("u{round}"), &format!("alice{round}"));
        stores.users.add(&user).await.unwrap().unwrap();
        let found = (0..8).map(|_| stores.users.find(&user.subject));
        for found in found {
            assert!(found.await.unwrap().is_some());
        }
        assert!(std::fs::exists(format!("{path}-wal")).unwrap());
        drop(stores);
        assert!(
            !std::fs::exists(format!("{path}-wal")).unwrap(),
            "the last connection folds the log into the database"
        );
    }
}

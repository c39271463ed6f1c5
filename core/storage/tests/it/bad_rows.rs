//! A row that says what no server of ours writes is a fault that names it, never a value.

use crate::databases::{self, Database};
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use gatewright_domain::fault::Fault;
use gatewright_domain::store::Stores;
use gatewright_domain::token_hash::TokenHash;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::conformance::{issue, later};
use gatewright_testing::samples;
use std::sync::Arc;

async fn filled(database: &Database) -> Stores {
    let storage = database.open(Arc::new(FixedClock::default()));
    storage.migrate().unwrap();
    let stores = storage.stores();
    stores.clients.save(&samples::client("c")).await.unwrap();
    stores.users.add(&samples::user("u", "alice")).await.unwrap().unwrap();
    stores.factors.add(&samples::factor("f", "u")).await.unwrap().unwrap();
    stores.sessions.begin(&samples::session("s", "cookie"), None).await.unwrap();
    stores.interactions.begin(&samples::interaction("trip")).await.unwrap();
    stores.consents.remember(&samples::consent("c", "openid")).await.unwrap();
    stores.pushed_requests.push(&samples::pushed_request("pushed", "c")).await.unwrap();
    let code = samples::code("code", "c", "family");
    issue(&stores, &code).await;
    let mut issues = samples::first_tokens(&code, "refresh");
    issues.opaque = Some(samples::access_token("access", &issues.family));
    stores.codes.redeem(&code.hash, &issues, later(0)).await.unwrap();
    stores.keys.rotate(&samples::key("k"), &[], None, later(0)).await.unwrap();
    stores
}

/// Every way a row of `table` is read.
async fn read(stores: &Stores, table: &str) -> Option<Fault> {
    match table {
        "clients" => stores.clients.find(&samples::word("c")).await.err(),
        "users" => stores.users.find_by_username("alice").await.err(),
        "factors" => stores.factors.find(&samples::word("f"), later(0)).await.err(),
        "sessions" => stores.sessions.find(&TokenHash::of("cookie")).await.err(),
        "interactions" => stores.interactions.find(&samples::word("trip")).await.err(),
        "pushed_requests" => stores.pushed_requests.find(&TokenHash::of("pushed")).await.err(),
        "consents" => stores.consents.find(&samples::word(samples::SUBJECT), &samples::word("c")).await.err(),
        "authorization_codes" => stores.codes.find(&TokenHash::of("code")).await.err(),
        "token_families" => stores.tokens.family(&samples::word("family")).await.err(),
        "refresh_tokens" => stores.tokens.find_refresh_token(&TokenHash::of("refresh")).await.err(),
        "access_tokens" => stores.tokens.find_opaque(&TokenHash::of("access")).await.err(),
        "signing_keys" => stores.keys.list().await.err(),
        _ => panic!("{table}"),
    }
}

#[tokio::test]
async fn a_bad_row_is_a_fault_that_names_table_key_and_column() {
    let cases = [
        ("clients", "document", "'{}'", "c"),
        ("clients", "document", "replace(document, '\"id\":\"c\"', '\"id\":\"d\"')", "c"),
        ("clients", "document", "replace(document, '{\"id\"', '{\"unknown\":1,\"id\"')", "c"),
        ("users", "document", "'[]'", "u"),
        ("factors", "kind", "''", "f"),
        ("sessions", "document", "replace(document, '{', '{\"unknown\":1,')", ""),
        ("sessions", "subject", "''", ""),
        ("sessions", "bundle", "'with space'", ""),
        ("interactions", "browser", "'short'", "trip"),
        ("interactions", "bundle", "''", "trip"),
        ("pushed_requests", "client_id", "char(10)", ""),
        ("pushed_requests", "document", "replace(document, '{', '{\"unknown\":1,')", ""),
        ("pushed_requests", "document", "replace(document, 'code', '%ff')", ""),
        ("consents", "scope", "'\"'", "248289761001 c"),
        ("consents", "claims", "'email'", "248289761001 c"),
        ("authorization_codes", "document", "replace(document, 'https://', 'javascript:')", ""),
        ("authorization_codes", "family", "''", ""),
        ("authorization_codes", "session", "''", ""),
        ("token_families", "document", "replace(document, '{', '{\"unknown\":1,')", "family"),
        ("token_families", "client_id", "char(10)", "family"),
        ("refresh_tokens", "scope", "char(10)", ""),
        ("access_tokens", "document", "'{\"scope\":\"openid\"}'", ""),
        ("access_tokens", "subject", "''", ""),
        ("signing_keys", "algorithm", "'none'", "k"),
    ];
    for (table, column, value, key) in cases {
        let database = databases::sqlite();
        let stores = filled(&database).await;
        assert!(read(&stores, table).await.is_none(), "{table} is good before");
        // A client that was read is remembered for a second.
        let stores = if table == "clients" { database.open(Arc::new(FixedClock::default())).stores() } else { stores };
        let mut connection = SqliteConnection::establish(database.url.strip_prefix("sqlite:").unwrap()).unwrap();
        connection.batch_execute(&format!("UPDATE {table} SET {column} = {value}")).unwrap();
        let fault = read(&stores, table).await.unwrap_or_else(|| panic!("{table}.{column} = {value} was believed"));
        let message = fault.to_string();
        let named = format!("table {table}, key {key}");
        assert!(message.contains(&named) && message.contains(&format!("column {column}")), "{message}");
    }
}

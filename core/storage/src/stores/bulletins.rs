//! Bulletins: with PostgreSQL's NOTIFY; on SQLite within the process.

use super::Tables;
use crate::connection::AnyConnection;
use async_trait::async_trait;
use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::{BULLETIN_BYTES_MAX, BulletinStore, Heard};

const PLACE: &str = "store.bulletins";
/// Posts on the channel of this schema.
const POST: &str = "SELECT pg_notify('gatewright_b_' || md5(current_schema()), $1)";

#[async_trait]
impl BulletinStore for Tables {
    async fn post(&self, text: &str) -> Result<(), Fault> {
        if text.len() > BULLETIN_BYTES_MAX {
            return Err(Fault::new(PLACE, format!("a bulletin has at most {BULLETIN_BYTES_MAX} bytes")));
        }
        if !self.notices.are_shared() {
            self.notices.board.put(Some(text));
            return Ok(());
        }
        let text = text.to_owned();
        let posting = self.executor.statement(PLACE, move |connection| match connection {
            AnyConnection::Sqlite(_) => Ok(()),
            AnyConnection::Postgres(connection) => {
                diesel::sql_query(POST).bind::<Text, _>(&text).execute(connection)?;
                Ok(())
            }
        });
        posting.await
    }

    async fn heard(&self, since: u64) -> Heard {
        self.notices.bulletins_after(since).await
    }
}

//! Parsing at the database's door: a row that says what it can't is a fault that names its table, key and
//! column, never a value that later code believes.

use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Which row is being read; for the message of a fault.
#[derive(Clone, Copy)]
pub(crate) struct RowName<'r> {
    pub(crate) place: &'static str,
    pub(crate) table: &'static str,
    pub(crate) key: &'r str,
}

impl RowName<'_> {
    /// The parsed column, or the fault.
    pub(crate) fn column<T, E>(&self, column: &str, parsed: Result<T, E>) -> Result<T, Fault> {
        parsed.map_err(|_| self.bad(column, "its text is none that this server writes"))
    }

    /// The parsed document. The fault tells where it is wrong and never what it says: a document may hold
    /// claims about a person.
    pub(crate) fn document<T: DeserializeOwned>(&self, text: &str) -> Result<T, Fault> {
        serde_json::from_str(text).map_err(|error| {
            let kind = match error.classify() {
                serde_json::error::Category::Data => "another shape than expected",
                _ => "no whole JSON",
            };
            self.bad("document", &format!("{kind} at column {}", error.column()))
        })
    }

    /// The fault of a column.
    pub(crate) fn bad(&self, column: &str, why: &str) -> Fault {
        let Self { place, table, key } = self;
        Fault::new(place, format!("table {table}, key {key}, column {column}: {why}"))
    }
}

/// The document of a row to be written.
pub(crate) fn to_document(place: &'static str, document: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(document).map_err(|error| Fault::caused(place, error))
}

/// A stored time.
pub(crate) fn time(seconds: i64) -> Timestamp {
    Timestamp(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: RowName<'_> = RowName { place: "store.users", table: "users", key: "u1" };

    #[test]
    fn a_bad_document_is_told_by_its_place_and_not_by_its_words() {
        let fault = ROW.document::<Vec<u8>>(r#"["a secret"]"#).unwrap_err().to_string();
        assert_eq!(
            fault,
            "store.users: table users, key u1, column document: another shape than expected at column 11"
        );
        let fault = ROW.document::<Vec<u8>>("[1").unwrap_err().to_string();
        assert!(fault.contains("no whole JSON"), "{fault}");
    }
}

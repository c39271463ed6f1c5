//! Claims about an end-user, from flags and from a file (OpenID Connect Core 5.1).

use crate::command::error::CommandError;
use crate::command::input::text_in;
use crate::operations::admit_claims;
use clap::Args;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// Claims as they are given.
#[derive(Debug, Default, Args)]
pub(super) struct ClaimsArguments {
    /// A claim, its value as JSON or as plain text: given_name=Carol, email_verified=true; may be given several times
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = claim)]
    claims: Vec<(String, Value)>,
    /// Claims from a file, one JSON object; --claim wins over it
    #[arg(long, value_name = "FILE")]
    claims_file: Option<PathBuf>,
}

impl ClaimsArguments {
    /// All claims together.
    pub(super) fn read(&self) -> Result<Map<String, Value>, CommandError> {
        let mut claims = match &self.claims_file {
            None => Map::new(),
            Some(path) => serde_json::from_str(&text_in(path)?).map_err(|_| CommandError::Metadata(path.clone()))?,
        };
        claims.extend(self.claims.iter().cloned());
        admit_claims(&claims)?;
        Ok(claims)
    }
}

fn claim(text: &str) -> Result<(String, Value), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => {
            // What is no JSON is text: nobody wants to quote a name for two languages.
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
            Ok((name.to_owned(), value))
        }
        _ => Err("write it as NAME=VALUE, such as email=carol@example.com".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fs;

    #[test]
    fn a_value_is_json_or_else_text() {
        let table = [
            ("given_name=Carol", json!("Carol")),
            ("given_name=\"Carol\"", json!("Carol")),
            ("email_verified=true", json!(true)),
            ("updated_at=1700000000", json!(1_700_000_000)),
            ("groups=[\"a\",\"b\"]", json!(["a", "b"])),
            ("address={\"locality\":\"Bonn\"}", json!({ "locality": "Bonn" })),
            ("note=a=b", json!("a=b")),
            ("note=", json!("")),
        ];
        for (text, value) in table {
            assert_eq!(claim(text).unwrap().1, value, "{text}");
        }
        assert!(claim("novalue").is_err() && claim("=x").is_err());
    }

    #[test]
    fn a_flag_wins_over_the_file_and_a_protected_claim_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("claims.json");
        fs::write(&file, r#"{"given_name": "Old", "family_name": "Kept"}"#).unwrap();
        let mut arguments = ClaimsArguments { claims: vec![claim("given_name=New").unwrap()], claims_file: Some(file) };
        assert_eq!(Value::Object(arguments.read().unwrap()), json!({ "given_name": "New", "family_name": "Kept" }));
        arguments.claims.push(claim("sub=someone-else").unwrap());
        let refused = arguments.read().unwrap_err().to_string();
        assert!(refused.contains("sub"), "{refused}");
    }
}

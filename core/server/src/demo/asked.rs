//! What the end-user chose to ask the server for, on the first page.

use super::trouble::Trouble;
use gatewright_protocol::acr::{Acr, parse_acr_values};
use gatewright_protocol::params::Params;
use gatewright_protocol::prompt::Prompts;
use gatewright_protocol::scope::Scope;
use serde::Serialize;

/// Longest text in one of the form's fields, in bytes.
pub const ASKED_TEXT_BYTES_MAX: usize = 512;

/// The scope values the first page offers, and whether they are asked for unless the end-user says otherwise.
pub(super) const OFFERED_SCOPES: [(&str, bool); 6] = [
    ("profile", true),
    ("email", true),
    ("address", false),
    ("phone", false),
    ("offline_access", false),
    ("roles", false),
];

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Asked {
    /// `scope`; always with `openid`.
    pub(super) scope: Scope,
    /// `acr_values`, separated by spaces; empty where none are asked.
    pub(super) acr_values: String,
    /// `prompt`; empty where none is asked.
    pub(super) prompt: String,
}

impl Asked {
    /// Reads the form: any number of `scope`, `more_scopes`, `acr_values`, `prompt`.
    pub(super) fn parse(query: &Params) -> Result<Self, Trouble> {
        let text = |name: &str| -> Result<String, Trouble> {
            let text = query.single(name)?.unwrap_or_default().trim();
            if text.len() > ASKED_TEXT_BYTES_MAX {
                return Err(Trouble::Unaskable(format!("{name} is longer than {ASKED_TEXT_BYTES_MAX} bytes")));
            }
            Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let ticked: Vec<&str> = query.all("scope").collect();
        let scope = Scope::parse(&format!("openid {} {}", ticked.join(" "), text("more_scopes")?))?;
        let acrs: Vec<Acr> = parse_acr_values(&text("acr_values")?)?;
        let prompt = text("prompt")?;
        Prompts::parse(&prompt)?;
        let acr_values = acrs.iter().map(Acr::as_str).collect::<Vec<_>>().join(" ");
        Ok(Self { scope, acr_values, prompt })
    }

    /// Its parameters of the authorization request.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'static str, String)> {
        let all = [
            ("scope", self.scope.to_string()),
            ("acr_values", self.acr_values.clone()),
            ("prompt", self.prompt.clone()),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<Asked, Trouble> {
        Asked::parse(&Params::parse_query(query).unwrap())
    }

    #[test]
    fn openid_is_always_asked_for_and_the_rest_as_chosen() {
        assert_eq!(parse("").unwrap().parameters().collect::<Vec<_>>(), [("scope", "openid".to_owned())]);
        let asked =
            parse("scope=email&scope=phone&more_scopes=+org_name++email&acr_values=otp+pwd&prompt=login").unwrap();
        let parameters: Vec<_> = asked.parameters().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(parameters, ["scope=openid email phone org_name", "acr_values=otp pwd", "prompt=login"]);
    }

    #[test]
    fn what_cannot_be_asked_for_is_said_at_once() {
        let long = format!("more_scopes={}", "x".repeat(ASKED_TEXT_BYTES_MAX + 1));
        for query in
            ["more_scopes=%22", "acr_values=%C3%BC", "prompt=dance", "prompt=none+login", "prompt=a&prompt=b", &long]
        {
            assert!(matches!(parse(query), Err(Trouble::Unaskable(_))), "{query}");
        }
    }
}

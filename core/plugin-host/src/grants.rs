//! What a plugin may call: what its own manifest states, of what its binding was lent.

use crate::manifest::Wants;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::loan::Loan;
use std::collections::BTreeSet;

/// A plugin's wants and its loan.
pub struct Grants {
    wants: Wants,
    loan: Loan,
}

impl Grants {
    /// Both together.
    pub fn new(wants: Wants, loan: Loan) -> Self {
        Self { wants, loan }
    }

    /// The capabilities that the plugin states it calls.
    pub fn wanted(&self) -> BTreeSet<String> {
        self.wants.names().map(str::to_owned).collect()
    }

    /// Whether `capability` may be called.
    ///
    /// # Errors
    /// `not-lent`.
    pub fn admit(&self, capability: &str) -> Result<(), CapabilityError> {
        let not_lent = |what: String| Err(CapabilityError::NotLent { what });
        if !self.wants.names().any(|name| name == capability) {
            return not_lent(format!("{capability}, which the plugin's own manifest does not state"));
        }
        if !self.loan.names().contains(&capability) {
            return not_lent(capability.to_owned());
        }
        Ok(())
    }

    /// What is wanted and not lent, as it is to be written in `policy.toml`; none when all is lent.
    pub fn missing(&self) -> Option<String> {
        let lent = self.loan.names();
        let mut missing = Vec::new();
        let mut incomplete = false;
        for name in self.wants.names() {
            incomplete |= !lent.contains(&name);
            missing.push(match name {
                "http" => {
                    let lent = self.loan.http.as_ref().map(|http| &http.origins);
                    incomplete |=
                        self.wants.origins().iter().any(|origin| !lent.is_some_and(|lent| lent.contains(origin)));
                    let origins = listed(self.wants.origins(), lent, "https://…");
                    match self.loan.http.as_ref().is_some_and(|http| http.private_addresses) {
                        true => format!("http = {{ origins = {origins}, private_addresses = true }}"),
                        false => format!("http = {origins}"),
                    }
                }
                "secrets" => {
                    incomplete |= self.wants.secrets().iter().any(|secret| !self.loan.secrets.contains(secret));
                    format!("secrets = {}", listed(self.wants.secrets(), Some(&self.loan.secrets), "…"))
                }
                "factors" => {
                    let kind = self.loan.factors.as_ref().map_or("…", |kind| kind.as_str());
                    format!("factors = {}", toml::Value::from(kind))
                }
                "oidc" => format!("oidc = {}", listed(&BTreeSet::new(), Some(&self.loan.oidc), "…")),
                name => format!("{name} = true"),
            });
        }
        incomplete.then(|| format!("lend = {{ {} }}", missing.join(", ")))
    }
}

/// What is wanted and what is lent already, as a TOML array; `otherwise` where that is nothing.
fn listed(wanted: &BTreeSet<String>, lent: Option<&BTreeSet<String>>, otherwise: &str) -> String {
    let mut all: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
    all.extend(lent.into_iter().flatten().map(String::as_str));
    if all.is_empty() {
        all.insert(otherwise);
    }
    let quoted: Vec<String> = all.into_iter().map(|text| toml::Value::from(text).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;
    use gatewright_domain::capabilities::loan::HttpLoan;

    fn grants(capabilities: &str, loan: Loan) -> Grants {
        let text = format!("name = \"x\"\nversion = \"1\"\nhooks = [\"claims\"]\ncapabilities = {capabilities}");
        Grants::new(Manifest::parse(&text).unwrap().wants, loan)
    }

    #[test]
    fn what_is_missing_is_written_as_the_binding_must_say_it() {
        let wanted = r#"{ kv = true, http = ["https://risk.example.com"], secrets = ["key"] }"#;
        let missing = grants(wanted, Loan::default()).missing().unwrap();
        assert_eq!(missing, r#"lend = { kv = true, http = ["https://risk.example.com"], secrets = ["key"] }"#);
        let lent = Loan { secrets: ["other".to_owned()].into(), kv: true, ..Loan::default() };
        let missing = grants(r#"{ secrets = ["key"] }"#, lent).missing().unwrap();
        assert_eq!(missing, r#"lend = { secrets = ["key", "other"] }"#);
        let http = HttpLoan { origins: ["https://b.example".to_owned()].into(), private_addresses: true };
        let missing =
            grants(r#"{ http = ["https://a.example"] }"#, Loan { http: Some(http), ..Loan::default() }).missing();
        let both =
            r#"lend = { http = { origins = ["https://a.example", "https://b.example"], private_addresses = true } }"#;
        assert_eq!(missing.unwrap(), both);
        assert_eq!(grants(r#"["http"]"#, Loan::default()).missing().unwrap(), r#"lend = { http = ["https://…"] }"#);
    }

    #[test]
    fn more_may_be_lent_than_is_wanted_and_is_not_to_be_called() {
        let origins = ["https://a.example".to_owned(), "https://b.example".to_owned()].into();
        let loan = Loan { users: true, http: Some(HttpLoan { origins, private_addresses: false }), ..Loan::default() };
        let grants = grants(r#"{ http = ["https://a.example"] }"#, loan);
        assert_eq!(grants.missing(), None);
        assert!(grants.admit("http").is_ok());
        assert!(matches!(grants.admit("users"), Err(CapabilityError::NotLent { what }) if what.contains("manifest")));
    }

    #[test]
    fn what_is_stated_and_not_lent_is_not_to_be_called() {
        let refused = grants("[\"kv\"]", Loan::default()).admit("kv");
        assert_eq!(refused, Err(CapabilityError::NotLent { what: "kv".into() }));
    }
}

//! Says which of our customers an end-user belongs to, by the domain of their verified email address: the claims
//! `email_domain` and, where a customer has that domain or one above it, `tenant`.

use gatewright_plugin::prelude::*;

/// Whose domains these are; what lies below a domain is theirs too, unless it has a line of its own.
const TENANTS: [(&str, &str); 3] =
    [("acme.example", "acme"), ("labs.acme.example", "acme-labs"), ("globex.example", "globex")];

struct EmailDomain;

gatewright_plugin::export!(EmailDomain: claims);

impl Claims for EmailDomain {
    fn claims(about: claims::Input) -> Outcome<ClaimSet> {
        let known = &about.user.claims;
        // What nobody verified may be anybody's.
        if known["email_verified"].as_flag() != Some(true) {
            return Ok(pass());
        }
        let Some(domain) = known.text("email").and_then(domain) else { return Ok(pass()) };
        let tenant = tenant(&domain);
        let said = ClaimSet::new().with("email_domain", domain);
        Ok(match tenant {
            Some(tenant) => said.with("tenant", tenant),
            None => said,
        })
    }
}

/// The domain of an address, in lower case. Only of letters, digits, `-` and `.`: a name that merely looks like a
/// customer's is none.
fn domain(email: &str) -> Option<String> {
    let (local, domain) = email.rsplit_once('@')?;
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (!local.is_empty() && domain.split('.').all(is_label)).then(|| domain.to_ascii_lowercase())
}

/// Whose it is: the longest of our customers' domains that it is or lies below.
fn tenant(domain: &str) -> Option<&'static str> {
    let lies_below = |own: &str| domain.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let theirs = TENANTS.iter().filter(|(own, _)| lies_below(own));
    theirs.max_by_key(|(own, _)| own.len()).map(|(_, tenant)| *tenant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_plugin::testing;

    fn with(email: &str, verified: bool) -> ClaimSet {
        let known = ClaimSet::from([("email", email)]).with("email_verified", verified);
        testing::Claims::new().given(|about| about.user.claims = known).run::<EmailDomain>().decision()
    }

    #[test]
    fn a_customers_address_says_its_domain_and_the_customer() {
        let said = ClaimSet::from([("email_domain", "acme.example"), ("tenant", "acme")]);
        assert_eq!(with("a.liddell@Acme.Example", true), said);
        let said = ClaimSet::from([("email_domain", "uk.globex.example"), ("tenant", "globex")]);
        assert_eq!(with("bob@uk.globex.example", true), said);
    }

    #[test]
    fn the_longest_domain_decides() {
        assert_eq!(with("a@x.labs.acme.example", true).text("tenant"), Some("acme-labs"));
        assert_eq!(with("a@x.acme.example", true).text("tenant"), Some("acme"));
    }

    #[test]
    fn what_merely_ends_like_a_customers_domain_is_no_customers() {
        assert_eq!(with("eve@notacme.example", true), ClaimSet::from([("email_domain", "notacme.example")]));
        assert_eq!(with("eve@acme.example.evil.example", true).get("tenant"), None);
    }

    #[test]
    fn an_address_that_is_not_verified_or_none_says_nothing() {
        assert_eq!(with("alice@acme.example", false), pass());
        for email in
            ["acme.example", "@acme.example", "a@", "a@acme..example", "a@\u{430}cme.example", "a@acme.example."]
        {
            assert_eq!(with(email, true), pass(), "{email}");
        }
        assert_eq!(testing::Claims::new().run::<EmailDomain>().decision(), pass());
    }

    #[test]
    fn of_two_signs_the_last_parts_the_domain() {
        assert_eq!(with("\"a@globex.example\"@acme.example", true).text("tenant"), Some("acme"));
    }
}

//! The standard claims and which scope asks for which (OpenID Connect Core 5.1 and 5.4), and the claims that
//! nobody but the server may set.

/// What `profile` asks for.
const PROFILE: &[&str] = &[
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

/// Every standard claim about an end-user (OpenID Connect Core 5.1), `sub` first.
pub const STANDARD_CLAIMS: &[&str] = &[
    "sub",
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "address",
];

/// Claims that say who issued a token, for whom, about whom, and how strongly it was earned. A hook that could set one
/// could forge a login or a grant.
pub const PROTECTED_CLAIMS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "typ",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "client_id",
    "scope",
    "cnf",
    "act",
    "may_act",
    "events",
    "sub_id",
    "active",
    "token_type",
    "authorization_details",
    // Ours: which token family an access token descends from, and so whose it is.
    "token_family",
];

/// The claims a standard scope value asks for; none for any other.
#[must_use]
pub fn claims_of_scope(scope_value: &str) -> &'static [&'static str] {
    match scope_value {
        "openid" => &["sub"],
        "profile" => PROFILE,
        "email" => &["email", "email_verified"],
        "address" => &["address"],
        "phone" => &["phone_number", "phone_number_verified"],
        _ => &[],
    }
}

/// Whether a claim is the server's alone to set.
#[must_use]
pub fn is_protected(claim: &str) -> bool {
    PROTECTED_CLAIMS.contains(&claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_scopes_ask_for_the_standard_claims_and_no_others() {
        let asked: Vec<&str> = ["openid", "profile", "email", "phone", "address"]
            .iter()
            .flat_map(|scope| claims_of_scope(scope))
            .copied()
            .collect();
        assert_eq!(asked, STANDARD_CLAIMS);
        assert!(claims_of_scope("offline_access").is_empty());
        assert!(claims_of_scope("Profile").is_empty());
    }

    #[test]
    fn only_sub_is_both_standard_and_protected() {
        let both: Vec<_> = STANDARD_CLAIMS.iter().filter(|claim| is_protected(claim)).collect();
        assert_eq!(both, [&"sub"]);
        for claim in ["iss", "aud", "exp", "nonce", "acr", "cnf", "client_id", "token_family"] {
            assert!(is_protected(claim), "{claim}");
        }
        assert!(!is_protected("role") && !is_protected("ISS"));
    }
}

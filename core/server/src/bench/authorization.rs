//! Authorization requests, and what comes back with them (RFC 6749 section 4.1, RFC 7636, RFC 9207).

use super::client::Client;
use super::failure::Failure;
use super::random;
use super::target::Target;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;
use url::Url;

const ENDPOINT: &str = "authorization endpoint";

/// An authorization request, and what is needed to believe its answer.
pub(super) struct AuthorizationRequest {
    /// The authorization endpoint with all parameters.
    pub(super) url: Url,
    state: String,
    /// Must come back in the ID token (OpenID Connect Core section 3.1.2.1).
    pub(super) nonce: String,
    /// Proves at the token endpoint that the code is ours; none with `--no-pkce`.
    pub(super) verifier: Option<String>,
}

/// What an authorization request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A code, by the scope of the command line.
    Code,
    /// A refresh token too: where the provider knows `offline_access`, it must be asked for along
    /// with consent (OpenID Connect Core section 11).
    RefreshToken,
}

impl AuthorizationRequest {
    /// A new request of the client.
    pub(super) fn new(target: &Target, client: &Client, purpose: Purpose) -> Result<Self, Failure> {
        let arguments = &target.arguments.client;
        let (state, nonce) = (random::text::<16>()?, random::text::<16>()?);
        let verifier = if arguments.no_pkce { None } else { Some(random::text::<32>()?) };
        let mut url = target.metadata.authorization_endpoint.clone();
        let offline = purpose == Purpose::RefreshToken && target.metadata.has_scope("offline_access");
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("response_type", "code").append_pair("client_id", &client.id);
            query.append_pair("redirect_uri", &arguments.redirect_uri);
            query.append_pair("state", &state).append_pair("nonce", &nonce);
            if offline && !arguments.scope.split(' ').any(|value| value == "offline_access") {
                query.append_pair("scope", &format!("{} offline_access", arguments.scope));
            } else {
                query.append_pair("scope", &arguments.scope);
            }
            if offline {
                query.append_pair("prompt", "consent");
            }
            if let Some(verifier) = &verifier {
                query.append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())));
                query.append_pair("code_challenge_method", "S256");
            }
        }
        Ok(Self { url, state, nonce, verifier })
    }

    /// The code that arrived at the redirect URI.
    pub(super) fn code(&self, issuer: &str, callback: &Url) -> Result<String, Failure> {
        let one =
            |wanted: &str| callback.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
        let malformed = |reason: &str| Failure::Malformed { endpoint: ENDPOINT, reason: reason.into() };
        if one("state").as_ref() != Some(&self.state) {
            return Err(malformed("the state is not the one that was sent"));
        }
        if one("iss").is_some_and(|said| said != issuer) {
            return Err(malformed("iss is another issuer's"));
        }
        if let Some(error) = one("error") {
            let description = one("error_description").unwrap_or_default();
            return Err(Failure::Refused { endpoint: ENDPOINT, error, description });
        }
        one("code").filter(|code| !code.is_empty()).ok_or_else(|| malformed("there is neither code nor error"))
    }
}

/// The callback, if a redirect to `location` leads to the client's redirect URI.
pub(super) fn callback(location: &str, redirect_uri: &str) -> Option<Url> {
    let rest = location.strip_prefix(redirect_uri)?;
    if rest.is_empty() || rest.starts_with(['?', '#', '&']) { Url::parse(location).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(query: &str) -> Result<String, String> {
        let request = AuthorizationRequest {
            url: Url::parse("http://h/authorize").unwrap(),
            state: "s".into(),
            nonce: "n".into(),
            verifier: None,
        };
        let callback = Url::parse(&format!("http://c/cb?{query}")).unwrap();
        request.code("http://h", &callback).map_err(|failure| failure.kind())
    }

    #[test]
    fn only_the_answer_to_this_request_is_believed() {
        let malformed = Err("authorization endpoint: malformed answer".to_owned());
        for (query, expected) in [
            ("code=c&state=s", Ok("c".into())),
            ("code=c&state=s&iss=http%3A%2F%2Fh", Ok("c".into())),
            ("code=c&state=s&iss=http%3A%2F%2Fother", malformed.clone()),
            ("code=c&state=other", malformed.clone()),
            ("code=c", malformed.clone()),
            ("code=&state=s", malformed.clone()),
            ("state=s", malformed.clone()),
            ("error=access_denied&state=s", Err("authorization endpoint: access_denied".into())),
            ("error=access_denied&code=c&state=s", Err("authorization endpoint: access_denied".into())),
            ("error=access_denied&state=other", malformed),
        ] {
            assert_eq!(code_of(query), expected, "{query}");
        }
    }

    #[test]
    fn only_the_whole_redirect_uri_is_the_callback() {
        for (location, redirect_uri, arrived) in [
            ("http://c/cb?code=1", "http://c/cb", true),
            ("http://c/cb", "http://c/cb", true),
            ("http://c/cb#error=x", "http://c/cb", true),
            ("http://c/cb?fixed=1&code=1", "http://c/cb?fixed=1", true),
            ("com.example:/cb?code=1", "com.example:/cb", true),
            ("http://c/cbx?code=1", "http://c/cb", false),
            ("http://c/cb/x", "http://c/cb", false),
            ("http://other/cb", "http://c/cb", false),
            ("/cb?code=1", "http://c/cb", false),
        ] {
            assert_eq!(callback(location, redirect_uri).is_some(), arrived, "{location}");
        }
    }
}

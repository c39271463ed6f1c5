//! The tokens a client holds, and whether the answer that brought them is right
//! (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.7).

use super::answer::Answer;
use super::failure::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use std::time::{Duration, Instant};

/// How long before its end an access token is given up, so that none ends on its way to the server.
const EXPIRY_MARGIN: Duration = Duration::from_secs(10);

/// The tokens of one answer of the token endpoint.
pub(super) struct Tokens {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    /// The end-user, as the ID token names them.
    pub(super) subject: Option<String>,
    best_before: Option<Instant>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    token_type: String,
    refresh_token: Option<String>,
    id_token: Option<String>,
    expires_in: Option<f64>,
}

#[derive(Deserialize)]
struct IdToken {
    iss: String,
    sub: String,
    aud: Audience,
    nonce: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// What the ID token of an answer must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
}

impl Tokens {
    /// Reads an answer of the token endpoint. With `expected` there must be an ID token that says it.
    /// Its signature is not verified: that would be the driver's time, on the server's machine.
    pub(super) fn read(answer: &Answer, expected: Option<&Expected<'_>>) -> Result<Self, Failure> {
        let received: TokenAnswer = answer.json()?;
        if !received.token_type.eq_ignore_ascii_case("bearer") || received.access_token.is_empty() {
            return Err(answer.malformed("there is no bearer token in it"));
        }
        let subject = match (expected, &received.id_token) {
            (None, _) => None,
            (Some(_), None) => return Err(answer.malformed("there is no ID token in it")),
            (Some(expected), Some(jwt)) => Some(subject_of(jwt, expected).map_err(|reason| answer.malformed(reason))?),
        };
        let lifetime = received.expires_in.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Ok(Self {
            access_token: received.access_token,
            refresh_token: received.refresh_token.filter(|token| !token.is_empty()),
            subject,
            best_before: lifetime.and_then(|lifetime| Instant::now().checked_add(usable_part(lifetime))),
        })
    }

    /// Whether the access token will still do for a request.
    pub(super) fn is_fresh(&self) -> bool {
        self.best_before.is_none_or(|end| Instant::now() < end)
    }
}

/// A short-lived token is used for half its life rather than not at all.
fn usable_part(lifetime: Duration) -> Duration {
    lifetime.saturating_sub(EXPIRY_MARGIN).max(lifetime / 2)
}

fn subject_of(jwt: &str, expected: &Expected<'_>) -> Result<String, &'static str> {
    let payload = jwt.split('.').nth(1).ok_or("the ID token is no JWT")?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| "the ID token is no JWT")?;
    let claims: IdToken = serde_json::from_slice(&payload).map_err(|_| "the ID token lacks iss, sub or aud")?;
    let for_us = match &claims.aud {
        Audience::One(one) => one == expected.client_id,
        Audience::Many(all) => all.iter().any(|one| one == expected.client_id),
    };
    if claims.iss != expected.issuer {
        Err("the ID token is another issuer's")
    } else if !for_us {
        Err("the ID token is for another client")
    } else if claims.nonce.as_deref() != Some(expected.nonce) {
        Err("the ID token answers another request: its nonce differs")
    } else {
        Ok(claims.sub)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, StatusCode};

    const EXPECTED: Expected<'_> = Expected { issuer: "i", client_id: "c", nonce: "n" };

    fn answer(body: &str) -> Answer {
        Answer {
            endpoint: "token endpoint",
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.to_owned().into(),
        }
    }

    fn with_id_token(claims: &str) -> Answer {
        let jwt = format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims));
        answer(&format!(r#"{{"access_token":"a","token_type":"bearer","id_token":"{jwt}"}}"#))
    }

    #[test]
    fn an_id_token_must_be_for_this_request() {
        for (claims, good) in [
            (r#"{"iss":"i","sub":"s","aud":"c","nonce":"n"}"#, true),
            (r#"{"iss":"i","sub":"s","aud":["x","c"],"nonce":"n"}"#, true),
            (r#"{"iss":"x","sub":"s","aud":"c","nonce":"n"}"#, false),
            (r#"{"iss":"i","sub":"s","aud":"x","nonce":"n"}"#, false),
            (r#"{"iss":"i","sub":"s","aud":["x"],"nonce":"n"}"#, false),
            (r#"{"iss":"i","sub":"s","aud":"c","nonce":"x"}"#, false),
            (r#"{"iss":"i","sub":"s","aud":"c"}"#, false),
            (r#"{"iss":"i","aud":"c","nonce":"n"}"#, false),
        ] {
            let read = Tokens::read(&with_id_token(claims), Some(&EXPECTED));
            assert_eq!(read.is_ok_and(|tokens| tokens.subject.as_deref() == Some("s")), good, "{claims}");
        }
    }

    #[test]
    fn an_answer_without_a_bearer_token_is_malformed() {
        for (body, good) in [
            (r#"{"access_token":"a","token_type":"Bearer"}"#, true),
            (r#"{"access_token":"a","token_type":"mac"}"#, false),
            (r#"{"access_token":"","token_type":"Bearer"}"#, false),
            (r#"{"token_type":"Bearer"}"#, false),
            ("", false),
        ] {
            assert_eq!(Tokens::read(&answer(body), None).is_ok(), good, "{body}");
        }
        let missing = Tokens::read(&answer(r#"{"access_token":"a","token_type":"Bearer"}"#), Some(&EXPECTED));
        assert!(missing.is_err());
    }

    #[test]
    fn a_token_is_given_up_before_it_ends() {
        let fresh = |expires_in: &str| {
            let body = format!(r#"{{"access_token":"a","token_type":"Bearer","expires_in":{expires_in}}}"#);
            Tokens::read(&answer(&body), None).is_ok_and(|tokens| tokens.is_fresh())
        };
        assert!(fresh("300") && fresh("null") && !fresh("0"));
        assert_eq!(usable_part(Duration::from_secs(300)), Duration::from_secs(290));
        assert_eq!(usable_part(Duration::from_secs(6)), Duration::from_secs(3));
    }
}

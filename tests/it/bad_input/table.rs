//! Tables of bad requests, and what is held against every answer whatever the case: no fault of ours, no redirect to a URI
//! nobody verified, nothing reflected that a browser would run, the headers that belong to the kind of answer.

use super::ask::Ask;
use crate::world::Server;
use crate::world::wire::Reply;
use url::Url;

/// What a page must never give back as it came.
pub const MARKUP: &str = "\"'><script>alert(1)</script>";
/// What must never end a header's line.
pub const LINE: &str = "a\r\nx-injected: 1";
/// How much of a wrong answer's body a failure shows.
const SHOWN_CHARS_MAX: usize = 200;
/// Signs of our insides in an answer.
const INSIDES: [&str; 7] = ["panicked", "RUST_BACKTRACE", ".rs:", "diesel", "rusqlite", "SELECT ", "rhai"];

/// What a request must come to.
#[derive(Debug, Clone, Copy)]
pub enum Expect {
    /// A page of ours with this status.
    Page(u16),
    /// A problem with this status, told in JSON with what to do next.
    Problem(u16),
    /// JSON with this status and this `error`.
    Refused(u16, &'static str),
    /// JSON with this status, and no error.
    Json(u16),
    /// Back to the client's verified URI with this `error`, and no code.
    Back(&'static str),
    /// On to a place of our own.
    Own,
    /// This status, and no body.
    Empty(u16),
    /// A challenge for an access token with this status and `error`; none where there were no credentials (RFC 6750 3.1).
    Challenge(u16, Option<&'static str>),
}

/// A row.
pub struct Case {
    name: String,
    ask: Ask,
    expect: Expect,
}

/// A row.
pub fn case(name: &str, ask: Ask, expect: Expect) -> Case {
    Case { name: name.into(), ask, expect }
}

/// A server, and the URIs that may be redirected to.
pub struct Surface<'s> {
    pub server: &'s Server,
    pub verified: Vec<String>,
}

impl<'s> Surface<'s> {
    /// A server that has no reason to redirect anywhere but to itself.
    pub fn of(server: &'s Server) -> Self {
        Self { server, verified: Vec::new() }
    }

    /// Sends every row, says of all what is wrong, and sees that the server took no harm.
    pub fn hold(&self, table: &[Case]) {
        let wrong: Vec<String> = table
            .iter()
            .flat_map(|Case { name, ask, expect }| match ask.send(self.server) {
                None => vec![format!("{name}: the connection ended without an answer")],
                Some(reply) => self.complaints(name, &reply, *expect),
            })
            .collect();
        assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
        self.unharmed();
    }

    /// Holds an answer that has come already.
    pub fn hold_reply(&self, name: &str, reply: &Reply, expect: Expect) {
        let wrong = self.complaints(name, reply, expect);
        assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
    }

    fn complaints(&self, name: &str, reply: &Reply, expect: Expect) -> Vec<String> {
        let mut wrong = self.everywhere(reply);
        wrong.extend(self.expected(reply, expect).err());
        if !wrong.is_empty() {
            let shown: String = reply.body.chars().take(SHOWN_CHARS_MAX).collect();
            wrong.push(format!("answered {} {:?} {shown:?}", reply.status, reply.headers));
        }
        wrong.into_iter().map(|what| format!("{name}: {what}")).collect()
    }

    /// The server answers as before, and no request was a fault of ours.
    pub fn unharmed(&self) {
        let live = Ask::new("GET", "/health/ready").send(self.server).expect("the server is gone");
        assert_eq!(live.status, 200, "{}", live.body);
        let log = self.server.log();
        for sign in ["panicked", " ERROR "] {
            assert!(!log.contains(sign), "the log has {sign:?}:\n{log}");
        }
        // Nobody who asks writes a line of their own.
        let strange = log.lines().find(|line| !line.starts_with(|first: char| first.is_ascii_digit()));
        assert_eq!(strange, None, "a line of the log does not begin with a time");
    }

    fn is_own(&self, location: &str) -> bool {
        let own = Url::parse(&self.server.issuer).unwrap().origin();
        Url::parse(location).is_ok_and(|url| url.origin() == own)
    }

    /// Whether a location is a verified URI with parameters behind it.
    fn is_verified(&self, location: &str) -> bool {
        self.verified.iter().any(|uri| {
            location.strip_prefix(uri.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '#', '&']))
        })
    }

    /// What is wrong with an answer, whatever was asked.
    pub fn everywhere(&self, reply: &Reply) -> Vec<String> {
        let mut wrong = Vec::new();
        if reply.status >= 500 {
            wrong.push("a fault of ours".to_owned());
        }
        for (name, value) in &reply.headers {
            if name == "x-injected" {
                wrong.push("a header was injected".to_owned());
            }
            if name == "set-cookie" && !["HttpOnly", "SameSite=Lax", "Path=/"].iter().all(|part| value.contains(part)) {
                wrong.push(format!("a cookie without its attributes: {value}"));
            }
            if name == "location" {
                if !self.is_own(value) && !self.is_verified(value) {
                    wrong.push(format!("a redirect to {value}"));
                }
                if value.contains(['<', '>', '"', '\'', ' ']) || reply.status != 303 {
                    wrong.push(format!("a redirect that is not escaped, or not a 303: {value}"));
                }
            }
        }
        // What was registered is told as it is registered (RFC 7591 3.2.1), in JSON that no browser takes for a page.
        let is_told = reply.status < 300 && reply.header("content-type") == Some("application/json");
        for mark in [MARKUP, "<script>alert", "\"'>"] {
            if reply.body.contains(mark) && !is_told {
                wrong.push(format!("reflected as it came: {mark}"));
            }
        }
        wrong.extend(INSIDES.iter().filter(|sign| reply.body.contains(*sign)).map(|sign| format!("it tells {sign}")));
        wrong.extend(self.form_targets(reply));
        wrong.extend(missing_headers(reply));
        wrong
    }

    /// Forms of a page lead to us or to a verified URI.
    fn form_targets(&self, reply: &Reply) -> Vec<String> {
        let targets = reply.body.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let targets = targets.map(|target| target.replace("&#x2f;", "/").replace("&amp;", "&"));
        let strange = targets.filter(|target| {
            let absolute = target.contains(':') || target.starts_with("//");
            absolute && !self.is_own(target) && !self.is_verified(target)
        });
        strange.map(|target| format!("a form leads to {target}")).collect()
    }

    fn expected(&self, reply: &Reply, expect: Expect) -> Result<(), String> {
        let status = |wanted: u16| hold(reply.status == wanted, || format!("the status is not {wanted}"));
        let kind = || reply.header("content-type").unwrap_or_default().to_owned();
        let json = || -> Result<serde_json::Value, String> {
            hold(kind() == "application/json", || "it is no JSON".into())?;
            serde_json::from_str(&reply.body).map_err(|error| error.to_string())
        };
        match expect {
            Expect::Page(wanted) => {
                status(wanted)?;
                hold(kind().starts_with("text/html"), || "it is no page".into())
            }
            Expect::Problem(wanted) => {
                status(wanted)?;
                hold(kind() == "application/problem+json", || "it is no problem document".into())?;
                let document: serde_json::Value =
                    serde_json::from_str(&reply.body).map_err(|error| error.to_string())?;
                hold(document["status"] == wanted, || "it names another status".into())?;
                let told = ["problem", "title", "detail", "next"].iter().all(|name| document[name].is_string());
                hold(told, || "it does not say what happened and what to do next".into())?;
                hold(reply.header("cross-origin-resource-policy") == Some("same-origin"), || "others load it".into())
            }
            Expect::Empty(wanted) => {
                status(wanted)?;
                hold(reply.body.is_empty(), || "it has a body".into())
            }
            Expect::Json(wanted) => {
                status(wanted)?;
                hold(json()?.get("error").is_none(), || "it is an error".into())
            }
            Expect::Refused(wanted, error) => {
                status(wanted)?;
                let document = json()?;
                hold(document["error"] == error, || format!("the error is not {error}"))?;
                hold(document["error_description"].is_string(), || "no description".into())?;
                let challenged = reply.header("www-authenticate").is_some();
                hold(challenged == (wanted == 401), || "a challenge goes with 401 and with nothing else".into())
            }
            Expect::Own => {
                let own = reply.header("location").is_some_and(|location| self.is_own(location));
                hold(own, || "it does not go on with us".into())
            }
            Expect::Back(error) => self.back(reply, error),
            Expect::Challenge(wanted, error) => {
                status(wanted)?;
                let challenge = reply.header("www-authenticate").unwrap_or_default();
                let schemes = ["Bearer ", "DPoP "];
                let is_for_a_token = schemes.iter().any(|scheme| challenge.starts_with(scheme));
                hold(is_for_a_token, || "no challenge for an access token".into())?;
                let told = error.map(|error| format!("error=\"{error}\""));
                let fits = told.map_or(!challenge.contains("error"), |told| challenge.contains(&told));
                hold(fits, || format!("the challenge does not say {error:?}: {challenge}"))
            }
        }
    }

    fn back(&self, reply: &Reply, error: &str) -> Result<(), String> {
        let location = reply.header("location").ok_or("it is no redirect")?;
        hold(self.is_verified(location), || "it does not go back to the client".into())?;
        let url = Url::parse(location).map_err(|error| error.to_string())?;
        let text = url.fragment().or(url.query()).unwrap_or_default().to_owned();
        let response: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let member = |wanted: &str| response.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        hold(member("error") == Some(error), || format!("the error is not {error}"))?;
        hold(member("iss") == Some(&self.server.issuer), || "it does not say who answers".into())?;
        let brings = ["code", "id_token", "access_token"].iter().any(|name| member(name).is_some());
        hold(!brings, || "it brings something".into())
    }
}

fn hold(fits: bool, complaint: impl FnOnce() -> String) -> Result<(), String> {
    if fits { Ok(()) } else { Err(complaint()) }
}

/// Headers that belong to every answer of its kind.
fn missing_headers(reply: &Reply) -> Vec<String> {
    let kind = reply.header("content-type").unwrap_or_default();
    let wanted: &[(&str, &str)] = if kind.starts_with("text/html") {
        &[
            ("content-security-policy", "default-src 'none'"),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("referrer-policy", "origin"),
        ]
    } else if reply.header("location").is_some() {
        &[("cache-control", "no-store"), ("referrer-policy", "no-referrer")]
    } else if reply.body.is_empty() {
        &[]
    } else {
        &[("x-content-type-options", "nosniff"), ("cache-control", "")]
    };
    let has = |(name, part): &&(&str, &str)| !reply.header(name).is_some_and(|value| value.contains(part));
    let mut wrong: Vec<String> = wanted.iter().filter(has).map(|(name, part)| format!("no {name}: {part}")).collect();
    if reply.status == 405 && reply.header("allow").is_none() {
        wrong.push("a 405 that does not say what is allowed (RFC 9110 15.5.6)".into());
    }
    wrong
}

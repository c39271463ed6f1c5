//! `/events`: what happens, as it happens.

use super::{HTTP, Operated, header};
use crate::policy_life::operator::Operator;
use crate::world::{Browser, RelyingParty, Server};
use serde_json::Value;

/// Longer than any event may take to come.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// An open stream of events.
struct Listening(reqwest::Response, String);

impl Listening {
    async fn to(operated: &Operated, last: Option<&str>) -> Self {
        Self::at(&operated.server, &operated.token, last).await
    }

    async fn at(server: &Server, token: &str, last: Option<&str>) -> Self {
        let mut request = HTTP.get(format!("{}/admin/api/v1/events", server.reach)).bearer_auth(token);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(header(response.headers(), "content-type").starts_with("text/event-stream"));
        Self(response, String::new())
    }

    /// Reads until the text holds `sign`; answers everything so far.
    async fn until(&mut self, sign: &str) -> &str {
        while !self.1.contains(sign) {
            let piece = tokio::time::timeout(PATIENCE, self.0.chunk()).await.expect("no event came").unwrap();
            let piece = piece.unwrap_or_else(|| panic!("it ended with {:?}", self.1));
            self.1.push_str(std::str::from_utf8(&piece).unwrap());
        }
        &self.1
    }

    /// Reads to the end.
    async fn rest(mut self) -> String {
        while let Some(piece) = tokio::time::timeout(PATIENCE, self.0.chunk()).await.expect("it does not end").unwrap()
        {
            self.1.push_str(std::str::from_utf8(&piece).unwrap());
        }
        self.1
    }
}

/// Fails to sign in as alice until no try counts.
async fn lock_out(server: &Server) {
    let client = RelyingParty::demo(server);
    for _ in 0..4 {
        Browser::new().sign_in(&client.authorization_url(&[]), "alice", "wrong").await;
    }
}

const STRICT: [(&str, &str); 2] =
    [("GATEWRIGHT__GUESSING__ACCOUNT__FREE_TRIES", "3"), ("GATEWRIGHT__GUESSING__ACCOUNT__LOCKOUT_TRIES", "3")];

#[tokio::test]
async fn a_lockout_is_told_to_those_who_listen_and_to_those_who_come_back() {
    let operated = Operated::start_with(&STRICT);
    let mut listening = Listening::to(&operated, None).await;
    lock_out(&operated.server).await;
    let told = listening.until("\n\n").await.to_owned();
    assert!(told.contains("event:lockout") && told.contains("\"subject\""), "{told}");
    let id = told.lines().find_map(|line| line.strip_prefix("id:")).unwrap().trim().to_owned();
    let (run, _) = id.rsplit_once('-').unwrap();
    let mut back = Listening::to(&operated, Some(&format!("{run}-0"))).await;
    assert!(back.until("\n\n").await.contains(&id));
    let mut stranger = Listening::to(&operated, Some("another-5")).await;
    assert!(stranger.until("\n\n").await.contains("event:missed"));
}

#[tokio::test]
async fn so_many_listen_and_the_stream_ends_with_the_server() {
    let mut operated = Operated::start();
    let mut all = Vec::new();
    for _ in 0..32 {
        all.push(Listening::to(&operated, None).await);
    }
    let one_more = operated.ask(reqwest::Method::GET, "/events", None).await;
    assert_eq!(super::problem(&one_more), (503, "too_many_subscribers".into()));
    operated.server.ask_to_stop();
    for listening in all {
        listening.rest().await;
    }
    assert!(operated.server.ended().success());
    assert!(!operated.server.log().contains("broken off"), "{}", operated.server.log());
}

/// The documents of the events of a kind.
fn told(text: &str, kind: &str) -> Vec<Value> {
    let events = text.split("\n\n").filter(|event| event.lines().any(|line| line == format!("event:{kind}")));
    let data = events.filter_map(|event| event.lines().find_map(|line| line.strip_prefix("data:")));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

#[tokio::test]
async fn a_login_is_told_once_with_its_trace_and_its_end_and_nothing_about_the_end_user() {
    let operated = Operated::start();
    let mut listening = Listening::to(&operated, None).await;
    let client = RelyingParty::demo(&operated.server);
    client.tokens().await;
    let denied = Browser::new().open(&client.authorization_url(&[("prompt", "none")])).await;
    assert!(denied.location().is_some(), "{}", denied.body);
    let text = listening.until("login_required").await.to_owned();
    let logins = told(&text, "login");
    assert_eq!(logins.len(), 2, "{text}");
    assert_eq!((&logins[0]["end"], &logins[0]["client"]), (&"completed".into(), &"demo".into()));
    assert_eq!((&logins[1]["end"], &logins[1]["error"]), (&"refused".into(), &"login_required".into()));
    assert!(logins.iter().all(|login| login["ms"].is_u64() && login["trace"].is_string()), "{text}");
    let members: Vec<&String> = logins[0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["trace", "client", "end", "error", "ms", "node"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_on_one_node_is_told_on_the_other() {
    let directory = tempfile::tempdir().unwrap();
    let Some(operator) = Operator::of_two_with(directory.path(), "live_events", &STRICT) else { return };
    let (first, second) = (&operator.servers[0], &operator.servers[1]);
    let token = operator.run(&["admin", "bootstrap-token", "--json"]).json()["access_token"].clone();
    let mut listening = Listening::at(second, token.as_str().unwrap(), None).await;
    let digest = operator.put_live(1);
    let went_live = listening.until("event:activation").await.to_owned();
    assert_eq!(told(&went_live, "activation")[0]["digest"], digest.as_str(), "{went_live}");
    listening.until("\"activation\":2").await;

    RelyingParty::demo(first).tokens().await;
    listening.until("event:login").await;
    lock_out(first).await;
    let text = listening.until("event:lockout").await.to_owned();
    let (logins, lockouts) = (told(&text, "login"), told(&text, "lockout"));
    assert_eq!((logins[0]["end"].as_str(), lockouts.len()), (Some("completed"), 1), "{text}");
    assert_eq!(logins[0]["node"], lockouts[0]["node"], "both happened on the first node: {text}");

    let next = operator.push(2);
    first.signal("STOP");
    let refused = operator.policy(&["activate", &next, "--within", "3"]);
    first.signal("CONT");
    assert!(!refused.done, "{refused:?}");
    let text = listening.until("\"state\":\"refused\"").await.to_owned();
    let activations = told(&text, "activation");
    let last = activations.last().unwrap();
    assert_eq!((&last["state"], &last["digest"]), (&"refused".into(), &next.as_str().into()), "{text}");
    assert!(last["why"].as_str().unwrap().contains("was not ready in time"), "{text}");
    let numbers: Vec<u64> = activations.iter().map(|one| one["number"].as_u64().unwrap()).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "each once: {text}");
}

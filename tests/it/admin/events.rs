//! `/events`: what happens, as it happens.

use super::{HTTP, Operated, header};
use crate::world::{Browser, RelyingParty};

/// Longer than any event may take to come.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// An open stream of events.
struct Listening(reqwest::Response, String);

impl Listening {
    async fn to(operated: &Operated, last: Option<&str>) -> Self {
        let mut request =
            HTTP.get(operated.at("/events")).header("authorization", format!("Bearer {}", operated.token));
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
async fn lock_out(operated: &Operated) {
    let client = RelyingParty::demo(&operated.server);
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
    lock_out(&operated).await;
    let told = listening.until("\n\n").await.to_owned();
    assert!(told.contains("event:lockout") && told.contains("\"subject\""), "{told}");
    let id = told.lines().find_map(|line| line.strip_prefix("id:")).unwrap().trim().to_owned();
    let (run, _) = id.rsplit_once('-').unwrap();
    let mut back = Listening::to(&operated, Some(&format!("{run}-0"))).await;
    assert!(back.until("\n\n").await.contains(&id));
    let mut stranger = Listening::to(&operated, Some("another-5")).await;
    assert!(stranger.until("\n\n").await.contains("event:lagged"));
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

//! The approval service.

use gatewright_plugin::prelude::*;
use gatewright_plugin::{Client, http::Request};

/// Where it is; `lend` names the same origin.
const SERVICE: &str = "https://push.example.com/approvals";
/// The secret that we show it.
const KEY: &str = "push_approval_key";
/// How long it may take to answer, in milliseconds.
const TIMEOUT_MS: u64 = 3_000;

/// A question on its way to a telephone.
pub struct Question {
    url: String,
}

/// What became of it.
pub enum State {
    Pending,
    Approved,
    Denied,
}

/// Asks the telephone of `user`.
pub fn ask(user: &User, client: &Client, ip: &str, number: i64) -> Outcome<Question> {
    let question = Value::object()
        .with("subject", &user.subject)
        .with("client", client.name.as_ref().unwrap_or(&client.id))
        .with("ip", ip)
        .with("number", number);
    let answer = send(http::post(SERVICE).json(question), 201)?;
    let id = answer["id"].as_text().ok_or("the approval service gave no id")?;
    Ok(Question { url: format!("{SERVICE}/{}", http::url_encode(id)) })
}

/// What the telephone says. What is no answer that we know is none that approves.
pub fn answer(question: &Question) -> Outcome<State> {
    let answer = send(http::get(&question.url), 200)?;
    match answer["state"].as_text() {
        Some("pending") => Ok(State::Pending),
        Some("approved") => Ok(State::Approved),
        Some("denied") => Ok(State::Denied),
        _ => Err(Fault::new("the approval service answered no state that we know")),
    }
}

/// Takes the question back, so that the telephone shows it no longer.
pub fn withdraw(question: &Question) -> Outcome<()> {
    send(http::request("DELETE", &question.url), 204).map(drop)
}

fn send(request: Request, expected: u16) -> Outcome<Value> {
    let request = request.header("authorization", bearer(secrets::get(KEY)?)).timeout_ms(TIMEOUT_MS);
    let response = request.send()?;
    if response.status != expected {
        return Err(Fault::new(format!("the approval service answered {}", response.status)));
    }
    if response.body.is_empty() { Ok(Value::Null) } else { Ok(response.json()?) }
}

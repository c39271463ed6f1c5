//! What came of a run.

use super::page::Page;
use super::world::World;
use crate::value::Value;
use std::fmt::Debug;

/// A request that was sent, with its secrets in clear.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// Its URL.
    pub url: String,
    /// Its header fields.
    pub headers: Vec<(String, String)>,
    /// What it says, as text.
    pub body: String,
}

impl Request {
    /// The header field `name`, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A mail that was sent, with its code in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    /// To whom, by their subject.
    pub to: String,
    /// To which address.
    pub address: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum End<D> {
    Decision(D),
    Page(Page),
    Consent(Vec<String>),
    Visit(String),
    Fault(String),
}

/// What came of a run: how it ended, and what the hook did on the way.
#[derive(Debug, Clone)]
pub struct Run<D> {
    pub(super) end: End<D>,
    pub(super) pages: Vec<Page>,
    pub(super) world: World,
}

impl<D: Debug + Clone> Run<D> {
    /// What was decided.
    ///
    /// # Panics
    /// When it ended otherwise.
    #[track_caller]
    pub fn decision(&self) -> D {
        match &self.end {
            End::Decision(decision) => decision.clone(),
            _ => self.ended_otherwise("a decision"),
        }
    }

    /// The page that is shown and was not answered.
    ///
    /// # Panics
    /// When it ended otherwise.
    #[track_caller]
    pub fn page(&self) -> &Page {
        match &self.end {
            End::Page(page) => page,
            _ => self.ended_otherwise("a page"),
        }
    }

    /// The scope values of the server's own question that is shown and was not answered.
    ///
    /// # Panics
    /// When it ended otherwise.
    #[track_caller]
    pub fn consent_question(&self) -> &[String] {
        match &self.end {
            End::Consent(scope) => scope,
            _ => self.ended_otherwise("the server's question"),
        }
    }

    /// Where the browser was sent and did not come back from.
    ///
    /// # Panics
    /// When it ended otherwise.
    #[track_caller]
    pub fn visit(&self) -> &str {
        match &self.end {
            End::Visit(url) => url,
            _ => self.ended_otherwise("a visit"),
        }
    }

    /// Why there is no decision: what the hook returned as its fault, or what the server would hold against it.
    ///
    /// # Panics
    /// When it ended otherwise.
    #[track_caller]
    pub fn fault(&self) -> &str {
        match &self.end {
            End::Fault(why) => why,
            _ => self.ended_otherwise("a fault"),
        }
    }

    /// Every page that was shown, each once.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// The requests that were sent, in this run of the test and those before.
    pub fn requests(&self) -> &[Request] {
        &self.world.requests
    }

    /// The mail that was sent, in this run of the test and those before.
    pub fn mails(&self) -> &[Mail] {
        &self.world.proofs.mails
    }

    /// The lines written to the log, such as `"warn: …"`.
    pub fn log(&self) -> &[String] {
        &self.world.log
    }

    /// The value now stored at `key`.
    pub fn stored(&self, key: &str) -> Option<Value> {
        self.world.stored(key)
    }

    #[track_caller]
    fn ended_otherwise(&self, expected: &str) -> ! {
        let got = match &self.end {
            End::Decision(decision) => format!("the decision {decision:?}"),
            End::Page(page) => format!("the {page}"),
            End::Consent(scope) => format!("the server's question about {}", scope.join(" ")),
            End::Visit(url) => format!("a visit to {url}"),
            End::Fault(why) => format!("the fault: {why}"),
        };
        panic!("expected: {expected}\n     got: {got}")
    }
}

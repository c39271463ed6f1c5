//! A browser in front of the engine: keeps its cookies, fills in pages; and what an answer tells.

use super::{ALICE, CLIENT, REDIRECT_URI, Scene, params};
use gatewright_domain::identifiers::InteractionId;
use gatewright_domain::page::Submission;
use gatewright_domain::secret::SecretText;
use gatewright_engine::account::Trip;
use gatewright_engine::authorization::{Answered, Outcome, PageKind, PageToShow, Shown, Step};
use gatewright_engine::browser::{Browser, CookieChange};
use gatewright_engine::error::WalkError;
use gatewright_engine::logout::LogoutAnswer;

/// What a request asks where a test says nothing else of that parameter.
const USUAL: [(&str, &str); 6] = [
    ("client_id", CLIENT),
    ("redirect_uri", REDIRECT_URI),
    ("response_type", "code"),
    ("scope", "openid profile"),
    ("state", "s1"),
    ("nonce", "n1"),
];

/// A browser.
pub struct Visitor<'s> {
    scene: &'s Scene,
    /// What it sends along.
    pub browser: Browser,
}

impl<'s> Visitor<'s> {
    pub(super) fn new(scene: &'s Scene) -> Self {
        Self { scene, browser: Browser::default() }
    }

    /// Asks for authorization: the usual request, with the parameters of `query` in the place of its own. A parameter
    /// without a value is left out.
    pub async fn asks(&mut self, query: &str) -> Outcome {
        self.tries(query).await.unwrap()
    }

    /// Sets out on a trip of the account page.
    pub async fn travels(&mut self, trip: Trip) -> Outcome {
        let outcome = self.scene.engine.begin_trip(trip, "there", &self.browser).await.unwrap();
        self.keep(&outcome);
        outcome
    }

    /// The same, where it may end badly.
    pub async fn tries(&mut self, query: &str) -> Result<Outcome, WalkError> {
        let own: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let usual = USUAL.iter().filter(|(name, _)| own.iter().all(|(other, _)| other != name)).copied();
        let own = own.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let whole: Vec<(&str, &str)> = usual.chain(own).filter(|(_, value)| !value.is_empty()).collect();
        let outcome = self.scene.engine.authorize(&params(&whole), &self.browser).await?;
        self.keep(&outcome);
        Ok(outcome)
    }

    /// Looks at the page it was sent to.
    pub async fn sees(&self, outcome: &Outcome) -> Shown {
        self.looks(outcome).await.unwrap()
    }

    /// The same, where it may end badly.
    pub async fn looks(&self, outcome: &Outcome) -> Result<Shown, WalkError> {
        self.scene.engine.show(outcome.interaction().as_str(), &self.browser).await
    }

    /// Fills in the page it was sent to and presses `action`.
    pub async fn answers(&mut self, page: &Outcome, fields: &[(&str, &str)], action: Option<&str>) -> Outcome {
        let token = self.sees(page).await.token;
        match self.posts(page, &token, (fields, action)).await.unwrap() {
            Answered::Next(outcome) => outcome,
            Answered::Again(shown) => panic!("{:?} was not filled in", shown.page),
        }
    }

    /// Posts an answer with a page token of the test's own.
    pub async fn posts(
        &mut self,
        page: &Outcome,
        token: &str,
        (fields, action): (&[(&str, &str)], Option<&str>),
    ) -> Result<Answered, WalkError> {
        let id = page.interaction().as_str();
        let answered = self.scene.engine.answer(id, token, submission(fields, action), &self.browser).await?;
        if let Answered::Next(outcome) = &answered {
            self.keep(outcome);
        }
        Ok(answered)
    }

    /// Presses a button of a page without fields.
    pub async fn presses(&mut self, page: &Outcome, action: &str) -> Outcome {
        self.answers(page, &[], Some(action)).await
    }

    /// Signs in as Alice.
    pub async fn signs_in(&mut self, page: &Outcome) -> Outcome {
        self.answers(page, &ALICE, None).await
    }

    /// Signs in as someone else.
    pub async fn signs_in_as(&mut self, page: &Outcome, username: &str, password: &str) -> Outcome {
        self.answers(page, &[("username", username), ("password", password)], None).await
    }

    /// Asks, signs in as Alice and allows, as far as that is needed.
    pub async fn completes(&mut self, query: &str) -> Outcome {
        let outcome = self.asks(query).await;
        self.completes_from(outcome).await
    }

    /// Signs in as Alice and allows, as far as that is needed.
    pub async fn completes_from(&mut self, mut outcome: Outcome) -> Outcome {
        while let Step::Page { .. } = outcome.step {
            outcome = match self.sees(&outcome).await.page {
                PageToShow::Form(_) => self.signs_in(&outcome).await,
                PageToShow::Consent { .. } => self.presses(&outcome, "allow").await,
                page => panic!("{page:?} was not expected"),
            };
        }
        outcome
    }

    /// Comes back from a visit.
    pub async fn returns(&mut self, brought: &[(&str, &str)]) -> Result<Outcome, WalkError> {
        let outcome = self.scene.engine.returned(&params(brought), &self.browser).await?;
        self.keep(&outcome);
        Ok(outcome)
    }

    /// Asks to be signed out; `confirmation` is the token of the question, answered with yes.
    pub async fn signs_out(&mut self, asked: &[(&str, &str)], confirmation: Option<&str>) -> LogoutAnswer {
        let answer = self.scene.engine.end_session(&params(asked), confirmation, &self.browser).await.unwrap();
        if !matches!(answer, LogoutAnswer::Confirm { .. }) {
            self.browser.session_cookie = None;
        }
        answer
    }

    fn keep(&mut self, outcome: &Outcome) {
        for change in &outcome.cookies {
            match change {
                CookieChange::Browser(token) => self.browser.browser_cookie = Some(token.expose().to_owned()),
                CookieChange::Session(token, _) => self.browser.session_cookie = Some(token.expose().to_owned()),
                CookieChange::BrowserState(state, _) => self.browser.browser_state = Some(state.clone()),
                CookieChange::EndSession => {
                    self.browser.session_cookie = None;
                    self.browser.browser_state = None;
                }
            }
        }
    }
}

/// A posted form.
pub fn submission(fields: &[(&str, &str)], action: Option<&str>) -> Submission {
    let values = fields.iter().map(|(name, text)| ((*name).to_owned(), SecretText::new(*text))).collect();
    Submission { values, action: action.map(ToOwned::to_owned) }
}

/// What an answer tells whoever reads it.
pub trait Told {
    /// A parameter of the response to the client.
    fn parameter(&self, name: &str) -> Option<&str>;
    /// The code of a response that has one.
    fn code(&self) -> &str;
    /// The error of a response that has one.
    fn error(&self) -> &str;
    /// The interaction of a page.
    fn interaction(&self) -> &InteractionId;
    /// The kind of page the browser is sent to; none when it goes elsewhere.
    fn page(&self) -> Option<PageKind>;
}

impl Told for Outcome {
    #[track_caller]
    fn parameter(&self, name: &str) -> Option<&str> {
        let Step::Respond(response) = &self.step else { panic!("{:?} is no response", self.step) };
        response.parameters().iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    fn code(&self) -> &str {
        self.parameter("code").unwrap_or_else(|| panic!("there is no code but {:?}", self.parameter("error")))
    }

    #[track_caller]
    fn error(&self) -> &str {
        assert_eq!(self.parameter("code"), None, "an error response carries no code");
        assert_eq!(self.parameter("id_token"), None, "an error response carries no ID token");
        self.parameter("error").unwrap_or_else(|| panic!("there is no error in {:?}", self.step))
    }

    #[track_caller]
    fn interaction(&self) -> &InteractionId {
        let Step::Page { interaction, .. } = &self.step else { panic!("{:?} is no page", self.step) };
        interaction
    }

    fn page(&self) -> Option<PageKind> {
        match &self.step {
            Step::Page { kind, .. } => Some(*kind),
            Step::Respond(_) | Step::Visit { .. } => None,
        }
    }
}

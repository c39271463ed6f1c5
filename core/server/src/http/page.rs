//! The engine's answers to browsers, drawn: pages, redirects, form posts, error pages.

use super::cookies;
use super::exchange::Exchange;
use super::fault::{self, rendered};
use super::reply::{self, Response};
use super::service::Service;
use crate::pages::{
    AccountFace, ChooseAccountView, ClientFace, ConsentView, ErrorStory, ErrorView, FailedTriesView, FormPostView,
    FormView, Frame, HandOverView, Material, Rendered, SignOutFrame, SigningOutView,
};
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_engine::authorization::{Outcome, PageKind, PageToShow, Shown, Step};
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_engine::logout::LogoutFrame;
use gatewright_protocol::authorization_response::AuthorizationResponse;
use gatewright_protocol::error::Refusal;
use http::header::{HeaderValue, RETRY_AFTER};
use url::Url;

/// Where pages of a kind are.
pub fn path_of(kind: PageKind) -> &'static str {
    match kind {
        PageKind::SignIn => "/sign-in/",
        PageKind::Consent => "/consent/",
    }
}

/// The answer to a step of the walk.
pub fn outcome(
    service: &Service,
    place: &'static str,
    result: Result<Outcome, WalkError>,
    exchange: &Exchange,
) -> Response {
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(error) => return walk_error(service, place, &error),
    };
    if let Some(fault) = &outcome.fault {
        fault::log_hook(service, place, fault);
    }
    let answered = match &outcome.step {
        Step::Respond(response) => respond(service, response, exchange),
        Step::Page { interaction, kind } => {
            let path = format!("{}{interaction}", path_of(*kind));
            Ok(reply::see_other(&service.engine.settings().issuer.endpoint(&path)))
        }
        Step::Visit { url } => hand_over(service, url, exchange),
    };
    let mut response = answered.unwrap_or_else(|fault| walk_error(service, place, &WalkError::Fault(fault)));
    cookies::set(response.headers_mut(), &outcome.cookies, service.is_https());
    response
}

fn respond(service: &Service, response: &AuthorizationResponse, exchange: &Exchange) -> Result<Response, Fault> {
    if let Some(location) = response.location() {
        return Ok(reply::see_other(&location));
    }
    let frame = plain_frame(service, exchange);
    Ok(rendered(service.pages.form_post(FormPostView { frame: &frame, response })?))
}

/// A page that leads elsewhere: a redirect from a form's answer would be held against `form-action`.
fn hand_over(service: &Service, url: &str, exchange: &Exchange) -> Result<Response, Fault> {
    let to = Url::parse(url).map_err(|error| Fault::caused("visit", error))?;
    let frame = plain_frame(service, exchange);
    Ok(rendered(service.pages.hand_over(HandOverView { frame: &frame, to: &to })?))
}

/// The page an interaction waits with.
pub async fn shown(service: &Service, shown: &Shown, exchange: &Exchange) -> Result<Response, Fault> {
    let frame = frame_of(service, shown, exchange);
    let step = shown.token.as_str();
    let account = || account_of(shown);
    let page = match &shown.page {
        PageToShow::Form(form) => {
            let material = Material::fetch(form, service.totp.as_ref(), service.webauthn.as_ref()).await?;
            let refresh_s = shown.refresh_s;
            service.pages.form(FormView { frame: &frame, form, material: &material, refresh_s, step })?
        }
        PageToShow::Consent { question, claims } => service.pages.consent(ConsentView {
            frame: &frame,
            account: &account()?,
            scope: &question.scope,
            claims,
            offers_other_account: shown.offers_other_account,
            step,
        })?,
        PageToShow::ChooseAccount => {
            service.pages.choose_account(ChooseAccountView { frame: &frame, account: &account()?, step })?
        }
        PageToShow::FailedTries(tries) => {
            let account = account()?;
            service.pages.failed_tries(FailedTriesView { frame: &frame, account: &account, tries, step })?
        }
        PageToShow::Elsewhere { url } => return hand_over(service, url, exchange),
    };
    Ok(rendered(page))
}

/// What stands around a page of the walk.
pub fn frame_of(service: &Service, shown: &Shown, exchange: &Exchange) -> Frame {
    Frame {
        language: service.pages.language(&shown.ui_locales, exchange.accept_language()),
        client: Some(ClientFace::of(&shown.client, Some(&shown.redirect_uri))),
    }
}

/// Whom a page speaks of.
pub fn account_of(shown: &Shown) -> Result<AccountFace, Fault> {
    let user = shown.user.as_ref().ok_or_else(|| Fault::new("page", "the page needs an account and has none"))?;
    Ok(AccountFace::of(user))
}

/// The answer to a browser whose walk ended badly.
pub fn walk_error(service: &Service, place: &'static str, error: &WalkError) -> Response {
    let ending = Ending::of(service, place, error);
    let plain = service.pages.plain_frame();
    let frame = match error {
        WalkError::Direct(DirectError::BeginAgain { client }) => {
            Frame { client: Some(beginning(service, client)), ..plain }
        }
        _ => plain,
    };
    let id = ending.correlation_id.as_deref();
    let view = ErrorView { frame: &frame, story: ending.story, refusal: ending.refusal, correlation_id: id };
    ending.timed(rendered(service.pages.error(view)))
}

/// A client at which signing in can begin again.
fn beginning(service: &Service, client: &Client) -> ClientFace {
    let begin = client.initiate_login_uri(service.engine.settings().issuer.as_str());
    ClientFace::of(client, None).beginning_at(begin)
}

/// How a walk ended badly, logged and counted.
pub struct Ending<'e> {
    /// What is told.
    pub story: ErrorStory,
    /// What the specification says of it.
    pub refusal: Option<&'e Refusal>,
    /// What the log calls it.
    pub correlation_id: Option<String>,
    /// Seconds until another try.
    pub retry_after_s: Option<u64>,
}

impl<'e> Ending<'e> {
    /// Logs and counts it: once for an answer.
    pub fn of(service: &Service, place: &'static str, error: &'e WalkError) -> Self {
        match error {
            WalkError::Fault(fault) => {
                let correlation_id = Some(fault::log(service, place, fault));
                Self { story: ErrorStory::Fault, refusal: None, correlation_id, retry_after_s: None }
            }
            WalkError::Direct(direct) => {
                let (story, refusal) = story_of(direct);
                service.metrics.refusal(place, refusal.map_or("direct", |refusal| refusal.code().as_str()));
                let retry_after_s = match direct {
                    DirectError::TooMany { retry_after_s } => Some(*retry_after_s),
                    _ => None,
                };
                Self { story, refusal, correlation_id: None, retry_after_s }
            }
        }
    }

    /// The answer with the time to wait (RFC 9110 10.2.3).
    pub fn timed(&self, mut response: Response) -> Response {
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A direct error of a request that could not even be read.
pub fn unreadable(service: &Service, place: &'static str, refusal: Refusal) -> Response {
    walk_error(service, place, &DirectError::Request(refusal).into())
}

fn story_of(error: &DirectError) -> (ErrorStory, Option<&Refusal>) {
    match error {
        DirectError::UnknownClient(refusal) => (ErrorStory::UnknownClient, Some(refusal)),
        DirectError::UnknownRedirectUri(refusal) => (ErrorStory::UnknownRedirectUri, Some(refusal)),
        DirectError::Request(refusal) => (ErrorStory::BadRequest, Some(refusal)),
        DirectError::UnfitAnswer(refusal) => (ErrorStory::UnfitAnswer, Some(refusal)),
        DirectError::NoInteraction | DirectError::BeginAgain { .. } => (ErrorStory::Expired, None),
        DirectError::ForeignAnswer => (ErrorStory::OtherBrowser, None),
        DirectError::TooMany { .. } => (ErrorStory::TooMany, None),
    }
}

/// The page that tells clients of a logout by their own pages.
pub fn signing_out(
    service: &Service,
    frame: &Frame,
    frames: &[LogoutFrame],
    then: Option<&str>,
) -> Result<Response, Fault> {
    let frames: Vec<SignOutFrame> = frames
        .iter()
        .map(|told| SignOutFrame { client: ClientFace::of(&told.client, None), url: told.url.clone() })
        .collect();
    Ok(rendered(service.pages.signing_out(SigningOutView { frame, frames: &frames, then })?))
}

/// An error page.
pub fn error_page(service: &Service, story: ErrorStory, refusal: Option<&Refusal>, id: Option<&str>) -> Rendered {
    let frame = service.pages.plain_frame();
    service.pages.error(ErrorView { frame: &frame, story, refusal, correlation_id: id })
}

/// The frame of a page on which no client is named.
pub fn plain_frame(service: &Service, exchange: &Exchange) -> Frame {
    let language = service.pages.language(&Default::default(), exchange.accept_language());
    Frame { language, client: None }
}

//! The engine's answers to native apps, as JSON: pages, the end of the walk, the way elsewhere, problems. Every document
//! says its version, and none is to be loaded into another site's page.

use super::caller::Caller;
use super::page::{Ending, account_of, frame_of, path_of};
use super::reply::{self, Response};
use super::service::Service;
use super::{cookies, fault};
use crate::pages::{
    ChooseAccountView, ConsentView, DOCUMENT_VERSION, ErrorStory, ErrorView, FailedTriesView, FormView, Material,
    PageDocument, Problem,
};
use gatewright_domain::fault::Fault;
use gatewright_engine::authorization::{Outcome, PageToShow, Shown, Step};
use gatewright_engine::error::WalkError;
use gatewright_protocol::authorization_response::AuthorizationResponse;
use http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use std::collections::BTreeMap;

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// Where the browser comes back to from elsewhere.
const RETURN_PATH: &str = "/visit";

/// The end of a walk, or its way elsewhere.
#[derive(Debug, Serialize)]
struct Onward<'a> {
    version: u32,
    #[serde(flatten)]
    to: Place<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Place<'a> {
    /// To the client, by the redirect that a browser would have followed.
    Client { redirect_to: String },
    /// To the client, by a form that a browser would have posted.
    ClientByPost { form_post: FormPost<'a> },
    /// To another site, which sends the end-user back.
    Elsewhere { visit: &'a str, returns_to: String },
}

#[derive(Debug, Serialize)]
struct FormPost<'a> {
    to: &'a str,
    parameters: BTreeMap<&'a str, &'a str>,
}

/// The answer to a step of the walk. A page is answered at once: there is nothing to come back to by a redirect.
pub async fn outcome(caller: &Caller<'_>, result: Result<Outcome, WalkError>) -> Response {
    let Caller { service, exchange, place } = *caller;
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(error) => return walk_error(service, place, &error),
    };
    if let Some(fault) = &outcome.fault {
        fault::log_hook(service, place, fault);
    }
    let mut response = match &outcome.step {
        Step::Respond(response) => onward(client(response)),
        Step::Visit { url } => elsewhere(service, url),
        Step::Page { interaction, .. } => {
            let browser = exchange.browser(service).after(&outcome.cookies);
            let drawn = match service.engine.show(interaction.as_str(), &browser).await {
                Ok(page) => shown(caller, &page).await.map_err(WalkError::from),
                Err(error) => Err(error),
            };
            drawn.unwrap_or_else(|error| walk_error(service, place, &error))
        }
    };
    cookies::set(response.headers_mut(), &outcome.cookies, service.is_https());
    response
}

fn client(response: &AuthorizationResponse) -> Place<'_> {
    match response.location() {
        Some(redirect_to) => Place::Client { redirect_to },
        None => {
            let parameters = response.parameters().iter().map(|(name, value)| (*name, value.as_str())).collect();
            Place::ClientByPost { form_post: FormPost { to: response.redirect_uri().as_str(), parameters } }
        }
    }
}

fn elsewhere(service: &Service, url: &str) -> Response {
    let returns_to = service.engine.settings().issuer.endpoint(RETURN_PATH);
    onward(Place::Elsewhere { visit: url, returns_to })
}

fn onward(to: Place<'_>) -> Response {
    alone(reply::json(StatusCode::OK, &Onward { version: DOCUMENT_VERSION, to }))
}

/// The page an interaction waits with.
///
/// # Errors
/// A fault of what is fetched for it.
pub async fn shown(caller: &Caller<'_>, shown: &Shown) -> Result<Response, Fault> {
    let Caller { service, exchange, .. } = *caller;
    let frame = frame_of(service, shown, exchange);
    let (frame, step) = (&frame, shown.token.as_str());
    let issuer = &service.engine.settings().issuer;
    let post_to = issuer.endpoint(&format!("{}{}", path_of(shown.kind), shown.interaction));
    let language = frame.language.tag();
    Ok(match &shown.page {
        PageToShow::Form(form) => {
            let material = Material::fetch(form, service.totp.as_ref(), service.webauthn.as_ref()).await?;
            let view = FormView { frame, form, material: &material, refresh_s: shown.refresh_s, step };
            page(&PageDocument::form(view, &post_to), language)
        }
        PageToShow::Consent { question, claims } => {
            let (account, scope, offers_other_account) =
                (&account_of(shown)?, &question.scope, shown.offers_other_account);
            let view = ConsentView { frame, account, scope, claims, offers_other_account, step };
            page(&PageDocument::consent(view, &post_to), language)
        }
        PageToShow::ChooseAccount => {
            let view = ChooseAccountView { frame, account: &account_of(shown)?, step };
            page(&PageDocument::choose_account(view, &post_to), language)
        }
        PageToShow::FailedTries(tries) => {
            let view = FailedTriesView { frame, account: &account_of(shown)?, tries, step };
            page(&PageDocument::failed_tries(view, &post_to), language)
        }
        PageToShow::Elsewhere { url } => elsewhere(service, url),
    })
}

fn page(document: &PageDocument<'_>, language: &str) -> Response {
    let mut response = alone(reply::json(StatusCode::OK, document));
    if let Ok(language) = HeaderValue::from_str(language) {
        response.headers_mut().insert(CONTENT_LANGUAGE, language);
    }
    response
}

/// The answer to an app whose walk ended badly.
pub fn walk_error(service: &Service, place: &'static str, error: &WalkError) -> Response {
    let ending = Ending::of(service, place, error);
    let frame = service.pages.plain_frame();
    let problem = service.pages.problem(ErrorView {
        frame: &frame,
        story: ending.story,
        refusal: ending.refusal,
        correlation_id: ending.correlation_id.as_deref(),
    });
    ending.timed(told(&problem.retried_after(ending.retry_after_s)))
}

/// A problem that no walk came to.
pub fn problem(service: &Service, story: ErrorStory) -> Response {
    let frame = service.pages.plain_frame();
    told(&service.pages.problem(ErrorView { frame: &frame, story, refusal: None, correlation_id: None }))
}

fn told(problem: &Problem) -> Response {
    let mut response = alone(reply::json(problem.status(), problem));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE));
    response
}

/// No page of another site loads it, not even blindly (Fetch Standard 3.7).
fn alone(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    response
}

//! `/account` and what belongs to it: the pages on which an end-user sees and changes what is their own. A GET shows, a POST
//! changes. Whoever has to prove themselves first sets out on a trip and comes back to where they were.

mod place;

use super::interaction::is_foreign;
use super::{GET, GET_POST};
use crate::http::exchange::Exchange;
use crate::http::fault::rendered;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use crate::http::{cookies, page};
use crate::pages::{
    AccountNotice, AccountView, ErrorStory, FactorPageView, RecoveryView, STEP_FIELD, SignedOutView, actions,
};
use gatewright_domain::factor::LABEL_CHARS_MAX;
use gatewright_domain::fault::Fault;
use gatewright_domain::secret::SecretText;
use gatewright_engine::account::{AccountForm, Change, EndedOwn, Overview, RETURN_PATH, Trip};
use gatewright_engine::browser::{Browser, CookieChange};
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_engine::logout::LogoutFrame;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use http::Method;
use place::Place;
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "account";

pub(super) fn routes(service: &Arc<Service>) -> Vec<BoxedFilter<(Response,)>> {
    let route = |path, methods| Route { name: NAME, path, methods };
    vec![
        route("/account", GET_POST)
            .to(service, |service, exchange| async move { drawn(&service, account(&service, &exchange).await) }),
        route(RETURN_PATH, GET)
            .to(service, |service, exchange| async move { drawn(&service, returned(&service, &exchange).await) }),
        route("/account/rename/", GET_POST)
            .to(service, |service, exchange| async move { drawn(&service, rename(&service, &exchange).await) }),
        route("/account/remove/", GET_POST)
            .to(service, |service, exchange| async move { drawn(&service, remove(&service, &exchange).await) }),
        route("/account/recovery", GET_POST)
            .to(service, |service, exchange| async move { drawn(&service, recovery(&service, &exchange).await) }),
    ]
}

fn drawn(service: &Service, answer: Result<Response, WalkError>) -> Response {
    answer.unwrap_or_else(|error| page::walk_error(service, NAME, &error))
}

/// What a form of these pages brought.
struct Posted {
    browser: Browser,
    params: Params,
    token: String,
}

impl Posted {
    fn read(service: &Service, exchange: &Exchange) -> Result<Self, WalkError> {
        if is_foreign(service, exchange) {
            return Err(DirectError::ForeignAnswer.into());
        }
        let params = exchange.form_params().map_err(DirectError::Request)?;
        let token = params.single(STEP_FIELD).map_err(DirectError::Request)?.unwrap_or_default().to_owned();
        Ok(Self { browser: exchange.browser(service), params, token })
    }

    fn form(&self) -> AccountForm<'_> {
        AccountForm { browser: &self.browser, token: &self.token }
    }

    /// A field; empty where it is not there.
    fn field(&self, name: &str) -> Result<&str, WalkError> {
        Ok(self.params.single(name).map_err(DirectError::Request)?.unwrap_or_default())
    }
}

async fn account(service: &Service, exchange: &Exchange) -> Result<Response, WalkError> {
    if exchange.method == Method::POST {
        return act(service, exchange).await;
    }
    let params = exchange.query_params().map_err(DirectError::Request)?;
    let notice = params.single("done").map_err(DirectError::Request)?.and_then(AccountNotice::named);
    match service.engine.overview(&exchange.browser(service)).await? {
        None => Ok(set_out(service, exchange, Trip::SignIn, &Place::Overview).await),
        Some(overview) => Ok(shown(service, exchange, &overview, notice)?),
    }
}

fn shown(
    service: &Service,
    exchange: &Exchange,
    overview: &Overview,
    notice: Option<AccountNotice>,
) -> Result<Response, Fault> {
    let frame = page::plain_frame(service, exchange);
    Ok(rendered(service.pages.account(AccountView { frame: &frame, overview, notice })?))
}

/// A button of the account page.
async fn act(service: &Service, exchange: &Exchange) -> Result<Response, WalkError> {
    let posted = Posted::read(service, exchange)?;
    let engine = &service.engine;
    match posted.field("action")? {
        actions::ENROL => match engine.enrolment(posted.form(), posted.field("acr")?).await? {
            Change::Done(trip) => Ok(set_out(service, exchange, trip, &Place::Added).await),
            other => Ok(instead(service, exchange, &other, &Place::Overview).await),
        },
        actions::END_SESSION => match engine.end_own_session(posted.form(), posted.field("session")?).await? {
            Change::Done(EndedOwn::Here(frames)) => Ok(signed_out(service, exchange, &frames)?),
            Change::Done(EndedOwn::Elsewhere) => Ok(back(service, AccountNotice::Ended)),
            other => Ok(instead(service, exchange, &other, &Place::Overview).await),
        },
        actions::DISCONNECT => match engine.disconnect(posted.form(), posted.field("client")?).await? {
            Change::Done(()) => Ok(back(service, AccountNotice::Disconnected)),
            other => Ok(instead(service, exchange, &other, &Place::Overview).await),
        },
        _ => Err(DirectError::Request(Refusal::invalid_request("The form names nothing that this page does.")).into()),
    }
}

/// The end of a trip.
async fn returned(service: &Service, exchange: &Exchange) -> Result<Response, WalkError> {
    let params = exchange.query_params().map_err(DirectError::Request)?;
    let place = Place::told(params.single("state").map_err(DirectError::Request)?.unwrap_or_default());
    if params.single("error").map_err(DirectError::Request)?.is_none() {
        return Ok(reply::see_other(&service.engine.settings().issuer.endpoint(&place.path())));
    }
    // Not back to where the trip began: it would begin again.
    match service.engine.overview(&exchange.browser(service)).await? {
        Some(overview) => Ok(shown(service, exchange, &overview, Some(AccountNotice::NotDone))?),
        None => Ok(rendered(page::error_page(service, ErrorStory::Denied, None, None))),
    }
}

async fn rename(service: &Service, exchange: &Exchange) -> Result<Response, WalkError> {
    let Some(id) = place::factor_name(&exchange.rest) else { return Ok(not_found(service)) };
    let place = Place::Rename(id.to_owned());
    if exchange.method != Method::POST {
        return factor_page(service, exchange, &place, None).await;
    }
    let posted = Posted::read(service, exchange)?;
    let label = posted.field("label")?;
    match service.engine.rename_factor(posted.form(), id, label).await? {
        Change::Done(()) => Ok(back(service, AccountNotice::Renamed)),
        Change::Unfit => factor_page(service, exchange, &place, Some(label)).await,
        other => Ok(instead(service, exchange, &other, &place).await),
    }
}

async fn remove(service: &Service, exchange: &Exchange) -> Result<Response, WalkError> {
    let Some(id) = place::factor_name(&exchange.rest) else { return Ok(not_found(service)) };
    let place = Place::Remove(id.to_owned());
    if exchange.method != Method::POST {
        return factor_page(service, exchange, &place, None).await;
    }
    let posted = Posted::read(service, exchange)?;
    match service.engine.remove_factor(posted.form(), id).await? {
        Change::Done(()) => Ok(back(service, AccountNotice::Removed)),
        other => Ok(instead(service, exchange, &other, &place).await),
    }
}

/// A page about one factor. Whoever has to prove themselves does so before it is shown, so that what is pressed there is done.
async fn factor_page(
    service: &Service,
    exchange: &Exchange,
    place: &Place,
    unfit: Option<&str>,
) -> Result<Response, WalkError> {
    let (factor, token) = match service.engine.own_factor(&exchange.rest, &exchange.browser(service)).await? {
        Change::Done(found) => found,
        Change::Gone => return Ok(not_found(service)),
        other => return Ok(instead(service, exchange, &other, place).await),
    };
    let frame = page::plain_frame(service, exchange);
    // What is far too long is shown far enough to be known again.
    let unfit: Option<String> = unfit.map(|typed| typed.chars().take(2 * LABEL_CHARS_MAX).collect());
    let view = FactorPageView { frame: &frame, factor: &factor, step: &token, unfit: unfit.as_deref() };
    let drawn = match place {
        Place::Remove(_) => service.pages.account_remove(view)?,
        _ => service.pages.account_rename(view)?,
    };
    Ok(rendered(drawn))
}

async fn recovery(service: &Service, exchange: &Exchange) -> Result<Response, WalkError> {
    if exchange.method == Method::POST {
        let posted = Posted::read(service, exchange)?;
        return match service.engine.renew_recovery_codes(posted.form()).await? {
            Change::Done(codes) => Ok(codes_page(service, exchange, &codes)?),
            other => Ok(instead(service, exchange, &other, &Place::Recovery).await),
        };
    }
    let browser = exchange.browser(service);
    let may = service.engine.may_change_factors(&browser).await?;
    if may != Change::Done(()) {
        return Ok(instead(service, exchange, &may, &Place::Recovery).await);
    }
    let overview = service.engine.overview(&browser).await?;
    let Some((token, left)) = overview.and_then(|overview| Some((overview.token, overview.recovery?))) else {
        return Ok(not_found(service));
    };
    let frame = page::plain_frame(service, exchange);
    let view = RecoveryView { frame: &frame, step: &token, left, codes: &[] };
    Ok(rendered(service.pages.account_recovery(view)?))
}

/// The codes, this once: the answer to a form, which nobody keeps.
fn codes_page(service: &Service, exchange: &Exchange, codes: &[SecretText]) -> Result<Response, Fault> {
    let frame = page::plain_frame(service, exchange);
    let codes: Vec<&str> = codes.iter().map(SecretText::expose).collect();
    let view = RecoveryView { frame: &frame, step: "", left: codes.len(), codes: &codes };
    Ok(rendered(service.pages.account_recovery(view)?))
}

/// What is answered where nothing was changed.
async fn instead<T>(service: &Service, exchange: &Exchange, change: &Change<T>, place: &Place) -> Response {
    match change {
        Change::StepUpNeeded => set_out(service, exchange, Trip::StepUp, place).await,
        Change::SignInNeeded => set_out(service, exchange, Trip::SignIn, place).await,
        // Pressed twice, or gone meanwhile: the page shows how it is now.
        Change::Done(_) | Change::Gone | Change::Unfit => {
            reply::see_other(&service.engine.settings().issuer.endpoint(&Place::Overview.path()))
        }
    }
}

async fn set_out(service: &Service, exchange: &Exchange, trip: Trip, place: &Place) -> Response {
    let outcome = service.engine.begin_trip(trip, &place.state(), &exchange.browser(service)).await;
    page::outcome(service, NAME, outcome, exchange)
}

fn back(service: &Service, notice: AccountNotice) -> Response {
    reply::see_other(&service.engine.settings().issuer.endpoint(&place::after(notice)))
}

fn signed_out(service: &Service, exchange: &Exchange, frames: &[LogoutFrame]) -> Result<Response, Fault> {
    let frame = page::plain_frame(service, exchange);
    let mut response = match frames {
        [] => rendered(service.pages.signed_out(SignedOutView { frame: &frame, was_signed_in: true })?),
        frames => page::signing_out(service, &frame, frames, None)?,
    };
    cookies::set(response.headers_mut(), &[CookieChange::EndSession], service.is_https());
    Ok(response)
}

fn not_found(service: &Service) -> Response {
    rendered(page::error_page(service, ErrorStory::NotFound, None, None))
}

//! The relying party's pages. English alone: they speak of the protocol to those who know it.

use super::asked::OFFERED_SCOPES;
use super::decoded::{ClaimModel, Decoded, TokenModel, pretty};
use super::grant::SignedIn;
use super::id_token::Finding;
use super::trouble::Trouble;
use super::{DemoSetup, calendar};
use crate::pages::{ErrorStory, ErrorView, FormTargets, Needs, Rendered};
use http::header::{CACHE_CONTROL, HeaderValue, LOCATION, REFERRER_POLICY};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::Value;

/// What the first page says above all else.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Notice {
    /// The end-user has signed out.
    SignedOut,
}

#[derive(Serialize)]
struct StartModel<'a> {
    issuer: &'a str,
    base: &'a str,
    client_id: &'a str,
    accounts: &'a [(String, String)],
    scopes: Vec<OfferedScope>,
    notice: Option<Notice>,
}

#[derive(Serialize)]
struct OfferedScope {
    value: &'static str,
    ticked: bool,
}

#[derive(Serialize)]
struct ResultModel<'a> {
    issuer: &'a str,
    base: &'a str,
    token: &'a str,
    name: &'a str,
    id_token: TokenModel,
    findings: &'a [Finding],
    access_token: TokenModel,
    access_token_ends: Option<String>,
    scope: &'a str,
    userinfo: Option<UserinfoModel>,
    userinfo_trouble: Option<&'a str>,
    refreshes: bool,
    refreshed: u32,
}

#[derive(Serialize)]
struct UserinfoModel {
    claims: Vec<ClaimModel>,
    json: String,
}

#[derive(Serialize)]
struct FailureModel<'a> {
    base: &'a str,
    happened: String,
    description: Option<&'a str>,
}

/// The first page.
pub(super) fn start(setup: &DemoSetup, notice: Option<Notice>) -> Rendered {
    let scopes = OFFERED_SCOPES.iter().map(|(value, ticked)| OfferedScope { value, ticked: *ticked }).collect();
    let model = StartModel {
        issuer: setup.issuer.as_str(),
        base: setup.issuer.path(),
        client_id: setup.client_id.as_str(),
        accounts: &setup.accounts,
        scopes,
        notice,
    };
    drawn(setup, "demo_start.html", &model)
}

/// What the end-user's browser is shown of what the server gave.
pub(super) fn result(setup: &DemoSetup, signed_in: &SignedIn, token: &str) -> Rendered {
    let now = setup.clock.now();
    let userinfo = signed_in.userinfo.as_ref().ok().map(|claims| UserinfoModel {
        claims: claims.iter().map(|(name, value)| ClaimModel::new(name, value, now)).collect(),
        json: pretty(claims),
    });
    let ends = |at| format!("{} ({})", calendar::utc(at), calendar::from_now(at, now));
    let model = ResultModel {
        issuer: setup.issuer.as_str(),
        base: setup.issuer.path(),
        token,
        name: name(signed_in),
        id_token: Decoded::read(&signed_in.id_token.raw).model(now),
        findings: &signed_in.id_token.findings,
        access_token: Decoded::read(&signed_in.access_token).model(now),
        access_token_ends: signed_in.access_token_expires_at.map(ends),
        scope: &signed_in.scope,
        userinfo,
        userinfo_trouble: signed_in.userinfo.as_ref().err().map(String::as_str),
        refreshes: signed_in.refresh_token.is_some(),
        refreshed: signed_in.refreshed,
    };
    drawn(setup, "demo_result.html", &model)
}

/// Why the end-user is not signed in here.
pub(super) fn failure(setup: &DemoSetup, trouble: &Trouble) -> Rendered {
    let description = match trouble {
        Trouble::Refused { description, .. } => description.as_deref(),
        _ => None,
    };
    let model = FailureModel { base: setup.issuer.path(), happened: trouble.to_string(), description };
    let page = drawn(setup, "demo_failure.html", &model);
    let status = if page.status.is_success() { StatusCode::BAD_REQUEST } else { page.status };
    Rendered { status, ..page }
}

/// To another address, with a GET.
pub(super) fn see_other(to: &str) -> Rendered {
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // An address that was parsed is ASCII; were one not, the browser stays where it is.
    let status = match HeaderValue::from_str(to) {
        Ok(to) => {
            headers.insert(LOCATION, to);
            StatusCode::SEE_OTHER
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Rendered { status, headers, html: String::new() }
}

/// What to call the end-user: the best name that either place gave.
fn name(signed_in: &SignedIn) -> &str {
    let places = [Some(&signed_in.id_token.claims), signed_in.userinfo.as_ref().ok()];
    let said = |name| places.iter().flatten().find_map(|claims| claims.get(name).and_then(Value::as_str));
    said("name").or_else(|| said("preferred_username")).or_else(|| said("sub")).unwrap_or_default()
}

fn drawn(setup: &DemoSetup, template: &'static str, model: &impl Serialize) -> Rendered {
    let frame = setup.pages.plain_frame();
    let needs = Needs { form_targets: FormTargets::Own, alone: true, ..Needs::default() };
    setup.pages.draw(template, &frame, model, &needs).unwrap_or_else(|fault| {
        tracing::error!(%fault, page = template, "a page could not be drawn");
        let view = ErrorView { frame: &frame, story: ErrorStory::Fault, refusal: None, correlation_id: None };
        setup.pages.error(view)
    })
}

//! From a request to its operation: the path, the method, the token, the body; then the operation, and the audit.

use super::answer::{Answer, Wrong, problem, wait};
use super::audit::Act;
use super::authority::{Principal, limit};
use super::call::Call;
use super::table::{Operation, TABLE};
use super::uploads::UPLOAD_BYTES_MAX;
use super::{Admin, BASE};
use crate::http::dpop::{DPOP, nonce_for_next, proof_in};
use crate::http::{Arriving, Connection, Response, Unread, arriving, collect_body, nowhere, reply};
use crate::operations::{OperationError, Problem, ProblemKind};
use gatewright_domain::certificate::ClientCertificate;
use gatewright_domain::fault::Fault;
use gatewright_engine::binding::{Call as EngineCall, Place, PresentedAccess};
use gatewright_engine::error::EndpointError;
use gatewright_protocol::bearer::{PresentedToken, presented_token};
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::params::Params;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::token::TokenType;
use http::{HeaderMap, Method};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::filters::path::FullPath;

/// Its name in metrics.
const NAME: &str = "admin";

/// A request before anything is known of it.
struct Arrived {
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    connection: Connection,
    body: Arriving,
}

/// The filter that takes every path below [`BASE`], after `base`.
pub(super) fn filter(admin: &Arc<Admin>, base: &str) -> BoxedFilter<(Response,)> {
    let prefix = format!("{base}{BASE}");
    let below = warp::path::full().and_then(move |path: FullPath| {
        let rest = path.as_str().strip_prefix(&prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let rest = rest.map(ToOwned::to_owned);
        async move { rest.ok_or_else(warp::reject::not_found) }
    });
    answered(admin, below.boxed())
}

/// The filter of a listener where there is nothing else: what it does not know is told as a problem, and to a browser
/// outside the API as a page.
pub(super) fn alone(admin: &Arc<Admin>) -> BoxedFilter<(Response,)> {
    let service = admin.service.clone();
    let outside =
        warp::path::full().and(warp::header::headers_cloned()).and_then(move |path: FullPath, headers: HeaderMap| {
            let page = if path.as_str().starts_with(BASE) { None } else { nowhere(&service, &headers) };
            async move { page.ok_or_else(warp::reject::not_found) }
        });
    let any = warp::path::full().map(|path: FullPath| match path.as_str().strip_prefix(BASE) {
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        _ => String::new(),
    });
    outside.or(answered(admin, any.boxed())).unify().boxed()
}

fn answered(admin: &Arc<Admin>, below: BoxedFilter<(String,)>) -> BoxedFilter<(Response,)> {
    let admin = admin.clone();
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    below
        .and(warp::method())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional::<Connection>())
        .and(arriving())
        .then(move |path, method, query, headers, connection: Option<Connection>, body| {
            let connection = connection.unwrap_or_default();
            let admin = admin.clone();
            async move {
                let begun = Instant::now();
                let method_name = Method::clone(&method);
                let response = admin.clone().answer(Arrived { method, path, query, headers, connection, body }).await;
                let status = response.status().as_u16();
                admin.service.metrics.request(NAME, method_name.as_str(), status, begun.elapsed());
                response
            }
        })
        .boxed()
}

/// An operation, and the values in the path that led to it.
type Found = (&'static Operation, Vec<String>);

/// The operation of that method and path; else what it is refused with, and the methods there are.
fn find(method: &Method, path: &str) -> Result<Found, (ProblemKind, Vec<Method>)> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let at_path = TABLE.iter().filter_map(|operation| Some((operation, operation.matches(path)?)));
    let mut allowed = Vec::new();
    for (operation, values) in at_path {
        if operation.method == method {
            return Ok((operation, values));
        }
        allowed.push(operation.method.clone());
        if operation.method == Method::GET {
            allowed.push(Method::HEAD);
        }
    }
    let kind = if allowed.is_empty() { ProblemKind::NoRoute } else { ProblemKind::WrongMethod };
    Err((kind, allowed))
}

/// Whoever does something, and what.
struct Doer {
    who: String,
    address: IpAddr,
    operation: &'static Operation,
}

impl Doer {
    /// Does it, and writes down what was to be changed, whatever came of it.
    async fn perform(self, admin: Arc<Admin>, call: Call) -> Result<Answer, Problem> {
        let Self { who, address, operation } = self;
        let target = call.path.join(" ");
        let outcome = (operation.run)(admin.clone(), call).await;
        let done = outcome.map_err(|error| admin.told(error));
        if operation.is_write() {
            let end = done.as_ref().map(|_| ()).map_err(|problem| problem.kind);
            let made = done.as_ref().ok().and_then(Answer::names);
            let act = Act { who: &who, address, target: made.unwrap_or(target), end };
            admin.audit(operation.id, act).await.map_err(|fault| admin.told(fault.into()))?;
        }
        done
    }
}

impl Admin {
    async fn answer(self: Arc<Self>, arrived: Arrived) -> Response {
        let had_proof = arrived.headers.contains_key(DPOP);
        let response = self.clone().answered(arrived).await;
        if had_proof { nonce_for_next(&self.service, response) } else { response }
    }

    async fn answered(self: Arc<Self>, arrived: Arrived) -> Response {
        let (operation, path) = match find(&arrived.method, &arrived.path) {
            Ok(found) => found,
            Err((kind, allowed)) => {
                self.drain(arrived.body, &arrived.headers).await;
                let mut response = problem(&kind.says(format!("{} {}", arrived.method, kind.title())));
                if !allowed.is_empty() {
                    reply::allow(&mut response, &allowed);
                }
                return response;
            }
        };
        let caller = Caller::of(&self, &arrived);
        let principal = match self.admit(operation, &caller).await {
            Ok(principal) => principal,
            Err(response) => {
                self.drain(arrived.body, &arrived.headers).await;
                return response;
            }
        };
        let address = caller.address;
        // Only now is a body read that may be large.
        let call = match self.read(operation, arrived, path, principal.clone()).await {
            Ok(call) => call,
            Err(error) => return problem(&self.told(error)),
        };
        if let Some(unknown) = call.query.iter().map(|(name, _)| name).find(|name| !operation.takes(name)) {
            let known = operation.query_names().join(", ");
            let detail = format!("{unknown:.100} is no parameter of this; there are: {known}");
            return problem(&ProblemKind::BadRequest.says(detail));
        }
        let act = Doer { who: principal.name, address, operation };
        let performing = act.perform(self.clone(), call);
        let done = match operation.is_write() {
            false => performing.await,
            // What was begun is ended and written down, whether or not whoever asked still waits for the answer.
            true => tokio::spawn(performing)
                .await
                .unwrap_or_else(|error| Err(self.told(OperationError::from(Fault::caused("admin", error))))),
        };
        match done {
            Ok(answer) => answer.into_response(),
            // The token is a good one that does not do.
            Err(told) if told.kind == ProblemKind::Forbidden => {
                let wrong = Wrong { scheme: TokenType::Bearer, code: ErrorCode::InsufficientScope };
                self.challenged(&told, Some(wrong), operation.needs.map(|needs| needs.scope()).as_ref())
            }
            Err(told) => problem(&told),
        }
    }

    /// Whoever asks, if their token allows the operation; else the answer they get.
    async fn admit(&self, operation: &'static Operation, caller: &Caller<'_>) -> Result<Principal, Response> {
        let Some(needs) = operation.needs else {
            return Ok(Principal { name: String::new(), scope: Scope::empty() });
        };
        let (scope, address) = (needs.scope(), caller.address);
        let token = match presented(caller.headers) {
            Ok(Some(token)) => token,
            Ok(None) => {
                let told = ProblemKind::Unauthenticated.says("no access token was presented");
                return Err(self.challenged(&told, None, Some(&scope)));
            }
            Err(refusal) => return Err(self.refused(&refusal, TokenType::Bearer, &scope)),
        };
        let (limit, now_ms) = (limit(), self.clock.now_ms());
        // Counted before it is looked at, and given back where it is good.
        self.tries.begin(Some(address), &limit, now_ms).map_err(wait)?;
        let found = self.principal(&caller.presents(&token)).await;
        let principal = match found {
            Ok(Some(principal)) => principal,
            Ok(None) => {
                let refusal = Refusal::invalid_token("the access token is for another audience");
                return Err(self.refused(&refusal, token.scheme, &scope));
            }
            Err(EndpointError::Refused(refusal)) => {
                // A client that has the nonce to learn is no guesser.
                if refusal.code() == ErrorCode::UseDpopNonce {
                    self.tries.withdraw(Some(address), &limit);
                }
                return Err(self.refused(&refusal, token.scheme, &scope));
            }
            Err(error) => {
                self.tries.withdraw(Some(address), &limit);
                let fault = match error {
                    EndpointError::Fault(fault) => fault,
                    other => Fault::caused("admin.authority", other),
                };
                return Err(problem(&self.told(fault.into())));
            }
        };
        self.tries.withdraw(Some(address), &limit);
        if principal.may(needs) {
            return Ok(principal);
        }
        let told = self.told(Self::refuse_token(needs));
        if operation.is_write() {
            let act = Act { who: &principal.name, address, target: String::new(), end: Err(told.kind) };
            if let Err(fault) = self.audit(operation.id, act).await {
                return Err(problem(&self.told(fault.into())));
            }
        }
        let wrong = Wrong { scheme: token.scheme, code: ErrorCode::InsufficientScope };
        Err(self.challenged(&told, Some(wrong), Some(&scope)))
    }

    /// The answer to a token that is not good, or is not presented as it must be.
    fn refused(&self, refusal: &Refusal, scheme: TokenType, scope: &Scope) -> Response {
        let told = ProblemKind::Unauthenticated.says(refusal.description());
        let code = match refusal.code() {
            code @ (ErrorCode::InvalidDpopProof | ErrorCode::UseDpopNonce) => code,
            _ => ErrorCode::InvalidToken,
        };
        self.challenged(&told, Some(Wrong { scheme, code }), Some(scope))
    }
}

/// What a request brings along beside its operation.
struct Caller<'a> {
    method: &'a Method,
    path: String,
    headers: &'a HeaderMap,
    address: IpAddr,
    certificate: Option<Arc<ClientCertificate>>,
    origins: &'a [String],
}

impl<'a> Caller<'a> {
    fn of(admin: &'a Admin, arrived: &'a Arrived) -> Self {
        let settings = &admin.service.settings;
        Self {
            method: &arrived.method,
            path: format!("{BASE}{}", arrived.path),
            headers: &arrived.headers,
            address: (settings.client_address)(&arrived.connection, &arrived.headers),
            certificate: (settings.client_certificate)(&arrived.connection, &arrived.headers),
            origins: &admin.origins,
        }
    }

    fn presents<'p>(&'p self, token: &'p PresentedToken) -> PresentedAccess<'p> {
        let place = Place { method: self.method.as_str(), path: &self.path, origins: self.origins };
        let certificate = self.certificate.as_deref();
        let call = EngineCall { authorization: None, proof: proof_in(self.headers), certificate, place };
        PresentedAccess { token: token.token.expose(), scheme: token.scheme, call }
    }
}

/// The access token in the header; a form has none here.
fn presented(headers: &HeaderMap) -> Result<Option<PresentedToken>, Refusal> {
    let mut lines = headers.get_all(http::header::AUTHORIZATION).iter();
    let line = match (lines.next(), lines.next()) {
        (None, _) => return Ok(None),
        (Some(line), None) => line.to_str().unwrap_or_default(),
        // Two readers of one request could see two tokens.
        (Some(_), Some(_)) => "",
    };
    let none = Params::default();
    presented_token(Some(line), &none, &none)
}

impl Admin {
    async fn read(
        &self,
        operation: &Operation,
        arrived: Arrived,
        path: Vec<String>,
        principal: Principal,
    ) -> Result<Call, OperationError> {
        let Arrived { query, headers, body, .. } = arrived;
        let small = self.service.settings.body_bytes_max;
        let (bytes_max, too_large) = match operation.is_upload() {
            true => (UPLOAD_BYTES_MAX.max(small), ProblemKind::PolicyTooLarge),
            false => (small, ProblemKind::TooLarge),
        };
        let said = announced(&headers);
        if said.is_some_and(|said| said > bytes_max) {
            self.drain(body, &headers).await;
            return Err(too_large.says(format!("the body has more than {bytes_max} bytes")).into());
        }
        let body = collect_body(body, bytes_max).await.map_err(|unread| match unread {
            Unread::TooLarge => too_large.says(format!("the body has more than {bytes_max} bytes")),
            Unread::Broken => ProblemKind::BadRequest.says("the body broke off"),
        })?;
        let query = Params::parse_query(&query)
            .map_err(|error| ProblemKind::BadRequest.says(format!("the query cannot be read: {error}")))?;
        Ok(Call { principal, path, query, body, headers })
    }

    /// Reads what nobody wants, where it is little: whoever still sends would not see the answer.
    async fn drain(&self, body: Arriving, headers: &HeaderMap) {
        let bytes_max = self.service.settings.body_bytes_max;
        if announced(headers).is_none_or(|said| said <= bytes_max) {
            // What it is, and whether it ends, does not matter.
            let _ = collect_body(body, bytes_max).await;
        }
    }
}

/// How many bytes the body is said to have (RFC 9110 8.6).
fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

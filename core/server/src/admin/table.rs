//! Every operation of the admin API: the router leads requests by it, and the OpenAPI document is written from it.

use super::answer::Answer;
use super::authority::Needs;
use super::call::Call;
use super::{Admin, accounts, clients, events, keys, policies, records, replay, status, trials, users};
use crate::operations::{OperationError, ProblemKind};
use http::Method;
use std::pin::Pin;
use std::sync::Arc;

/// What an operation comes to.
pub(super) type Running = Pin<Box<dyn Future<Output = Result<Answer, OperationError>> + Send>>;

/// An operation.
pub(super) struct Operation {
    /// Its name, in the OpenAPI document and the audit log.
    pub id: &'static str,
    pub method: Method,
    /// Its path below the base; a segment in braces is a value.
    pub path: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// The scope it needs; none for what anyone may know.
    pub needs: Option<Needs>,
    /// The parameters of its query.
    pub query: Query,
    /// The schema of its body.
    pub body: Option<&'static str>,
    /// What it answers when all is well.
    pub answers: Answers,
    /// Whether `If-Match` is looked at.
    pub precondition: Precondition,
    /// What may be told beside what may be told of every operation.
    pub problems: &'static [ProblemKind],
    pub run: fn(Arc<Admin>, Call) -> Running,
}

/// The parameters of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Query {
    None,
    /// `cursor` and `limit`.
    Page,
    /// `limit`.
    List,
    /// `within_s`.
    Within,
    /// `note` and `within_s`.
    Push,
    /// `since_ms`.
    Since,
    /// Those, `prefix` and `username`.
    Users,
    /// `limit`, and what a trace must have.
    Traces,
    /// `cursor`, `limit` and `since_ms`.
    Audit,
}

/// The schema of a bundle in a body, where it is JSON.
pub(super) const UPLOADED: &str = "NewPolicy";

/// What is answered when all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answers {
    /// 200 with this schema.
    Document(&'static str),
    /// 200 with a page of this schema.
    PageOf(&'static str),
    /// 200 with a list of this schema.
    ListOf(&'static str),
    /// 201 with this schema.
    Created(&'static str),
    /// 204.
    Done,
    /// 200 with events as they happen.
    Events,
    /// 200 with the canonical bytes of a bundle.
    Bundle,
    /// 200 with lines, each of this schema.
    LinesOf(&'static str),
}

/// Whether `If-Match` is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precondition {
    None,
    Optional,
    Required,
}

impl Operation {
    /// The values in `path`, if it leads here.
    pub(super) fn matches(&self, path: &str) -> Option<Vec<String>> {
        let mut values = Vec::new();
        let (mut wanted, mut given) = (self.path.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(values),
                (Some(wanted), Some(given)) if wanted.starts_with('{') => values.push(decoded(given)?),
                (Some(wanted), Some(given)) if wanted == given => {}
                _ => return None,
            }
        }
    }

    /// Whether its body is a bundle, which may be larger than any other.
    pub(super) fn is_upload(&self) -> bool {
        self.body == Some(UPLOADED)
    }

    /// Whether it changes anything.
    pub(super) fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    /// The names of its query's parameters.
    pub(super) fn query_names(&self) -> &'static [&'static str] {
        match self.query {
            Query::None => &[],
            Query::Page => &["cursor", "limit"],
            Query::List => &["limit"],
            Query::Within => &["within_s"],
            Query::Push => &["note", "within_s"],
            Query::Since => &["since_ms"],
            Query::Users => &["cursor", "limit", "prefix", "username"],
            Query::Traces => &[
                "limit",
                "user",
                "subject",
                "client",
                "login",
                "since_ms",
                "until_ms",
                "error",
                "failed",
                "correlation",
            ],
            Query::Audit => &["cursor", "limit", "since_ms"],
        }
    }

    /// Whether its query has a parameter of that name.
    pub(super) fn takes(&self, name: &str) -> bool {
        self.query_names().contains(&name)
    }

    /// The names of the values in its path.
    pub(super) fn path_names(&self) -> Vec<&'static str> {
        let named = |segment: &'static str| segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        self.path.split('/').filter_map(named).collect()
    }
}

/// A segment of a path with its percent-encoding undone (RFC 3986 2.1); none where it is no text, or none at all.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty() && !text.contains('\0'))
}

macro_rules! operations {
    ($($id:literal: $method:ident $path:literal, $needs:expr, $query:ident, $body:expr, $answers:expr, $precondition:ident,
       [$($problem:ident),*], $run:path, $summary:literal;)+) => {
        &[$(Operation {
            id: $id,
            method: Method::$method,
            path: $path,
            summary: $summary,
            needs: $needs,
            query: Query::$query,
            body: $body,
            answers: $answers,
            precondition: Precondition::$precondition,
            problems: &[$(ProblemKind::$problem),*],
            run: |admin, call| Box::pin($run(admin, call)),
        },)+]
    };
}

use Answers::{Bundle, Created, Document, Done, Events, LinesOf, ListOf, PageOf};

const fn reads(resource: &'static str) -> Option<Needs> {
    Some(Needs::read(resource))
}

const fn writes(resource: &'static str) -> Option<Needs> {
    Some(Needs::write(resource))
}

/// All of them.
pub(super) const TABLE: &[Operation] = operations! {
    "openapi.show": GET "/openapi.json", None, None, None, Document("OpenApi"), None, [], status::openapi,
        "This document.";
    "status.show": GET "/status", reads("status"), None, None, Document("Status"), None, [], status::show,
        "What runs here, and what the access token allows.";
    "client.list": GET "/clients", reads("clients"), Page, None, PageOf("Client"), None, [], clients::list,
        "Lists the clients by client_id.";
    "client.add": POST "/clients", writes("clients"), None, Some("NewClient"), Created("Client"), None,
        [ClientExists, ClientRefused, Secret], clients::add,
        "Adds a client under the rules of registration (RFC 7591). Its secret is in the answer and never again.";
    "client.show": GET "/clients/{client_id}", reads("clients"), None, None, Document("Client"), None, [NoClient],
        clients::show, "Shows a client.";
    "client.replace": PUT "/clients/{client_id}", writes("clients"), None, Some("ClientChange"), Document("Client"),
        Required, [NoClient, ClientRefused], clients::replace,
        "Replaces what is registered of a client. Its secret stays where its method still uses one.";
    "client.remove": DELETE "/clients/{client_id}", writes("clients"), None, None, Done, Optional, [NoClient],
        clients::remove, "Removes a client with everything issued to it.";
    "client.rotate_secret": POST "/clients/{client_id}/secret", writes("clients"), None, None, Document("Client"),
        Optional, [NoClient, Secret], clients::rotate_secret,
        "Draws a new secret for a client; the old one works no longer. It is in the answer and never again.";
    "client.grants": GET "/clients/{client_id}/grants", reads("grants"), Page, None, PageOf("Grant"), None,
        [NoClient], clients::grants, "Lists who granted the client something, by subject.";
    "user.list": GET "/users", reads("users"), Users, None, PageOf("User"), None, [], users::list,
        "Lists the end-users by username: all, those whose username begins with `prefix`, or the one of `username`.";
    "user.add": POST "/users", writes("users"), None, Some("NewUser"), Created("User"), None,
        [UserExists, Username, Subject, Claim, WeakPassword], users::add, "Adds an end-user.";
    "user.show": GET "/users/{subject}", reads("users"), None, None, Document("UserDetail"), None, [NoUser], users::show,
        "Shows an end-user: whether they can sign in, and what happened to their account.";
    "user.change": PUT "/users/{subject}", writes("users"), None, Some("UserChange"), Document("User"), Required,
        [NoUser, Claim], users::change, "Replaces the claims about an end-user.";
    "user.remove": DELETE "/users/{subject}", writes("users"), None, None, Done, None, [NoUser], users::remove,
        "Removes an end-user, their factors, sessions and consents; their tokens work no longer.";
    "user.set_password": PUT "/users/{subject}/password", writes("users"), None, Some("NewPassword"), Done, None,
        [NoUser, WeakPassword], users::set_password, "Sets an end-user's password.";
    "user.disable": POST "/users/{subject}/disable", writes("users"), None, None, Document("User"), None, [NoUser],
        users::disable, "Disables an end-user: they cannot sign in, their sessions end, their tokens work no longer.";
    "user.enable": POST "/users/{subject}/enable", writes("users"), None, None, Document("User"), None, [NoUser],
        users::enable, "Enables an end-user again.";
    "user.unlock": POST "/users/{subject}/unlock", writes("users"), None, None, Document("Unlocked"), None, [NoUser],
        users::unlock, "Unlocks an end-user after too many failed tries: the next one counts at once.";
    "factor.list": GET "/users/{subject}/factors", reads("factors"), None, None, ListOf("Factor"), None, [NoUser],
        accounts::factors, "Lists what an end-user enrolled to prove who they are.";
    "factor.remove": DELETE "/users/{subject}/factors/{factor_id}", writes("factors"), None, None, Done, None,
        [NoUser, NoFactor], accounts::remove_factor, "Removes a factor.";
    "session.list": GET "/users/{subject}/sessions", reads("sessions"), None, None, ListOf("Session"), None, [NoUser],
        accounts::sessions, "Lists the sessions of an end-user that live.";
    "session.end": DELETE "/users/{subject}/sessions/{session_id}", writes("sessions"), None, None, Done, None,
        [NoUser, NoSession], accounts::end_session, "Ends a session with the tokens that began in it.";
    "grant.list": GET "/users/{subject}/grants", reads("grants"), None, None, ListOf("Grant"), None, [NoUser],
        accounts::grants, "Lists what an end-user allowed, and which clients have tokens on their behalf.";
    "grant.revoke": DELETE "/users/{subject}/grants/{client_id}", writes("grants"), None, None, Done, None,
        [NoUser, NoGrant], accounts::revoke_grant,
        "Withdraws what an end-user allowed a client and revokes all it has on their behalf.";
    "keys.list": GET "/keys", reads("keys"), None, None, ListOf("Key"), None, [], keys::list,
        "Lists the signing keys, the oldest first.";
    "keys.rotate": POST "/keys/rotation", writes("keys"), None, Some("KeyRotation"), Document("RotatedKeys"), None,
        [NoAlgorithm, TooManyKeys], keys::rotate, "Replaces signing keys before it is their time.";
    "policy.list": GET "/policies", reads("policies"), List, None, ListOf("Policy"), None, [], policies::list,
        "Lists the policies that were pushed, the latest first.";
    "policy.push": POST "/policies", writes("policies"), Push, Some(UPLOADED), Created("PushedPolicy"), None,
        [PolicyRefused, PolicyEndless, PolicyTooLarge], policies::push,
        "Compiles a policy, runs its tests and stores it. It is not live by that.";
    "policy.check": POST "/policies/check", writes("policies"), Within, Some(UPLOADED), Document("ExaminedPolicy"), None,
        [PolicyRefused, PolicyEndless, PolicyTooLarge], policies::check,
        "Compiles a policy and runs its tests, and stores nothing: says what is wrong and what was probably not meant.";
    "policy.status": GET "/policies/status", reads("policies"), None, None, Document("PolicyStatus"), None, [],
        policies::status, "Shows what is live, what is being decided, and what each node serves.";
    "policy.history": GET "/policies/history", reads("policies"), List, None, ListOf("Activation"), None, [],
        policies::history, "Lists what was live or refused, the latest first.";
    "policy.activate": POST "/policies/{digest}/activation", writes("policies"), None, Some("Activating"),
        Document("WentLive"), None,
        [NoPolicy, NothingLive, PolicyRefused, PolicyEndless, NotActivated, ActivationOpen, SamePerson, NobodyPushed],
        policies::activate, "Puts a policy live on every node, or on none. Eight digits of a digest name it.";
    "policy.rollback": POST "/policies/rollback", writes("policies"), None, Some("RollingBack"), Document("WentLive"),
        None, [NoPolicy, NothingLive, NothingBefore, NeverLive, NotActivated, ActivationOpen], policies::roll_back,
        "Goes back to a policy that was live before.";
    "policy.bundle": GET "/policies/{digest}/bundle", reads("policies"), None, None, Bundle, None,
        [NoPolicy, NothingLive], policies::bundle, "The files of a policy, as they are pushed.";
    "policy.diff": GET "/policies/{digest}/difference/{other}", reads("policies"), None, None,
        Document("PolicyDifference"), None, [NoPolicy, NothingLive], policies::diff,
        "What the other policy does differently: its bindings, and its files line by line.";
    "policy.issued": GET "/policies/{digest}/issued", reads("policies"), List, None, Document("IssuedUnder"), None,
        [NoPolicy, NothingLive], policies::issued, "Counts and lists what was decided under a policy and is still good.";
    "policy.revoke": POST "/policies/{digest}/revocation", writes("policies"), None, None, Document("IssuedUnder"), None,
        [NoPolicy, NothingLive, StillLive], policies::revoke,
        "Ends everything that was decided under a policy that is not live: sessions, codes, tokens. `issued` counts first.";
    "policy.replay": POST "/policies/{digest}/replay", writes("policies"), None, Some("Replaying"), Document("Replay"),
        None, [NoPolicy, NothingLive, NothingRecorded, PolicyRefused], replay::replay,
        "Asks a policy what recorded logins asked, and says what it would have decided otherwise. Nothing is done by it.";
    "policy.shadow": GET "/trials/shadow", reads("policies"), None, None, Document("Shadow"), None, [NoShadow],
        trials::shadow, "Shows the shadow that runs, or the last one, with what was counted on all nodes.";
    "policy.shadow_samples": GET "/trials/shadow/samples", reads("policies"), List, None, Document("ShadowSamples"),
        None, [NoShadow], trials::samples, "Shows samples of where the shadow differs, the latest first.";
    "policy.begin_shadow": POST "/trials/shadow", writes("policies"), None, Some("NewShadow"), Created("Trial"), None,
        [NoPolicy, NothingLive, ShadowRuns], trials::begin_shadow,
        "Asks a pushed policy what the live one is asked, and decides nothing by it.";
    "policy.end_shadow": DELETE "/trials/shadow", writes("policies"), None, None, Document("Trial"), None, [NoShadow],
        trials::end_shadow, "Ends the shadow; what was counted stays to be read.";
    "policy.canary": GET "/trials/canary", reads("policies"), None, None, Document("Trial"), None, [NoCanary],
        trials::canary, "Shows the canary that runs, or the last one.";
    "policy.begin_canary": POST "/trials/canary", writes("policies"), None, Some("NewCanary"), Created("Trial"), None,
        [NoPolicy, NothingLive, PolicyRefused, PolicyEndless, CanaryRuns, CanaryForNobody, SamePerson, NobodyPushed],
        trials::begin_canary, "Lets some logins begin on a pushed policy.";
    "policy.widen_canary": PUT "/trials/canary/share", writes("policies"), None, Some("NewShare"), Document("Trial"),
        None, [NoCanary, GroupHasNoShare], trials::widen_canary, "Changes the canary's share.";
    "policy.promote_canary": POST "/trials/canary/promotion", writes("policies"), None, Some("Activating"),
        Document("WentLive"), None,
        [NoCanary, NoPolicy, PolicyRefused, PolicyEndless, NotActivated, ActivationOpen, SamePerson, NobodyPushed],
        trials::promote_canary, "Puts the canary live on every node, and ends it.";
    "policy.end_canary": DELETE "/trials/canary", writes("policies"), None, None, Document("Trial"), None, [NoCanary],
        trials::end_canary, "Ends the canary: new logins begin on the live policy.";
    "trace.list": GET "/traces", reads("traces"), Traces, None, ListOf("Trace"), None, [NoUser], records::traces,
        "Lists the traces of logins, the newest first.";
    "trace.show": GET "/traces/{trace_id}", reads("traces"), None, None, Document("TraceDetail"), None, [NoTrace],
        records::trace, "Shows a trace with its steps.";
    "audit.list": GET "/audit", reads("audit"), Audit, None, PageOf("AuditEntry"), None, [], records::audit,
        "Lists what administrators did and what happened to accounts, the oldest first.";
    "audit.export": GET "/audit/export", reads("audit"), Since, None, LinesOf("AuditEntry"), None, [], records::export,
        "The whole audit log from a moment on, a JSON document a line, the oldest first. Where it breaks off, it is not all.";
    "events.listen": GET "/events", reads("events"), None, None, Events, None, [TooManySubscribers], events::subscribe,
        "What happens on the servers of one database, as it happens (text/event-stream): activations, logins, faults, lockouts.";
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_one_operation_with_its_values_decoded() {
        let found = |path: &str| {
            let all = TABLE.iter().filter(|operation| operation.method == Method::GET);
            let found: Vec<_> = all.filter_map(|operation| Some((operation.id, operation.matches(path)?))).collect();
            assert!(found.len() < 2, "{path}");
            found.into_iter().next().map(|(id, values)| format!("{id} {}", values.join("|")))
        };
        for (path, wanted) in [
            ("/clients", Some("client.list ")),
            ("/clients/a%20b%2Fc", Some("client.show a b/c")),
            ("/users/u/factors", Some("factor.list u")),
            ("/users/%C3%A9", Some("user.show é")),
            ("/clients/", None),
            ("/clients/%", None),
            ("/clients/%4", None),
            ("/clients/%ff", None),
            ("/clients/%00", None),
            ("/clients/a/b", None),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(found(path).as_deref(), wanted, "{path}");
        }
    }
}

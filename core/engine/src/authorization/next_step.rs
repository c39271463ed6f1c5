//! The one place that says what comes next. Pure: it looks at what was decided so far and names the next
//! decision; hooks never name the next room (OpenID Connect Core 3.1.2.3, RFC 9470).

use super::admit::AdmittedRequest;
use super::interaction::{AccountChoice, Progress};
use crate::account::Trip;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::hooks::Acrs;
use gatewright_domain::session::Session;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::error::Refusal;

/// What the next step is chosen from.
pub(super) struct Facts<'f> {
    pub request: &'f AdmittedRequest,
    pub progress: &'f Progress,
    pub session: Option<&'f Session>,
    /// Whether the session's subject is the one `id_token_hint` names; true without a hint.
    pub hint_fits: bool,
    /// Whether the session was begun in this very interaction.
    pub fresh: bool,
    pub acrs: &'f Acrs,
    pub now: Timestamp,
}

/// The next decision.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NextStep {
    /// The hook that waits for the browser goes on, or waits still.
    Resume,
    /// `select_acr`.
    SelectAcr,
    /// The built-in account choice.
    ChooseAccount,
    /// The live session is enough.
    AdoptSession,
    /// `authenticate`, with the ACR to be reached; a step-up keeps the session's end-user.
    Authenticate { acr: Acr, step_up: bool },
    /// The end-user is told of others' failed tries.
    Tell,
    /// `after_authentication`.
    AfterAuthentication,
    /// Remembered consent, or the `consent` hook.
    Consent,
    /// `authenticate` once more, to enrol the factor that a trip is for.
    Enrol { acr: Acr },
    /// The response.
    Complete,
    /// The client is told.
    Refuse(Refusal),
}

pub(super) fn next_step(facts: &Facts<'_>) -> NextStep {
    let progress = facts.progress;
    if progress.running.is_some() {
        return NextStep::Resume;
    }
    let Some(wanted) = &progress.wanted else { return NextStep::SelectAcr };
    if progress.reached.is_none() {
        return authentication(facts, wanted);
    }
    if progress.untold.is_some() {
        return NextStep::Tell;
    }
    if progress.passed.is_none() {
        return NextStep::AfterAuthentication;
    }
    match &progress.trip {
        Some(Trip::Enrol { acr }) if !progress.enrolled => return NextStep::Enrol { acr: acr.clone() },
        // A trip leads back to the account page: there is nobody to consent to.
        Some(_) => return NextStep::Complete,
        None => {}
    }
    if progress.consented.is_none() { NextStep::Consent } else { NextStep::Complete }
}

fn authentication(facts: &Facts<'_>, wanted: &[Acr]) -> NextStep {
    let prompt = &facts.request.asked().prompt;
    if facts.fresh && !facts.hint_fits {
        // OpenID Connect Core 3.1.2.1: an error, unless whom the hint names is signed in as a result of the request.
        let why = "Another end-user signed in than the one whom the id_token_hint names.";
        return NextStep::Refuse(Refusal::login_required(why));
    }
    let usable = facts.session.filter(|session| is_usable(session, facts));
    let mut named = None;
    if let Some(session) = usable {
        if prompt.select_account() && facts.progress.account == AccountChoice::NotAsked && !facts.fresh {
            return NextStep::ChooseAccount;
        }
        named = asked_by_name(session, wanted, facts);
        if named.is_none() && reaches(session.level, wanted, facts.acrs) {
            return NextStep::AdoptSession;
        }
    }
    if prompt.none() {
        let why = if usable.is_some() { "Another authentication is needed." } else { "No end-user is signed in." };
        return NextStep::Refuse(Refusal::login_required(why));
    }
    match named.or(wanted.first()) {
        Some(acr) => NextStep::Authenticate { acr: acr.clone(), step_up: usable.is_some() },
        None => NextStep::Refuse(Refusal::access_denied("No authentication method is available.")),
    }
}

/// Whether the session counts for this request at all.
fn is_usable(session: &Session, facts: &Facts<'_>) -> bool {
    if facts.fresh {
        return true;
    }
    let recent = facts.request.max_age_s().is_none_or(|age| facts.now <= session.auth_time.plus(age) && age > 0);
    let wanted_again = facts.request.asked().prompt.login() || facts.progress.account == AccountChoice::Another;
    recent && facts.hint_fits && !wanted_again
}

/// The wanted ACR that an essential `acr` claim accepts, where it does not accept the session's: being stronger is not
/// enough for a claim that asks by name (OpenID Connect Core 5.5.1.1).
fn asked_by_name<'f>(session: &Session, wanted: &'f [Acr], facts: &Facts<'f>) -> Option<&'f Acr> {
    let asked = facts.request.essential_acr()?;
    let accepts = |acr: &Acr| asked.accepts(&acr.as_str().into());
    let reachable = wanted.iter().filter(|acr| facts.acrs.find(acr).is_some());
    reachable.filter(|acr| accepts(acr)).find(|_| !accepts(&session.acr))
}

/// Whether a session at `level` is as strong as any of the wanted ACRs.
fn reaches(level: i32, wanted: &[Acr], acrs: &Acrs) -> bool {
    wanted.iter().filter_map(|acr| acrs.find(acr)).any(|method| level >= method.level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorization::interaction::{Consented, Passed, Reached};
    use crate::authorization::tests::{admitted, sample_acrs, sample_session};
    use gatewright_domain::code::AuthenticationContext;
    use gatewright_protocol::error::ErrorCode;

    struct Case {
        query: &'static str,
        progress: Progress,
        session: Option<Session>,
        hint_fits: bool,
        fresh: bool,
        now: i64,
    }

    fn case(query: &'static str, wanted: &str, level: Option<i32>) -> Case {
        let wanted = Some(vec![Acr::try_from(wanted).unwrap()]);
        let progress = Progress { wanted, ..Progress::default() };
        let session = level.map(|level| Session { level, ..sample_session() });
        Case { query, progress, session, hint_fits: true, fresh: false, now: 1_000_100 }
    }

    fn ask(case: &Case) -> NextStep {
        let request = admitted(case.query);
        next_step(&Facts {
            request: &request,
            progress: &case.progress,
            session: case.session.as_ref(),
            hint_fits: case.hint_fits,
            fresh: case.fresh,
            acrs: &sample_acrs(),
            now: Timestamp(case.now),
        })
    }

    fn authenticate(acr: &str, step_up: bool) -> NextStep {
        NextStep::Authenticate { acr: Acr::try_from(acr).unwrap(), step_up }
    }

    #[test]
    fn acr_selection_comes_first_even_on_a_live_session() {
        let mut start = case("", "pwd", Some(30));
        start.progress = Progress::default();
        assert_eq!(ask(&start), NextStep::SelectAcr);
    }

    #[test]
    fn a_session_counts_when_it_is_strong_and_recent_enough() {
        let rows: [(&'static str, &str, Option<i32>, NextStep); 8] = [
            ("", "pwd", None, authenticate("pwd", false)),
            ("", "pwd", Some(10), NextStep::AdoptSession),
            ("", "pwd", Some(20), NextStep::AdoptSession),
            ("", "otp", Some(10), authenticate("otp", true)),
            ("prompt=login", "pwd", Some(30), authenticate("pwd", false)),
            ("max_age=0", "pwd", Some(10), authenticate("pwd", false)),
            ("max_age=99", "pwd", Some(10), authenticate("pwd", false)),
            ("max_age=100", "pwd", Some(10), NextStep::AdoptSession),
        ];
        for (query, wanted, level, expected) in rows {
            assert_eq!(ask(&case(query, wanted, level)), expected, "{query} {wanted} {level:?}");
        }
    }

    #[test]
    fn what_was_authenticated_in_this_interaction_is_not_asked_again() {
        for query in ["prompt=login", "max_age=0", "prompt=select_account"] {
            let fresh = Case { fresh: true, ..case(query, "pwd", Some(10)) };
            assert_eq!(ask(&fresh), NextStep::AdoptSession, "{query}");
        }
    }

    #[test]
    fn prompt_none_never_shows_a_page() {
        for level in [None, Some(10)] {
            match ask(&case("prompt=none", "otp", level)) {
                NextStep::Refuse(refusal) => assert_eq!(refusal.code(), ErrorCode::LoginRequired),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(ask(&case("prompt=none", "pwd", Some(10))), NextStep::AdoptSession);
    }

    #[test]
    fn a_hint_that_names_someone_else_asks_for_a_login() {
        let other = Case { hint_fits: false, ..case("", "pwd", Some(10)) };
        assert_eq!(ask(&other), authenticate("pwd", false));
        match ask(&Case { fresh: true, ..other }) {
            NextStep::Refuse(refusal) => assert_eq!(refusal.code(), ErrorCode::LoginRequired),
            step => panic!("{step:?}"),
        }
    }

    #[test]
    fn an_essential_acr_is_reached_by_name_and_any_other_by_level() {
        let essential = r#"claims={"id_token":{"acr":{"essential":true,"value":"otp"}}}"#;
        let voluntary = r#"claims={"id_token":{"acr":{"value":"otp"}}}"#;
        let any = r#"claims={"id_token":{"acr":{"essential":true}}}"#;
        let mut strong = case(essential, "otp", Some(30));
        assert_eq!(ask(&strong), authenticate("otp", true));
        strong.session = strong.session.map(|session| Session { acr: Acr::try_from("otp").unwrap(), ..session });
        assert_eq!(ask(&strong), NextStep::AdoptSession);
        for query in [voluntary, any] {
            assert_eq!(ask(&case(query, "otp", Some(30))), NextStep::AdoptSession, "{query}");
        }
        // What the policy wants is none that the claim accepts: another authentication would not help.
        assert_eq!(ask(&case(essential, "pwd", Some(30))), NextStep::AdoptSession);
    }

    #[test]
    fn select_account_asks_once() {
        let mut choice = case("prompt=select_account", "pwd", Some(10));
        assert_eq!(ask(&choice), NextStep::ChooseAccount);
        choice.progress.account = AccountChoice::Keep;
        assert_eq!(ask(&choice), NextStep::AdoptSession);
        choice.progress.account = AccountChoice::Another;
        assert_eq!(ask(&choice), authenticate("pwd", false));
    }

    #[test]
    fn the_walk_goes_on_in_order() {
        let session = sample_session();
        let context = AuthenticationContext {
            subject: session.subject.clone(),
            session: session.id.clone(),
            acr: session.acr.clone(),
            amr: vec![],
            auth_time: session.auth_time,
        };
        let mut walk = case("", "pwd", Some(10));
        walk.progress.reached = Some(Reached { context, level: 10, fresh: false });
        assert_eq!(ask(&walk), NextStep::AfterAuthentication);
        walk.progress.passed = Some(Passed { ask_consent: false });
        assert_eq!(ask(&walk), NextStep::Consent);
        walk.progress.consented =
            Some(Consented { scope: admitted("").scope().clone(), claims: Default::default(), remember: false });
        assert_eq!(ask(&walk), NextStep::Complete);
    }
}

//! The `authenticate` hop: run the binding of the ACR, begin the session it earned.

use super::{Hop, HopFailed, Luggage, NO_ACCOUNT, Walk, waiting};
use crate::authorization::interaction::{Interaction, Running};
use crate::authorization::outcome::PageKind;
use crate::authorization::reached::Authenticated;
use crate::browser::{Browser, CookieChange};
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::{FlowEnd, Journal};
use gatewright_domain::hooks::{AuthenticateDecision, AuthenticateInput, Enrolment};
use gatewright_domain::identifiers::Subject;
use gatewright_domain::user::{User, UserView};
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use gatewright_protocol::error::Refusal;

/// What a client is told of a step-up that another end-user answered.
const ANOTHER: &str = "Another end-user signed in than the one who was to.";

impl Walk<'_> {
    pub(super) async fn authenticate(
        &mut self,
        interaction: &mut Interaction,
        acr: Acr,
        step_up: bool,
        luggage: &mut Luggage,
    ) -> Result<Hop, HopFailed> {
        let user = match self.session.as_ref().filter(|_| step_up) {
            Some(session) => self.engine.enabled_user(&session.subject).await?,
            None => None,
        };
        let open = interaction.progress.enrol || self.policy.acrs().find(&acr).is_some_and(|method| method.enrols);
        let enrolment = if open { Enrolment::Open } else { Enrolment::Closed };
        let input = self.authenticate_input(interaction, &acr, user.as_ref(), enrolment);
        self.run_authenticate(interaction, input, Journal::default(), luggage).await
    }

    /// Enrols the factor that a trip is for. Its end-user is signed in as strongly as they can be: `after` saw to that.
    pub(super) async fn enrol(
        &mut self,
        interaction: &mut Interaction,
        acr: Acr,
        luggage: &mut Luggage,
    ) -> Result<Hop, HopFailed> {
        let user = self.user_of(interaction, luggage).await?;
        let input = self.authenticate_input(interaction, &acr, Some(&user), Enrolment::Demanded);
        self.run_authenticate(interaction, input, Journal::default(), luggage).await
    }

    fn authenticate_input(
        &self,
        interaction: &Interaction,
        acr: &Acr,
        user: Option<&User>,
        enrolment: Enrolment,
    ) -> AuthenticateInput {
        let session = self.session.as_ref().filter(|_| user.is_some());
        AuthenticateInput {
            login: self.login(interaction),
            acr: acr.to_string(),
            user: user.map(UserView::from),
            proven: session.map(|session| session.amr.iter().map(ToString::to_string).collect()).unwrap_or_default(),
            enrolment,
            return_url: self.engine.settings.issuer.endpoint("/visit"),
        }
    }

    pub(super) async fn run_authenticate(
        &mut self,
        interaction: &mut Interaction,
        input: AuthenticateInput,
        journal: Journal,
        luggage: &mut Luggage,
    ) -> Result<Hop, HopFailed> {
        let mut flow = self.flow(interaction, journal, luggage);
        match self.policy.authenticate(input.clone(), &mut flow).await? {
            FlowEnd::Waiting(wait) => {
                interaction.progress.running =
                    Some(Running::Authenticate { input: Box::new(input), journal: flow.journal });
                Ok(waiting(wait, PageKind::SignIn))
            }
            FlowEnd::Decided(AuthenticateDecision::Fail { reason }) => Ok(Hop::Refuse(Refusal::access_denied(reason))),
            FlowEnd::Decided(AuthenticateDecision::Delegate { .. }) if input.enrolment == Enrolment::Demanded => {
                Ok(Hop::Refuse(Refusal::access_denied("This method enrols nothing.")))
            }
            FlowEnd::Decided(AuthenticateDecision::Delegate { acr }) => {
                interaction.progress.wanted = Some(vec![acr]);
                Ok(Hop::On)
            }
            FlowEnd::Decided(AuthenticateDecision::Authenticated { subject, .. })
                if input.enrolment == Enrolment::Demanded =>
            {
                if input.user.as_ref().is_none_or(|user| user.subject != subject) {
                    return Ok(Hop::Refuse(Refusal::access_denied(ANOTHER)));
                }
                interaction.progress.enrolled = true;
                Ok(Hop::On)
            }
            FlowEnd::Decided(AuthenticateDecision::Authenticated { subject, amr }) => {
                self.authenticated(interaction, &input, (subject, amr), luggage).await
            }
        }
    }

    async fn authenticated(
        &mut self,
        interaction: &mut Interaction,
        input: &AuthenticateInput,
        (subject, amr): (Subject, Vec<Amr>),
        luggage: &mut Luggage,
    ) -> Result<Hop, HopFailed> {
        if input.user.as_ref().is_some_and(|user| user.subject != subject) {
            return Ok(Hop::Refuse(Refusal::access_denied(ANOTHER)));
        }
        let Some(user) = self.engine.enabled_user(&subject).await? else {
            return Ok(Hop::Refuse(Refusal::access_denied(NO_ACCOUNT)));
        };
        let acr = Acr::try_from(input.acr.as_str()).ok();
        let method = acr.as_ref().and_then(|acr| self.policy.acrs().find(acr)).cloned();
        let method =
            method.ok_or_else(|| Fault::new("authorization.walk", "the ACR left the bundle it was pinned to"))?;
        let earlier = self.session.take();
        let step_up = input.user.is_some();
        let (bundle, origin) = (&interaction.bundle, &self.browser.origin);
        let authenticated = Authenticated { subject, method: &method, amr, step_up, bundle, origin };
        let (session, cookie) = self.engine.begin_session(authenticated, earlier.as_ref()).await?;
        interaction.progress.fresh_session = Some(session.id.clone());
        interaction.progress.untold = self.engine.untold(&session.subject).await?;
        let life_s = self.engine.settings.lifetimes.session_s;
        luggage.cookies.push(CookieChange::Session(cookie, life_s));
        luggage.cookies.extend(self.engine.browser_state(&session.id, life_s, &Browser::default()));
        luggage.user = Some(user);
        self.session = Some(session);
        Ok(Hop::On)
    }
}

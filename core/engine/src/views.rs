//! What hooks are shown of a request, a client and a session.

use crate::Engine;
use crate::authorization::admit::AdmittedRequest;
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::{ClientView, Login, Origin, SessionView};
use gatewright_domain::identifiers::Subject;
use gatewright_domain::session::Session;
use gatewright_domain::user::User;

/// A client, as a hook sees it.
pub fn client_view(client: &Client) -> ClientView {
    ClientView {
        id: client.id.to_string(),
        name: client.presentation.name.clone(),
        application_type: client.application_type.to_string(),
        public: client.is_public(),
        first_party: client.first_party,
    }
}

/// A session, as a hook sees it.
pub fn session_view(session: &Session) -> SessionView {
    SessionView {
        subject: session.subject.to_string(),
        acr: session.acr.to_string(),
        level: session.level,
        amr: session.amr.iter().map(ToString::to_string).collect(),
        auth_time: session.auth_time.0,
    }
}

/// The request, as the hooks of the walk see it.
pub fn login(request: &AdmittedRequest, client: &Client, origin: &Origin, session: Option<&Session>) -> Login {
    let asked = request.asked();
    Login {
        client: client_view(client),
        scope: request.scope().iter().map(ToString::to_string).collect(),
        acr_values: asked.acr_values.iter().map(ToString::to_string).collect(),
        prompt: asked.prompt.to_string().split_whitespace().map(ToOwned::to_owned).collect(),
        max_age: request.max_age_s(),
        login_hint: asked.login_hint.clone(),
        ui_locales: asked.ui_locales.iter().map(ToString::to_string).collect(),
        redirect_uri: request.redirect_uri().to_string(),
        origin: origin.clone(),
        session: session.map(session_view),
    }
}

impl Engine {
    /// The account of `subject`, unless it is gone or disabled.
    pub(crate) async fn enabled_user(&self, subject: &Subject) -> Result<Option<User>, Fault> {
        let user = self.world.stores.users.find(subject).await?;
        Ok(user.filter(|user| !user.disabled))
    }
}

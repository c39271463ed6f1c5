//! The pages an end-user sees: sign-in and every other form a hook describes, consent, and the ones around them
//! (OpenID Connect Core 3.1.2.3 and 3.1.2.4, RP-Initiated Logout 1.0, Form Post Response Mode 1.0).
//!
//! Views come in, HTML and its headers go out as plain values, or the same as a document for a native app (`document`); nothing here
//! knows how they travel. Pages work
//! without JavaScript, but for a passkey, and load nothing from elsewhere but a client's logo. An operator may replace any template,
//! style, picture or text: `templates/README.md` says how.

mod account;
mod assets;
mod builtin;
mod catalog;
mod choose_account;
mod consent;
mod document;
mod error_page;
mod error_story;
mod escape;
mod faces;
mod failed_tries;
mod field;
mod form;
mod form_post;
mod hand_over;
mod headers;
mod language;
mod material;
mod notice;
mod overrides;
mod passkey;
mod presentable;
mod proof;
mod qr;
mod renderer;
#[cfg(test)]
mod samples;
mod scopes;
mod sign_out;
mod signing_out;
#[cfg(test)]
mod tests;
mod translate;

pub use account::{AccountNotice, AccountView, FactorPageView, RecoveryView};
pub use assets::Asset;
pub use choose_account::ChooseAccountView;
pub use consent::ConsentView;
pub use document::{DOCUMENT_VERSION, PageDocument, Problem};
pub use error_page::ErrorView;
pub use error_story::ErrorStory;
pub use faces::{AccountFace, ClientFace};
pub use failed_tries::FailedTriesView;
pub use form::FormView;
pub use form_post::FormPostView;
pub use hand_over::HandOverView;
pub use headers::{FormTargets, Needs, Source};
pub use language::{ACCEPT_LANGUAGES_MAX, Language};
pub use material::Material;
pub use notice::NoticeView;
pub use overrides::{FILE_BYTES_MAX, FILES_MAX, Layered, Overrides, PagesError};
pub use presentable::NAME_CHARS_MAX;
pub use renderer::FUEL_MAX;
pub use sign_out::{SignOutView, SignedOutView};
pub use signing_out::{SIGNING_OUT_WAIT_S, SignOutFrame, SigningOutView};

use gatewright_domain::fault::Fault;
use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::locale::Locales;
use http::{HeaderMap, StatusCode};
use minijinja::context;
use minijinja::value::{Serde, Value};
use renderer::Renderer;
use serde::Serialize;

/// What the buttons of the built-in pages post as `action`. Those of a form are its own.
pub mod actions {
    /// Consent: the client may have it.
    pub const ALLOW: &str = "allow";
    /// Consent: it may not.
    pub const DENY: &str = "deny";
    /// Consent and account choice: somebody else wants to sign in.
    pub const OTHER_ACCOUNT: &str = "other_account";
    /// Account choice, and a form that names no buttons: go on.
    pub const CONTINUE: &str = "continue";
    /// Sign-out: yes.
    pub const SIGN_OUT: &str = "sign_out";
    /// Account: enrol a factor.
    pub const ENROL: &str = "enrol";
    /// Account: end a session.
    pub const END_SESSION: &str = "end_session";
    /// Account: disconnect a client.
    pub const DISCONNECT: &str = "disconnect";
}

/// The field of every form that brings back what the caller put there, so that an answer is known to come from
/// the page it belongs to.
pub const STEP_FIELD: &str = "step";

/// Who runs this server, and where its URLs begin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// The operator's name, where the pages are to say it.
    pub name: Option<String>,
    /// Path of the issuer, put before the path of every asset; empty where the issuer has none.
    pub base: String,
}

impl Site {
    /// The site of an issuer.
    pub fn of(issuer: &Issuer, name: Option<String>) -> Self {
        Self { name, base: issuer.path().to_owned() }
    }
}

/// What the pages of one visit share.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language they speak.
    pub language: Language,
    /// Who sent the end-user here.
    pub client: Option<ClientFace>,
}

/// A page, ready to go out.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Its status.
    pub status: StatusCode,
    /// All its headers but cookies.
    pub headers: HeaderMap,
    /// The document.
    pub html: String,
}

/// All pages, compiled.
pub struct Pages {
    renderer: Renderer,
    /// The pages as they come, for an error page when the operator's own fails.
    builtin: Option<Renderer>,
    site: Site,
}

impl Pages {
    /// The built-in pages with `overrides` over them. Every page is drawn once from a sample, so that one with
    /// a mistake is found now and not before an end-user.
    ///
    /// # Errors
    /// What is wrong with the overrides.
    pub fn new(overrides: impl Into<Layered>, site: Site) -> Result<Self, PagesError> {
        let overrides = overrides.into();
        let pages = Self {
            renderer: Renderer::new(&overrides, &site.base)?,
            builtin: match overrides.files().next() {
                Some(_) => Some(Renderer::new(&Layered::default(), &site.base)?),
                None => None,
            },
            site,
        };
        pages.prove()?;
        Ok(pages)
    }

    /// The tags of all languages the pages can be drawn in.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.renderer.languages.all().map(Language::tag)
    }

    /// The language for an end-user with these preferences.
    pub fn language(&self, ui_locales: &Locales, accept_language: Option<&str>) -> Language {
        self.renderer.languages.choose(ui_locales, accept_language)
    }

    /// A frame in English without a client: what there is before anything of the request is known.
    pub fn plain_frame(&self) -> Frame {
        Frame { language: self.renderer.languages.english().clone(), client: None }
    }

    /// The asset served as `/assets/<name>`.
    pub fn asset(&self, name: &str) -> Option<&Asset> {
        self.renderer.assets.served(name)
    }

    /// Draws `template`: a page of this server's own that is none of the walk's.
    ///
    /// # Errors
    /// A fault when the template fails.
    pub(crate) fn draw(
        &self,
        template: &'static str,
        frame: &Frame,
        page: &impl Serialize,
        needs: &Needs,
    ) -> Result<Rendered, Fault> {
        self.draw_with(&self.renderer, template, frame, page)
            .map(|html| Rendered { status: StatusCode::OK, headers: needs.headers(frame.language.tag()), html })
            .map_err(|error| Fault::new("pages", renderer::described(&error)))
    }

    fn draw_with(
        &self,
        renderer: &Renderer,
        template: &str,
        frame: &Frame,
        page: &impl Serialize,
    ) -> Result<String, minijinja::Error> {
        let shared = context! {
            client => Value::from(Serde(&frame.client)),
            site => context! { name => self.site.name.as_deref() },
        };
        renderer.render(template, &frame.language, page, shared)
    }
}

impl Frame {
    /// What a page with a form needs.
    fn form_needs(&self) -> Needs {
        let target = self.client.as_ref().and_then(ClientFace::form_target).cloned();
        Needs { form_targets: target.map_or(FormTargets::Own, FormTargets::OwnAnd), ..self.needs() }
    }

    /// What a page without one needs.
    fn needs(&self) -> Needs {
        Needs { images: self.client.as_ref().and_then(ClientFace::logo_source).cloned(), ..Needs::default() }
    }
}

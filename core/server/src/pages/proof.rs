//! Draws every page once before the first end-user does, and holds it to what it must have on it: a template of
//! the operator's with a slip in it keeps a policy from being activated, and nobody from signing in.

use super::error_story::ErrorStory;
use super::form_post::FormPostModel;
use super::hand_over::HandOverModel;
use super::{
    AccountFace, ChooseAccountView, ClientFace, ConsentView, ErrorView, FailedTriesView, FormView, Frame, Material,
    Pages, PagesError, Rendered, SignOutFrame, SignOutView, SignedOutView, SigningOutView, renderer,
};
use gatewright_domain::capabilities::totp::TotpKey;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::failed_tries::StrangeTries;
use gatewright_domain::fault::Fault;
use gatewright_domain::page::{Action, Choice, Field, FieldKind, Form, QrContent};
use gatewright_domain::secret::SecretText;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::scope::Scope;
use serde::Serialize;
use std::net::IpAddr;
use url::Url;

/// Stands for the token of a step; found on no page by chance.
const STEP: &str = "proof-b7e1c0d4";
/// Stands for an address.
const ADDRESS: &str = "https://proof.example/b7e1c0d4";

impl Pages {
    /// Proves every page in every language.
    pub(super) fn prove(&self) -> Result<(), PagesError> {
        let frames = self.renderer.languages.all().map(|language| Frame { language: language.clone(), client: None });
        frames.into_iter().try_for_each(|frame| self.prove_in(&frame))
    }

    /// Proves every page with a client, and without one where it may have to do without.
    fn prove_in(&self, bare: &Frame) -> Result<(), PagesError> {
        let full = Frame { client: Some(ClientFace::sample()), ..bare.clone() };
        for frame in [bare, &full] {
            self.prove_forms(frame)?;
            self.prove_errors(frame)?;
            self.prove_account(frame, STEP)?;
            self.prove_notices(frame, ADDRESS)?;
            let signed_out = SignedOutView { frame, was_signed_in: frame.client.is_some() };
            proved("signed_out.html", self.signed_out(signed_out))?;
            self.prove_signing_out(frame)?;
            let form_post = self.drawn("form_post.html", frame, &FormPostModel::sample(ADDRESS, STEP))?;
            must_hold("form_post.html", &form_post, ADDRESS, "the form's address, {{ page.to }}")?;
            must_hold("form_post.html", &form_post, STEP, "the form's fields, {{ page.fields }}")?;
            let hand_over = HandOverModel { to: ADDRESS, host: "proof.example" };
            let hand_over = self.drawn("hand_over.html", frame, &hand_over)?;
            must_hold("hand_over.html", &hand_over, ADDRESS, "the address, {{ page.to }}")?;
        }
        let (account, scope, claims) = (AccountFace::sample(), scope(), ["proof:claim".to_owned()]);
        let consent = ConsentView {
            frame: &full,
            account: &account,
            scope: &scope,
            claims: &claims,
            offers_other_account: true,
            step: STEP,
        };
        let consent = proved("consent.html", self.consent(consent))?;
        must_hold("consent.html", &consent, "value=\"allow\"", "the button that allows")?;
        must_hold("consent.html", &consent, "value=\"deny\"", "the button that does not allow")?;
        must_hold("consent.html", &consent, "proof:unknown", "a scope value that has no words of its own")?;
        must_hold("consent.html", &consent, "proof:claim", "a claim that is asked for by its name, {{ page.claims }}")?;
        must_bring_back_the_step("consent.html", &consent)
    }

    fn prove_forms(&self, frame: &Frame) -> Result<(), PagesError> {
        let (shown, gone) = (material(), Material::default());
        for (form, material) in
            [(&Form::default(), &gone), (&every_kind_of_field(), &gone), (&every_kind_of_field(), &shown)]
        {
            let view = FormView { frame, form, material, refresh_s: form.wait_s, step: STEP };
            let html = proved("form.html", self.form(view))?;
            for field in form.fields.iter().filter(|field| field.kind.is_answered()) {
                let named = format!("name=\"{}\"", field.name);
                must_hold("form.html", &html, &named, "a field of the form")?;
            }
            if material.options(STEP).is_some() && !form.fields.is_empty() {
                must_hold("form.html", &html, "<svg", "the QR code, {{ field.qr.path }}")?;
                must_hold("form.html", &html, ADDRESS, "what the QR code says, {{ field.qr.groups }}")?;
                must_hold("form.html", &html, "data-options=", "what a passkey is asked for with, data-options")?;
                must_hold("form.html", &html, "/assets/passkey-", "the script that asks for a passkey")?;
            }
            must_bring_back_the_step("form.html", &html)?;
        }
        let account = AccountFace::sample();
        let choose = ChooseAccountView { frame, account: &account, step: STEP };
        must_bring_back_the_step("choose_account.html", &proved("choose_account.html", self.choose_account(choose))?)?;
        for address in [None, Some(IpAddr::from([192, 0, 2, 7]))] {
            let tries = StrangeTries { tries: 2, last: Timestamp(0), address };
            let view = FailedTriesView { frame, account: &account, tries: &tries, step: STEP };
            let html = proved("failed_tries.html", self.failed_tries(view))?;
            must_bring_back_the_step("failed_tries.html", &html)?;
        }
        for (account, stay) in [(None, None), (Some(&account), Some("/demo"))] {
            let html = proved("sign_out.html", self.sign_out(SignOutView { frame, account, stay, step: STEP }))?;
            must_bring_back_the_step("sign_out.html", &html)?;
        }
        Ok(())
    }

    /// The page that tells clients, with somewhere to go on to and without.
    fn prove_signing_out(&self, frame: &Frame) -> Result<(), PagesError> {
        let url =
            Url::parse(ADDRESS).map_err(|_| PagesError::LeavesOut { path: ADDRESS.to_owned(), what: "an address" })?;
        let frames = [SignOutFrame { client: ClientFace::sample(), url }];
        for then in [None, Some("https://proof.example/then-b7e1c0d4")] {
            let html = proved("signing_out.html", self.signing_out(SigningOutView { frame, frames: &frames, then }))?;
            must_hold("signing_out.html", &html, "<iframe", "the frames, {{ page.frames }}")?;
            must_hold("signing_out.html", &html, ADDRESS, "the address of a frame, {{ frame.url }}")?;
            if let Some(then) = then {
                must_hold("signing_out.html", &html, &format!("href=\"{then}\""), "the link on, {{ page.then }}")?;
                must_hold("signing_out.html", &html, "/assets/signing_out-", "the script that goes on")?;
            }
        }
        Ok(())
    }

    fn prove_errors(&self, frame: &Frame) -> Result<(), PagesError> {
        let refusal = Refusal::new(ErrorCode::InvalidRequest, "A reason.");
        for story in ErrorStory::ALL {
            let told = ErrorView { frame, story, refusal: Some(&refusal), correlation_id: Some(STEP) };
            for view in [told, ErrorView { refusal: None, correlation_id: None, ..told }] {
                self.drawn("error.html", frame, &super::error_page::model(view))?;
            }
        }
        Ok(())
    }

    pub(super) fn drawn(&self, template: &str, frame: &Frame, page: &impl Serialize) -> Result<String, PagesError> {
        let drawn = self.draw_with(&self.renderer, template, frame, page);
        drawn.map_err(|error| PagesError::Template {
            path: format!("pages/{template}"),
            message: renderer::described(&error),
        })
    }
}

fn proved(template: &str, drawn: Result<Rendered, Fault>) -> Result<String, PagesError> {
    let mistake = |fault: Fault| PagesError::Template { path: format!("pages/{template}"), message: fault.to_string() };
    drawn.map(|rendered| rendered.html).map_err(mistake)
}

pub(super) fn must_bring_back_the_step(template: &str, html: &str) -> Result<(), PagesError> {
    must_hold(template, html, "name=\"step\"", "the field \"step\"")?;
    must_hold(template, html, STEP, "the value {{ page.step }}")
}

pub(super) fn must_hold(template: &str, html: &str, part: &str, what: &'static str) -> Result<(), PagesError> {
    let path = || format!("pages/{template}");
    if html.contains(part) { Ok(()) } else { Err(PagesError::LeavesOut { path: path(), what }) }
}

fn scope() -> Scope {
    // Both are scope tokens; were they not, the consent page would be found without its list.
    Scope::parse("openid proof:unknown").unwrap_or_default()
}

fn every_kind_of_field() -> Form {
    let options = |count: usize| {
        let option = |n: usize| Choice { value: n.to_string(), label: "Option".into() };
        FieldKind::Choice { options: (0..count).map(option).collect() }
    };
    let kinds = [
        ("text", FieldKind::Text),
        ("email", FieldKind::Email),
        ("phone", FieldKind::Phone),
        ("password", FieldKind::Password),
        ("code", FieldKind::Code),
        ("box", FieldKind::Checkbox),
        ("few", options(2)),
        ("many", options(20)),
        ("picture", FieldKind::QrCode { content: QrContent::Text(ADDRESS.into()) }),
        ("app", FieldKind::QrCode { content: QrContent::TotpEnrolment(STEP.into()) }),
        ("passkey", FieldKind::PasskeyAuthentication { ceremony: STEP.into() }),
    ];
    let field = |(place, (name, kind)): (usize, (&str, FieldKind))| Field {
        name: name.into(),
        label: (place % 2 == 0).then(|| "Label".into()),
        kind,
        value: (place % 3 == 0).then(|| "1".into()),
        error: (place % 2 == 0).then(|| "Error".into()),
        optional: place % 2 == 1,
    };
    let action = |name: &str, skips_fields| Action { name: name.into(), label: "Button".into(), skips_fields };
    Form {
        title: "Title".into(),
        text: Some("Text".into()),
        notice: Some("Notice".into()),
        fields: kinds.into_iter().enumerate().map(field).collect(),
        actions: vec![action("go", false), action("back", true)],
        wait_s: Some(5),
    }
}

/// What the fields of that form show beside.
fn material() -> Material {
    let mut material = Material::default();
    let key = TotpKey { uri: SecretText::new(ADDRESS), key: SecretText::new("JBSWY3DPEHPK3PXP") };
    material.put_key(STEP, key);
    material.put_options(STEP, serde_json::json!({ "publicKey": {} }));
    material
}

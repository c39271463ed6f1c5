//! One of each page, as golden files and screenshots show them.

use super::super::samples::{self, field};
use super::super::*;
use super::factors;
use gatewright_domain::page::{Action, Choice, FieldKind, Form};
use gatewright_protocol::authorization_response::{AuthorizationResponse, Success};
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::response_mode::ResponseMode;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::state::State;
use std::sync::LazyLock;
use url::Url;

pub(super) const STEP: &str = "c3RlcC10b2tlbg";

/// The built-in pages, compiled and proved once for all tests.
pub(super) fn pages() -> &'static Pages {
    static PAGES: LazyLock<Pages> = LazyLock::new(|| Pages::new(Overrides::default(), Site::default()).unwrap());
    &PAGES
}

pub(super) fn frame_in(pages: &Pages, language: &str) -> Frame {
    Frame { language: pages.language(&Locales::parse(language), None), ..samples::frame() }
}

/// A form with one field of each kind, some of them wrong.
pub(super) fn every_field() -> Form {
    let options = |labels: &[&str]| {
        let option = |label: &&str| Choice { value: label.to_lowercase(), label: (*label).into() };
        FieldKind::Choice { options: labels.iter().map(option).collect() }
    };
    let mut fields = vec![
        field("name", FieldKind::Text),
        field("email", FieldKind::Email),
        field("mobile", FieldKind::Phone),
        field("new_password", FieldKind::Password),
        field("code", FieldKind::Code),
        field("way", options(&["Text message", "Email", "Call"])),
        field("country", options(&["Austria", "Brazil", "Canada", "Denmark", "Estonia", "Finland", "Ghana"])),
        field("remember", FieldKind::Checkbox),
    ];
    fields[0].value = Some("Alice Liddell".into());
    fields[1].error = Some("Please enter an email address.".into());
    fields[2].optional = true;
    fields[5].error = Some("Please choose one of these.".into());
    fields[6].value = Some("canada".into());
    fields[7].label = Some("Remember this device for 30 days".into());
    let action =
        |name: &str, label: &str, skips_fields| Action { name: name.into(), label: label.into(), skips_fields };
    Form {
        title: "Set up your account".into(),
        text: Some("We need a few things from you.\nIt takes about a minute.".into()),
        notice: None,
        fields,
        actions: vec![action("save", "Save and continue", false), action("back", "Back", true)],
        wait_s: None,
    }
}

/// Sign-in after a wrong password.
pub(super) fn sign_in_again() -> Form {
    let mut form = samples::sign_in_form();
    form.notice = Some("Wrong username or password.".into());
    form.fields[0].value = Some("alice".into());
    form
}

/// A response by form post.
pub(super) fn response() -> AuthorizationResponse {
    let success = Success {
        code: Some("SplxlOBeZQQYbYS6WxSbIA".into()),
        state: Some(State::try_from("af0ifjsldkj").unwrap()),
        ..Success::default()
    };
    let issuer = Issuer::try_from("https://id.example").unwrap();
    AuthorizationResponse::success(samples::redirect_uri(), ResponseMode::FormPost, &issuer, success)
}

/// Signing out at two clients.
fn signing_out(pages: &Pages, frame: &Frame, then: Option<&str>) -> Rendered {
    let of = |address: &str| SignOutFrame {
        client: ClientFace::of(&samples::client(), None),
        url: Url::parse(&format!("{address}?iss=https%3A%2F%2Fid.example&sid=s")).unwrap(),
    };
    let frames = [of("https://almanac.example/out"), of("https://shop.example:8443/out")];
    pages.signing_out(SigningOutView { frame, frames: &frames, then }).unwrap()
}

/// Every page by the name of its golden file.
pub(super) fn gallery(pages: &Pages) -> Vec<(&'static str, Rendered)> {
    let (english, german) = (frame_in(pages, "en"), frame_in(pages, "de"));
    let bare = pages.plain_frame();
    let account = AccountFace::of(&samples::user());
    let scope = Scope::parse("openid profile email offline_access payments:read").unwrap();
    let form = |frame, form: &Form| pages.form(samples::form_view(frame, form, STEP)).unwrap();
    let consent = |frame| {
        let claims = ["phone_number".to_owned(), "shoe_size".to_owned()];
        let (account, scope, claims) = (&account, &scope, &claims[..]);
        pages.consent(ConsentView { frame, account, scope, claims, offers_other_account: true, step: STEP }).unwrap()
    };
    let failed_tries = |frame| {
        let tries = samples::failed_tries();
        pages.failed_tries(FailedTriesView { frame, account: &account, tries: &tries, step: STEP }).unwrap()
    };
    let refusal = Refusal::new(ErrorCode::InvalidRequest, "The redirect_uri is not registered.");
    let told = ErrorView {
        frame: &bare,
        story: ErrorStory::UnknownRedirectUri,
        refusal: Some(&refusal),
        correlation_id: Some("c-4f2k9x"),
    };
    let expired = ErrorView { frame: &english, story: ErrorStory::Expired, refusal: None, correlation_id: None };
    let begin = Some("https://almanac.example/login?iss=https%3A%2F%2Fid.example".to_owned());
    let begins = Frame { client: Some(ClientFace::of(&samples::client(), None).beginning_at(begin)), ..german.clone() };
    let to = Url::parse("https://login.partner.example/start?a=b&c=d").unwrap();
    let stay = Some("https://almanac.example/");
    let mut all = vec![
        ("sign_in", form(&english, &samples::sign_in_form())),
        ("sign_in_again", form(&english, &sign_in_again())),
        ("sign_in_de", form(&german, &sign_in_again())),
        ("every_field", form(&bare, &every_field())),
        ("authenticator_app", factors::drawn(pages, &english, &factors::authenticator_app())),
        ("new_passkey", factors::drawn(pages, &english, &factors::new_passkey())),
        ("passkey_or_password", factors::drawn(pages, &german, &factors::passkey_or_password())),
        ("approval", factors::drawn(pages, &english, &factors::approval())),
        ("factors_gone", form(&english, &factors::gone())),
        ("consent", consent(&english)),
        ("consent_fr", consent(&frame_in(pages, "fr"))),
        (
            "choose_account",
            pages.choose_account(ChooseAccountView { frame: &english, account: &account, step: STEP }).unwrap(),
        ),
        ("failed_tries", failed_tries(&english)),
        ("failed_tries_de", failed_tries(&german)),
        ("error", pages.error(told)),
        ("expired", pages.error(expired)),
        ("expired_begin_again", pages.error(ErrorView { frame: &begins, ..expired })),
        (
            "sign_out",
            pages.sign_out(SignOutView { frame: &english, account: Some(&account), stay, step: STEP }).unwrap(),
        ),
        ("sign_out_bare", pages.sign_out(SignOutView { frame: &bare, account: None, stay: None, step: STEP }).unwrap()),
        ("signed_out", pages.signed_out(SignedOutView { frame: &english, was_signed_in: true }).unwrap()),
        ("signed_out_nobody", pages.signed_out(SignedOutView { frame: &bare, was_signed_in: false }).unwrap()),
        ("signing_out", signing_out(pages, &english, Some("https://almanac.example/bye?state=a&b=c"))),
        ("signing_out_de", signing_out(pages, &german, None)),
        ("form_post", pages.form_post(FormPostView { frame: &english, response: &response() }).unwrap()),
        ("hand_over", pages.hand_over(HandOverView { frame: &english, to: &to }).unwrap()),
    ];
    all.extend(super::account_gallery::gallery(pages));
    all
}

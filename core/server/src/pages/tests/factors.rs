//! Forms that ask for a factor: an authenticator app, a passkey, an approval elsewhere.

use super::super::samples::field;
use super::super::*;
use super::gallery::STEP;
use gatewright_domain::capabilities::totp::TotpKey;
use gatewright_domain::page::{Action, Field, FieldKind, Form, QrContent};
use gatewright_domain::secret::SecretText;
use serde_json::json;

fn action(name: &str, label: &str, skips_fields: bool) -> Action {
    Action { name: name.into(), label: label.into(), skips_fields }
}

fn labelled(label: &str, field: Field) -> Field {
    Field { label: Some(label.into()), ..field }
}

/// Setting up an authenticator app.
pub(super) fn authenticator_app() -> Form {
    let code = FieldKind::QrCode { content: QrContent::TotpEnrolment("enrolment".into()) };
    Form {
        title: "Set up an authenticator app".into(),
        text: Some("Scan the code with the app, then type what it shows.".into()),
        fields: vec![labelled("Your key", field("key", code)), field("code", FieldKind::Code)],
        actions: vec![action("confirm", "Confirm", false), action("back", "Back", true)],
        ..Form::default()
    }
}

/// Registering a passkey.
pub(super) fn new_passkey() -> Form {
    let passkey = field("passkey", FieldKind::PasskeyRegistration { ceremony: "registration".into() });
    Form {
        title: "Create a passkey".into(),
        fields: vec![field("name", FieldKind::Text), passkey],
        actions: vec![action("create", "Create a passkey", false), action("later", "Not now", true)],
        ..Form::default()
    }
}

/// Signing in with either.
pub(super) fn passkey_or_password() -> Form {
    let passkey = FieldKind::PasskeyAuthentication { ceremony: "authentication".into() };
    Form {
        title: "Sign in".into(),
        fields: vec![
            field("username", FieldKind::Text),
            field("password", FieldKind::Password),
            Field { optional: true, ..field("passkey", passkey) },
        ],
        actions: vec![action("password", "Sign in", false), action("passkey", "Passkey", true)],
        ..Form::default()
    }
}

/// Waiting for an approval.
pub(super) fn approval() -> Form {
    Form {
        title: "Approve the sign-in on your phone".into(),
        actions: vec![action("again", "I have approved it", false)],
        wait_s: Some(5),
        ..Form::default()
    }
}

/// What ended while the page lay open.
pub(super) fn gone() -> Form {
    let fields = [authenticator_app(), new_passkey()].into_iter().flat_map(|form| form.fields);
    Form { title: "Set up".into(), fields: fields.collect(), ..Form::default() }
}

/// A form with all it shows beside.
pub(super) fn drawn(pages: &Pages, frame: &Frame, form: &Form) -> Rendered {
    let mut material = Material::default();
    let uri = "otpauth://totp/Almanac:alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Almanac";
    let key = TotpKey { uri: SecretText::new(uri), key: SecretText::new("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP") };
    material.put_key("enrolment", key);
    let user = json!({ "id": "YWxpY2U", "name": "alice", "displayName": "Alice <Liddell>" });
    material.put_options("registration", json!({ "publicKey": { "challenge": "AAAA", "user": user } }));
    let nobody = json!({ "publicKey": { "challenge": "AAAA", "rpId": "id.example", "allowCredentials": [] } });
    material.put_options("authentication", nobody);
    pages.form(FormView { frame, form, material: &material, refresh_s: form.wait_s, step: STEP }).unwrap()
}

fn csp(page: &Rendered) -> &str {
    page.headers["content-security-policy"].to_str().unwrap()
}

fn page(form: &Form) -> Rendered {
    let pages = super::gallery::pages();
    drawn(pages, &super::gallery::frame_in(pages, "en"), form)
}

#[test]
fn a_passkey_s_page_runs_our_script_and_no_other_and_what_it_is_given_is_escaped() {
    let page = page(&new_passkey());
    assert!(csp(&page).contains("; script-src 'self';"), "{}", csp(&page));
    assert!(page.html.contains(" integrity=\"sha256-"), "{}", page.html);
    assert!(page.html.contains("&quot;displayName&quot;:&quot;Alice &lt;Liddell&gt;&quot;"), "{}", page.html);
    assert!(page.html.contains("data-button=\"loginForm:loginButton\""), "{}", page.html);
    assert!(page.html.contains("<noscript>"), "the way without JavaScript is told");
}

#[test]
fn the_script_is_served_as_one_and_is_what_the_page_says_of_it() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let page = page(&new_passkey());
    let name = page.html.split("src=\"/assets/passkey-").nth(1).unwrap().split('"').next().unwrap();
    let asset = super::gallery::pages().asset(&format!("passkey-{name}")).unwrap();
    assert_eq!(asset.headers()["content-type"], "text/javascript; charset=utf-8");
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(asset.bytes()));
    assert!(page.html.contains(&format!("integrity=\"sha256-{hash}\"")), "{}", page.html);
}

#[test]
fn the_key_of_an_app_stands_below_its_code_and_opens_in_an_app_of_the_same_device() {
    let html = page(&authenticator_app()).html;
    assert!(html.contains("<span>JBSW</span><span>Y3DP</span>"), "{html}");
    assert!(html.contains("href=\"otpauth://totp/Almanac:alice?secret=JBSW"), "{html}");
    assert!(html.contains("role=\"img\" aria-label=\"QR code."), "{html}");
}

#[test]
fn what_ended_is_told_and_loads_no_script() {
    let pages = super::gallery::pages();
    let frame = super::gallery::frame_in(pages, "en");
    let page = pages.form(samples::form_view(&frame, &gone(), STEP)).unwrap();
    assert!(page.html.contains("This code has ended.") && page.html.contains("This request for a passkey has ended."));
    assert!(!page.html.contains("<script") && !csp(&page).contains("script-src"));
}

#[test]
fn a_page_that_answers_itself_is_looked_at_again_without_a_script() {
    let waiting = page(&approval());
    assert_eq!(waiting.headers["refresh"], "5");
    assert!(waiting.html.contains("role=\"status\""), "{}", waiting.html);
    assert!(!page(&new_passkey()).headers.contains_key("refresh"));
}

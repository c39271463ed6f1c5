//! Documents of pages, as an app reads them.

use super::super::{
    AccountFace, ChooseAccountView, ConsentView, FailedTriesView, FormView, Frame, Layered, Material, Pages, Site,
    samples,
};
use super::PageDocument;
use gatewright_domain::capabilities::totp::TotpKey;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::failed_tries::StrangeTries;
use gatewright_domain::page::{Action, Choice, Field, FieldKind, Form, QrContent};
use gatewright_domain::secret::SecretText;
use gatewright_protocol::locale::Locales;
use gatewright_protocol::scope::Scope;
use serde_json::{Value, json};

const AT: &str = "https://as.example/sign-in/i";

fn read(document: &PageDocument<'_>) -> Value {
    serde_json::to_value(document).unwrap()
}

fn of_form(form: &Form, material: &Material) -> Value {
    let frame = samples::frame();
    read(&PageDocument::form(FormView { frame: &frame, form, material, refresh_s: Some(3), step: "s" }, AT))
}

fn material() -> Material {
    let mut material = Material::default();
    let key = TotpKey { uri: SecretText::new("otpauth://totp/x?secret=JBSW"), key: SecretText::new("JBSW") };
    material.put_key("e", key);
    material.put_options("c", json!({ "publicKey": { "challenge": "Y2g" } }));
    material
}

#[test]
fn a_form_is_told_with_all_it_takes_to_answer_it() {
    let document = of_form(&samples::sign_in_form(), &Material::default());
    let wanted = json!({
        "version": 1,
        "page": "form",
        "language": "en",
        "title": "Sign in",
        "client": {
            "name": "Weather Almanac",
            "logo_uri": "https://almanac.example/logo.png",
            "client_uri": "https://almanac.example/",
            "policy_uri": "https://almanac.example/privacy",
            "tos_uri": "https://almanac.example/terms",
        },
        "fields": [
            { "name": "username", "kind": "text", "label": "Username", "required": true, "max_bytes": 4096 },
            { "name": "password", "kind": "password", "label": "Password", "required": true, "max_bytes": 4096 },
        ],
        "actions": [{ "name": "continue", "label": "Continue", "skips_fields": false }],
        "wait_s": 3,
        "post_to": AT,
        "step": "s",
    });
    assert_eq!(document, wanted);
}

#[test]
fn a_field_brings_what_its_kind_needs() {
    let options = vec![Choice { value: "sms".into(), label: "Text message".into() }];
    let kinds = [
        (FieldKind::Choice { options }, json!({ "choices": [{ "value": "sms", "label": "Text message" }] })),
        (FieldKind::QrCode { content: QrContent::Text("hello".into()) }, json!({ "content": "hello" })),
        (
            FieldKind::QrCode { content: QrContent::TotpEnrolment("e".into()) },
            json!({ "content": "otpauth://totp/x?secret=JBSW", "key": "JBSW" }),
        ),
        (FieldKind::PasskeyRegistration { ceremony: "c".into() }, json!({ "public_key": { "challenge": "Y2g" } })),
        (
            FieldKind::PasskeyAuthentication { ceremony: "c".into() },
            json!({ "public_key": { "challenge": "Y2g" }, "max_bytes": 32_768 }),
        ),
        (FieldKind::Checkbox, json!({ "required": false, "max_bytes": 4096 })),
    ];
    for (kind, members) in kinds {
        let field = samples::field("way", kind);
        let form = Form { fields: vec![field], ..Form::default() };
        let document = of_form(&form, &material());
        for (name, value) in members.as_object().unwrap() {
            assert_eq!(&document["fields"][0][name], value, "{document}");
        }
        let answered = form.fields[0].kind.is_answered();
        assert_eq!(document["fields"][0].get("max_bytes").is_some(), answered, "{document}");
    }
}

#[test]
fn a_code_or_a_ceremony_that_ended_says_so() {
    for kind in [
        FieldKind::QrCode { content: QrContent::TotpEnrolment("gone".into()) },
        FieldKind::PasskeyRegistration { ceremony: "gone".into() },
    ] {
        let form = Form { fields: vec![samples::field("key", kind)], ..Form::default() };
        let document = of_form(&form, &material());
        let said = document["fields"][0]["error"].as_str().unwrap();
        assert!(said.contains("has ended") && said.contains("start again"), "{document}");
    }
}

#[test]
fn what_was_typed_into_a_secret_field_is_in_no_document() {
    for kind in [FieldKind::Password, FieldKind::Code, FieldKind::PasskeyAuthentication { ceremony: "c".into() }] {
        let field = Field { value: Some("wonderland".into()), ..samples::field("x", kind) };
        let form = Form { fields: vec![field], ..Form::default() };
        assert!(!of_form(&form, &material()).to_string().contains("wonderland"));
    }
    let field = Field { value: Some("alice".into()), ..samples::field("x", FieldKind::Text) };
    let form = Form { fields: vec![field], ..Form::default() };
    assert_eq!(of_form(&form, &material())["fields"][0]["value"], "alice");
}

#[test]
fn its_words_are_those_of_the_page_in_the_end_users_language() {
    let pages = Pages::new(Layered::default(), Site::default()).unwrap();
    let frame = Frame { language: pages.language(&Locales::default(), Some("de")), ..samples::frame() };
    let form = Form {
        notice: Some("Wrong username or password.".into()),
        fields: vec![Field {
            error: Some("Please fill in this field.".into()),
            ..samples::field("x", FieldKind::Text)
        }],
        actions: vec![Action { name: "back".into(), label: "Back\u{202e}".into(), skips_fields: true }],
        ..samples::sign_in_form()
    };
    let view = FormView { frame: &frame, form: &form, material: &Material::default(), refresh_s: None, step: "s" };
    let document = read(&PageDocument::form(view, AT));
    let html = pages.form(view).unwrap().html;
    for text in [&document["title"], &document["notice"], &document["fields"][0]["error"]] {
        let text = text.as_str().unwrap();
        assert!(html.contains(text), "{text}");
    }
    assert_ne!(document["title"], "Sign in");
    assert_eq!(document["language"], "de");
    assert_eq!(document["actions"], json!([{ "name": "back", "label": "Back", "skips_fields": true }]));
    assert_eq!(document.get("wait_s"), None);
}

#[test]
fn the_server_s_own_pages_are_told_too() {
    let (frame, account) = (samples::frame(), AccountFace::of(&samples::user()));
    let (scope, claims) = (Scope::parse("openid payments:read").unwrap(), ["birthdate".to_owned(), "shoe".to_owned()]);
    let (frame, account) = (&frame, &account);
    let view = ConsentView { frame, account, scope: &scope, claims: &claims, offers_other_account: true, step: "s" };
    let consent = read(&PageDocument::consent(view, AT));
    assert_eq!(consent["title"], "Allow Weather Almanac to use your account?");
    assert_eq!(consent["account"], json!({ "name": "Alice Liddell", "username": "alice" }));
    assert_eq!(consent["scopes"][0]["title"], "Know that it is you");
    let unknown = json!({ "name": "payments:read", "title": "Use a permission it calls payments:read" });
    assert_eq!(consent["scopes"][1], unknown);
    assert_eq!(consent["claims"][0], json!({ "name": "birthdate", "title": "See your date of birth" }));
    assert_eq!(consent["claims"][1], json!({ "name": "shoe", "title": "See what it calls shoe" }));
    assert_eq!(names(&consent), ["allow", "deny", "other_account"]);
    let view = ConsentView { offers_other_account: false, ..view };
    assert_eq!(names(&read(&PageDocument::consent(view, AT))), ["allow", "deny"]);

    let choice = read(&PageDocument::choose_account(ChooseAccountView { frame, account, step: "s" }, AT));
    assert_eq!(choice["actions"][0]["label"], "Continue as Alice Liddell");
    assert_eq!(names(&choice), ["continue", "other_account"]);

    let tries = StrangeTries { tries: 1, last: Timestamp(0), address: None };
    let told = read(&PageDocument::failed_tries(FailedTriesView { frame, account, tries: &tries, step: "s" }, AT));
    let said = told["notice"].as_str().unwrap();
    assert!(said.contains("1970-01-01 00:00 UTC") && said.contains("an unknown address"), "{said}");
    assert_eq!((&told["page"], names(&told)), (&json!("failed_tries"), vec!["continue".to_owned()]));
}

fn names(document: &Value) -> Vec<String> {
    let actions = document["actions"].as_array().unwrap();
    actions.iter().map(|action| action["name"].as_str().unwrap().to_owned()).collect()
}

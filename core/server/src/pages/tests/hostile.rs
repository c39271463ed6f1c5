//! Hostile words in every place where somebody else's words stand: none of them may become markup.

use super::super::samples;
use super::super::*;
use super::gallery::{every_field, frame_in, pages};
use gatewright_domain::page::{Action, FieldKind, Form};
use gatewright_protocol::authorization_response::AuthorizationResponse;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::response_mode::ResponseMode;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::state::State;
use proptest::prelude::*;
use url::Url;

/// Ends every context a text could stand in, and starts a script.
const HOSTILE: &str =
    "x\"'`></title></textarea><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}&lt;b&gt;";

fn frame(pages: &Pages, word: &str) -> Frame {
    let mut client = samples::client();
    client.presentation.name = Some(word.into());
    for address in [
        &mut client.presentation.logo_uri,
        &mut client.presentation.client_uri,
        &mut client.presentation.policy_uri,
        &mut client.presentation.tos_uri,
    ] {
        *address = Some(format!("https://almanac.example/{word}?{word}#{word}"));
    }
    Frame { client: Some(ClientFace::of(&client, Some(&samples::redirect_uri()))), ..frame_in(pages, "en") }
}

fn form(word: &str) -> Form {
    let mut form = every_field();
    for text in [&mut form.text, &mut form.notice] {
        *text = Some(word.into());
    }
    form.title = word.into();
    for field in &mut form.fields {
        for text in [&mut field.label, &mut field.value, &mut field.error] {
            *text = Some(word.into());
        }
        if let FieldKind::Choice { options } = &mut field.kind {
            options[0].value = word.into();
            options[0].label = word.into();
        }
    }
    form.actions = vec![Action { name: "go".into(), label: word.into(), skips_fields: false }];
    form
}

/// All pages with `word` wherever a stranger's word may stand.
fn drawn(pages: &Pages, word: &str) -> Vec<Rendered> {
    let frame = frame(pages, word);
    let mut user = samples::user();
    user.username = word.into();
    user.claims.insert("name".into(), word.into());
    let account = AccountFace::of(&user);
    let scope: Scope = Scope::parse("<script>alert(1)</script> '> openid").unwrap();
    let refusal = Refusal::new(ErrorCode::InvalidRequest, word);
    let issuer = Issuer::try_from("https://id.example").unwrap();
    // A state holds no control characters; the page has a field for it in any case.
    let state = State::try_from(word).or_else(|_| State::try_from("state")).ok();
    let mode = ResponseMode::FormPost;
    let response = AuthorizationResponse::refused(samples::redirect_uri(), mode, &issuer, &refusal, state.as_ref());
    let error =
        ErrorView { frame: &frame, story: ErrorStory::Denied, refusal: Some(&refusal), correlation_id: Some(word) };
    let claims = [word.to_owned()];
    let consent = ConsentView {
        frame: &frame,
        account: &account,
        scope: &scope,
        claims: &claims,
        offers_other_account: true,
        step: word,
    };
    let url = Url::parse(&format!("https://almanac.example/out?a={word}")).unwrap();
    let told = SignOutFrame { client: frame.client.clone().unwrap(), url };
    let sign_out = SignOutView { frame: &frame, account: Some(&account), stay: Some("/"), step: word };
    vec![
        pages
            .form(FormView {
                frame: &frame,
                form: &form(word),
                material: &Material::default(),
                refresh_s: None,
                step: word,
            })
            .unwrap(),
        pages.consent(consent).unwrap(),
        pages.choose_account(ChooseAccountView { frame: &frame, account: &account, step: word }).unwrap(),
        pages
            .failed_tries(FailedTriesView {
                frame: &frame,
                account: &account,
                tries: &samples::failed_tries(),
                step: word,
            })
            .unwrap(),
        pages.error(error),
        pages.sign_out(sign_out).unwrap(),
        pages.signed_out(SignedOutView { frame: &frame, was_signed_in: true }).unwrap(),
        pages.signing_out(SigningOutView { frame: &frame, frames: &[told], then: Some(word) }).unwrap(),
        pages.form_post(FormPostView { frame: &frame, response: &response }).unwrap(),
    ]
}

/// The tags of a page with the names of their attributes; all that a text could change if it became markup.
fn skeleton(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let mut tag = String::new();
        let mut quoted = false;
        let mut end = rest.len();
        for (place, character) in rest[open..].char_indices() {
            match character {
                '"' => quoted = !quoted,
                '>' if !quoted => {
                    end = open + place;
                    break;
                }
                _ if !quoted => tag.push(character),
                _ => {}
            }
        }
        tags.push(tag);
        rest = &rest[end..];
    }
    tags
}

#[test]
fn no_hostile_word_becomes_markup() {
    let pages = pages();
    for (tame, hostile) in drawn(pages, "word").iter().zip(drawn(pages, HOSTILE)) {
        assert_eq!(skeleton(&tame.html), skeleton(&hostile.html));
        for raw in ["<script>alert", "<img src=x", "</title></textarea>", "49", "&lt;b&gt;"] {
            assert!(!hostile.html.contains(raw), "{raw} in {}", hostile.html);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn no_word_at_all_becomes_markup(word in "[ -~\\p{L}\\n\"'<>&={}%`/]{1,60}") {
        // A word must show at all, or the names made of it fall back to others and the page has other parts.
        let word = format!("w{word}");
        let pages = pages();
        for (tame, page) in drawn(pages, "word").iter().zip(drawn(pages, &word)) {
            prop_assert_eq!(skeleton(&tame.html), skeleton(&page.html));
        }
    }
}

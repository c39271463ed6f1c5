//! What others rely on: element ids, field names, headers, and that a page needs nothing but itself.

use super::super::samples;
use super::super::*;
use super::gallery::{STEP, frame_in, gallery, pages, response};
use gatewright_protocol::scope::Scope;

fn csp(page: &Rendered) -> &str {
    page.headers["content-security-policy"].to_str().unwrap()
}

#[test]
fn sign_in_keeps_the_ids_that_relying_parties_test_by() {
    let pages = pages();
    let frame = frame_in(pages, "en");
    let form = samples::sign_in_form();
    let html = pages.form(samples::form_view(&frame, &form, STEP)).unwrap().html;
    for part in [
        "<form id=\"loginForm\" method=\"post\">",
        "<input type=\"text\" id=\"loginForm:username\" name=\"username\" required autofocus",
        "<input type=\"password\" id=\"loginForm:password\" name=\"password\" required",
        "<button type=\"submit\" id=\"loginForm:loginButton\" name=\"action\" value=\"continue\"",
        "<input type=\"hidden\" name=\"step\" value=\"c3RlcC10b2tlbg\">",
        "<label for=\"loginForm:username\">",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
}

#[test]
fn consent_keeps_the_ids_that_relying_parties_test_by() {
    let pages = pages();
    let (frame, account) = (frame_in(pages, "en"), AccountFace::of(&samples::user()));
    let scope = Scope::parse("openid").unwrap();
    let view = ConsentView {
        frame: &frame,
        account: &account,
        scope: &scope,
        claims: &[],
        offers_other_account: false,
        step: STEP,
    };
    let html = pages.consent(view).unwrap().html;
    for part in [
        "<form id=\"authorizeForm\" method=\"post\">".to_owned(),
        format!("id=\"authorizeForm:allowButton\" name=\"action\" value=\"{}\"", actions::ALLOW),
        format!("id=\"authorizeForm:doNotAllowButton\" name=\"action\" value=\"{}\"", actions::DENY),
    ] {
        assert!(html.contains(&part), "{part} in {html}");
    }
    assert!(!html.contains(actions::OTHER_ACCOUNT));
    let nameless = Frame { client: None, ..frame.clone() };
    assert!(pages.consent(ConsentView { frame: &nameless, ..view }).is_err());
}

#[test]
fn a_page_asks_nobody_else_for_anything_but_the_client_s_logo() {
    for (name, page) in gallery(pages()) {
        let html = &page.html;
        let logos = html.matches(" src=\"https://almanac.example/logo.png\"").count();
        let frames = html.matches("<iframe class=\"unseen\" src=\"https://").count();
        let own = html.matches(" src=\"/assets/").count();
        assert_eq!(html.matches(" src=").count(), logos + frames + own, "{name}");
        assert_eq!(frames > 0, name.starts_with("signing_out"), "{name}");
        if logos > 0 {
            assert!(csp(&page).contains("img-src 'self' https://almanac.example;"), "{name}: {}", csp(&page));
        }
        let scripts = html.matches("<script").count();
        let passkey = usize::from(html.contains("data-passkey="));
        let goes_on = usize::from(name == "signing_out");
        assert_eq!(scripts, passkey + goes_on + usize::from(name == "form_post"), "{name}");
        assert_eq!(html.matches("<script src=\"/assets/passkey-").count(), passkey, "{name}");
        for inline in ["<style", " style=", "onclick=", "onload=", "onerror=", "onsubmit=", "javascript:"] {
            assert!(!html.contains(inline), "{name}: {inline}");
        }
    }
}

#[test]
fn every_asset_a_page_names_is_served() {
    let pages = pages();
    for (name, page) in gallery(pages) {
        for named in page.html.split("\"/assets/").skip(1) {
            let asset = named.split('"').next().unwrap();
            assert!(pages.asset(asset).is_some(), "{name}: {asset}");
        }
    }
    assert!(pages.asset("gatewright.css").is_none());
}

#[test]
fn assets_lie_below_the_issuer_s_path() {
    let issuer = Issuer::try_from("https://id.example/tenant").unwrap();
    let pages = Pages::new(Overrides::default(), Site::of(&issuer, None)).unwrap();
    for (name, page) in gallery(&pages) {
        assert!(page.html.contains("href=\"/tenant/assets/gatewright-"), "{name}");
        assert!(!page.html.contains("\"/assets/"), "{name}");
    }
}

#[test]
fn a_form_may_lead_to_its_client_and_a_page_without_one_nowhere() {
    for (name, page) in gallery(pages()) {
        let target = match name {
            "sign_in" | "sign_in_again" | "sign_in_de" | "consent" | "consent_fr" | "choose_account"
            | "failed_tries" | "failed_tries_de" | "sign_out" => "form-action 'self' https://almanac.example;",
            "authenticator_app" | "new_passkey" | "passkey_or_password" | "approval" | "factors_gone" => {
                "form-action 'self' https://almanac.example;"
            }
            "every_field" | "sign_out_bare" => "form-action 'self';",
            name if name.starts_with("account") => "form-action 'self';",
            "form_post" => "script-src 'sha256-",
            _ => "form-action 'none';",
        };
        assert!(csp(&page).contains(target), "{name}: {}", csp(&page));
        let scripted = matches!(name, "form_post" | "signing_out") || page.html.contains("data-passkey=");
        assert_eq!(csp(&page).contains("script-src"), scripted, "{name}");
    }
}

#[test]
fn a_browser_that_signs_out_loads_clients_pages_from_their_origins_alone_and_goes_on_without_a_script_too() {
    let all = gallery(pages());
    let page = |wanted: &str| &all.iter().find(|(name, _)| *name == wanted).unwrap().1;
    for name in ["signing_out", "signing_out_de"] {
        let policy = "frame-src https://almanac.example https://shop.example:8443;";
        assert!(csp(page(name)).contains(policy), "{name}: {}", csp(page(name)));
        assert_eq!(page(name).html.matches("sandbox=\"allow-scripts allow-same-origin\"").count(), 2, "{name}");
    }
    let on = "https://almanac.example/bye?state=a&amp;b=c";
    for part in [format!("<a id=\"goOn\" class=\"main\" href=\"{on}\""), format!("content=\"1; url={on}\"")] {
        assert!(page("signing_out").html.contains(&part), "{part} in {}", page("signing_out").html);
    }
    assert!(!page("signing_out_de").html.contains("http-equiv"), "there is nowhere to go on to");
}

#[test]
fn the_script_that_posts_a_response_is_the_one_its_policy_allows() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let pages = pages();
    let frame = frame_in(pages, "en");
    let page = pages.form_post(FormPostView { frame: &frame, response: &response() }).unwrap();
    let script = page.html.split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(script));
    assert!(csp(&page).contains(&format!("script-src 'sha256-{hash}'")), "{script}");
    assert!(page.html.contains("<button type=\"submit\""), "the way without JavaScript");
}

#[test]
fn only_a_response_by_form_post_is_posted_and_only_the_web_is_handed_to() {
    use gatewright_protocol::authorization_response::{AuthorizationResponse, Success};
    let pages = pages();
    let frame = frame_in(pages, "en");
    let issuer = Issuer::try_from("https://id.example").unwrap();
    let mode = gatewright_protocol::response_mode::ResponseMode::Query;
    let query = AuthorizationResponse::success(samples::redirect_uri(), mode, &issuer, Success::default());
    assert!(pages.form_post(FormPostView { frame: &frame, response: &query }).is_err());
    for address in ["com.example.app:/cb", "data:text/html,x", "mailto:a@b.example"] {
        let to = url::Url::parse(address).unwrap();
        assert!(pages.hand_over(HandOverView { frame: &frame, to: &to }).is_err(), "{address}");
    }
}

#[test]
fn an_error_page_has_the_status_of_its_story_and_words_for_it() {
    let pages = pages();
    for tag in ["en", "de", "fr"] {
        let frame = Frame { client: None, ..frame_in(pages, tag) };
        for story in ErrorStory::ALL {
            let page = pages.error(ErrorView { frame: &frame, story, refusal: None, correlation_id: None });
            assert_eq!(page.status, story.status());
            assert!(page.html.contains("<h1>") && !page.html.contains("<h1></h1>"), "{story:?} in {tag}");
            assert!(!page.html.contains("<p class=\"text\"></p>"), "{story:?} in {tag}");
        }
    }
}

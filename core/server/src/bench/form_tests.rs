//! Tests of the form reader.

use super::*;
use proptest::prelude::*;

const SIGN_IN: &str = r#"<!DOCTYPE html><html><body>
  <form id="search" action="/search"><input name="q"></form>
  <form id="loginForm" method="POST" action="/login?i=1&amp;t=2">
    <input type="hidden" name="csrf" value="a&amp;b c">
    <input type="hidden" name="shadow" id="username" value="kept">
    <input id="loginForm:username" name="username"><input type=password name=password>
    <input type="checkbox" name="remember"><input type="checkbox" name="agreed" checked>
    <input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
    <select name="lang"><option value="de">Deutsch<option value="en" selected>English</select>
    <select name="zone"><option value="" disabled>choose</option><option value="utc"></select>
    <textarea name="note">
one &lt; two</textarea>
    <input name="gone" value="x" disabled><input type="reset" name="no"><button type="button" name="eye">show</button>
    <button id="loginForm:loginButton" name="go" value="in">Sign in</button>
    <button name="cancel" formaction="/cancel">Cancel</button>
  </form>
  <input form="loginForm" type="hidden" name="outside" value="yes">
</body></html>"#;

#[test]
fn a_form_is_sent_as_a_browser_sends_it() {
    let mut forms = read_forms(SIGN_IN);
    assert_eq!(forms.len(), 2);
    assert!(!forms[0].post && forms[0].asks("q") && forms[0].buttons.is_empty());
    let form = &mut forms[1];
    assert_eq!((form.post, form.action.as_str()), (true, "/login?i=1&t=2"));
    form.fill("username", "alice");
    form.fill("password", "wonder land");
    let go = form.buttons[0].clone();
    assert!(go.is("loginForm:loginButton") && go.is("go") && go.is("in") && !go.is("Sign in"));
    assert_eq!(
        form.encoded(Some(&go)),
        "csrf=a%26b+c&shadow=kept&username=alice&password=wonder+land&agreed=on&r=2&lang=en&zone=utc\
         &note=one+%3C+two&outside=yes&go=in"
    );
}

#[test]
fn a_field_is_found_by_name_or_id_but_never_a_hidden_one() {
    let form = &read_forms(SIGN_IN)[1];
    assert!(form.asks("username") && form.asks("loginForm:username"));
    assert!(!form.asks("csrf") && !form.asks("gone") && !form.asks("eye"));
}

#[test]
fn a_button_may_send_the_form_elsewhere() {
    let form = &read_forms(SIGN_IN)[1];
    assert_eq!(form.buttons.iter().map(|button| button.action.as_str()).collect::<Vec<_>>(), ["", "/cancel"]);
    assert_eq!(form.buttons[1].label(), "cancel");
}

#[test]
fn a_fixed_field_replaces_the_pages_own() {
    let mut form = read_forms("<form><input name=a value=1><input name=b value=2></form>").remove(0);
    form.set("a", "3");
    form.set("c", "4");
    assert_eq!(form.encoded(None), "b=2&a=3&c=4");
}

#[test]
fn an_unclosed_form_is_read_to_the_end_of_the_page() {
    let forms = read_forms("<form method=post><p><input name=a value=1><button>Go");
    assert_eq!((forms.len(), forms[0].buttons.len()), (1, 1));
    assert_eq!(forms[0].buttons[0].label(), "(nameless)");
    assert_eq!(forms[0].encoded(Some(&forms[0].buttons[0])), "a=1");
}

#[test]
fn controls_outside_any_form_belong_to_none() {
    assert!(read_forms("<input name=a><form></form><input name=b>")[0].encoded(None).is_empty());
    assert!(read_forms("<p>no form").is_empty());
}

proptest! {
    #[test]
    fn no_page_stops_the_reader(
        page in "(<form>|</form>|<select>|</select>|<option selected|<textarea>|</textarea>|<input |name=a|form=x|id=x|>|<|\"|t){0,40}"
    ) {
        for form in read_forms(&page) {
            form.encoded(form.buttons.first());
        }
    }

    #[test]
    fn what_is_typed_is_what_is_sent(typed in "\\PC{0,20}") {
        let mut form = read_forms("<form><input name=a></form>").remove(0);
        form.fill("a", &typed);
        let sent: Vec<_> = url::form_urlencoded::parse(form.encoded(None).as_bytes()).into_owned().collect();
        prop_assert_eq!(sent, vec![("a".to_owned(), typed)]);
    }
}

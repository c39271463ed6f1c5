//! Serves every hook, and calls every capability in one of them.

use gatewright_plugin::prelude::*;

struct Plugin;

gatewright_plugin::export!(
    Plugin: select_acr, authenticate, after_authentication, consent, claims, customize_token,
);

impl SelectAcr for Plugin {
    fn select_acr(login: select_acr::Input) -> Outcome<select_acr::Decision> {
        let near = network::contains("10.0.0.0/8", &login.origin.ip)? && oidc::authorization_url("x", "y").is_ok();
        Ok(if near { use_acr("pwd") } else { pass() })
    }
}

impl Authenticate for Plugin {
    fn authenticate(_: authenticate::Input) -> Outcome<authenticate::Decision> {
        let answer = ask(Form::new("Sign in").text("username").password("password"));
        let user = users::verify_password(answer.text("username"), answer.secret("password"))?;
        let Some(user) = user else { return Ok(fail("Wrong.")) };
        let ceremony = webauthn::begin_authentication_of(&user)?;
        let enrolment = totp::begin(&user)?;
        mail::send(&user, "Hello", "You sign in.")?;
        let left = recovery::remaining(&user)? as usize + factors::list(&user)?.len();
        let form = Form::new(left.to_string()).totp_enrolment("app", enrolment).passkey("key", ceremony);
        ask(form.qr_code("link", "https://x.example").wait(5));
        Ok(authenticated(user))
    }
}

impl AfterAuthentication for Plugin {
    fn after_authentication(login: after_authentication::Input) -> Outcome<after_authentication::Decision> {
        let key = bearer(secrets::get("risk_key")?);
        let email = &login.user.claims["email"];
        let answer = http::post("https://risk.example.com").header("authorization", key).json(email).send()?;
        Ok(if answer.status == 200 { proceed() } else { step_up("otp") })
    }
}

impl Consent for Plugin {
    fn consent(_: consent::Input) -> Outcome<consent::Decision> {
        Ok(if pages::ask_consent("openid") { built_in() } else { deny("No.") })
    }
}

impl Claims for Plugin {
    fn claims(about: claims::Input) -> Outcome<ClaimSet> {
        kv::put(&about.user.subject, clock::now(), 60)?;
        Ok(pass())
    }
}

impl CustomizeToken for Plugin {
    fn customize_token(_: customize_token::Input) -> Outcome<customize_token::Decision> {
        Ok(keep().claim("n", random::number(1, 6)))
    }
}

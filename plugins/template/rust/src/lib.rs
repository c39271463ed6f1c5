//! {{name}}: signs end-users in with username and password.

use gatewright_plugin::prelude::*;

/// How often the end-user may try.
const ATTEMPTS: u32 = 3;

struct Plugin;

gatewright_plugin::export!(Plugin: authenticate);

impl Authenticate for Plugin {
    fn authenticate(login: authenticate::Input) -> Outcome<authenticate::Decision> {
        // Whom we expect: the end-user of a session that is to be made stronger, or whom the client hints at.
        let expected = login.user.as_ref();
        let mut username = expected.map(|user| user.username.clone()).or(login.login_hint.clone());

        for _ in 0..ATTEMPTS {
            let answer = ask(Form::new("Sign in")
                .text("username")
                .value("username", &username)
                .password("password")
                .action("login", "Sign in"));
            username = Some(answer.text("username").to_owned());

            match users::verify_password(answer.text("username"), answer.secret("password"))? {
                // The same words for an unknown username and a wrong password.
                None => match users::wait_s(answer.text("username"))? {
                    0 => notice("Wrong username or password."),
                    // While it waits after wrong passwords, no password fits.
                    wait_s => notice(&format!("Too many tries. Try again in {} seconds.", wait_s.max(2))),
                },
                Some(user) if expected.is_some_and(|expected| expected.subject != user.subject) => {
                    notice("Please sign in as the same person as before.");
                }
                Some(user) => {
                    log::info(&format!("{} signs in to {}", user.subject, login.client.id));
                    return Ok(authenticated(&user).amr(["pwd"]));
                }
            }
        }
        Ok(fail("Too many attempts."))
    }
}

#[cfg(test)]
mod tests;

//! Passkeys, mail and other providers in a test.

use super::account::Proof;
use super::factor_call::FactorReply;
use super::factors::MAILED_CODE;
use super::run::Mail;
use super::world::World;
use crate::bindings::mail::Message;
use crate::bindings::types::Failure;
use crate::bindings::webauthn::Verified;

/// How long a ceremony and a mailed code last, in seconds.
const LIFE_S: i64 = 600;
/// How often a mailed code can be tried.
const TRIES_MAX: u32 = 5;
/// Longest title of a message, in characters.
const TITLE_CHARS_MAX: usize = 200;
/// Longest text of a message, in characters.
const MAIL_CHARS_MAX: usize = 10_000;
/// What stands for the code in a message.
const CODE_PLACE: &str = "{code}";

/// A passkey's ceremony.
#[derive(Debug, Clone)]
pub(super) struct Ceremony {
    registers: bool,
    of: Option<String>,
    until: i64,
}

/// A code that was mailed.
#[derive(Debug, Clone)]
pub(super) struct Challenge {
    tries: u32,
    until: i64,
}

impl World {
    pub(super) fn begin(&mut self, registers: bool, of: Option<&str>) -> Result<FactorReply, Failure> {
        if let Some(of) = of {
            self.someone(of)?;
        }
        let name = self.proofs.name("ceremony");
        let ceremony = Ceremony { registers, of: of.map(Into::into), until: self.now_s() + LIFE_S };
        self.proofs.ceremonies.insert(name.clone(), ceremony);
        Ok(FactorReply::Name(name))
    }

    /// Who answered a ceremony, if it is for them; it is finished with that. What the browser answers in a test is the
    /// username of whose passkey it used.
    pub(super) fn finish(&mut self, registers: bool, name: &str, response: &str) -> Option<String> {
        let now = self.now_s();
        let ceremony = self.proofs.ceremonies.remove(name)?;
        let who = self.accounts.iter().find(|account| account.username == response)?.subject.clone();
        let meant = ceremony.of.is_none_or(|of| of == who);
        (meant && ceremony.registers == registers && now < ceremony.until).then_some(who)
    }

    /// Whose passkey was used.
    pub(super) fn signed(&mut self, who: &str) -> Option<Verified> {
        let now = self.now_s();
        self.proofs.confirmed().find_map(|factor| match factor.proof {
            Proof::Passkey { user_verified } if factor.seen.subject == who => {
                factor.seen.used_at = Some(now);
                Some(Verified { subject: who.to_owned(), factor: factor.seen.id.clone(), user_verified })
            }
            _ => None,
        })
    }

    /// Sends a message, with a code in it or without.
    pub(super) fn post(&mut self, to: &str, message: &Message, code: Option<&str>) -> Result<(), Failure> {
        self.someone(to)?;
        admit(message)?;
        let account = self.accounts.iter().find(|account| account.subject == to);
        let address = account.and_then(|account| account.claims.text("email")).map(ToOwned::to_owned);
        let no_address = || Failure::Invalid("the end-user has no mail address: their `email` claim".into());
        let address = address.ok_or_else(no_address)?;
        let text = code.map_or_else(|| message.text.clone(), |code| message.text.replace(CODE_PLACE, code));
        self.proofs.mails.push(Mail { to: to.to_owned(), address, title: message.title.clone(), text });
        Ok(())
    }

    pub(super) fn post_code(&mut self, to: &str, message: &Message) -> Result<FactorReply, Failure> {
        if !message.text.contains(CODE_PLACE) {
            return Err(Failure::Invalid(format!("the text of the message says nowhere {CODE_PLACE}")));
        }
        self.post(to, message, Some(MAILED_CODE))?;
        let name = self.proofs.name("challenge");
        self.proofs.challenges.insert(name.clone(), Challenge { tries: 0, until: self.now_s() + LIFE_S });
        Ok(FactorReply::Name(name))
    }

    pub(super) fn solves(&mut self, challenge: &str, typed: &str) -> bool {
        let now = self.now_s();
        let Some(sent) = self.proofs.challenges.get_mut(challenge) else { return false };
        if now >= sent.until || sent.tries >= TRIES_MAX {
            return false;
        }
        sent.tries += 1;
        let right = typed == MAILED_CODE;
        if right {
            self.proofs.challenges.remove(challenge);
        }
        right
    }

    pub(super) fn authorization_url(&mut self, provider: &str, state: &str) -> FactorReply {
        self.proofs.visited.insert((provider.to_owned(), state.to_owned()));
        let encode = crate::http::url_encode;
        let query = format!("provider={}&state={}", encode(provider), encode(state));
        FactorReply::Name(format!("https://provider.example/authorize?{query}"))
    }

    pub(super) fn redeem(
        &self,
        provider: &str,
        state: &str,
        returned: &[(String, String)],
    ) -> Result<FactorReply, Failure> {
        if !self.proofs.visited.contains(&(provider.to_owned(), state.to_owned())) {
            return Err(Failure::Invalid("this `state` is not the one that authorization_url was given".into()));
        }
        if returned.iter().any(|(name, _)| name == "error") {
            return Ok(FactorReply::SignedIn(None));
        }
        let nobody = || Failure::Unreachable(format!("{provider}: the test gives nobody who signs in there"));
        self.proofs.providers.get(provider).cloned().map(Some).map(FactorReply::SignedIn).ok_or_else(nobody)
    }
}

fn admit(message: &Message) -> Result<(), Failure> {
    let Message { title, text } = message;
    let one_line = !title.chars().any(char::is_control);
    if !one_line || !(1..=TITLE_CHARS_MAX).contains(&title.chars().count()) {
        let why = format!("a message's title has 1 to {TITLE_CHARS_MAX} characters, on one line");
        return Err(Failure::Invalid(why));
    }
    let sound = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    if !(1..=MAIL_CHARS_MAX).contains(&text.chars().count()) || !text.chars().all(sound) {
        let why = format!("a message's text has 1 to {MAIL_CHARS_MAX} characters, no control characters among them");
        return Err(Failure::Invalid(why));
    }
    Ok(())
}

//! Codes that are sent by mail: six digits, ten minutes, five tries, once. Of each only a keyed digest is stored.

use super::{CallFailed, Fault, SecretText, SmtpMail, Subject};
use crate::tries::under_limit;
use gatewright_domain::capabilities::guessing::Guess;
use gatewright_domain::capabilities::kv::KvCall;
use gatewright_domain::capabilities::mail::{CODE_PLACE, MAIL_CODE_S, MAIL_CODE_TRIES_MAX, Message};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::token_hash::RandomToken;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

const PLACE: &str = "mail";
/// How many codes of six digits there are.
const CODES: u32 = 1_000_000;

/// A code that was sent.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SentCode {
    /// To whom.
    pub(super) subject: Subject,
    digest: String,
}

impl SmtpMail {
    /// Draws a code; answers its challenge and the message with it.
    pub(super) async fn remember_code(
        &self,
        subject: &Subject,
        message: &Message,
    ) -> Result<(String, Message), CallFailed> {
        let challenge = RandomToken::draw(self.0.entropy.as_ref()).into_text();
        let code = draw(self.0.entropy.as_ref());
        let sent = SentCode { subject: subject.clone(), digest: self.digest(&challenge, &code) };
        let value = serde_json::to_value(&sent).map_err(|error| Fault::caused(PLACE, error))?;
        self.call(KvCall::Put { key: stored_as(&challenge), value, ttl_s: MAIL_CODE_S }).await?;
        let text = message.text.replace(CODE_PLACE, &code);
        Ok((challenge, Message { title: message.title.clone(), text }))
    }

    pub(super) async fn forget_code(&self, challenge: &str) -> Result<(), Fault> {
        self.call(KvCall::Delete { key: stored_as(challenge) }).await.map(|_| ())
    }

    /// What was sent for a challenge, while its code can be typed.
    pub(super) async fn sent(&self, challenge: &str) -> Result<Option<SentCode>, Fault> {
        let value = self.call(KvCall::Get { key: stored_as(challenge) }).await?;
        if value.is_null() {
            return Ok(None);
        }
        serde_json::from_value(value).map(Some).map_err(|error| Fault::caused(PLACE, error))
    }

    /// Whether it is the code, for the first time.
    pub(super) async fn redeem_code(
        &self,
        challenge: &str,
        (sent, typed): (&SentCode, &SecretText),
        guess: &Guess,
    ) -> Result<bool, Fault> {
        let look = async {
            let tries = self.add(&format!("{} tries", stored_as(challenge))).await?;
            let fits = self.fits(challenge, sent, typed).await?;
            Ok((tries <= MAIL_CODE_TRIES_MAX && fits).then_some(()))
        };
        let spend = |()| async {
            let first = self.add(&format!("{} uses", stored_as(challenge))).await? == 1;
            self.forget_code(challenge).await?;
            Ok(first.then_some(()))
        };
        Ok(under_limit(self.0.guesses.as_ref(), guess, look, spend).await?.is_some())
    }

    async fn fits(&self, challenge: &str, sent: &SentCode, typed: &SecretText) -> Result<bool, Fault> {
        let typed: String = typed.expose().chars().filter(|letter| !letter.is_whitespace()).collect();
        let enabled = self.0.users.find(&sent.subject).await?.is_some_and(|user| !user.disabled);
        let same: bool = self.digest(challenge, &typed).as_bytes().ct_eq(sent.digest.as_bytes()).into();
        Ok(same && enabled)
    }

    /// Counts, over all nodes.
    async fn add(&self, key: &str) -> Result<i64, Fault> {
        let sum = self.call(KvCall::Add { key: key.to_owned(), by: 1, ttl_s: MAIL_CODE_S }).await?;
        sum.as_i64().ok_or_else(|| Fault::new(PLACE, "a count is no number"))
    }

    fn digest(&self, challenge: &str, code: &str) -> String {
        self.0.sealer.keyed_digest(&format!("mail code/{challenge}"), code)
    }
}

/// A challenge is written in a hook's journal; under which key its code is stored is not.
fn stored_as(challenge: &str) -> String {
    gatewright_domain::token_hash::TokenHash::of(challenge).as_str().to_owned()
}

/// Six digits, each code as likely: what is over the last whole million is drawn again.
fn draw(entropy: &dyn Entropy) -> String {
    loop {
        let mut bytes = [0u8; 4];
        entropy.fill(&mut bytes);
        let number = u32::from_be_bytes(bytes);
        if number < u32::MAX - u32::MAX % CODES {
            return format!("{:06}", number % CODES);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// Draws these numbers, one after another.
    struct Numbers(Mutex<Vec<u32>>);

    impl Entropy for Numbers {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0.lock().unwrap().remove(0).to_be_bytes());
        }
    }

    #[test]
    fn a_code_has_six_digits_and_none_is_likelier_than_another() {
        for (numbers, code) in [
            (vec![0], "000000"),
            (vec![42], "000042"),
            (vec![4_293_999_999], "999999"),
            (vec![1_000_007], "000007"),
            (vec![4_294_000_000, u32::MAX, 5], "000005"),
        ] {
            assert_eq!(draw(&Numbers(Mutex::new(numbers))), code);
        }
    }
}

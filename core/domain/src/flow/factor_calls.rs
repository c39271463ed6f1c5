//! The host's calls about factors: what end-users have, and what they prove with it.

use super::call::{HostAnswer, HostCall};
use super::fault::HookFault;
use super::host::{Host, invalid, not_lent};
use crate::capabilities::factors::{FACTOR_BYTES_MAX, FactorsCall};
use crate::capabilities::mail::{CODE_PLACE, MAIL_CHARS_MAX, MailCall, Message, TITLE_CHARS_MAX};
use crate::capabilities::oidc::OidcCall;
use crate::capabilities::recovery::RecoveryCall;
use crate::capabilities::totp::TotpCall;
use crate::capabilities::webauthn::WebauthnCall;
use crate::capabilities::{Attempt, CallFailed};
use crate::factor::{LABEL_CHARS_MAX, REFERENCE_BYTES_MAX, is_label};

type Answered = Result<HostAnswer, HookFault>;

impl Host<'_> {
    /// Performs a call about factors.
    pub(super) async fn factor_call(&self, call: &HostCall) -> Answered {
        match call {
            HostCall::Factors(call) => self.factors(call).await,
            HostCall::Totp(call) if self.loan.totp => self.totp(call).await,
            HostCall::Webauthn(call) if self.loan.webauthn => self.webauthn(call).await,
            HostCall::Mail(call) if self.loan.mail => self.mail(call).await,
            HostCall::Recovery(call) if self.loan.recovery => self.recovery(call).await,
            HostCall::Oidc(call) => self.oidc(call).await,
            HostCall::Totp(_) => Ok(not_lent("totp")),
            HostCall::Webauthn(_) => Ok(not_lent("webauthn")),
            HostCall::Mail(_) => Ok(not_lent("mail")),
            HostCall::Recovery(_) => Ok(not_lent("recovery")),
            _ => Ok(HostAnswer::Done),
        }
    }

    async fn factors(&self, call: &FactorsCall) -> Answered {
        let Some(kind) = &self.loan.factors else { return Ok(not_lent("factors")) };
        if let Err(why) = admit_factors(call) {
            return Ok(invalid(why));
        }
        let now = self.tools.clock.now();
        self.answered(self.tools.factors.call(kind, call, now).await, HostAnswer::Factors)
    }

    async fn totp(&self, call: &TotpCall) -> Answered {
        let totp = &self.tools.totp;
        match call {
            TotpCall::Begin { subject } => {
                self.answered(totp.begin(subject).await, |enrolment| HostAnswer::Name(enrolment.to_string()))
            }
            TotpCall::Confirm { enrolment, label, code } => {
                if let Err(why) = admit_label(label) {
                    return Ok(invalid(why));
                }
                let code = self.resolve(code)?;
                let made = |confirmed: bool| HostAnswer::Factor(confirmed.then(|| enrolment.clone()));
                self.answered(totp.confirm(enrolment, label, &code).await, made)
            }
            TotpCall::Verify { subject, code } => {
                let code = self.resolve(code)?;
                let attempt = Attempt { subject, address: self.flow.address };
                self.answered(totp.verify(&attempt, &code).await, HostAnswer::Factor)
            }
        }
    }

    async fn webauthn(&self, call: &WebauthnCall) -> Answered {
        let webauthn = &self.tools.webauthn;
        match call {
            WebauthnCall::BeginRegistration { subject } => {
                self.answered(webauthn.begin_registration(subject).await, HostAnswer::Name)
            }
            WebauthnCall::FinishRegistration { ceremony, label, response } => {
                if let Err(why) = admit_label(label) {
                    return Ok(invalid(why));
                }
                let response = self.resolve(response)?;
                self.answered(webauthn.finish_registration(ceremony, label, &response).await, HostAnswer::Factor)
            }
            WebauthnCall::BeginAuthentication { subject } => {
                self.answered(webauthn.begin_authentication(subject.as_ref()).await, HostAnswer::Name)
            }
            WebauthnCall::FinishAuthentication { ceremony, response } => {
                let response = self.resolve(response)?;
                self.answered(webauthn.finish_authentication(ceremony, &response).await, HostAnswer::Passkey)
            }
        }
    }

    async fn mail(&self, call: &MailCall) -> Answered {
        let mail = &self.tools.mail;
        match call {
            MailCall::Send { subject, message } => {
                if let Err(why) = admit_message(message) {
                    return Ok(invalid(why));
                }
                self.answered(mail.send(subject, message).await, |()| HostAnswer::Done)
            }
            MailCall::SendCode { subject, message } => {
                if let Err(why) = admit_message(message) {
                    return Ok(invalid(why));
                }
                if !message.text.contains(CODE_PLACE) {
                    return Ok(invalid(format!("the text of the message says nowhere {CODE_PLACE}")));
                }
                self.answered(mail.send_code(subject, message).await, HostAnswer::Name)
            }
            MailCall::VerifyCode { challenge, code } => {
                let code = self.resolve(code)?;
                self.answered(mail.verify_code(challenge, &code, self.flow.address).await, HostAnswer::Holds)
            }
        }
    }

    async fn recovery(&self, call: &RecoveryCall) -> Answered {
        let recovery = &self.tools.recovery;
        match call {
            RecoveryCall::Remaining { subject } => {
                self.answered(recovery.remaining(subject).await, |left| HostAnswer::Count(left as u64))
            }
            RecoveryCall::Verify { subject, code } => {
                let code = self.resolve(code)?;
                let attempt = Attempt { subject, address: self.flow.address };
                self.answered(recovery.verify(&attempt, &code).await, HostAnswer::Holds)
            }
        }
    }

    async fn oidc(&self, call: &OidcCall) -> Answered {
        let (OidcCall::AuthorizationUrl { provider, .. } | OidcCall::Redeem { provider, .. }) = call;
        if !self.loan.oidc.contains(provider) {
            return Ok(not_lent(&format!("the OpenID Provider `{provider}`")));
        }
        let oidc = &self.tools.oidc;
        match call {
            OidcCall::AuthorizationUrl { provider, state } => {
                self.answered(oidc.authorization_url(provider, state).await, HostAnswer::Name)
            }
            OidcCall::Redeem { provider, state, returned } => {
                self.answered(oidc.redeem(provider, state, returned).await, HostAnswer::SignedIn)
            }
        }
    }

    fn answered<T>(&self, came: Result<T, CallFailed>, answer: impl FnOnce(T) -> HostAnswer) -> Answered {
        match came {
            Ok(came) => Ok(answer(came)),
            Err(CallFailed::Capability(error)) => Ok(HostAnswer::Failed(error)),
            Err(CallFailed::Fault(fault)) => Err(self.broken(fault)),
        }
    }
}

fn admit_label(label: &str) -> Result<(), String> {
    if is_label(label) {
        Ok(())
    } else {
        Err(format!("a factor's label has 1 to {LABEL_CHARS_MAX} characters, on one line"))
    }
}

fn admit_factors(call: &FactorsCall) -> Result<(), String> {
    if let FactorsCall::Enrol { label, .. } = call {
        admit_label(label)?;
    }
    let reference = match call {
        FactorsCall::Enrol { reference, .. } => reference.as_ref(),
        FactorsCall::Find { reference } => Some(reference),
        _ => None,
    };
    let sound = |text: &String| (1..=REFERENCE_BYTES_MAX).contains(&text.len()) && !text.contains('\0');
    if !reference.is_none_or(sound) {
        return Err(format!("a factor's reference has 1 to {REFERENCE_BYTES_MAX} bytes, none of them NUL"));
    }
    let data = match call {
        FactorsCall::Enrol { data, .. } | FactorsCall::Update { to: data, .. } => data,
        _ => return Ok(()),
    };
    if data.to_string().len() > FACTOR_BYTES_MAX {
        return Err(format!("what is stored with a factor has at most {FACTOR_BYTES_MAX} bytes of JSON"));
    }
    Ok(())
}

fn admit_message(message: &Message) -> Result<(), String> {
    let Message { title, text } = message;
    let one_line = !title.chars().any(char::is_control);
    if !one_line || !(1..=TITLE_CHARS_MAX).contains(&title.chars().count()) {
        return Err(format!("a message's title has 1 to {TITLE_CHARS_MAX} characters, on one line"));
    }
    let sound = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    if !(1..=MAIL_CHARS_MAX).contains(&text.chars().count()) || !text.chars().all(sound) {
        return Err(format!("a message's text has 1 to {MAIL_CHARS_MAX} characters, no control characters among them"));
    }
    Ok(())
}

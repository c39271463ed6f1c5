//! What a plugin imports about factors, mail and other providers, met by the stage of a test. Names and signatures are
//! the bindings'.

use super::call::{Call, Reply};
use super::factor_call::{FactorCall, FactorReply};
use super::stage::meet;
use crate::bindings::types::{Failure, Secret, Value};

/// The reply of the kind that belongs to the call.
macro_rules! met {
    ($call:expr, $kind:ident) => {
        match meet(Call::Factor($call)) {
            Reply::Factor(Ok(FactorReply::$kind(reply))) => Ok(reply),
            Reply::Factor(Err(failure)) => Err(failure),
            other => panic!("a call was answered by {other:?}"),
        }
    };
}

pub mod factors {
    //! What end-users enrolled.
    use super::*;
    use crate::bindings::factors::Factor;

    pub fn list(of: &str) -> Result<Vec<Factor>, Failure> {
        met!(FactorCall::List(of.to_owned()), Listed)
    }

    pub fn enrol(of: &str, label: &str, reference: Option<&str>, data: &Value) -> Result<String, Failure> {
        let (of, label, reference) = (of.to_owned(), label.to_owned(), reference.map(Into::into));
        met!(FactorCall::Enrol { of, label, reference, data: data.clone() }, Name)
    }

    pub fn find(reference: &str) -> Result<Option<Factor>, Failure> {
        met!(FactorCall::Find(reference.to_owned()), Found)
    }

    pub fn data(id: &str) -> Result<Option<Value>, Failure> {
        met!(FactorCall::Data(id.to_owned()), Data)
    }

    pub fn update(id: &str, before: &Value, to: &Value) -> Result<bool, Failure> {
        met!(FactorCall::Update(id.to_owned(), before.clone(), to.clone()), Holds)
    }

    pub fn remove(id: &str) -> Result<bool, Failure> {
        met!(FactorCall::Remove(id.to_owned()), Holds)
    }
}

pub mod totp {
    //! Authenticator apps.
    use super::*;

    pub fn begin(of: &str) -> Result<String, Failure> {
        met!(FactorCall::BeginApp(of.to_owned()), Name)
    }

    pub fn confirm(enrolment: &str, label: &str, code: Secret) -> Result<Option<String>, Failure> {
        met!(FactorCall::ConfirmApp(enrolment.to_owned(), label.to_owned(), code), Id)
    }

    pub fn verify(of: &str, code: Secret) -> Result<Option<String>, Failure> {
        met!(FactorCall::VerifyApp(of.to_owned(), code), Id)
    }
}

pub mod webauthn {
    //! Passkeys.
    use super::*;
    use crate::bindings::webauthn::Verified;

    pub fn begin_registration(of: &str) -> Result<String, Failure> {
        met!(FactorCall::BeginRegistration(of.to_owned()), Name)
    }

    pub fn finish_registration(ceremony: &str, label: &str, response: Secret) -> Result<Option<String>, Failure> {
        met!(FactorCall::FinishRegistration(ceremony.to_owned(), label.to_owned(), response), Id)
    }

    pub fn begin_authentication(of: Option<&str>) -> Result<String, Failure> {
        met!(FactorCall::BeginAuthentication(of.map(Into::into)), Name)
    }

    pub fn finish_authentication(ceremony: &str, response: Secret) -> Result<Option<Verified>, Failure> {
        met!(FactorCall::FinishAuthentication(ceremony.to_owned(), response), Verified)
    }
}

pub mod mail {
    //! Mail.
    use super::*;
    use crate::bindings::mail::Message;

    pub fn send(to: &str, message: &Message) -> Result<(), Failure> {
        match meet(Call::Factor(FactorCall::Send(to.to_owned(), message.clone()))) {
            Reply::Factor(Ok(FactorReply::Sent)) => Ok(()),
            Reply::Factor(Err(failure)) => Err(failure),
            other => panic!("a call was answered by {other:?}"),
        }
    }

    pub fn send_code(to: &str, message: &Message) -> Result<String, Failure> {
        met!(FactorCall::SendCode(to.to_owned(), message.clone()), Name)
    }

    pub fn verify_code(challenge: &str, code: Secret) -> Result<bool, Failure> {
        met!(FactorCall::VerifyCode(challenge.to_owned(), code), Holds)
    }
}

pub mod recovery {
    //! Recovery codes.
    use super::*;

    pub fn remaining(of: &str) -> Result<u32, Failure> {
        met!(FactorCall::Remaining(of.to_owned()), Count)
    }

    pub fn verify(of: &str, code: Secret) -> Result<bool, Failure> {
        met!(FactorCall::VerifyRecovery(of.to_owned(), code), Holds)
    }
}

pub mod oidc {
    //! Other providers.
    use super::*;
    use crate::bindings::oidc::SignedIn;

    pub fn authorization_url(provider: &str, state: &str) -> Result<String, Failure> {
        met!(FactorCall::AuthorizationUrl(provider.to_owned(), state.to_owned()), Name)
    }

    pub fn redeem(provider: &str, state: &str, returned: &[(String, String)]) -> Result<Option<SignedIn>, Failure> {
        met!(FactorCall::Redeem(provider.to_owned(), state.to_owned(), returned.to_vec()), SignedIn)
    }
}

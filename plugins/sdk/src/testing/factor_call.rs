//! What a hook asks about factors, mail and other providers, and what it is answered.

use crate::bindings::factors::Factor;
use crate::bindings::mail::Message;
use crate::bindings::oidc::SignedIn;
use crate::bindings::types::{Secret, Value};
use crate::bindings::webauthn::Verified;
use crate::value::from_wire;
use std::fmt::{Display, Formatter, Result as Formatted};

/// What a hook asks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FactorCall {
    List(String),
    Enrol { of: String, label: String, reference: Option<String>, data: Value },
    Find(String),
    Data(String),
    Update(String, Value, Value),
    Remove(String),
    BeginApp(String),
    ConfirmApp(String, String, Secret),
    VerifyApp(String, Secret),
    BeginRegistration(String),
    FinishRegistration(String, String, Secret),
    BeginAuthentication(Option<String>),
    FinishAuthentication(String, Secret),
    Send(String, Message),
    SendCode(String, Message),
    VerifyCode(String, Secret),
    Remaining(String),
    VerifyRecovery(String, Secret),
    AuthorizationUrl(String, String),
    Redeem(String, String, Vec<(String, String)>),
}

/// What it is answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FactorReply {
    Listed(Vec<Factor>),
    Found(Option<Factor>),
    Data(Option<Value>),
    /// A factor, or none.
    Id(Option<String>),
    /// What was begun, or where to go.
    Name(String),
    Holds(bool),
    Verified(Option<Verified>),
    Sent,
    Count(u32),
    SignedIn(Option<SignedIn>),
}

impl FactorCall {
    /// The capability that it is of.
    pub(super) fn capability(&self) -> &'static str {
        match self {
            Self::List(_) | Self::Enrol { .. } | Self::Find(_) => "factors",
            Self::Data(_) | Self::Update(..) | Self::Remove(_) => "factors",
            Self::BeginApp(_) | Self::ConfirmApp(..) | Self::VerifyApp(..) => "totp",
            Self::BeginRegistration(_) | Self::FinishRegistration(..) => "webauthn",
            Self::BeginAuthentication(_) | Self::FinishAuthentication(..) => "webauthn",
            Self::Send(..) | Self::SendCode(..) | Self::VerifyCode(..) => "mail",
            Self::Remaining(_) | Self::VerifyRecovery(..) => "recovery",
            Self::AuthorizationUrl(..) | Self::Redeem(..) => "oidc",
        }
    }
}

impl Display for FactorCall {
    fn fmt(&self, f: &mut Formatter<'_>) -> Formatted {
        write!(f, "{}: ", self.capability())?;
        match self {
            Self::List(of) => write!(f, "list those of {of:?}"),
            Self::Enrol { of, label, reference, data } => {
                write!(f, "enrol {label:?} of {of:?} ({reference:?}) with {}", from_wire(data.clone()))
            }
            Self::Find(reference) => write!(f, "find {reference:?}"),
            Self::Data(id) => write!(f, "data of {id:?}"),
            Self::Update(id, before, to) => {
                write!(f, "update {id:?} from {} to {}", from_wire(before.clone()), from_wire(to.clone()))
            }
            Self::Remove(id) => write!(f, "remove {id:?}"),
            Self::BeginApp(of) => write!(f, "begin for {of:?}"),
            Self::ConfirmApp(enrolment, label, _) => write!(f, "confirm {enrolment:?} as {label:?}"),
            Self::VerifyApp(of, _) => write!(f, "verify a code of {of:?}"),
            Self::BeginRegistration(of) => write!(f, "begin to register for {of:?}"),
            Self::FinishRegistration(ceremony, label, _) => write!(f, "finish to register {ceremony:?} as {label:?}"),
            Self::BeginAuthentication(of) => write!(f, "begin to sign for {of:?}"),
            Self::FinishAuthentication(ceremony, _) => write!(f, "finish to sign {ceremony:?}"),
            Self::Send(to, message) => write!(f, "send {:?} to {to:?}", message.title),
            Self::SendCode(to, message) => write!(f, "send a code in {:?} to {to:?}", message.title),
            Self::VerifyCode(challenge, _) => write!(f, "verify the code of {challenge:?}"),
            Self::Remaining(of) => write!(f, "how many {of:?} has left"),
            Self::VerifyRecovery(of, _) => write!(f, "verify a code of {of:?}"),
            Self::AuthorizationUrl(provider, state) => write!(f, "where to visit {provider:?} with {state:?}"),
            Self::Redeem(provider, state, _) => write!(f, "redeem what came back from {provider:?} with {state:?}"),
        }
    }
}

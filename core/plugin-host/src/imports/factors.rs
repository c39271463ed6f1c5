//! `factors`: what end-users enrolled.

use super::{Answered, Asked, invalid, subject};
use crate::bindings::gatewright::plugin::factors::{Factor, Host};
use crate::bindings::gatewright::plugin::types::Value;
use crate::turn::Turn;
use crate::value::{to_json, to_typed};
use gatewright_domain::capabilities::factors::{FactorsAnswer, FactorsCall};
use gatewright_domain::factor::FactorView;
use gatewright_domain::flow::{HostAnswer, HostCall};
use gatewright_domain::identifiers::FactorId;

const NAME: &str = "factors";
const NO_JSON: &str = "this cannot be stored";

impl Host for Turn {
    fn list(&mut self, of: String) -> Answered<Vec<Factor>> {
        match self.lent_for(NAME, Ok(subject(of).ok())) {
            Ok(Some(subject)) => self.factors(FactorsCall::List { subject }, |answer| match answer {
                FactorsAnswer::Listed(factors) => Some(factors.into_iter().map(factor).collect()),
                _ => None,
            }),
            // What is no subject has nothing.
            Ok(None) => Ok(Ok(Vec::new())),
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn enrol(&mut self, of: String, label: String, reference: Option<String>, data: Value) -> Answered<String> {
        let (subject, data) = match (self.lent_for(NAME, subject(of)), to_json(data)) {
            (Ok(subject), Ok(data)) => (subject, data),
            (Err(failure), _) => return Ok(Err(failure)),
            (_, Err(why)) => return invalid(format!("{NO_JSON}: {why}")),
        };
        self.factors(FactorsCall::Enrol { subject, label, reference, data }, |answer| match answer {
            FactorsAnswer::Enrolled(id) => Some(id.into()),
            _ => None,
        })
    }

    fn find(&mut self, reference: String) -> Answered<Option<Factor>> {
        self.factors(FactorsCall::Find { reference }, |answer| match answer {
            FactorsAnswer::Found(found) => Some(found.map(factor)),
            _ => None,
        })
    }

    fn data(&mut self, id: String) -> Answered<Option<Value>> {
        match self.id(id) {
            Ok(Some(id)) => self.factors(FactorsCall::Data { id }, |answer| match answer {
                FactorsAnswer::Data(data) => Some(data.as_ref().map(to_typed)),
                _ => None,
            }),
            Ok(None) => Ok(Ok(None)),
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn update(&mut self, id: String, before: Value, to: Value) -> Answered<bool> {
        let id = match self.id(id) {
            Ok(Some(id)) => id,
            Ok(None) => return Ok(Ok(false)),
            Err(failure) => return Ok(Err(failure)),
        };
        match (to_json(before), to_json(to)) {
            (Ok(before), Ok(to)) => self.factors(FactorsCall::Update { id, before, to }, done),
            (Err(why), _) | (_, Err(why)) => invalid(format!("{NO_JSON}: {why}")),
        }
    }

    fn remove(&mut self, id: String) -> Answered<bool> {
        match self.id(id) {
            Ok(Some(id)) => self.factors(FactorsCall::Remove { id }, done),
            Ok(None) => Ok(Ok(false)),
            Err(failure) => Ok(Err(failure)),
        }
    }
}

fn done(answer: FactorsAnswer) -> Option<bool> {
    match answer {
        FactorsAnswer::Done(done) => Some(done),
        _ => None,
    }
}

fn factor(factor: FactorView) -> Factor {
    Factor {
        id: factor.id.into(),
        subject: factor.subject.into(),
        kind: factor.kind.into(),
        label: factor.label,
        created_at: factor.created_at.0,
        used_at: factor.used_at.map(|at| at.0),
    }
}

impl Turn {
    /// Which factor; none where the text can be none's.
    fn id(&self, id: String) -> Asked<Option<FactorId>> {
        self.lent_for(NAME, Ok(FactorId::parse(id).ok()))
    }

    fn factors<T>(&mut self, call: FactorsCall, read: impl FnOnce(FactorsAnswer) -> Option<T>) -> Answered<T> {
        self.ask(NAME, HostCall::Factors(call), |_, answer| match answer {
            HostAnswer::Factors(answer) => read(answer),
            _ => None,
        })
    }
}

//! What a plugin imports from the server, met by the stage of a test. Names and signatures are the bindings'.

use super::call::{Call, Reply};
use super::stage::meet;

/// The reply of the kind that belongs to the call.
macro_rules! met {
    ($call:expr, $kind:ident) => {
        match meet($call) {
            Reply::$kind(reply) => reply,
            other => panic!("a call was answered by {other:?}"),
        }
    };
}

pub mod pages {
    //! Pages.
    use super::*;
    use crate::bindings::pages::{Answer, Form};

    pub fn ask(form: &Form) -> Answer {
        met!(Call::Ask(form.clone()), Answer)
    }

    pub fn return_state() -> String {
        met!(Call::ReturnState, State)
    }

    pub fn visit(url: &str) -> Vec<(String, String)> {
        met!(Call::Visit(url.to_owned()), Returned)
    }
}

pub mod log {
    //! The log.
    use super::*;
    use crate::bindings::log::Level;

    pub fn write(level: Level, message: &str) {
        meet(Call::Log(level, message.to_owned()));
    }
}

pub mod users {
    //! The directory.
    use super::*;
    use crate::bindings::types::{Failure, Secret, User};

    pub fn find_by_subject(subject: &str) -> Result<Option<User>, Failure> {
        met!(Call::BySubject(subject.to_owned()), User)
    }

    pub fn find_by_username(username: &str) -> Result<Option<User>, Failure> {
        met!(Call::ByUsername(username.to_owned()), User)
    }

    pub fn verify_password(username: &str, password: Secret) -> Result<Option<User>, Failure> {
        met!(Call::VerifyPassword(username.to_owned(), password), User)
    }

    pub fn wait_s(username: &str) -> Result<u64, Failure> {
        met!(Call::WaitS(username.to_owned()), Waits)
    }
}

pub mod kv {
    //! Stored values.
    use super::*;
    use crate::bindings::types::{Failure, Value};

    pub fn get(key: &str) -> Result<Option<Value>, Failure> {
        met!(Call::KvGet(key.to_owned()), Value)
    }

    pub fn put(key: &str, value: &Value, ttl_s: u64) -> Result<(), Failure> {
        met!(Call::KvPut(key.to_owned(), value.clone(), ttl_s), Stored)
    }

    pub fn delete(key: &str) -> Result<(), Failure> {
        met!(Call::KvDelete(key.to_owned()), Stored)
    }

    pub fn add(key: &str, by: i64, ttl_s: u64) -> Result<i64, Failure> {
        met!(Call::KvAdd(key.to_owned(), by, ttl_s), Sum)
    }
}

pub mod http {
    //! Requests.
    use super::*;
    use crate::bindings::http::{Request, Response};
    use crate::bindings::types::{Failure, Value as Wire};
    use crate::testing::stage;
    use crate::value::{Value, to_wire};

    pub fn send(request: &Request) -> Result<Response, Failure> {
        met!(Call::Http(request.clone()), Http)
    }

    /// Reads JSON: the same each time, so it is not journaled.
    pub fn parse_json(body: &str) -> Result<Wire, Failure> {
        stage::with(|stage| stage.world.lent("http"))?;
        let read = serde_json::from_str(body).map_err(|error| Failure::Invalid(format!("this is no JSON: {error}")))?;
        Ok(to_wire(&value(read)))
    }

    fn value(json: serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(flag) => Value::Flag(flag),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(integer) => Value::Integer(integer),
                None => Value::Decimal(number.as_f64().unwrap_or(f64::NAN)),
            },
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Array(items) => Value::Items(items.into_iter().map(value).collect()),
            serde_json::Value::Object(members) => {
                Value::Members(members.into_iter().map(|(name, json)| (name, value(json))).collect())
            }
        }
    }
}

pub mod secrets {
    //! Configured secrets.
    use super::*;
    use crate::bindings::types::{Failure, Secret};

    pub fn get(name: &str) -> Result<Secret, Failure> {
        met!(Call::Secret(name.to_owned()), Secret)
    }
}

pub mod network {
    //! Tests on addresses.
    use crate::bindings::types::Failure;
    use crate::testing::stage;
    use std::net::IpAddr;

    /// Whether an address lies in a network: the same each time, so it is not journaled.
    pub fn contains(network: &str, ip: &str) -> Result<bool, Failure> {
        stage::with(|stage| stage.world.lent("network"))?;
        let no_network = || Failure::Invalid(format!("`{network}` is no CIDR range such as 10.0.0.0/8"));
        let ip: IpAddr = ip.parse().map_err(|_| Failure::Invalid(format!("`{ip}` is no IP address")))?;
        let (base, length) = network.split_once('/').map_or((network, None), |(base, length)| (base, Some(length)));
        let base: IpAddr = base.parse().map_err(|_| no_network())?;
        let (base_bits, width) = bits(base);
        let (ip_bits, ip_width) = bits(ip.to_canonical());
        let length = length.map_or(Ok(width), str::parse).map_err(|_| no_network())?;
        if length > width {
            return Err(no_network());
        }
        let mask = if length == 0 { 0 } else { u128::MAX << (width - length) };
        Ok(width == ip_width && base_bits & mask == ip_bits & mask)
    }

    fn bits(address: IpAddr) -> (u128, u32) {
        match address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        }
    }
}

pub mod clock {
    //! The time.
    use super::*;

    pub fn now_ms() -> i64 {
        met!(Call::Now, Time)
    }
}

pub mod random {
    //! Randomness.
    use super::*;

    pub fn bytes(count: u32) -> Vec<u8> {
        met!(Call::Random(count), Bytes)
    }
}

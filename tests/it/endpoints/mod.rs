//! One happy path for each endpoint and method, and for each thing that a request may ask for; laid out as the URLs
//! are.

mod answers;
mod authorize;
mod cors;
mod discovery;
mod end_session;
mod introspect;
mod operation;
mod par;
mod register;
mod request_objects;
mod revoke;
mod token;
mod userinfo;
